"""What does a recognised sheet say, row by row, before the store is asked anything?"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from data.intake.cells import (
    Parsed,
    Read,
    parse_cells,
    parse_column,
    quoted,
    read_day,
    read_patent_number,
    read_text,
    read_uscc,
)
from data.intake.header import CODE, KNOWN, NAME, ORIGIN, OWNER, Header, name_column
from data.intake.list_file import ListFile
from data.intake.words import as_text, is_missing_word, squeeze
from data.spec.access import BUREAU
from data.spec.errors import Refusal
from data.spec.table import Group

_TOTAL = re.compile(
    r"(合计|小计|总计|累计|共计)([::(].*|\d.*)?|(注|备注|说明|附注|制表|制表人|填表人|审核人)([::\d].*)?"
)
_TOTAL_HEADS = frozenset("合小总累共注备说附制填审")


class KnownOnNeeded(Refusal):
    """Nothing in the file says since when its rows could have been known."""

    code = "known-on-needed"


@dataclass(frozen=True)
class RowFault:
    """Say why one row cannot be kept, and where it is known in which cells and what would help.

    `columns` names columns of the table, or roles of `data.intake.header`.
    """

    file_row: int
    code: str
    message: str
    columns: tuple[str, ...] = ()
    suggestion: str = ""


@dataclass(frozen=True)
class Skipped:
    """Count the rows that are no data: titles above the header, the header, totals and notes, blanks."""

    title: int = 0
    header: int = 0
    total: int = 0
    blank: int = 0

    def __int__(self) -> int:
        return self.title + self.header + self.total + self.blank


NOTHING_SKIPPED = Skipped()


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Carry a sheet's rows, typed, with the faults of those that could not be read.

    Shapes: frame has file_row int64, identifier and name str, known_on datetime64[s], known_basis, owner
        and origin_loan str, withdrawn bool, and the table's own columns, in file order.
    """

    frame: pd.DataFrame
    faults: tuple[RowFault, ...]
    skipped: Skipped
    rows_read: int
    raw: Callable[[int], str]


@dataclass
class _Cells:
    """Hand out a sheet's columns as values, and collect the cells that cannot be read."""

    header: Header
    rows: Sequence[Sequence[Any]]
    numbers: Sequence[int]
    faults: list[RowFault] = field(default_factory=list)

    def cells(self, meaning: str) -> "pd.Series[Any]":
        place = self.header.places[meaning]
        return pd.Series([row[place] for row in self.rows], dtype=object)

    def accept(self, meaning: str, cells: "pd.Series[Any]", parsed: Parsed) -> "pd.Series[Any]":
        label = self.header.texts[self.header.places[meaning]]
        for place, fault in parsed.faults.items():
            said = quoted(label, cells.iloc[place], fault)
            self.faults.append(RowFault(self.numbers[place], fault.code, said, (meaning,)))
        return parsed.values

    def read(self, meaning: str, read: Read, *, dtype: str = "str") -> "pd.Series[Any]":
        if meaning not in self.header.places:
            return pd.Series([None] * len(self.rows), dtype=dtype)
        cells = self.cells(meaning)
        return self.accept(meaning, cells, parse_cells(cells, read, dtype=dtype))


def draft_sheet(header: Header, *, known_on: date | None) -> Draft:
    """Read every row below the header; known_on is the day given for a list that does not say its own.

    Raises KnownOnNeeded where neither rows, title nor known_on say since when.
    """
    rows, numbers, skipped = _data_rows(header)
    source = _Cells(header, rows, numbers)
    own = _own_columns(header, source)
    frame = pd.DataFrame({"file_row": np.array(numbers, dtype="int64")} | own)
    frame["identifier"] = source.read(CODE, _code_or_blank)
    names = name_column(header.list_file)
    frame["name"] = frame[names] if names in frame else source.read(NAME, read_text)
    frame["owner"] = source.read(OWNER, read_text).fillna(BUREAU)
    frame["origin_loan"] = _origin(header.list_file, source, frame)
    frame["withdrawn"] = False
    frame["known_on"] = _known_on(header, source, frame, given=known_on)
    frame["known_basis"] = str(header.list_file.known.basis)
    return Draft(
        frame=frame,
        faults=(*source.faults, *_shifted(header, rows, numbers)),
        skipped=skipped,
        rows_read=len(header.sheet.rows),
        raw=_raw(header),
    )


