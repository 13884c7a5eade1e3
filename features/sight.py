"""Which version of which record does each row of the spine see?

A version is visible to a span of as_of days `(start, end]`: from the day after it could be known until the
day on which a later version could be known. Spans are resolved once for each viewer: an enterprise, or,
where rows of the very loan being judged must stay invisible, an enterprise and that loan. All that
features count hangs on these spans; nothing here looks at a window or a filter.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.spec.columns import Columns
from data.spec.table import Kind, Table
from data.spec.versions import OWN_LOAN_DAYS
from features.spec import SCALES
from features.windows import NEVER, UNDATED, Ints, Window, pack, to_days, window_start

Bools = npt.NDArray[np.bool_]

SHORT = 256
_LARGEST = 2.0**62
_GOLDEN = 0x1E3779B97F4A7C15
"""An odd number that spreads enterprise numbers over all bits."""


class Framed:
    """Hand over a frame column by column."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def __len__(self) -> int:
        return len(self._frame)

    def column(self, name: str) -> npt.NDArray[Any]:
        """Return one column as an array."""
        return np.asarray(self._frame[name].to_numpy())


class Book:
    """Hold the rows of one table for the enterprises asked about, as arrays ordered by enterprise.

    Columns are turned into integers once, when a feature first asks for them.
    """

    def __init__(self, table: Table, rows: Columns, *, enterprises: Ints, loans: Mapping[str, int]) -> None:
        self._source = rows
        owner = np.asarray(rows.column("enterprise_id"), dtype=np.int64)
        known = to_days(rows.column("known_on"))
        place = np.flatnonzero((known != UNDATED) & _among(owner, enterprises))
        self.table = table
        self._loans = loans
        self._rows = place[stable_order(owner[place])]
        self.enterprise = owner[self._rows]
        self.known = known[self._rows]
        self._numbers: dict[str, tuple[Ints, Bools]] = {}
        self._codes: dict[str, tuple[Ints, dict[Any, int]]] = {}
        self._kept: dict[str, Bools] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def _taken(self, column: str) -> npt.NDArray[Any]:
        return self._source.column(column)[self._rows]

    @cached_property
    def happened(self) -> Ints:
        """Return the day each row is about."""
        return to_days(self._taken("happened_on"))

    @cached_property
    def ended(self) -> Ints:
        """Return the first day on which each state no longer holds, NEVER where it is open or no state."""
        if not self.table.is_state:
            return np.full(len(self), NEVER)
        ended = to_days(self._taken("ended_on"))
        return np.where(ended == UNDATED, NEVER, ended)

    @cached_property
    def withdrawn(self) -> Bools:
        """Tell which rows say that the record does not hold at all."""
        return self._taken("withdrawn").astype(bool)

    @cached_property
    def record(self) -> Ints:
        """Return a number for each row which the versions of one record of an enterprise share."""
        keys = self._source.column("record_key")
        if len(self) <= SHORT:
            return numbered(keys[self._rows])[0]
        return _same(keys, self._rows, self.enterprise)

    @cached_property
    def repeated(self) -> Bools:
        """Tell which rows are of a record that has several versions."""
        number = self.record + 1  # A missing key is numbered -1.
        return np.asarray((np.bincount(number) > 1)[number])

    @cached_property
    def recorded(self) -> Ints:
        """Return the instant of each row's batch."""
        return self._taken("recorded_at").astype("datetime64[us]").astype(np.int64)

    @cached_property
    def file_row(self) -> Ints:
        """Return each row's place in its file."""
        return self._taken("file_row").astype(np.int64)

    @cached_property
    def origin(self) -> Ints:
        """Return -1 where the origin is unknown, -2 where it is a loan nobody asks about, else its code."""
        if not self._loans:
            return np.full(len(self), -2)
        code, places = numbered(self._taken("origin_loan"))
        return np.array([*(self._loans.get(name, -2) for name in places), -1], dtype=np.int64)[code]

    def label(self, rows: Ints) -> npt.NDArray[np.str_]:
        """Return what tells rows apart that agree in every date and file row: record key, then batch."""
        keys, batches = self._taken("record_key")[rows], self._taken("batch_id")[rows]
        return np.array([f"{key}\0{batch}" for key, batch in zip(keys, batches, strict=True)], dtype=str)

    def codes(self, column: str) -> tuple[Ints, dict[Any, int]]:
        """Return each row's code of a text column, -1 where blank, and the code of each text."""
        if column not in self._codes:
            code, places = numbered(self._source.column(column))
            self._codes[column] = code[self._rows], places
        return self._codes[column]

    def days(self, column: str) -> Ints:
        """Return a column of days, UNDATED where blank."""
        return to_days(self._taken(column))

    def numbers(self, column: str, levels: Mapping[str, int]) -> tuple[Ints, Bools]:
        """Return a column as whole multiples of its scale, and where it is known.

        Raises OverflowError for a number that does not fit.
        """
        key = column if not levels else f"{column}:{sorted(levels.items())}"
        if key not in self._numbers:
            self._numbers[key] = self._counted(column, levels)
        return self._numbers[key]

    def kept(self, name: str, decide: Callable[[], Bools]) -> Bools:
        """Return which rows meet the condition of this name, decided when first asked."""
        if name not in self._kept:
            self._kept[name] = decide()
        return self._kept[name]

    def _counted(self, column: str, levels: Mapping[str, int]) -> tuple[Ints, Bools]:
        kind = self.table.columns[column].kind
        if kind is Kind.CODE:
            code, places = self.codes(column)
            level = np.array([*(levels[text] for text in places), 0], dtype=np.int64)
            return level[code], code >= 0
        values = self._taken(column)
        if kind in (Kind.DATE, Kind.YEAR):
            days = to_days(values)
            known = (days != UNDATED) & (self.happened != UNDATED)
            return np.where(known, days - self.happened, 0), known
        return _scaled(values.astype(np.float64), SCALES[kind], column)


