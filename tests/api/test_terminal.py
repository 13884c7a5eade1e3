"""Bars, the clock, ids, tokens, the log and the page keep to their word."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from api.assessment_id import new_id
from api.clock import SHANGHAI, now
from api.exchange.report import others_of, report_of
from api.identity import TOKEN, new_token, token_hash
from api.log import open_log, redact
from api.score_table import ACTIVE, guarded
from api.terminal.bars import Bars
from api.terminal.page import print_page, signed, source_lines
from risk.assessment import Assessment, GroupPoints, Reason, Remark, RemarkKind, Source
from risk.unscored import STANDINGS, Unscored, put_standing


def test_bars_finish_what_they_began(capsys: pytest.CaptureFixture[str]) -> None:
    with Bars(chapters=2) as bars:
        bars.chapter("名单")
        bars.stage("写出", total=3)
        bars.advance(2)
        bars.stage("大小未知")
        bars.advance(7)
        bars.chapter("入库")
        bars.note("值得一读")

    err = capsys.readouterr().err
    for part in ("1/2 名单", "2/2 入库", "值得一读", "写出", "3/3", "7/7"):
        assert part in err


def _fail_within_a_stage() -> None:
    with Bars() as bars:
        bars.stage("训练", total=9)
        bars.advance(4)
        raise RuntimeError


def test_bars_of_a_failed_stage_do_not_pretend(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError):
        _fail_within_a_stage()

    assert "9/9" not in capsys.readouterr().err


def test_a_demonstration_lends_its_day_and_keeps_the_time() -> None:
    lent, real = now(date(2026, 1, 1)), now()

    assert lent.date() == date(2026, 1, 1)
    assert lent.utcoffset() == real.utcoffset()
    assert real.tzinfo is SHANGHAI


@given(
    at=st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2090, 1, 1), timezones=st.just(SHANGHAI)),  # noqa: DTZ001
    randomness=st.integers(0, 2**74 - 1),
)
def test_ids_are_version_7_and_sort_by_their_instant(at: datetime, randomness: int) -> None:
    made = UUID(new_id(at, randomness))

    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(at.timestamp() * 1000)


def test_tokens_are_random_and_only_their_hash_is_kept() -> None:
    first, second = new_token(), new_token()

    assert first != second
    assert TOKEN.fullmatch(first)
    assert first not in token_hash(first)


@pytest.mark.parametrize(
    "secret", ["91370303MA3C000006", "370303199001011234", "13912345678", "lk_" + "a" * 43, "91370303MA3TEST00X"]
)
def test_the_log_blots_out_what_is_private(secret: str, tmp_path: Path) -> None:
    log = open_log(tmp_path / "l.log")

    log.info(f"企业{secret}已评估\n第二行", detail=secret)

    line = (tmp_path / "l.log").read_text(encoding="utf-8")
    assert secret not in line
    assert line.count("\n") == 1
    assert json.loads(line)["detail"] == "███"


def test_ordinary_numbers_stay_in_the_log() -> None:
    assert redact("batch B000012, 123456 rows, 2026-01-01") == "batch B000012, 123456 rows, 2026-01-01"


@given(text=st.text(max_size=12))
def test_no_guarded_cell_begins_like_a_formula(text: str) -> None:
    for lead in ("", *ACTIVE):
        assert not guarded(lead + text).startswith(ACTIVE)


@given(points=st.lists(st.floats(-60, 60), min_size=1, max_size=12))
def test_reasons_and_others_always_sum_to_their_group(points: list[float]) -> None:
    shown = [_reason(number, value) for number, value in enumerate(points[:5])]
    group = GroupPoints(group="rnd", label="研发投入", points=sum(points))

    assert abs(others_of(group, shown) + sum(reason.points for reason in shown) - group.points) < 1e-9


def _reason(number: int, points: float) -> Reason:
    return Reason(
        feature=f"f{number}", label="", group="rnd", value=None, unit="", points=points, sentence="", missing="late"
    )


def test_a_report_survives_its_own_json(example: Callable[..., Assessment]) -> None:
    report = report_of(example())

    assert type(report).model_validate_json(report.model_dump_json()) == report


def test_sources_are_told_by_file_and_the_rest_is_counted() -> None:
    sources = [
        Source(list_label="专利", file=f"专利{file}.xlsx", batch_id="b", file_row=row, known_on=date(2025, 1, 1))
        for file in (1, 2, 3)
        for row in (9, 3, 5, 7, 3, 11)
    ]
    reason = Reason(
        feature="f", label="", group="patents", value=1, unit="", points=1, sentence="", sources=tuple(sources)
    )

    assert source_lines(reason) == [
        "来源：《专利》专利1.xlsx 第 3、5、7、9 等 5 行",
        "来源：《专利》专利2.xlsx 第 3、5、7、9 等 5 行",
        "另有 1 个来源文件",
    ]


def test_points_that_round_to_nothing_have_no_sign() -> None:
    assert [signed(-0.04), signed(0.04), signed(-0.05001)] == ["0.0", "0.0", "-0.1"]


def test_a_long_reason_is_printed_whole(example: Callable[..., Assessment]) -> None:
    long = "申报销售额增长率" * 12
    answer = replace(example(), reasons_for=(replace(example().reasons_for[0], sentence=long),))
    console = Console(width=60, record=True, file=io.StringIO())

    print_page(console, answer)

    assert long in "".join(console.export_text().split())


def _page(answer: Assessment) -> str:
    text = io.StringIO()
    print_page(Console(file=text, width=120), answer)
    return text.getvalue()


def test_a_page_tells_what_is_the_matter_with_the_sources(example: Callable[..., Assessment]) -> None:
    late = Remark(kind=RemarkKind.LATE, table="annual_report", label="财务年报", sentence="《财务年报》迟到。")

    page = _page(replace(example(), remarks=(late,), coverage=0.75, support="thin"))

    assert "来源状况" in page
    assert "名单迟到 《财务年报》迟到。" in page
    assert "所用指标已知 75%；训练样本的支持：稀疏，区间已放宽。" in page
    assert "来源状况" not in _page(example())


@pytest.mark.parametrize("code", list(Unscored))
def test_a_page_without_a_score_says_why_and_what_would_help(
    example_without_score: Callable[..., Assessment], code: Unscored
) -> None:
    page = _page(put_standing(example_without_score(), STANDINGS[code])).replace("\n", "")

    assert f"（代码 {code}）" in page
    assert f"怎么办：{STANDINGS[code].help[:12]}" in page


def test_a_bank_is_told_the_remarks_the_coverage_and_what_would_help(
    example_without_score: Callable[..., Assessment],
) -> None:
    remark = Remark(kind=RemarkKind.WITHHELD, table=None, label="研发投入", sentence="“研发投入”未获授权。")
    answer = replace(example_without_score(), help="请导入名单。", coverage=0.2, support="inside", remarks=(remark,))

    told = report_of(answer)

    assert (told.help, told.coverage, told.support) == ("请导入名单。", 0.2, "inside")
    assert [(one.kind, one.kind_label, one.sentence) for one in told.remarks] == [
        ("withheld", "未授权", "“研发投入”未获授权。")
    ]
