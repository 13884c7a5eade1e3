"""Does a file come back with a remark on every bad cell, and with nothing else changed?"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from data.intake import BatchReport, load_file
from data.intake.files import Instructions
from data.intake.own_workbooks import FileStands
from data.intake.refusals import NothingKept, StrictRowFaults
from data.intake.returning import NothingSetAside, write_quarantine
from data.intake.reversal import BatchUnknown
from data.store import Store
from data.store.reads import read_batches

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
HEADER = ["企业名称", "统一社会信用代码", "成立日期", "职工人数", "注销日期"]
Book = Callable[..., Path]


def load(store: Store, path: Path, to: Path | None = None, **options: Any) -> BatchReport:
    wishes = Instructions(annotated=to)
    return load_file(store, path, at=AT, actor="test", known_on=date(2020, 1, 1), instructions=wishes, **options)


def rows(codes: Sequence[str]) -> list[list[object]]:
    good = ["甲公司", codes[0], "2015-03-01", 5, None]
    return [good, ["乙公司", codes[1], "2015-02-30", -3, None], ["丙公司", codes[2], "2015-03-01", 5, "2014-01-01"]]


def remarks(sheet: Worksheet) -> dict[str, str]:
    return {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}


def contents(sheet: Worksheet, *, leave_out: Sequence[str] = ()) -> dict[str, tuple[Any, ...]]:
    """Say all that shows of each cell."""
    return {
        cell.coordinate: (cell.value, cell.number_format, cell.font.b, cell.font.color and cell.font.color.rgb)
        + (() if cell.coordinate in leave_out else (cell.fill.fgColor.rgb, cell.comment and cell.comment.text))
        for row in sheet.iter_rows()
        for cell in row
    }


@pytest.fixture
def own(tmp_path: Path, codes: list[str]) -> Path:
    """Write a workbook as a person keeps it: title, merged cells, formats, formulas, a remark, other sheets, a list."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "名录"
    sheet.append(["某区企业名录"])
    sheet.merge_cells("A1:E1")
    sheet.append(HEADER)
    for row in rows(codes):
        sheet.append(row)
    sheet["A4"].font = Font(bold=True, color="FF0000FF")
    sheet["D3"].number_format = "0.0"
    sheet["A3"].fill = PatternFill("solid", fgColor="FFFFFF00")
    sheet["D4"].comment = Comment("请核实", "经办人")
    sheet.column_dimensions["B"].width = 31
    sheet.freeze_panes = "A3"
    rule = DataValidation(type="list", formula1='"是,否"')
    rule.add("E3:E9")
    sheet.add_data_validation(rule)
    sums = book.create_sheet("汇总")
    sums["A1"], sums["B2"] = "合计", "=SUM(名录!D3:D5)*1.0"
    sums["B2"].number_format = "0.00%"
    book.create_sheet("隐藏").sheet_state = "hidden"
    book.save(tmp_path / "企业名录.xlsx")
    return tmp_path / "企业名录.xlsx"


def test_every_bad_cell_carries_its_problem_and_what_would_help(store: Store, own: Path, tmp_path: Path) -> None:
    report = load(store, own, tmp_path / "批注.xlsx")

    book = load_workbook(tmp_path / "批注.xlsx")
    said = remarks(book["名录"])
    assert report.kept == 1
    assert report.notes[-1] == "带批注的工作簿：批注.xlsx"
    assert set(said) == {"C4", "D4", "E5", "C5"}
    assert (
        said["C4"]
        == "“成立日期”一栏的“2015-02-30”不是可能的日期。\n建议：请写成 2024-06-30 的样子；只知道年月时写 2024-06。"
    )
    assert "“注销日期”早于“成立日期”" in said["E5"]
    assert all(book["名录"][cell].fill.fgColor.rgb.endswith("FFC7CE") for cell in said)
    assert not any(code in text for text in said.values() for code in ("date-impossible", "below-minimum"))