def stable_order(values: Ints) -> Ints:
    """Return `np.argsort(values, kind="stable")`; where value and place fit one integer, by one plain sort."""
    bits = len(values).bit_length()
    if len(values) <= SHORT or values.min() < 0 or int(values.max()).bit_length() + bits > 63:
        return np.argsort(values, kind="stable")
    return np.asarray(np.sort((values << bits) | np.arange(len(values))) & ((1 << bits) - 1))


def _among(owner: Ints, enterprises: Ints) -> Bools:
    if len(enterprises) == 1:
        return np.asarray(owner == enterprises[0])
    return np.isin(owner, enterprises)


def _same(keys: npt.NDArray[Any], rows: Ints, enterprise: Ints) -> Ints:
    """Number the pairs of enterprise and key by their hashes; should two pairs share one, by the keys themselves."""
    hashes = np.fromiter(map(hash, keys.tolist()), np.int64, len(keys))[rows]
    mixed = hashes ^ (enterprise * _GOLDEN)
    several = _perhaps_repeated(mixed)
    order = several[np.argsort(mixed[several])]
    equal = mixed[order[1:]] == mixed[order[:-1]]
    left, right = order[1:][equal], order[:-1][equal]
    if (enterprise[left] != enterprise[right]).any() or (keys[rows[left]] != keys[rows[right]]).any():
        return numbered(keys)[0][rows]
    begins = np.flatnonzero(np.concatenate((np.ones(min(len(order), 1), bool), ~equal)))
    number = np.arange(len(rows))
    number[order] = order[np.repeat(begins, np.diff(np.append(begins, len(order))))]
    return number


def _perhaps_repeated(hashes: Ints) -> Ints:
    """Return the places of values that may stand more than once; most stand alone, and need not be sorted.

    Values are counted by their lowest bits: those which share them with no other are alone.
    """
    lowest = hashes & ((1 << (len(hashes).bit_length() + 2)) - 1)
    return np.flatnonzero(np.bincount(lowest)[lowest] > 1)


