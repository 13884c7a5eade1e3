"""How do rows that were set aside go back to whoever can correct them, ready to be loaded again?"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Font

from data.intake.annotating import HEAD, Problem, annotate, save, write_rows
from data.intake.drafting import RowFault
from data.intake.lists import LISTS
from data.intake.own_workbooks import INFO_SHEET, Use, WorkbookInfo, check_free, version_of
from data.intake.reversal import BatchUnknown
from data.intake.suggestions import suggest
from data.spec.access import Purpose, bureau_access
from data.spec.errors import Refusal
from data.store import Store, Work
from data.store.batches import Batch
from data.store.reads import read_quarantine
from data.store.reversals import find_batch_by_id, read_batch_rows

SHEET = "待更正"
HEADER_ROW = 2


class NothingSetAside(Refusal):
    """No row of the batch was set aside."""

    code = "nothing-set-aside"
    status = 404


def write_quarantine(store: Store, batch_id: str, to: Path, *, force: bool = False, at: datetime) -> int:
    """Write the rows of a batch that were set aside under their own header, and return their number.

    Raises BatchUnknown, NothingSetAside or FileStands.
    """
    check_free(to, force=force)
    with store.work(at=at, read_only=True) as work:
        batch = find_batch_by_id(work, batch_id)
        if batch is None:
            raise BatchUnknown(f"没有编号为“{batch_id}”的批次。", help="批次编号形如 B000012，导入时会写明。")
        aside = read_quarantine(work, batch_id)
        day = _day_of_the_list(work, batch, at=at)
    if aside.empty:
        raise NothingSetAside(f"批次 {batch_id} 没有隔离的行。", help="无须更正。")
    rows = {row: json.loads(raw) for row, raw in zip(aside["file_row"], aside["raw"], strict=True)}
    header = list(dict.fromkeys(text for row in rows.values() for text in row))
    book = _workbook(batch, header, list(rows.values()), day)
    problems, origins = _problems(aside, header, list(rows))
    annotate(book, book[SHEET], problems, from_rows=origins)
    save(book, to, force=force)
    return len(rows)


def _day_of_the_list(work: Work, batch: Batch, *, at: datetime) -> date | None:
    """Return the day that was given for the whole file, or that all of its rows kept have in common."""
    if batch.known_on is not None:
        return batch.known_on
    brought = read_batch_rows(work, batch, access=bureau_access("quarantine", at=at, purpose=Purpose.INTAKE))
    days = {pd.Timestamp(day).date() for rows in brought.values() for day in rows["known_on"].unique()}
    return days.pop() if len(days) == 1 else None


def _workbook(batch: Batch, header: Sequence[str], rows: Sequence[dict[str, str]], day: date | None) -> Workbook:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = SHEET
    announced = f" 公告日期：{day}" if day is not None else ""
    title = f"{batch.source}（待更正：批次 {batch.id}，“{batch.file_name}”）{announced}"
    cells = [[row.get(text, "") for text in header] for row in rows]
    write_rows(sheet, [list(header), *cells], first_row=HEADER_ROW)
    sheet.cell(1, 1, title).font = Font(bold=True)
    for column in range(1, len(header) + 1):
        head = sheet.cell(HEADER_ROW, column)
        head.font, head.fill = Font(bold=True), HEAD
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    if batch.list in LISTS:
        _write_info(book, WorkbookInfo(batch.list, version_of(LISTS[batch.list]), Use.CORRECTION))
    return book


def _write_info(book: Workbook, info: WorkbookInfo) -> None:
    sheet = book.create_sheet(INFO_SHEET)
    for row in info.rows():
        sheet.append(row)
    sheet.sheet_state = "veryHidden"


def _problems(aside: pd.DataFrame, header: Sequence[str], order: Sequence[int]) -> tuple[list[Problem], list[int]]:
    """Find the bad cells of the new workbook, and from which row of the file each comes."""
    problems, origins = [], []
    for row in aside.to_dict("records"):
        heads = [head for head in json.loads(row["columns"] or "[]") if head in header] or [header[0]]
        fault = RowFault(row["file_row"], row["code"], row["message"], suggestion=row["suggestion"] or "")
        places = tuple(header.index(head) + 1 for head in heads)
        here = HEADER_ROW + 1 + order.index(row["file_row"])
        problems.append(Problem(here, places, tuple(heads), fault.message, suggest(fault)))
        origins.append(int(row["file_row"]))
    return problems, origins
