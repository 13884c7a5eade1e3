"""How does a person get their own workbook back, with a remark on every bad cell?

A workbook of the present format is opened and saved again with remarks, and nothing else is touched; of any
other file a new workbook with the same cells is written. The user's file itself is never changed.
"""

import io
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from data.intake.drafting import RowFault
from data.intake.header import NAME, Header, name_column
from data.intake.own_workbooks import PROBLEM_SHEET, written
from data.intake.sheet import SourceFile
from data.intake.suggestions import suggest
from data.intake.words import as_text

AUTHOR = "鲁科评"
BAD = PatternFill("solid", fgColor="FFC7CE")
HEAD = PatternFill("solid", fgColor="DDEBF7")
WIDEST = 40
_TITLES = (("行", 8), ("列", 24), ("原值", 30), ("问题", 56), ("建议", 56))
_FRAGILE = ("xl/drawings/drawing", "xl/charts/", "xl/media/", "xl/pivotTables/", "xl/vbaProject")
_UNREADABLE = (KeyError, ValueError, TypeError, AttributeError, IndexError)
"""What a workbook that departs from the format makes its reader raise."""


@dataclass(frozen=True)
class Problem:
    """Say what is wrong in which cells of a row (both counted from 1), and what would help.

    `heads` names the columns as the header does.
    """

    row: int
    columns: tuple[int, ...]
    heads: tuple[str, ...]
    message: str
    suggestion: str


def problems_of(header: Header, faults: Iterable[RowFault]) -> list[Problem]:
    """Find the cells that faults speak of; a fault of no cell in particular stands at the row's first."""
    first = next((place for place, text in enumerate(header.texts) if text), 0)
    found = []
    for fault in sorted(faults, key=lambda one: one.file_row):
        places = [place for name in fault.columns if (place := _place(header, name)) is not None]
        places = list(dict.fromkeys(places)) or [first]
        heads = tuple(header.texts[place] for place in places)
        columns = tuple(place + 1 for place in places)
        found.append(Problem(fault.file_row, columns, heads, fault.message, suggest(fault)))
    return found


def _place(header: Header, name: str) -> int | None:
    if name == NAME and NAME not in header.places:
        name = name_column(header.list_file)
    return header.places.get(name)


def write_annotated(path: Path, file: SourceFile, header: Header, faults: Sequence[RowFault], *, to: Path) -> str:
    """Write the user's workbook with remarks to a file of its own, and say in a sentence what was written.

    Raises FileStands.
    """
    data = path.read_bytes()
    own = _opened(data) if file.kind == "工作簿" else None
    book, remark = own or (_copied(file), "原文件不是 xlsx，已把相同的单元格写入新的工作簿")
    sheet = book.worksheets[[one.name for one in file.sheets].index(header.sheet.name)]
    annotate(book, sheet, problems_of(header, faults))
    save(book, to)
    return f"带批注的工作簿：{to.name}" + (f"（{remark}）" if remark else "")


def save(book: Workbook, to: Path, *, force: bool = False) -> None:
    """Write a workbook whole or not at all; raise FileStands."""
    with written(to, force=force) as place:
        book.save(place)