def test_a_remark_of_theirs_stays_in_front_of_ours(store: Store, own: Path, tmp_path: Path) -> None:
    load(store, own, tmp_path / "批注.xlsx")

    assert remarks(load_workbook(tmp_path / "批注.xlsx")["名录"])["D4"].startswith("请核实\n")


def test_nothing_of_theirs_is_changed_otherwise(store: Store, own: Path, tmp_path: Path) -> None:
    before, bytes_before = load_workbook(own), own.read_bytes()

    load(store, own, tmp_path / "批注.xlsx")

    after = load_workbook(tmp_path / "批注.xlsx")
    bad = ("C4", "D4", "E5", "C5")
    assert own.read_bytes() == bytes_before
    assert after.sheetnames == [*before.sheetnames, "问题清单"]
    for name in before.sheetnames:
        assert contents(after[name], leave_out=bad) == contents(before[name], leave_out=bad)
        assert after[name].sheet_state == before[name].sheet_state
    assert after["汇总"]["B2"].value == "=SUM(名录!D3:D5)*1.0"
    assert str(after["名录"].merged_cells) == "A1:E1"
    assert after["名录"].column_dimensions["B"].width == 31
    assert after["名录"].freeze_panes == "A3"
    assert [str(rule.sqref) for rule in after["名录"].data_validations.dataValidation] == ["E3:E9"]


def test_all_problems_are_listed_with_row_column_value_and_help(store: Store, own: Path, tmp_path: Path) -> None:
    load(store, own, tmp_path / "批注.xlsx")

    sheet = load_workbook(tmp_path / "批注.xlsx")["问题清单"]
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0] == ("行", "列", "原值", "问题", "建议")
    assert [(line[0], line[1], line[2]) for line in lines[1:]] == [
        (4, "C 成立日期", "2015-02-30"),
        (4, "D 职工人数", "-3"),
        (5, "E 注销日期、C 成立日期", "2014-01-01；2015-03-01"),
    ]
    assert sheet["A2"].hyperlink.location == "'名录'!C4"
    assert sheet.column_dimensions["D"].width >= 40


def test_a_file_refused_for_its_rows_comes_back_too_and_the_refusal_says_so(
    store: Store, own: Path, book: Book, tmp_path: Path
) -> None:
    with pytest.raises(StrictRowFaults, match=r"带批注的工作簿：一\.xlsx") as strict:
        load(store, own, tmp_path / "一.xlsx", strict=True)
    with pytest.raises(NothingKept, match=r"带批注的工作簿：二\.xlsx"):
        load(store, book("企业名录二.xlsx", [HEADER, ["甲", "9137", "2015-01-01"]]), tmp_path / "二.xlsx")

    assert strict.value.code == "strict-row-faults"
    assert set(remarks(load_workbook(tmp_path / "一.xlsx")["名录"])) == {"C4", "D4", "E5", "C5"}
    assert set(remarks(load_workbook(tmp_path / "二.xlsx")["名单"])) == {"B2"}
    with store.work(at=AT) as work:
        assert read_batches(work).empty


def test_a_text_file_comes_back_as_a_workbook_of_the_same_cells(
    store: Store, text: Book, codes: list[str], tmp_path: Path
) -> None:
    path = text("企业名录.csv", [HEADER, *rows(codes), ["=1+1", "9.137E+17", "2015-03-01", 5, ""]], encoding="gb18030")

    report = load(store, path, tmp_path / "批注.xlsx")

    sheet = load_workbook(tmp_path / "批注.xlsx").worksheets[0]
    assert "原文件不是 xlsx" in report.notes[-1]
    assert [cell.value for cell in sheet[1]] == HEADER
    assert [cell.value for cell in sheet[3]] == ["乙公司", codes[1], "2015-02-30", "-3", None]
    assert (sheet["A5"].value, sheet["A5"].data_type, sheet["A5"].quotePrefix) == ("=1+1", "s", True)
    assert sheet["B2"].number_format == "@"
    assert "B5" in remarks(sheet)