def numbered(values: npt.NDArray[Any]) -> tuple[Ints, dict[Any, int]]:
    """Number values in the order they appear, -1 where missing; a short array is not worth pandas' overhead."""
    if len(values) > SHORT or values.dtype != object:
        code, texts = pd.factorize(values)
        return code.astype(np.int64), {text: place for place, text in enumerate(texts)}
    places: dict[Any, int] = {}
    codes = [-1 if value is None or value != value else places.setdefault(value, len(places)) for value in values]
    return np.array(codes, dtype=np.int64), places


def _scaled(values: npt.NDArray[np.float64], scale: int, column: str) -> tuple[Ints, Bools]:
    known = ~np.isnan(values)
    whole = np.rint(np.where(known, values, 0.0) * scale)
    if len(whole) and np.abs(whole).max() > _LARGEST:
        raise OverflowError(f"column {column} holds a number too large to be counted exactly")
    return whole.astype(np.int64), known


@dataclass(frozen=True)
class Part:
    """Be a piece of the spine: enterprise and as_of of each row, and the code of its own loan or -1.

    Rows are ordered by (enterprise, own_loan), so that rows of one viewer stand together.
    """

    enterprise: Ints
    as_of: Ints
    own_loan: Ints
    _since: dict[Window | None, Ints] = field(default_factory=dict, init=False, repr=False, compare=False)

    def since(self, window: Window | None) -> Ints:
        """Return the first day inside the window of each row, worked out once for all tables."""
        if window not in self._since:
            self._since[window] = window_start(self.as_of, window)
        return self._since[window]


@dataclass(frozen=True)
class Sight:
    """Hold the versions that viewers see, ordered by (viewer, happened, version order).

    `row` is the place in the book; a version is visible to as_of in `(start, end]`; `viewers` gives each
    row of the part its viewer.
    """

    viewer: Ints
    row: Ints
    happened: Ints
    ended: Ints
    start: Ints
    end: Ints
    viewers: Ints


def look(book: Book, part: Part) -> Sight:
    """Resolve which versions each row of the part sees in a book."""
    if len(part.as_of) == 1:
        viewers, row, viewer, own = _lone(book, part)
    else:
        viewers, first = _viewers(book, part)
        row, viewer = _rows_of(book, part.enterprise[first])
        own = part.own_loan[first][viewer]
    seen = ~hidden(book, row, own)
    row, viewer, own = row[seen], viewer[seen], own[seen]
    start = first_seen(book, row, own)
    end = superseded(book, row, viewer, start)
    kept = stands(book, row, start, end)
    row, viewer, start, end = row[kept], viewer[kept], start[kept], end[kept]
    order = _by_day(book, row, viewer)
    row = row[order]
    return Sight(viewer[order], row, book.happened[row], book.ended[row], start[order], end[order], viewers)


def _lone(book: Book, part: Part) -> tuple[Ints, Ints, Ints, Ints]:
    """Return viewers, rows, each row's viewer and its own loan of a single row; the book holds no other's."""
    row = np.arange(len(book))
    return np.zeros(1, np.int64), row, np.zeros(len(book), np.int64), np.full(len(book), part.own_loan[0])


def _viewers(book: Book, part: Part) -> tuple[Ints, Ints]:
    """Return each row's viewer and each viewer's first row; a loan makes a viewer only where it can matter."""
    begins = np.ones(len(part.as_of), bool)
    begins[1:] = part.enterprise[1:] != part.enterprise[:-1]
    if book.table.from_loan or book.table.ended_by or bool((book.origin >= 0).any()):
        begins[1:] |= part.own_loan[1:] != part.own_loan[:-1]
    return np.cumsum(begins) - 1, np.flatnonzero(begins)


def _rows_of(book: Book, enterprises: Ints) -> tuple[Ints, Ints]:
    low = np.searchsorted(book.enterprise, enterprises, "left")
    return spread(low, np.searchsorted(book.enterprise, enterprises, "right"))