def _opened(data: bytes) -> tuple[Workbook, str] | None:
    """Open a workbook of the present format; None for one that cannot be kept as it is."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.namelist()
        kinds = archive.read("[Content_Types].xml") if "[Content_Types].xml" in members else b""
    if b"sheet.main+xml" not in kinds and b"sheet.macroEnabled.main+xml" not in kinds:
        return None
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            book = load_workbook(io.BytesIO(data), rich_text=True)
        except _UNREADABLE:
            return None
    fragile = bool(told) or any(name.startswith(_FRAGILE) for name in members)
    return book, "图表、图片、宏等可能未能原样带过来，请以原文件为准" if fragile else ""


def _copied(file: SourceFile) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, sheet in enumerate(file.sheets, start=1):
        copy = book.create_sheet(sheet.name or f"名单{number}")
        write_rows(copy, sheet.rows)
    return book


def write_rows(sheet: Worksheet, rows: Sequence[Sequence[Any]], *, first_row: int = 1) -> None:
    """Write cells as they are; texts stay texts, whatever they begin with."""
    widths: dict[int, int] = {}
    for number, row in enumerate(rows, start=first_row):
        for column, value in enumerate(row, start=1):
            if value is None or value == "":
                continue
            put(sheet.cell(number, column), value)
            widths[column] = max(widths.get(column, 0), _wide(as_text(value)))
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = min(WIDEST, width + 3)


def _wide(text: str) -> int:
    return sum(2 if letter > "\u2e80" else 1 for letter in text)


def put(cell: Cell | MergedCell, value: Any) -> None:
    """Write one value; a text is never read as a formula or a number."""
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.value = value
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
        return
    cell.value = value
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"


def annotate(
    book: Workbook, sheet: Worksheet, problems: Sequence[Problem], *, from_rows: Sequence[int] | None = None
) -> None:
    """Colour and remark the bad cells, and list all problems on a sheet of its own.

    `from_rows` gives each problem's row in the file it comes from, where that is another.
    """
    listed = []
    for place, problem in enumerate(problems):
        cells = [_at(sheet, problem.row, column) for column in problem.columns]
        listed.append(_line(problem, cells, from_rows[place] if from_rows else None))
        for cell in cells:
            _remark(cell, problem)
    _list(book, sheet, problems, listed, with_origin=from_rows is not None)


def _at(sheet: Worksheet, row: int, column: int) -> Cell:
    """Return the cell, or of a merged one the first of its range, which alone can carry a remark."""
    cell = sheet.cell(row, column)
    if isinstance(cell, MergedCell):
        whole = next(one for one in sheet.merged_cells.ranges if cell.coordinate in one)
        cell = sheet.cell(whole.min_row, whole.min_col)
    assert isinstance(cell, Cell)
    return cell


def _remark(cell: Cell, problem: Problem) -> None:
    said = f"{problem.message}\n建议：{problem.suggestion}"
    before = f"{cell.comment.text}\n" if cell.comment is not None else ""
    remark = Comment(f"{before}{said}", AUTHOR)
    remark.width, remark.height = 320, 40 + 20 * (len(remark.text) // 20 + 1)
    cell.comment = remark
    cell.fill = BAD


def _line(problem: Problem, cells: Sequence[Cell], origin: int | None) -> list[object]:
    pairs = zip(problem.columns, problem.heads, strict=True)
    heads = "、".join(f"{get_column_letter(column)} {head}".rstrip() for column, head in pairs)
    values = "；".join(as_text(cell.value) for cell in cells)
    line: list[object] = [problem.row, heads, values, problem.message, problem.suggestion]
    return line if origin is None else [origin, *line]


def _list(
    book: Workbook,
    sheet: Worksheet,
    problems: Sequence[Problem],
    lines: Sequence[Sequence[object]],
    *,
    with_origin: bool,
) -> None:
    # A workbook that comes back a second time has such a sheet already, and openpyxl numbers the new one.
    own = book.create_sheet(PROBLEM_SHEET)
    titles = [("原文件行", 10), *_TITLES] if with_origin else list(_TITLES)
    for column, (title, width) in enumerate(titles, start=1):
        cell = own.cell(1, column, title)
        cell.font, cell.fill = Font(bold=True), HEAD
        own.column_dimensions[get_column_letter(column)].width = width
    for number, (problem, line) in enumerate(zip(problems, lines, strict=True), start=2):
        for column, value in enumerate(line, start=1):
            put(own.cell(number, column), value)
            own.cell(number, column).alignment = Alignment(wrap_text=True, vertical="top")
        linked = own.cell(number, 2 if with_origin else 1)
        quoted = sheet.title.replace("'", "''")
        there = f"'{quoted}'!{get_column_letter(problem.columns[0])}{problem.row}"
        linked.hyperlink = Hyperlink(ref=linked.coordinate, location=there)
        linked.font = Font(color="0563C1", underline="single")
    own.freeze_panes = "A2"
    own.auto_filter.ref = own.dimensions
