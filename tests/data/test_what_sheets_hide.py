"""Is nothing lost of what people do in workbooks: merged cells, two header rows, an empty column, formulas, a unit?"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from data.intake import BatchReport, load_file
from data.intake.broken_cells import broken_cells
from data.intake.files import Instructions
from data.intake.refusals import NothingKept
from data.intake.returning import write_quarantine
from data.intake.sheet import read_source_file
from data.intake.unpacking import NotAWorkbook
from data.spec.access import bureau_access
from data.store import Store
from data.store.reads import read_events

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
USCC = "统一社会信用代码"
Make = Callable[..., Path]


def load(store: Store, path: Path, **options: Any) -> BatchReport:
    given = {"known_on": date(2025, 1, 1)} | options
    return load_file(store, path, at=AT, actor="test", **given)


def kept(store: Store, table: str, *columns: str) -> list[tuple[Any, ...]]:
    with store.work(at=AT, read_only=True) as work:
        rows = read_events(work, [table], access=bureau_access("test", at=AT))[table]
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in rows[list(columns)].to_numpy()]


def reasons(report: BatchReport) -> dict[str, tuple[int, ...]]:
    return {one.code: one.rows for one in report.quarantined}


@pytest.fixture
def sheet(tmp_path: Path) -> Make:
    """Write cells, by their place, as a workbook of one sheet, with ranges merged."""

    def write(name: str, rows: list[list[object]], *, at: str = "A1", merged: tuple[str, ...] = ()) -> Path:
        book = Workbook()
        own = book.worksheets[0]
        first = own[at]
        for down, row in enumerate(rows):
            for right, cell in enumerate(row):
                own.cell(first.row + down, first.column + right, cell)
        for area in merged:
            own.merge_cells(area)
        book.save(tmp_path / name)
        return tmp_path / name

    return write


PATENT = [USCC, "申请号", "专利类型", "专利名称", "申请日", "公开日", "授权公告日"]
NUMBERS = ("201710601862.3", "201310699744.2")


def patents(codes: list[str], granted: tuple[str | None, ...]) -> list[list[object]]:
    told = zip(codes, NUMBERS, granted, strict=False)
    return [[code, number, "发明专利", "甲", "2017-07-21", "2018-06-01", day] for code, number, day in told]


def test_a_value_merged_over_rows_stands_in_each_of_them(store: Store, sheet: Make, codes: list[str]) -> None:
    rows = patents([codes[0], ""], ("2019-06-01", None))
    path = sheet("专利清单.xlsx", [PATENT, *rows], merged=("A2:A3", "G2:G3"))

    report = load(store, path)

    assert (report.kept, report.quarantined_rows) == (2, 0)
    assert kept(store, "patent", "granted_on") == [(pd.Timestamp("2019-06-01"),)] * 2
    assert "合并单元格：已把同一内容填入其下 2 格" in report.notes


def test_a_title_and_a_header_that_are_merged_are_no_data(store: Store, sheet: Make, codes: list[str]) -> None:
    rows = [["某区专利清单"], [], PATENT, [""] * 7, *patents(codes, ("2019-06-01", None))]
    report = load(store, sheet("专利清单.xlsx", rows, merged=("A1:G2", "A3:A4", "B3:B4")))

    assert report.kept == 2
    assert not any("合并单元格" in note for note in report.notes)


def test_the_second_header_row_is_read_where_it_says_more(store: Store, sheet: Make, codes: list[str]) -> None:
    upper = ["企业名称", USCC, "年度", "统计口径", "研发投入", None, None, "报送日期"]
    lower = [None, None, None, None, "研发费用", "研发人员", "从业人员", None]
    row = ["甲", codes[0], 2023, "会计", 130, 5, 30, "2024-05-01"]

    report = load(store, sheet("研发投入统计.xlsx", [upper, lower, row], merged=("E1:G1",)))

    assert (report.kept, report.quarantined_rows, int(report.skipped)) == (1, 0, 2)
    assert kept(store, "rnd_year", "rnd_expense", "rnd_staff", "staff") == [(130.0, 5.0, 30.0)]


def test_one_header_row_stays_one_though_data_follows_at_once(store: Store, sheet: Make, codes: list[str]) -> None:
    report = load(store, sheet("专利清单.xlsx", [PATENT, *patents(codes, ("2019-06-01", None))]))

    assert (report.kept, int(report.skipped)) == (2, 1)


def test_a_column_that_has_data_and_no_header_is_told_as_not_used(store: Store, sheet: Make, codes: list[str]) -> None:
    header, row = [USCC, None, "年度", "净利润"], [codes[0], "甲公司", 2023, 5]

    report = load(store, sheet("财务年报.xlsx", [header, row]))

    assert "未采用的列：第2列（无表头）" in report.notes


def test_remarks_stand_at_the_bad_cells_where_the_first_column_is_empty(
    store: Store, sheet: Make, codes: list[str], tmp_path: Path
) -> None:
    good, bad = patents(codes, ("2019-06-01", "2019-02-30"))
    path = sheet("专利清单.xlsx", [PATENT, good, bad], at="B4")

    report = load(store, path, instructions=Instructions(annotated=tmp_path / "批注.xlsx"))

    own = load_workbook(tmp_path / "批注.xlsx").worksheets[0]
    assert (report.kept, reasons(report)) == (1, {"date-impossible": (6,)})
    assert [cell.coordinate for row in own.iter_rows() for cell in row if cell.comment] == ["H6"]


REPORT = [USCC, "年度", "营业收入", "净利润"]


def test_an_error_and_a_formula_without_result_are_no_blanks(store: Store, sheet: Make, codes: list[str]) -> None:
    rows = [[codes[0], 2023, 100, "=C2/0"], [codes[1], 2023, 100, 5], [codes[2], 2023, "=1+1", 5]]
    path = sheet("财务年报.xlsx", [REPORT, *rows])
    book = load_workbook(path)
    book.worksheets[0]["D2"].data_type, book.worksheets[0]["D2"].value = "e", "#DIV/0!"
    book.save(path)

    report = load(store, path)

    assert reasons(report) == {"cell-error": (2,), "formula-without-result": (4,)}
    assert (report.kept, kept(store, "annual_report", "profit")) == (1, [(5.0,)])


def test_an_unworked_formula_takes_no_known_value_away(store: Store, sheet: Make, codes: list[str]) -> None:
    load(store, sheet("财务年报.xlsx", [REPORT, [codes[0], 2023, 100, 5]]))

    with pytest.raises(NothingKept):
        load(store, sheet("财务年报二.xlsx", [REPORT, [codes[0], 2023, 100, "=C2*0.05"]]), known_on=date(2025, 2, 1))

    assert kept(store, "annual_report", "profit") == [(5.0,)]


def test_not_available_is_a_blank_as_it_always_was(store: Store, sheet: Make, codes: list[str]) -> None:
    path = sheet("财务年报.xlsx", [REPORT, [codes[0], 2023, 100, "#N/A"]])

    assert (load(store, path).kept, kept(store, "annual_report", "profit")) == (1, [(None,)])


def test_rows_that_were_set_aside_come_back_in_the_unit_of_their_sheet(
    store: Store, sheet: Make, codes: list[str], tmp_path: Path
) -> None:
    rows = [["单位：万元"], REPORT, [codes[0], 2023, 100, 5], ["9137", 2023, 130, 7]]
    first = load(store, sheet("财务年报.xlsx", rows))
    assert first.batch_id is not None
    write_quarantine(store, first.batch_id, tmp_path / "待更正.xlsx", at=AT)
    book = load_workbook(tmp_path / "待更正.xlsx")
    own = book["待更正"]
    assert [cell.value for cell in own[2]] == [USCC, "年度", "营业收入（万元）", "净利润（万元）"]
    own["A3"].value = codes[1]
    book.save(tmp_path / "待更正.xlsx")

    again = load(store, tmp_path / "待更正.xlsx")

    assert again.kept == 1
    assert kept(store, "annual_report", "revenue", "profit") == [(1_000_000.0, 50_000.0), (1_300_000.0, 70_000.0)]


def test_a_code_that_stands_beside_another_firms_name_is_pointed_at(
    store: Store, sheet: Make, codes: list[str]
) -> None:
    register = [[f"淄博演示{place}有限公司", code, "2015-01-01"] for place, code in enumerate(codes[:3])]
    load(store, sheet("企业名录.xlsx", [["企业名称", USCC, "成立日期"], *register]))
    said = [
        ("淄博演示1有限公司", codes[0]),
        ("淄博演示1有限责任公司", codes[1]),
        ("谁也不知道", codes[2]),
        ("淄博演示2有限公司", codes[5]),
    ]
    rows = [[name, code, 2023, 5] for name, code in said]

    report = load(store, sheet("财务年报.xlsx", [["企业名称", *[USCC, "年度", "净利润"]], *rows]))

    assert report.kept == 4
    assert [(one.code, one.rows) for one in report.doubtful] == [("name-of-another-code", (2, 5))]


def rewritten(path: Path, change: Callable[[bytes], bytes]) -> Path:
    """Write the archive again with its first sheet's text changed."""
    with ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, change(text) if name == "xl/worksheets/sheet1.xml" else text)
    return path