def _data_rows(header: Header) -> tuple[list[Sequence[Any]], list[int], Skipped]:
    """Part the rows below the header into data, totals, blanks and repeated headers."""
    kept: list[Sequence[Any]] = []
    numbers: list[int] = []
    total = blank = repeated = 0
    width = len(header.texts)
    for number, row in enumerate(header.sheet.rows[header.last + 1 :], start=header.last + 2):
        first = next((cell for cell in row if cell is not None and cell != ""), None)
        if first is None or (isinstance(first, str) and not first.strip() and not any(map(as_text, row))):
            blank += 1
        elif _is_total(first):
            total += 1
        elif _repeats(header, row, first):
            repeated += 1
        else:
            kept.append(row if len(row) >= width else [*row, *[""] * (width - len(row))])
            numbers.append(number)
    above = header.sheet.rows[: header.first]
    blank_above = sum(not any(as_text(cell) for cell in row) for row in above)
    header_rows = header.last - header.first + 1 + repeated
    return kept, numbers, Skipped(len(above) - blank_above, header_rows, total, blank + blank_above)


def _is_total(first: Any) -> bool:
    if not isinstance(first, str) or first.lstrip()[:1] not in _TOTAL_HEADS:
        return False
    return _TOTAL.fullmatch(squeeze(first)) is not None


def _repeats(header: Header, row: Sequence[Any], first: Any) -> bool:
    """Tell whether a row says the header again, or what of it is merged downwards."""
    if first not in header.texts:
        return False
    said = [(as_text(cell), text) for cell, text in zip(row, header.texts, strict=False)]
    return all(cell in ("", text) for cell, text in said) and sum(bool(cell) for cell, _ in said) > 1


def _shifted(header: Header, rows: Sequence[Sequence[Any]], numbers: Sequence[int]) -> list[RowFault]:
    width = len(header.texts)
    message = "该行的单元格多于表头，可能是分隔符未加引号造成错位。"
    return [
        RowFault(number, "row-too-long", message)
        for row, number in zip(rows, numbers, strict=True)
        if len(row) > width and any(as_text(cell) for cell in row[width:])
    ]


def _own_columns(header: Header, source: _Cells) -> dict[str, "pd.Series[Any]"]:
    list_file = header.list_file
    columns: dict[str, pd.Series[Any]] = {}
    for name, column in list_file.table.columns.items():
        if name in list_file.constants:
            columns[name] = pd.Series([list_file.constants[name]] * len(source.rows), dtype="str")
        elif name not in header.places:
            continue
        elif name == "application_no" and list_file.table.group is Group.PATENTS:
            columns[name] = source.read(name, read_patent_number)
        else:
            cells = source.cells(name)
            parsed = parse_column(
                cells, column, factor=header.factors.get(name), synonyms=list_file.values.get(name, {})
            )
            columns[name] = source.accept(name, cells, parsed)
    return columns


def _code_or_blank(cell: Any) -> str | None:
    return None if is_missing_word(as_text(cell)) else read_uscc(cell)


def _origin(list_file: ListFile, source: _Cells, frame: pd.DataFrame) -> "pd.Series[Any]":
    if list_file.origin is not None and list_file.origin in frame:
        return frame[list_file.origin]
    return source.read(ORIGIN, read_text)


def _known_on(header: Header, source: _Cells, frame: pd.DataFrame, *, given: date | None) -> "pd.Series[Any]":
    """Find since when each row could have been known (the order is told at `Known`)."""
    known = header.list_file.known
    days = source.read(KNOWN, read_day, dtype="datetime64[s]")
    if known.column is not None and known.column in frame:
        days = days.fillna(frame[known.column] + np.timedelta64(known.lag_days, "D"))
    file_day = given or header.announced_on
    if file_day is None:
        if len(frame) and days.isna().all() and not source.faults:
            raise KnownOnNeeded(
                f"“{header.list_file.label}”没有写明公告或报送日期，无法确定何时可知。",
                help="请用 --known-on 年-月-日 给出名单的公告日期。",
            )
        return days
    day = pd.Timestamp(file_day).as_unit("s")
    return days.where(days >= day, day)


def _raw(header: Header) -> Callable[[int], str]:
    """Say a row of the file as a JSON object of header and cell."""

    def say(file_row: int) -> str:
        row = header.sheet.rows[file_row - 1]
        said: Mapping[str, str] = {
            header.said(place) or f"第{place + 1}列" if place < len(header.texts) else f"第{place + 1}列": as_text(cell)
            for place, cell in enumerate(row)
        }
        return json.dumps(said, ensure_ascii=False)

    return say
