"""Commands answer with 0, fail with 1 and refuse with 2; what they print is for people or for programs."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from api.cli import COMMANDS
from api.terminal.usage import WORDS

Run = Callable[..., tuple[int, str, str]]
HEAVY = ("pandas", "sqlalchemy", "fastapi", "lightgbm", "numpy", "pydantic", "rich", "structlog", "uvicorn")


@pytest.mark.parametrize("name", [name for name, _ in COMMANDS])
def test_help_of_every_command_is_chinese_and_names_its_exit_codes(run: Run, name: str) -> None:
    code, out, _err = run(name, "--help")

    assert code == 0
    assert "退出码" in out
    assert "--json" in out or name == "serve"
    assert not [word for word in WORDS if word.strip() in out]


def test_help_stays_light() -> None:
    script = (
        "import sys\nfrom api.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"sys.stderr.write(repr([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    root = Path(__file__).resolve().parents[2]

    ended = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)

    assert "score-all" in ended.stdout
    assert ended.stderr == "[]"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nothing",),
        ("assess",),
        ("assess", "{known}", "--nothing"),
        ("assess", "{known}", "--as-of", "yesterday"),
        ("assess", "{known}", "--purpose", "curiosity"),
        ("assess", "{known}", "--relative-to", "neighbours"),
        ("assess", "{known}", "--wording", "press"),
        ("assess", "{known}", "--language", "fr"),
        ("assess", "91370303MA3C000000"),
        ("assess", "elsewhere:1"),
        ("assess", "{unknown}"),
        ("assess", "{known}", "--as-of", "2026-01-02"),
        ("train", "--card", "tarot"),
        ("compare",),
        ("compare", "tarot"),
        ("evaluate", "nowhere"),
        ("intake", "patent", "absent.xlsx"),
        ("intake", "absent-folder"),
        ("intake", "jinan"),
        ("intake", "not-a-list", "{here}"),
        ("score-all", "--output", "scores.pdf"),
        ("init", "--enterprises", "3"),
    ],
)
def test_what_cannot_be_done_is_refused_with_2(
    run: Run, known: str, wanted: Callable[..., Any], arguments: tuple[str, ...]
) -> None:
    unknown = wanted("unknown")["enterprise"]["value"]
    filled = [part.format(known=known, unknown=unknown, here=__file__) for part in arguments]

    code, out, err = run(*filled)

    assert (code, out) == (2, "")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in err)
    assert "Traceback" not in err


def test_a_refusal_gives_message_help_and_code(run: Run, known: str) -> None:
    code, _out, err = run("assess", known, "--as-of", "2026-01-02")

    assert code == 2
    assert "还没有到" in err
    assert "建议" in err
    assert "day-in-future" in err


def test_a_refusal_as_json_is_one_object(run: Run, known: str) -> None:
    code, out, _err = run("assess", known, "--as-of", "2026-01-02", "--json")

    assert code == 2
    assert json.loads(out)["code"] == "day-in-future"


def test_a_fault_ends_with_1_and_one_line(run: Run, known: str, commands: Any, tmp_path: Path) -> None:
    # A traceback with local variables would show this one.
    local = "canary-" + known
    commands.store.fault = RuntimeError("the disk is gone")

    code, out, err = run("assess", known)

    assert (code, out) == (1, "")
    assert len(err.strip().splitlines()) == 1
    assert "RuntimeError" in err
    logged = (tmp_path / "state" / "lukeping.log").read_text(encoding="utf-8")
    assert "the disk is gone" in logged
    assert local not in logged
    assert (tmp_path / "state" / "lukeping.log").stat().st_mode & 0o077 == 0


PAGE = (
    "淄博恒拓陶瓷科技（演示）有限公司",
    "演示数据",
    "634",
    "A（较低风险）",
    "18 个月内违约概率 1.2%",
    "0.8% 至 1.9%",
    "有效期至 2026-04-01",
    "研发投入2024.xlsx 第 12 行",
    "rnd_one为6.0%；该项得分高于总体的平均得分（+8.0分）。",
    "各项分值相对于全部训练样本企业（624.2分）",
)


def test_an_assessment_is_a_page_with_its_proof(run: Run, known: str) -> None:
    code, out, _err = run("assess", known)

    assert code == 0
    for part in PAGE:
        assert part in out
    assert "总体平均分 624.25，取整 -0.25，各方面 +10.00 ＝ 634.00" in out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--wording", "bureau"), "依据名单"),
        (("--wording", "enterprise"), "贵企业rnd_one为6.0%"),
        (("--language", "en"), "Rnd_one: 6.0%"),
    ],
)
def test_an_assessment_is_told_to_whom_it_is_for(run: Run, known: str, options: tuple[str, ...], said: str) -> None:
    code, out, _err = run("assess", known, *options)

    assert code == 0
    assert said in out


def test_an_assessment_keeps_the_reference_it_was_asked_for(run: Run, known: str) -> None:
    code, out, _err = run("assess", known, "--relative-to", "peers", "--json")

    assert code == 0
    assert json.loads(out)["assessment"]["reference"]["asked"] == "peers"
    assert json.loads(out)["explanation"]["audience"] == "bank"


def test_an_assessment_without_a_score_says_why(run: Run, wanted: Callable[..., Any]) -> None:
    code, out, _err = run("assess", wanted("empty")["enterprise"]["value"])

    assert code == 0
    assert "不予评分（代码 no-evidence）" in out
    assert "库中没有这家企业的任何材料。" in out


@pytest.mark.parametrize(
    ("arguments", "member"),
    [
        (("assess", "{known}"), "assessment"),
        (("train",), "model"),
        (("compare", "application"), "comparison"),
        (("catalogue",), "features"),
        (("score-all",), "enterprises"),
        (("doctor",), "checks"),
        (("evaluate", "cumcm2020c"), "auc"),
        (("intake", "{here}"), "batches"),
        (("init", "--empty"), "tokens"),
        (("demo",), "assessment"),
    ],
)
def test_json_is_one_object_on_stdout(run: Run, known: str, arguments: tuple[str, ...], member: str) -> None:
    code, out, _err = run(*(part.format(known=known, here=__file__) for part in arguments), "--json")

    assert code == 0
    assert out.count("\n") == 1
    assert member in json.loads(out)


@pytest.mark.parametrize("arguments", [("train",), ("catalogue",), ("doctor",), ("evaluate", "cumcm2020c"), ("demo",)])
def test_every_answer_can_be_read_by_people(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, _err = run(*arguments)

    assert code == 0
    assert out.strip()
    assert "{" not in out


def test_progress_goes_to_stderr(run: Run) -> None:
    _code, out, err = run("train", "--json")

    assert "计算特征" in err
    assert "计算特征" not in out


def test_scores_of_all_are_a_table_without_formulas(run: Run) -> None:
    code, out, _err = run("score-all")

    rows = list(csv.reader(io.StringIO(out)))
    assert code == 0
    assert [row[0] for row in rows[1:]] == [
        "淄博恒拓陶瓷科技（演示）有限公司",
        "淄博空白科技（演示）有限公司",
        "'=HYPERLINK(1)",
    ]
    assert [row[5] for row in rows[1:]] == ["634", "", "634"]


def test_scores_of_all_fit_a_workbook(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "scores.xlsx"

    code, _out, _err = run("score-all", "--output", str(place))

    rows = CalamineWorkbook.from_path(str(place)).get_sheet_by_index(0).to_python()
    assert code == 0
    assert rows[3][0] == "'=HYPERLINK(1)"
    assert rows[1][5] == 634
    assert [path.name for path in tmp_path.glob("*scores*")] == ["scores.xlsx"]


def test_scores_of_all_fit_a_csv_file(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "scores.csv"

    run("score-all", "--output", str(place))

    assert place.read_bytes().startswith(b"\xef\xbb\xbf")
    assert "'=HYPERLINK(1)" in place.read_text(encoding="utf-8-sig")


def test_intake_tells_a_folder_a_file_and_a_list_apart(run: Run, commands: Any, tmp_path: Path) -> None:
    file = tmp_path / "专利清单.xlsx"
    file.touch()

    run("intake", str(tmp_path))
    run("intake", str(file), "--known-on", "2025-01-31")
    run("intake", "patent", str(file), "--strict")
    run("intake", "专利", str(file))
    run("intake", "jinan", str(tmp_path))

    kinds = [(kind, call.get("list_name"), call.get("strict")) for kind, call in commands.calls]
    assert kinds == [
        ("load_folder", None, None),
        ("load_file", None, False),
        ("load_file", "patent", True),
        ("load_file", "patent", False),
        ("load_source", None, None),
    ]
    assert str(commands.calls[1][1]["known_on"]) == "2025-01-31"


def test_intake_accounts_for_every_row(run: Run) -> None:
    _code, out, _err = run("intake", __file__)

    assert "申请号校验位不符（patent-number）2 行：第 4、9 行" in out


def test_doctor_ends_with_1_when_something_is_wrong(run: Run, commands: Any) -> None:
    commands.checks = [type(commands.checks[0])(name="模型", well=False, seen="没有模型", help="lukeping train")]

    code, out, _err = run("doctor")

    assert code == 1
    assert "没有模型" in out


def test_init_does_nothing_where_a_store_stands_and_is_allowed_to(
    run: Run, commands: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(commands), "exists", lambda _self: True)

    code, _out, _err = run("init", "--demo", "--if-missing")

    assert code == 0
    assert commands.calls == []


def test_demo_rebuilds_a_store_of_its_own(run: Run, commands: Any) -> None:
    code, out, _err = run("demo")

    assert code == 0
    assert commands.calls == [("create", {"demonstration": True, "enterprises": 5000, "anew": True})]
    assert "634" in out


def test_sources_are_told_with_lateness_drift_and_conflicts(run: Run, commands: Any) -> None:
    code, out, err = run("sources", "--as-of", "2026-01-01")

    assert code == 0
    assert "核对名单" in err
    for part in ("财务年报", "迟 184 天", "营业收入+0.50σ", "尚未入库", "职工人数", "相差78%", "60.0%", "未核实"):
        assert part in out.replace("\n", "")
    assert commands.calls[-1][1]["list_name"] is None


def test_one_list_is_told_with_its_columns_calendar_and_quarantine(run: Run, commands: Any) -> None:
    code, out, _err = run("sources", "--list", "财务年报")

    assert code == 0
    assert commands.calls[-1][1]["list_name"] == "财务年报"
    for part in (
        "每 12 个月一期",
        "2025-07-01",
        "依据：条例（未核实）",
        "bad-code 2 行，例如：信用代码“[red]91”有误",
        "漂移",
        "90.0%",
        "23人",
    ):
        assert part in out


def test_sources_as_json_carry_references_and_figures(run: Run) -> None:
    code, out, _err = run("sources", "--json")

    told = json.loads(out)["sources"]
    assert code == 0
    assert told["sources"][0]["expected"]["status"] == "unverified"
    assert told["sources"][0]["days_late"] == 184
    assert told["conflicts"][0]["beyond"] == 1


def test_a_comparison_is_a_table_with_intervals_and_a_recommendation(run: Run, commands: Any) -> None:
    code, out, _err = run("compare", "application", "--tune")

    assert code == 0
    assert "申请卡：1,234 行，40 次违约" in out
    assert "WOE 评分卡 ◀" in out
    assert "0.790（0.750–0.830）" in out
    assert "建议采用较简单的方案" in out
    assert "演示数据上的指标只说明流程走得通" in out
    assert commands.calls[-1][1]["tune"]


def test_a_comparison_keeps_a_scorecard_only_when_asked(run: Run, commands: Any) -> None:
    _code, told, _err = run("compare", "application")
    code, out, _err = run("compare", "application", "--keep")

    assert code == 0
    assert [name for name, _ in commands.calls].count("keep_baseline") == 1
    assert "已留在模型 application-1 旁" in out
    assert "已留在" not in told


def test_training_searches_settings_only_when_asked(run: Run, commands: Any) -> None:
    run("train")
    run("train", "--tune")

    assert [said["tune"] for name, said in commands.calls if name == "train"] == [False, True]


def test_a_training_tells_each_figure_with_the_interval_it_has(run: Run) -> None:
    _code, out, _err = run("train")

    lines = [line.split() for line in out.splitlines()]
    assert ["ks", "0.5000（95%", "区间", "0.4000–0.6000）"] in lines
    assert ["auc", "0.8000"] in lines
    assert not any(line and line[0].endswith(("_low", "_high")) for line in lines)
