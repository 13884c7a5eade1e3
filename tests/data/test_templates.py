"""Does every list's template say what it asks, check what is typed, and come back as it was meant?"""

import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from data.intake import BatchReport, load_file
from data.intake.header import CODE, KNOWN, NAME, ListUnknown, TemplateOfOtherList
from data.intake.lists import LISTS
from data.intake.own_workbooks import FileStands, FolderMissing
from data.intake.template import Asked, Form, asked_of
from data.intake.template_writing import write_template
from data.spec.access import bureau_access
from data.spec.table import Kind
from data.store import Store
from data.store.reads import read_events

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
FIRM = "淄博示例科技有限公司"
VALUES: dict[Form, Any] = {Form.DATE: date(2023, 6, 30), Form.YEAR: 2022, Form.INTEGER: 12, Form.NUMBER: 36.5}
VALUES |= {Form.MONEY: 1200000.5, Form.PERCENT: 0.0435}
FITTING: dict[str, Any] = {
    **dict.fromkeys(("claim_amount", "undrawn", "rnd_staff", "grant_amount"), 1),
    **dict.fromkeys(("ends_on", "matures_on", "settled_on", "removed_on", "valid_until", KNOWN), date(2024, 6, 30)),
    **dict.fromkeys(("accepted_on", "closed_on", "decided_on", "published_on", "filed_on"), date(2023, 12, 31)),
    **dict.fromkeys(("granted_on", "left_on", "cancelled_on", "deregistered_on", "ceased_on"), date(2024, 1, 31)),
    "former_name": "淄博旧名科技有限公司",
    "tier": 3,
}
"""Values that hold together across the columns of a row."""


def typed(asked: Asked, code: str) -> Any:
    """Return what a person might type."""
    if asked.meaning in (CODE, NAME, "name"):
        return code if asked.meaning == CODE else FIRM
    if asked.form is Form.CHOICE:
        return asked.choices[-1]
    return FITTING.get(asked.meaning, VALUES.get(asked.form, asked.example))


def filled(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    """Fill a template in as a spreadsheet program would, and save it."""
    book = load_workbook(path)
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            book["填报"].cell(number, column).value = value
    book.save(path)
    return path


def load(store: Store, path: Path, **options: Any) -> BatchReport:
    return load_file(store, path, at=AT, actor="test", **options)


def sheet_of(path: Path) -> Worksheet:
    return load_workbook(path)["填报"]


@pytest.mark.parametrize("name", LISTS)
def test_a_filled_template_is_recognised_and_its_row_kept_whole(
    store: Store, tmp_path: Path, codes: list[str], name: str
) -> None:
    list_file = LISTS[name]
    for needed in ("enterprise_registration", *(("high_tech_certificate",) if list_file.amends else ())):
        row = [typed(asked, codes[0]) for asked in asked_of(LISTS[needed])]
        load(store, filled(write_template(needed, tmp_path / f"{needed}_.xlsx"), [row]), known_on=date(2023, 1, 1))
    asked = asked_of(list_file)
    path = filled(write_template(name, tmp_path / "报来的表.xlsx"), [[typed(one, codes[0]) for one in asked]])

    again = load(store, path) if name != "enterprise_registration" else load(store, path, known_on=date(2023, 1, 1))

    assert (again.list, again.quarantined) == (name, ())
    assert again.kept + again.already_known == 1
    with store.work(at=AT) as work:
        access = bureau_access("test", at=AT)
        said = read_events(work, [list_file.table.name], access=access)[list_file.table.name].iloc[-1]
    for one in asked:
        column = list_file.table.columns.get(one.meaning)
        if column is not None and column.kind in (Kind.TEXT, Kind.MONEY, Kind.INTEGER, Kind.NUMBER):
            assert said[one.meaning] == typed(one, codes[0]), one.header


@pytest.mark.parametrize("name", LISTS)
def test_every_column_is_explained_and_checked_in_chinese(tmp_path: Path, name: str) -> None:
    sheet = sheet_of(write_template(name, tmp_path / "a.xlsx"))
    asked = asked_of(LISTS[name])
    rules = {str(rule.sqref).split(":")[0].rstrip("0123456789"): rule for rule in sheet.data_validations.dataValidation}

    assert [cell.value.lstrip("*") for cell in sheet[1]] == [one.header for one in asked]
    for one, cell in zip(asked, sheet[1], strict=True):
        remark = cell.comment.text
        assert all(f"{title}：" in remark for title in ("含义", "单位", "必填", "示例", "来源"))
        assert cell.value.startswith("*") is one.required
        rule = rules[cell.column_letter]
        assert rule.allow_blank
        assert len(rule.errorTitle) <= 32
        assert rule.error.endswith(f"例如：{one.example}")
        assert sheet.column_dimensions[cell.column_letter].width >= 10


@pytest.mark.parametrize("name", LISTS)
def test_choices_stand_on_the_sheet_of_words(tmp_path: Path, name: str) -> None:
    book = load_workbook(write_template(name, tmp_path / "a.xlsx"))
    rules = {str(rule.sqref).split(":")[0].rstrip("0123456789"): rule for rule in _rules(book["填报"])}

    for one, cell in zip(asked_of(LISTS[name]), book["填报"][1], strict=True):
        rule = rules[cell.column_letter]
        if one.form is Form.CHOICE:
            sheet, _, cells = rule.formula1.partition("!")
            assert sheet == "'字典'"
            assert tuple(row[0].value for row in book["字典"][cells.replace("$", "")]) == one.choices
        else:
            assert rule.type != "list"


def _rules(sheet: Worksheet) -> list[Any]:
    return list(sheet.data_validations.dataValidation)


def test_codes_are_text_and_lengths_and_bounds_are_checked(tmp_path: Path) -> None:
    path = write_template("loan", tmp_path / "a.xlsx")
    sheet = sheet_of(path)
    heads = {cell.value.lstrip("*"): cell.column_letter for cell in sheet[1]}
    rules = {str(rule.sqref).split(":")[0].rstrip("0123456789"): rule for rule in _rules(sheet)}

    code, rate = rules[heads["统一社会信用代码"]], rules[heads["年利率"]]

    formats = {head: sheet.column_dimensions[letter].number_format for head, letter in heads.items()}
    assert (formats["统一社会信用代码"], formats["借据号"], formats["年利率"]) == ("@", "@", "0.00%")
    assert (code.type, code.operator, code.formula1) == ("textLength", "equal", "18")
    assert (rate.type, rate.formula1, rate.formula2) == ("decimal", "0", "0.36")
    assert "不大于 36%" in rate.error


def test_rows_of_the_same_record_are_marked_and_long_codes_are_not_taken_for_numbers(tmp_path: Path) -> None:
    sheet = sheet_of(write_template("patent", tmp_path / "a.xlsx"))

    rules = [rule for one in sheet.conditional_formatting for rule in one.rules]

    assert {str(one.sqref) for one in sheet.conditional_formatting} == {"B2:B5001", "C2:C5001"}
    assert all("SUMPRODUCT(($B$2:$B$5001=$B2)*($C$2:$C$5001=$C2))>1" in rule.formula[0] for rule in rules)


def test_the_sheet_is_laid_out_for_paper(tmp_path: Path) -> None:
    sheet = sheet_of(write_template("patent", tmp_path / "a.xlsx"))

    assert sheet.freeze_panes == "C2"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.oddFooter.left.text, sheet.oddFooter.center.text) == ("专利", "第 &P 页，共 &N 页")