def test_a_formula_that_comes_to_an_empty_text_has_a_result(store: Store, sheet: Make, codes: list[str]) -> None:
    path = sheet("财务年报.xlsx", [REPORT, [codes[0], 2023, 100, '=IF(C2>0,"",1)']])
    told = rewritten(path, lambda text: text.replace(b'<c r="D2">', b'<c r="D2" t="str">'))

    report = load(store, told)

    assert (report.kept, report.quarantined_rows, kept(store, "annual_report", "profit")) == (1, 0, [(None,)])


def test_an_archive_that_cannot_be_unpacked_is_refused_as_such(sheet: Make, codes: list[str]) -> None:
    path = sheet("财务年报.xlsx", [REPORT, [codes[0], 2023, 100, 5]])
    with ZipFile(path) as archive:
        place = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    spoilt = bytearray(path.read_bytes())
    spoilt[place + 14 : place + 18] = b"\0\0\0\0"  # The sum over the member, in its own header,
    central = spoilt.rindex(b"PK\x01\x02", 0, spoilt.index(b"xl/worksheets/sheet1.xml", len(spoilt) // 2))
    spoilt[central + 16 : central + 20] = b"\0\0\0\0"  # and in the list of members.

    with pytest.raises(ValueError, match="CRC"):
        broken_cells(bytes(spoilt))
    path.write_bytes(bytes(spoilt))
    with pytest.raises(NotAWorkbook):
        read_source_file(path)
