"""How do sheets become xlsx and csv files, the same bytes every time?"""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import xlsxwriter

from data.zibo.layout import Form
from data.zibo.sheets import Sheet

CREATED = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
LARGE_SHEET = 2000
"""Rows from which a workbook is written row by row to a temporary file."""


def header_row(sheet: Sheet) -> int:
    """Return the file's row (from 1) in which the headers stand."""
    return len(sheet.titles) + 1


def write_sheet(directory: Path, sheet: Sheet) -> None:
    """Write one file: titles, headers, rows, 合计, 注."""
    cells = sheet.cells.astype(object)
    cells = cells.where(cells.notna(), None)
    if sheet.form is Form.XLSX:
        _write_workbook(directory / sheet.file, sheet, cells)
    else:
        encoding = "gb18030" if sheet.form is Form.GB18030 else "utf-8-sig"
        (directory / sheet.file).write_bytes(_csv_text(sheet, cells).encode(encoding))


def closing_rows(sheet: Sheet) -> list[list[object]]:
    """Return the 合计 and 注 rows below the data."""
    width = len(sheet.cells.columns)
    rows: list[list[object]] = []
    if sheet.total is not None:
        total: list[object] = [None] * width
        total[0] = "合计"
        column = sheet.cells.columns.get_loc(sheet.total)
        summed = pd.to_numeric(sheet.cells[sheet.total], errors="coerce").sum()
        total[int(np.asarray(column))] = round(float(summed), 2)
        rows.append(total)
    if sheet.note is not None:
        rows.append([sheet.note, *([None] * (width - 1))])
    return rows


def _write_workbook(path: Path, sheet: Sheet, cells: pd.DataFrame) -> None:
    large = len(cells) > LARGE_SHEET
    book = xlsxwriter.Workbook(str(path), {"constant_memory": large, "in_memory": not large})
    book.set_properties({"title": "演示数据", "created": CREATED})
    day_format = book.add_format({"num_format": "yyyy-mm-dd"})
    page = book.add_worksheet("名单")
    for number, title in enumerate(sheet.titles):
        page.write_string(number, 0, title)
    top = header_row(sheet)
    page.write_row(top - 1, 0, list(cells.columns))
    for number, row in enumerate(cells.itertuples(index=False, name=None), start=top):
        _write_row(page, number, row, day_format)
    for number, closing in enumerate(closing_rows(sheet), start=top + len(cells)):
        _write_row(page, number, tuple(closing), day_format)
    book.close()


def _write_row(page: xlsxwriter.worksheet.Worksheet, number: int, row: tuple[object, ...], day_format: object) -> None:
    for column, value in enumerate(row):
        if value is None:
            continue
        if isinstance(value, str):
            page.write_string(number, column, value)
        elif isinstance(value, pd.Timestamp):
            page.write_datetime(number, column, value.to_pydatetime(), day_format)
        else:
            page.write_number(number, column, value)


def _csv_text(sheet: Sheet, cells: pd.DataFrame) -> str:
    width = len(cells.columns)
    padding = "," * (width - 1)
    titles = "".join(f"{title}{padding}\r\n" for title in sheet.titles)
    body = cells.to_csv(index=False, lineterminator="\r\n")
    below = pd.DataFrame(closing_rows(sheet)).to_csv(index=False, header=False, lineterminator="\r\n")
    return titles + body + (below if closing_rows(sheet) else "")