def test_the_list_is_named_on_a_sheet_that_nobody_sees(tmp_path: Path) -> None:
    book = load_workbook(write_template("patent", tmp_path / "a.xlsx"))

    assert book["模板信息"].sheet_state == "veryHidden"
    assert (book["模板信息"]["A1"].value, book["模板信息"]["B1"].value) == ("名单", "patent")
    assert book.sheetnames[:2] == ["填报", "填写说明"]


def test_no_column_asks_for_a_program_of_today(tmp_path: Path) -> None:
    """Nothing but cells, checks and remarks: no macros, no links to elsewhere."""
    with zipfile.ZipFile(write_template("patent", tmp_path / "a.xlsx")) as archive:
        names = archive.namelist()

    assert not [name for name in names if "vba" in name.lower() or "externalLink" in name]


def test_a_template_of_another_list_is_refused(store: Store, tmp_path: Path) -> None:
    path = write_template("patent", tmp_path / "a.xlsx")

    with pytest.raises(TemplateOfOtherList, match="是“专利”（patent）的，不是“loan”的") as refused:
        load(store, path, list_name="loan")

    assert refused.value.code == "template-of-other-list"


def test_lists_with_the_same_headers_are_told_apart_by_their_templates(
    store: Store, tmp_path: Path, codes: list[str]
) -> None:
    register = [typed(asked, codes[0]) for asked in asked_of(LISTS["enterprise_registration"])]
    path = filled(write_template("enterprise_registration", tmp_path / "r.xlsx"), [register])
    load(store, path, known_on=date(2023, 1, 1))
    found = []

    for name in ("high_tech_certificate", "high_tech_revocation"):
        row = [typed(asked, codes[0]) for asked in asked_of(LISTS[name])]
        found.append(load(store, filled(write_template(name, tmp_path / f"{len(found)}.xlsx"), [row])).list)

    assert found == ["high_tech_certificate", "high_tech_revocation"]


def test_a_template_of_another_version_is_read_and_said_to_be_old(
    store: Store, tmp_path: Path, codes: list[str]
) -> None:
    path = filled(write_template("annual_report", tmp_path / "a.xlsx"), [[FIRM, codes[0], 2022, 5]])
    book = load_workbook(path)
    book["模板信息"]["B2"].value = "00000000"
    book.save(path)

    report = load(store, path, known_on=date(2023, 5, 1))

    assert report.kept == 1
    assert any("模板不是当前版本" in note for note in report.notes)


def test_a_file_that_stands_is_written_over_only_by_force(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"mine")

    with pytest.raises(FileStands, match="已经存在"):
        write_template("patent", path)
    assert path.read_bytes() == b"mine"
    write_template("patent", path, force=True)

    assert path.read_bytes()[:2] == b"PK"
    assert [one.name for one in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FolderMissing, match="没有文件夹") as refused:
        write_template("patent", tmp_path / "无" / "a.xlsx")

    assert refused.value.code == "folder-missing"


def test_a_list_of_no_such_name_has_no_template(tmp_path: Path) -> None:
    with pytest.raises(ListUnknown):
        write_template("nothing", tmp_path / "a.xlsx")

    assert not list(tmp_path.iterdir())
