"""What stands in a file, cell by cell, whatever kind of file it is?"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from data.intake.broken_cells import broken_cells
from data.intake.text_table import decode_text, parse_table
from data.intake.unpacking import MAX_BYTES, FileTooLarge, NotAWorkbook, guard_archive, inflate_gzip
from data.spec.errors import Refusal

MAX_ROWS = 2_000_000
MAX_COLUMNS = 512

SUFFIXES = (".xlsx", ".xls", ".xlsb", ".xlsm", ".ods", ".csv", ".csv.gz", ".txt", ".tsv")
"""Names of files that a folder of lists may hold."""


class FileUnreadable(Refusal):
    """The file is not there, or may not be read."""

    code = "file-unreadable"


class HtmlNamedWorkbook(Refusal):
    """A web page carries the name of a workbook."""

    code = "html-named-workbook"


class SheetTooLarge(Refusal):
    """A sheet has more rows or columns than a list ever has."""

    code = "sheet-too-large"
    status = 413


@dataclass(frozen=True)
class Sheet:
    """Carry one sheet: its rows from the file's first, blanks included, as texts, numbers and dates.

    A value that is merged over several rows stands in each of them; `filled` lists the places it was put in, by row
    and column from 0.
    """

    name: str
    rows: list[list[Any]]
    filled: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class SourceFile:
    """Carry one file: its name, hash, what it turned out to be, and its sheets."""

    name: str
    sha256: str
    kind: str
    sheets: tuple[Sheet, ...]


def read_source_file(path: Path) -> SourceFile:
    """Read a workbook or a text table, told apart by its first bytes and never by its name.

    Raises FileUnreadable, NotAWorkbook, HtmlNamedWorkbook, FileTooLarge, SheetTooLarge, TextUndecodable
    or TextMalformed.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FileUnreadable(f"无法读取文件“{path.name}”。", help="请核对路径和权限。") from error
    if len(data) > MAX_BYTES:
        raise FileTooLarge(f"文件“{path.name}”超过 {MAX_BYTES // 1_000_000} MB。", help="请拆分成几个文件。")
    kind, sheets = _sheets(data)
    for sheet in sheets:
        _check_size(sheet)
    return SourceFile(path.name, hashlib.sha256(data).hexdigest(), kind, sheets)


def _sheets(data: bytes) -> tuple[str, tuple[Sheet, ...]]:
    if data.startswith(b"\x1f\x8b"):
        kind, sheets = _text_sheet(inflate_gzip(data))
        return f"gzip 压缩的{kind}", sheets
    if data.startswith(b"PK"):
        guard_archive(data)
        return "工作簿", _workbook(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return "97-2003 工作簿", _workbook(data)
    if data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise HtmlNamedWorkbook(
            "文件内容是网页（HTML/XML），不是工作簿，只是用了表格的扩展名。",
            help="请用表格软件打开它，另存为 xlsx 后再导入。",
        )
    return _text_sheet(data)


def _text_sheet(data: bytes) -> tuple[str, tuple[Sheet, ...]]:
    decoded = decode_text(data)
    return f"文本表格，编码 {decoded.encoding}", (Sheet("", parse_table(decoded.text)),)


def _workbook(data: bytes) -> tuple[Sheet, ...]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        broken = broken_cells(data) if data.startswith(b"PK") else {}
        return tuple(_sheet(book.get_sheet_by_name(name), broken.get(name, {})) for name in book.sheet_names)
    except (CalamineError, OSError, ValueError) as error:
        raise NotAWorkbook("文件不是完整的工作簿，无法打开。", help="请用表格软件打开后另存为 xlsx。") from error


def _sheet(sheet: CalamineSheet, broken: Mapping[tuple[int, int], str]) -> Sheet:
    """Lay out a sheet from its first column on, with what its broken cells show, and merged values filled down."""
    first = sheet.start[1] if sheet.start else 0
    rows = [[""] * first + row for row in sheet.iter_rows()]
    for (row, column), text in broken.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = text
    filled = []
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
        for row in range(top + 1, min(bottom + 1, len(rows))):
            if column < len(rows[row]) and rows[row][column] == "":
                rows[row][column] = rows[top][column]
                filled.append((row, column))
    return Sheet(sheet.name, rows, tuple(filled))


def _check_size(sheet: Sheet) -> None:
    width = max(map(len, sheet.rows), default=0)
    if len(sheet.rows) > MAX_ROWS or width > MAX_COLUMNS:
        raise SheetTooLarge(
            f"工作表有 {len(sheet.rows)} 行、{width} 列，超过 {MAX_ROWS} 行或 {MAX_COLUMNS} 列。",
            help="请删去无关的行列，或拆分成几个文件。",
        )
