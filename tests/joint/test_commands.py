"""`lukeping application` walks the whole way, for people and programs, and says what is wrong with bad input."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typst

from api.cli import main
from api.commands.application import COMMANDS
from api.reports.pdf import FAMILIES
from api.terminal.usage import WORDS
from tests.joint.house import CODES, House

Run = Callable[..., tuple[int, str, str]]
SHEET = """
marks: {创新能力: 70, 成长性: 70, 偿债能力: 70, 经营稳定: 70, 信用记录: 70, 产业契合: 70}
words: 现场核查研发团队与订单
"""
NEW = ("amount=200万", "rate=3.6%", "term_months=12", "loan_use=成果转化", "collateral=无", "purpose=中试线扩建")


@pytest.fixture
def run(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a runner of `lukeping application` on the small house: exit code, stdout, stderr."""
    monkeypatch.setenv("LUKEPING_STATE", str(tmp_path))
    monkeypatch.setenv("LUKEPING_DATABASE", f"sqlite:///{tmp_path}/store.db")

    def run_command(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(("application", *arguments))
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run_command


def done(run: Run, *arguments: str) -> dict[str, Any]:
    """Run a command that must be answered, and return its JSON."""
    code, out, err = run(*arguments, "--json")
    assert code == 0, err
    answer: dict[str, Any] = json.loads(out)
    return answer


def opened(run: Run) -> str:
    told = [part for each in (*NEW, "bank_is_partner=是") for part in ("--set", each)]
    made = done(run, "new", CODES[0], *told, "--as", "bank-a", "--on", "2025-04-20")
    number: str = made["application"]["number"]
    return number


@pytest.mark.parametrize("name", [name for name, _ in COMMANDS])
def test_help_of_every_command_is_chinese_and_names_its_exit_codes(run: Run, name: str) -> None:
    code, out, _err = run(name, "--help")

    assert code == 0
    assert "退出码" in out
    assert "--json" in out
    assert not [word for word in WORDS if word.strip() in out]


def test_the_whole_way_from_a_draft_to_the_lists(run: Run, tmp_path: Path) -> None:
    number = opened(run)
    sheet = tmp_path / "sheet.yaml"
    sheet.write_text(SHEET, encoding="utf-8")
    bank, day = ("--as", "bank-a"), ("--on", "2025-05-12")
    done(run, "submit", number, *bank, "--on", "2025-04-20")
    begun = done(run, "move", number, "begin", *day)["application"]
    code, _, err = run("signoff", number, "--out", str(tmp_path / "early.pdf"), *bank)
    assert (code, "sheets-sealed" in err, (tmp_path / "early.pdf").exists()) == (2, True, False)
    assert begun["awaited"] == ["bureau", "bank"]
    assert done(run, "sheet", number, str(sheet), *bank, *day)["sheet"]["awaited"] == ["bureau"]
    assert done(run, "show", number, "--as", "bureau")["application"]["sheets"] == []
    assert done(run, "sheet", number, str(sheet), *day, "--mark", "创新能力=72")["sheet"]["opened"]

    opening = done(run, "open", number, *bank)
    assert {one["party"] for one in opening["sheets"]} == {"bank", "bureau"}
    for gap in opening["opening"]["gaps"]:
        if gap["to_explain"]:
            who = bank if gap["sheet"] == "bank" else ("--as", "bureau/评审/甲")
            told = ("--set", f"dimension={gap['dimension']}", "--set", "code=field_visit", "--set", "words=走访所见")
            done(run, "move", number, "explain", *told, *who, *day)
    paper = tmp_path / "papers" / "signoff.pdf"
    if set(FAMILIES) & set(typst.Fonts().families()):
        signed = done(run, "signoff", number, "--out", str(paper), *bank)["sign_off"]
        assert (signed["number"], signed["concluded"], signed["file"]) == (number, False, str(paper))
        assert paper.read_bytes().startswith(b"%PDF-")
        assert signed["digest"] in run("signoff", number, "--out", str(paper))[1]
    assert run("signoff", number, "--out", str(paper), "--as", "bank-b")[0] == 2
    suggestion = opening["opening"]["suggestion"]
    done(run, "conclude", number, suggestion, "--words", "补齐条件后推荐", *day)
    done(run, "decide", number, "approve", "--code", "within_policy", "--words", "符合政策", *bank, *day)
    done(run, "disburse", number, "--loan-no", "JJ1", *bank, *day)
    filed = done(run, "file", number, "--on", "2025-06-10")["application"]
    assert filed["state"] == "filed"
    told = ("--set", "days_past_due=120", "--set", "five_class=可疑", "--set", "balance=100万")
    done(run, "move", number, "report_overdue", *told, *bank, "--on", "2025-11-20")
    claim = ("claim", number, "--loss", "100万", "--recovery-started", "--evidence", "催收函=a.pdf")
    done(run, *claim, *bank, "--on", "2025-11-20")
    paid = done(run, "move", number, "compensate", "--as", "bureau/经办", "--on", "2025-12-20")["application"]
    assert {(one["kind"], one["party"], one["amount"]) for one in paid["books"]} >= {
        ("compensated", "province", "350000.00"),
        ("compensated", "city", "350000.00"),
        ("borne", "bank", "300000.00"),
    }
    recovered = done(run, "recover", number, "--recovered", "10万", *bank, "--on", "2026-03-01")["application"]
    assert recovered["state"] == "recovered"

    folder = ("--since", "2025-01-01", "--until", "2027-01-01", "--folder", str(tmp_path / "lists"))
    for kind in ("备案", "贴息", "补偿", "再担保", "追偿"):
        drawn = done(run, "lists", kind, *folder)["list"]
        assert Path(drawn["file"]).is_file()
        assert all(one["listed"] == one["booked"] for page in drawn["sheets"] for one in page["totals"].values())
    told = done(run, "overrides", "--month", "2025-05")["overrides"]
    assert (told["whole"]["concluded"], told["whole"]["share"]) == (1, "0.0000")
    assert "如实保留" in run("overrides", "--month", "2025-05")[1]
    assert [one["number"] for one in done(run, "list", *bank)["applications"]] == [number]
    assert done(run, "list", "--as", "bank-b")["applications"] == []


def test_pages_for_people_show_findings_marks_history_and_books(run: Run, tmp_path: Path) -> None:
    number = opened(run)
    sheet = tmp_path / "sheet.yaml"
    sheet.write_text(SHEET, encoding="utf-8")
    code, out, _err = run("submit", number, "--as", "bank-a", "--on", "2025-04-20")
    assert code == 0
    assert "单户纳入补偿的余额不超上限" in out
    assert "鲁科字〔2021〕33号" in out
    run("move", number, "begin", "--on", "2025-05-12")
    _code, out, _err = run("sheet", number, str(sheet), "--as", "bank-a", "--on", "2025-05-12")
    assert "还在等：科技局" in out
    _code, out, _err = run("show", number, "--as", "bank-a")
    assert "背靠背评价中，还在等：科技局" in out
    assert "sheet（交评价表）" not in out
    run("sheet", number, str(sheet), "--on", "2025-05-12")
    _code, out, _err = run("open", number)
    for part in ("创新能力（25%）", "科技型中小企业评价（100分）", "分歧指数 0.00", "建议（计算）", "由银行独立决定"):
        assert part in out, part
    _code, out, _err = run("list")
    assert "共 1 笔" in out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "SQ000009"), "application-unknown"),
        (("show", "那一笔"), "application-unknown"),
        (("show", "1", "--as", "bank-b"), "application-unknown"),
        (("show", "1", "--as", "nobody"), "institution-unknown"),
        (("show", "1", "--as", "bureau/行长"), "role-unknown"),
        (("submit", "1", "--as", "bank-a/经办"), "not-your-move"),
        (("submit", "1"), "not-your-move"),
        (("submit", "1@7", "--as", "bank-a"), "application-changed"),
        (("submit", "1@七", "--as", "bank-a"), "application-unknown"),
        (("move", "1", "跳过", "--as", "bank-a"), "move-unknown"),
        (("move", "1", "file", "--as", "bureau/经办"), "move-not-possible"),
        (("open", "1"), "sheets-sealed"),
        (("sheet", "1", "--mark", "创新能力"), "usage"),
        (("sheet", "1", "没有.yaml"), "usage"),
        (("decide", "1", "也许", "--as", "bank-a"), "usage"),
        (("lists", "备案"), "usage"),
        (("lists", "备案", "--month", "2025-13"), "usage"),
        (("lists", "别的", "--month", "2025-06"), "official-list-unknown"),
        (("lists", "备案", "--month", "2025-06", "--as", "bank-a"), "not-your-move"),
        (("new", CODES[0], "--as", "bank-a"), "terms-missing"),
        (("new", CODES[0], "--as", "bank-a", "--on", "2027-01-01"), "day-in-future"),
        (("new", CODES[0], "--guarantee", "half", "--as", "bank-a"), "usage"),
        (("new", CODES[0], "--guarantee", "bulk:bank-b", "--as", "bank-a"), "party-unknown"),
        (("submit", "1", "--on", "2027-01-01", "--as", "bank-a"), "day-in-future"),
    ],
)
def test_bad_input_is_refused_with_its_code_and_help(run: Run, arguments: tuple[str, ...], code: str) -> None:
    opened(run)

    ended, out, err = run(*arguments, "--json")

    assert ended == 2
    assert json.loads(out)["code"] == code
    assert "建议：" in err
