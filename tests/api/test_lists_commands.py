"""Do templates, remarks, confirmed headers, rows set aside and batches taken back work from the command line?"""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import load_workbook

from api.cli import main
from data.spec.identifiers import with_uscc_check_digit
from data.store import Store

Run = Callable[..., tuple[int, str, str]]
CODES = [with_uscc_check_digit(f"91370303MA{number:07d}") for number in range(3)]
REPORT = ["统一社会信用代码", "年度", "净利润"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run commands on a store of their own, in a folder of their own."""
    state = tmp_path / "state"
    at = datetime(2026, 1, 1, tzinfo=UTC)
    Store.create(f"sqlite:///{state}/lukeping.db", at=at, demonstration_today=date(2026, 1, 1)).close()
    monkeypatch.setenv("LUKEPING_STATE", str(state))
    monkeypatch.chdir(tmp_path)

    def called(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return called


def write(name: str, rows: Sequence[Sequence[object]]) -> str:
    with xlsxwriter.Workbook(name) as workbook:
        sheet = workbook.add_worksheet("名单")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return name


def test_lists_are_told_by_both_names_and_a_template_is_written_by_either(run: Run) -> None:
    _, listed, _ = run("template")
    code, out, _ = run("template", "专利")
    _, plain, _ = run("template", "loan", "--to", "贷款.xlsx", "--json")

    assert "patent_event" in listed
    assert "专利法律状态" in listed
    assert (code, out) == (0, "已写出“专利”的导入模板：导入模板-专利.xlsx\n")
    assert json.loads(plain) == {"list": "loan", "file": "贷款.xlsx"}
    assert load_workbook("导入模板-专利.xlsx").sheetnames[0] == "填报"
    assert "填报" in load_workbook("贷款.xlsx").sheetnames


def test_a_template_is_not_written_over_without_force(run: Run) -> None:
    Path("a.xlsx").write_text("mine")

    refused, _, err = run("template", "patent", "--to", "a.xlsx")
    forced, _, _ = run("template", "patent", "--to", "a.xlsx", "--force")

    assert (refused, forced) == (2, 0)
    assert "file-exists" in err


def test_a_template_needs_no_store(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUKEPING_STATE", "nowhere")

    assert run("template", "patent")[0] == 0
    assert not Path("nowhere").exists()


def test_bad_rows_come_back_with_remarks_and_again_from_the_quarantine(run: Run) -> None:
    write("财务年报.xlsx", [REPORT, [CODES[0], 2023, 1], [CODES[1], 2023, "五"]])

    code, out, _ = run("intake", "财务年报.xlsx", "--known-on", "2024-05-01", "--annotated", "批注.xlsx")
    later, told, _ = run("quarantine", "B000001", "--to", "待更正.xlsx")

    assert (code, later) == (0, 0)
    assert "带批注的工作簿：批注.xlsx" in out
    assert "批次编号：B000001" in out
    assert load_workbook("批注.xlsx")["名单"]["C3"].comment is not None
    assert "隔离的 1 行已写到 待更正.xlsx" in told
    assert load_workbook("待更正.xlsx")["待更正"]["C3"].comment is not None


def test_a_header_is_confirmed_told_and_forgotten(run: Run) -> None:
    header = ["纳税主体", "年度", "净利润"]
    write("一.xlsx", [header, [CODES[0], 2023, 1]])
    write("二.xlsx", [header, [CODES[1], 2023, 1]])
    given = ("--known-on", "2024-05-01")

    unknown, _, hint = run("intake", "annual_report", "一.xlsx", *given)
    confirmed, _, _ = run("intake", "annual_report", "一.xlsx", *given, "--map", "纳税主体=统一社会信用代码")
    remembered, out, _ = run("intake", "二.xlsx", *given)
    _, listed, _ = run("mappings")
    forgotten, gone, _ = run("mappings", "--forget", "annual_report:纳税主体")
    _, empty, _ = run("mappings", "--json")

    assert (unknown, confirmed, remembered, forgotten) == (2, 0, 0, 0)
    assert '--map "纳税主体=统一社会信用代码"' in hint
    assert "按记住的对应" in out
    assert "annual_report" in listed
    assert "“纳税主体” ＝ “统一社会信用代码”" in listed
    assert "不再把“财务年报”的表头“纳税主体”读作“统一社会信用代码”。" in gone
    assert json.loads(empty) == {"mappings": []}


def test_a_batch_is_taken_back_restored_and_told_in_words(run: Run) -> None:
    write("财务年报.xlsx", [REPORT, [CODES[0], 2023, 1]])
    run("intake", "财务年报.xlsx", "--known-on", "2024-05-01")

    code, out, _ = run("undo", "B000001", "--reason", "发错了文件")
    again, _, twice = run("undo", "B000001", "--reason", "发错了文件")
    _, restored, _ = run("undo", "B000002", "--reason", "其实没有错", "--json")

    assert (code, again) == (0, 2)
    assert "批次 B000001（财务年报，“财务年报.xlsx”）已撤回，记为批次 B000002。" in out
    assert "评估日在 2025-12-31 及以前的答复不变" in out
    assert "batch-already-reversed" in twice
    assert json.loads(restored)["undone"]["reverses"] == "B000002"


def test_a_whole_list_cut_off_is_refused_and_taken_by_force(run: Run) -> None:
    header = ["统一社会信用代码", "仪器编号", "入网日期"]
    write("仪器一.xlsx", [header, *([CODES[0], f"Y{number}", "2020-01-01"] for number in range(40))])
    write("仪器二.xlsx", [header, [CODES[0], "Z1", "2020-01-01"]])
    run("intake", "仪器一.xlsx", "--known-on", "2024-05-01")

    refused, _, err = run("intake", "仪器二.xlsx", "--known-on", "2024-06-01")
    forced, _, _ = run("intake", "仪器二.xlsx", "--known-on", "2024-06-01", "--force")

    assert (refused, forced) == (2, 0)
    assert "list-shrunk" in err


def test_rows_worth_a_look_are_told_beside_those_set_aside(run: Run) -> None:
    header = ["统一社会信用代码", "载体名称", "入驻日期"]
    write("孵化.xlsx", [header, [CODES[0], "甲", "2020-01-01"], [CODES[0], "乙", "2021-01-01"]])

    _, out, _ = run("intake", "孵化.xlsx", "--known-on", "2024-05-01")

    assert "已入库，请核对：同一企业的两段在孵期重叠。（tenancies-overlap）2 行：第 2、3 行" in out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("template", "nothing"), "usage"),
        (("intake", "annual_report", "一.xlsx", "--map", "没有等号"), "usage"),
        (("intake", ".", "--map", "甲=乙"), "usage"),
        (("intake", ".", "--annotated", "a.xlsx"), "usage"),
        (("intake", "一.xlsx", "--map", "甲=乙"), "list-unknown"),
        (("mappings", "--forget", "没有名单"), "usage"),
        (("mappings", "--forget", "patent:甲"), "mapping-unknown"),
        (("mappings", "--forget", "nothing:甲"), "list-unknown"),
        (("undo", "B000009", "--reason", "试验"), "batch-unknown"),
        (("undo", "B000009"), "reason-missing"),
        (("quarantine", "B000009"), "batch-unknown"),
    ],
)
def test_what_cannot_be_done_is_refused_in_chinese(run: Run, arguments: tuple[str, ...], code: str) -> None:
    write("一.xlsx", [REPORT, [CODES[0], 2023, 1]])

    ended, out, err = run(*arguments)

    assert (ended, out) == (2, "")
    assert f"代码：{code}" in err
