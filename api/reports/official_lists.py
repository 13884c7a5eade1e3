"""How is one of the bureau's lists written as a workbook?"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from api.clock import SHANGHAI
from risk.joint.lists import Cell, ListSheet, OfficialList

WIDEST = 48
HEADER_ROW = 2
"""Title and period stand above the titles of the columns."""


def write_list(made: OfficialList, path: Path, *, demonstration: bool, at: datetime) -> None:
    """Write a list: a sheet each, amounts with two decimals, a total row, what it was compared with below."""
    with _workbook(path, made, at) as (book, forms):
        for sheet in made.sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, made, forms, demonstration=demonstration)


@contextmanager
def _workbook(path: Path, made: OfficialList, at: datetime) -> Iterator[tuple[Any, dict[str, Any]]]:
    with xlsxwriter.Workbook(str(path)) as book:
        local = at.astimezone(SHANGHAI).replace(tzinfo=None)
        book.set_properties({"title": made.label, "created": local})
        head = {"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True, "valign": "vcenter"}
        yield (
            book,
            {
                "title": book.add_format({"bold": True, "font_size": 14}),
                "head": book.add_format(head),
                "text": book.add_format({"border": 1, "valign": "top"}),
                "money": book.add_format({"border": 1, "num_format": "#,##0.00", "valign": "top"}),
                "place": book.add_format({"border": 1, "num_format": "0", "valign": "top"}),
                "date": book.add_format({"border": 1, "num_format": "yyyy-mm-dd", "valign": "top"}),
                "total": book.add_format({"border": 1, "bold": True, "num_format": "#,##0.00", "bg_color": "#F2F2F2"}),
                "note": book.add_format({"font_color": "#595959"}),
            },
        )


def _write_sheet(
    page: Any, sheet: ListSheet, made: OfficialList, forms: dict[str, Any], *, demonstration: bool
) -> None:
    aside = "（演示数据，企业与数字均为虚构）" if demonstration else ""
    page.write_string(0, 0, f"{made.label}：{sheet.name}{aside}", forms["title"])
    page.write_string(1, 0, f"{made.since} 起，{made.until} 前；金额单位：元", forms["note"])
    for column, title in enumerate(sheet.titles):
        page.write_string(HEADER_ROW, column, title, forms["head"])
        page.set_column(column, column, _width(sheet, column))
    for place, row in enumerate(sheet.rows, start=HEADER_ROW + 1):
        for column, cell in enumerate(row):
            _write_cell(page, place, column, cell, forms)
    last = HEADER_ROW + 1 + len(sheet.rows)
    if sheet.totals:
        _write_totals(page, sheet, last, forms)
        last += 1
    notes = (*sheet.notes, *(("合计已与台账逐分核对一致。",) if sheet.totals else ()))
    for place, note in enumerate(notes, start=last + 1):
        page.write_string(place, 0, note, forms["note"])
    _print_setup(page)


def _write_cell(page: Any, row: int, column: int, cell: Cell, forms: dict[str, Any]) -> None:
    if isinstance(cell, Decimal):
        page.write_number(row, column, float(cell), forms["place" if column == 0 else "money"])
    elif isinstance(cell, date):
        page.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), forms["date"])  # noqa: DTZ001 # a day of a sheet has no zone
    else:
        # Text is never a formula, whatever a name begins with.
        page.write_string(row, column, cell or "", forms["text"])


def _write_totals(page: Any, sheet: ListSheet, row: int, forms: dict[str, Any]) -> None:
    totals = {total.column: total.listed for total in sheet.totals}
    for column in range(len(sheet.titles)):
        if column in totals:
            page.write_number(row, column, float(totals[column]), forms["total"])
        else:
            page.write_string(row, column, "合计" if column == 0 else "", forms["total"])


def _width(sheet: ListSheet, column: int) -> float:
    cells = [sheet.titles[column], *(row[column] for row in sheet.rows)]
    return min(WIDEST, 3 + max(_columns(cell) for cell in cells))


def _columns(cell: Cell) -> int:
    if isinstance(cell, Decimal):
        return len(f"{cell:,.2f}")
    text = "" if cell is None else str(cell)
    return sum(1 if character.isascii() else 2 for character in text)


def _print_setup(page: Any) -> None:
    page.freeze_panes(HEADER_ROW + 1, 2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEADER_ROW)
    page.set_footer("&C第 &P 页，共 &N 页")