def spread(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Write out the ranges [low, high): every place in them, and the number of the range it is in."""
    length = high - low
    which = np.repeat(np.arange(len(low)), length)
    offset = np.cumsum(length) - length
    return np.arange(len(which)) - (offset - low)[which], which


def hidden(book: Book, row: Ints, own: Ints) -> Bools:
    """Tell which rows come from the loan being judged."""
    return np.asarray((own >= 0) & (book.origin[row] == own))


def first_seen(book: Book, row: Ints, own: Ints) -> Ints:
    """Return the day after which each row is visible: the day it was known.

    In tables that may hold rows of the loan being judged, a row of unknown origin waits OWN_LOAN_DAYS.
    """
    known = book.known[row]
    if not book.table.from_loan:
        return known
    doubtful = (own >= 0) & (book.origin[row] == -1)
    return np.where(doubtful, np.maximum(known, book.happened[row]) + OWN_LOAN_DAYS, known)


def version_keys(book: Book, row: Ints) -> tuple[Ints, ...]:
    """Return what orders the versions of one record, most important first."""
    return book.known[row], book.recorded[row], book.file_row[row]


def superseded(book: Book, row: Ints, viewer: Ints, start: Ints) -> Ints:
    """Return the last day on which each version is the latest known: the first start of any later version."""
    end = np.full(len(row), NEVER)
    if len(row) < 2:
        return end
    several = np.flatnonzero(book.repeated[row])
    if not len(several):
        return end
    record = viewer[several] * (len(book) + 1) + book.record[row[several]]
    keys = (record, *version_keys(book, row[several]))
    order = _ordered(keys, lambda tied: book.label(row[several[tied]]))
    end[several[order]] = _earliest_after(record[order], start[several[order]])
    return end


def _earliest_after(record: Ints, start: Ints) -> Ints:
    """Return, within each record, the least start among the rows after each row, doubling the reach each time."""
    found = np.full(len(start), NEVER)
    same = record[1:] == record[:-1]
    found[:-1][same] = start[1:][same]
    reach = 1
    while reach < len(start):
        same = record[reach:] == record[:-reach]
        if not same.any():
            break
        further = np.where(same, found[reach:], NEVER)
        found[:-reach] = np.minimum(found[:-reach], further)
        reach *= 2
    return found


def stands(book: Book, row: Ints, start: Ints, end: Ints) -> Bools:
    """Tell which versions say that a dated record holds, and are ever the one seen."""
    return np.asarray(~book.withdrawn[row] & (book.happened[row] != UNDATED) & (start < end))


def _by_day(book: Book, row: Ints, viewer: Ints) -> Ints:
    """Order by viewer and day; only where two rows share both are the keys of versions looked at."""
    key = pack(viewer, book.happened[row])
    order = stable_order(key)
    tied = _tied(key[order[1:]] == key[order[:-1]])
    several = order[tied]
    if len(several):
        keys = (key[several], *version_keys(book, row[several]))
        order[tied] = several[_ordered(keys, lambda same: book.label(row[several[same]]))]
    return order


def _tied(equal: Bools) -> Ints:
    """Return the places that equal their neighbour, told for each place but the first."""
    tied = np.zeros(len(equal) + 1, bool)
    tied[1:] |= equal
    tied[:-1] |= equal
    return np.flatnonzero(tied)


def _ordered(keys: tuple[Ints, ...], label: Callable[[Ints], npt.NDArray[np.str_]]) -> Ints:
    """Order by the keys, the first leading; labels are made only for rows that agree in all of them."""
    order = np.lexsort(keys[::-1])
    equal = np.logical_and.reduce([key[order[1:]] == key[order[:-1]] for key in keys])
    if not equal.any():
        return order
    tied = _tied(equal)
    rank = np.zeros(len(order), np.int64)
    rank[order[tied]] = np.unique(label(order[tied]), return_inverse=True)[1]
    return np.lexsort((rank, *keys[::-1]))