def test_a_bad_cell_within_merged_ones_is_remarked_on_the_first(store: Store, tmp_path: Path, codes: list[str]) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "企业名录.xlsx")) as workbook:
        sheet = workbook.add_worksheet("名录")
        sheet.write_row(0, 0, HEADER[:4])
        sheet.write_row(1, 0, ["甲", codes[0], "2015-01-01", 3])
        sheet.write_row(2, 0, ["乙", codes[1]])
        sheet.merge_range(1, 3, 2, 3, 3)

    load(store, tmp_path / "企业名录.xlsx", tmp_path / "批注.xlsx")

    assert set(remarks(load_workbook(tmp_path / "批注.xlsx")["名录"])) == {"C3"}


def test_a_corrected_workbook_loads_again_past_our_list_of_problems(store: Store, own: Path, tmp_path: Path) -> None:
    load(store, own, tmp_path / "批注.xlsx")
    book = load_workbook(tmp_path / "批注.xlsx")
    book["名录"]["C4"].value, book["名录"]["D4"].value, book["名录"]["E5"].value = "2015-02-28", 3, None
    book.save(tmp_path / "改好.xlsx")

    report = load(store, tmp_path / "改好.xlsx")

    assert (report.kept, report.already_known, report.quarantined_rows) == (2, 1, 0)
    assert not any("问题清单" in note for note in report.notes)


def test_a_clean_file_needs_no_remarks_and_none_are_written(
    store: Store, book: Book, codes: list[str], tmp_path: Path
) -> None:
    report = load(store, book("企业名录.xlsx", [HEADER, rows(codes)[0]]), tmp_path / "批注.xlsx")

    assert report.notes[-1] == "没有需要批注的单元格，未写带批注的工作簿"
    assert not (tmp_path / "批注.xlsx").exists()


def test_a_file_that_stands_is_not_written_over_and_nothing_is_loaded(store: Store, own: Path) -> None:
    with pytest.raises(FileStands):
        load(store, own, own)

    with store.work(at=AT) as work:
        assert read_batches(work).empty


def test_rows_set_aside_come_back_under_their_own_header_ready_to_be_loaded(
    store: Store, own: Path, tmp_path: Path
) -> None:
    first = load(store, own)
    assert first.batch_id is not None

    written = write_quarantine(store, first.batch_id, tmp_path / "待更正.xlsx", at=AT)

    book = load_workbook(tmp_path / "待更正.xlsx")
    sheet = book["待更正"]
    assert written == 2
    assert [cell.value for cell in sheet[2]] == HEADER
    assert [sheet["A3"].value, sheet["A4"].value] == ["乙公司", "丙公司"]
    assert set(remarks(sheet)) == {"C3", "D3", "E4", "C4"}
    assert [line[:3] for line in book["问题清单"].iter_rows(min_row=2, values_only=True)] == [
        (4, 3, "C 成立日期"),
        (4, 3, "D 职工人数"),
        (5, 4, "E 注销日期、C 成立日期"),
    ]
    sheet["C3"].value, sheet["D3"].value, sheet["E4"].value = "2015-02-28", "3", None
    book.save(tmp_path / "待更正.xlsx")
    again = load_file(store, tmp_path / "待更正.xlsx", at=AT, actor="test")
    assert (again.list, again.kept, again.quarantined_rows) == ("enterprise_registration", 2, 0)


def test_a_batch_without_rows_set_aside_and_one_unknown_give_no_workbook(
    store: Store, book: Book, codes: list[str], tmp_path: Path
) -> None:
    clean = load(store, book("企业名录.xlsx", [HEADER, rows(codes)[0]]))
    assert clean.batch_id is not None

    with pytest.raises(NothingSetAside) as nothing:
        write_quarantine(store, clean.batch_id, tmp_path / "a.xlsx", at=AT)
    with pytest.raises(BatchUnknown):
        write_quarantine(store, "B000099", tmp_path / "a.xlsx", at=AT)

    assert nothing.value.code == "nothing-set-aside"
    assert not (tmp_path / "a.xlsx").exists()
