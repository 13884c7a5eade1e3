"""Are headers that no list knows suggested, confirmed by a person, remembered, and never guessed?"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from data.intake import BatchReport, load_file, load_folder
from data.intake.files import Instructions
from data.intake.header import ListUnknown, ListUnrecognised
from data.intake.mapping import FieldUnknown, HeaderAbsent, MappingUnknown, forget, remembered
from data.spec.access import bureau_access
from data.store import Store
from data.store.audit import verify_chain
from data.store.orm import AUDIT_EVENT, HEADER_MAPPING
from data.store.reads import read_batches, read_events

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
Book = Callable[..., Path]
HEADER = ["纳税主体代码", "报表所属年份", "营收(万元)"]
SAID = {"纳税主体代码": "统一社会信用代码", "报表所属年份": "年度", "营收": "营业收入"}


def load(
    store: Store, path: Path, *, said: Mapping[str, str] | None = None, office: str = "", name: str | None = None
) -> BatchReport:
    wishes = Instructions(headers=said or {}, office=office)
    options: dict[str, Any] = {"known_on": date(2024, 5, 1), "list_name": name, "instructions": wishes}
    return load_file(store, path, at=AT, actor="test", **options)


@pytest.fixture
def first(book: Book, codes: list[str]) -> Path:
    return book("区报表.xlsx", [["某区汇总"], HEADER, *([code, 2023, 10] for code in codes[:3])])


@pytest.fixture
def second(book: Book, codes: list[str]) -> Path:
    return book("区报表二.xlsx", [HEADER, [codes[5], 2023, 20]])


def test_the_refusal_says_what_each_header_might_mean_how_surely_and_how_to_confirm_it(
    store: Store, first: Path, codes: list[str]
) -> None:
    with pytest.raises(ListUnrecognised) as refused:
        load(store, first, name="annual_report")

    told = refused.value.help
    assert f"“纳税主体代码”可能是“统一社会信用代码”（把握：模式，如“{codes[0]}”）" in told
    assert "“报表所属年份”可能是“年度”（把握：请确认，如“2023”）" in told
    assert "lukeping intake annual_report 区报表.xlsx" in told
    assert '--map "纳税主体代码=统一社会信用代码"' in told


@pytest.mark.parametrize(
    ("header", "cells", "told"),
    [
        ("企业统一社会信用代码（18位）号", ["{code}"], "“统一社会信用代码”（把握：字典 + 模式"),
        ("主体", ["{code}"], "“统一社会信用代码”（把握：模式"),
        ("信用代码号码", ["不详细"], None),
    ],
    ids=["word and cells", "cells alone", "the cells contradict the word"],
)
def test_a_hint_rests_on_words_and_on_the_cells_below(
    store: Store, book: Book, codes: list[str], header: str, cells: list[str], told: str | None
) -> None:
    lines = [[cell.replace("{code}", code), 2023, 5] for cell in cells for code in codes[:4]]

    with pytest.raises(ListUnrecognised) as refused:
        load(store, book("表.xlsx", [[header, "年度", "净利润"], *lines]), name="annual_report")

    assert (told in refused.value.help) if told else ("统一社会信用代码”（" not in refused.value.help)


def test_a_hint_alone_is_never_applied(store: Store, first: Path) -> None:
    with pytest.raises(ListUnrecognised):
        load(store, first, name="annual_report")

    with store.work(at=AT) as work:
        assert read_batches(work).empty
        assert work.connection.scalar(select(func.count()).select_from(HEADER_MAPPING)) == 0


def test_a_confirmed_header_is_read_in_its_unit_and_remembered_for_the_next_file(
    store: Store, first: Path, second: Path
) -> None:
    confirmed = load(store, first, said=SAID, name="annual_report")

    later = load(store, second)

    assert (confirmed.kept, later.kept, later.list) == (3, 1, "annual_report")
    assert "表头“营收(万元)”＝“营业收入”（本次确认，已记住）" in confirmed.notes
    assert "表头“营收(万元)”＝“营业收入”（按记住的对应）" in later.notes
    with store.work(at=AT) as work:
        rows = read_events(work, ["annual_report"], access=bureau_access("t", at=AT))["annual_report"]
        assert sorted(rows["revenue"]) == [100_000.0] * 3 + [200_000.0]
        actions = work.connection.scalars(select(AUDIT_EVENT.c.action)).all()
        assert actions.count("mapping.confirmed") == 1
        assert verify_chain(work.connection, "bureau") is None


def test_a_folder_is_read_by_what_is_remembered(store: Store, first: Path, second: Path, tmp_path: Path) -> None:
    load(store, first, said=SAID, name="annual_report")
    first.unlink()
    folder = tmp_path / "来件"
    folder.mkdir()
    named = second.rename(folder / "某区 公告日期.xlsx")

    with pytest.raises(Exception, match="没有写明公告或报送日期"):
        load_folder(store, folder, at=AT, actor="test")

    assert named.exists()


def test_what_one_office_means_is_not_applied_to_another(store: Store, first: Path, second: Path) -> None:
    load(store, first, said=SAID, name="annual_report", office="某区科技局")

    with pytest.raises(ListUnrecognised):
        load(store, second)
    with pytest.raises(ListUnrecognised):
        load(store, second, office="另一区科技局")

    assert load(store, second, office="某区科技局").kept == 1


def test_an_office_may_mean_something_else_than_the_rest(store: Store, book: Book, codes: list[str]) -> None:
    header = ["统一社会信用代码", "年度", "收入甲", "收入乙"]
    load(store, book("一.xlsx", [header, [codes[0], 2023, 1, 2]]), said={"收入甲": "营业收入"}, name="annual_report")
    own = {"收入甲": "高新技术产品收入", "收入乙": "营业收入"}

    load(store, book("二.xlsx", [header, [codes[1], 2023, 1, 2]]), said=own, name="annual_report", office="某局")

    with store.work(at=AT) as work:
        rows = read_events(work, ["annual_report"], access=bureau_access("t", at=AT))["annual_report"]
    assert rows["revenue"].tolist() == [1.0, 2.0]
    assert len(remembered(store, at=AT)) == 3


def test_a_header_is_forgotten_by_a_new_record(store: Store, first: Path, second: Path) -> None:
    load(store, first, said=SAID, name="annual_report")

    gone = forget(store, "annual_report", "纳税主体代码", office="", at=AT, actor="test")

    assert gone.meaning == "@code"
    with pytest.raises(ListUnrecognised):
        load(store, second)
    with store.work(at=AT) as work:
        assert work.connection.scalar(select(func.count()).select_from(HEADER_MAPPING)) == 4
        assert "mapping.cancelled" in work.connection.scalars(select(AUDIT_EVENT.c.action)).all()
    with pytest.raises(MappingUnknown):
        forget(store, "annual_report", "纳税主体代码", office="", at=AT, actor="test")


def test_confirming_the_same_again_adds_no_record(store: Store, first: Path, second: Path) -> None:
    load(store, first, said=SAID, name="annual_report")

    load(store, second, said=SAID, name="annual_report")

    with store.work(at=AT) as work:
        assert work.connection.scalar(select(func.count()).select_from(HEADER_MAPPING)) == 3


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        ({"营收": "没有的字段"}, FieldUnknown, "没有名为“没有的字段”的字段"),
        ({"营收": "营业收入", "报表所属年份": "revenue"}, FieldUnknown, "两个表头对应了同一个字段"),
        ({"没有的列": "营业收入"}, HeaderAbsent, "没有表头“没有的列”"),
    ],
    ids=["no such field", "one field twice", "no such header"],
)
def test_a_mapping_that_cannot_be_is_refused_and_not_remembered(
    store: Store, first: Path, said: dict[str, str], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        load(store, first, said=said, name="annual_report")

    assert remembered(store, at=AT) == []


def test_a_mapping_needs_its_list(store: Store, first: Path) -> None:
    with pytest.raises(ListUnknown, match="须指明名单"):
        load(store, first, said=SAID)


def test_a_file_refused_for_its_rows_leaves_no_mapping_behind(store: Store, book: Book) -> None:
    path = book("表.xlsx", [HEADER, ["9137", 2023, 10]])

    with pytest.raises(Exception, match="没有一行可以导入"):
        load(store, path, said=SAID, name="annual_report")

    assert remembered(store, at=AT) == []


def test_a_column_without_use_is_hinted_at_in_the_notes(store: Store, book: Book, codes: list[str]) -> None:
    path = book("财务年报.xlsx", [["统一社会信用代码", "年度", "资产合计", "经办人"], [codes[0], 2023, 300, "甲"]])

    report = load(store, path)

    assert "“资产合计”可能是“资产总额”（把握：请确认，如“300”）；如是，请用 --map 确认" in report.notes
    assert not any("经办人”可能" in note for note in report.notes)
