"""What is the value of each feature for each enterprise and day?

`compute` is the only door, for a training spine of many rows and for a live request of one. Both take
the same path, and sums are of integers, so an enterprise alone equals its row in the batch bit for bit.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.spec.columns import ByColumn, Columns
from data.spec.missing import Missing
from data.spec.table import Absence, Table, Unit
from data.spec.tables import TABLES
from data.spec.tables.profile import enterprise_registration
from features.endings import until_told
from features.reductions import Reduced, reduce
from features.segments import Floats
from features.sight import Book, Bools, Framed, Part, Sight, look, numbered
from features.spec import Aggregate, Derived, Feature, Reduce
from features.view import View, read_columns
from features.windows import Ints, Window, to_days, window_start

CHUNK_ROWS = 25_000
"""Spine rows worked on at a time, so that memory is bounded by the chunk."""

WORKERS = 2
"""Threads that work on the pieces of a large spine; numpy lets them run side by side."""

Events = Mapping[str, pd.DataFrame]
T = TypeVar("T")


def compute(features: Sequence[Feature], events: Events, spine: pd.DataFrame) -> pd.DataFrame:
    """Return each feature's value for each row of the spine, NaN where it is unknown.

    A table that is absent from `events` is not authorised: what rests on it is unknown, never zero.

    Shapes: events holds one frame a table with the columns of `data.spec.table`; spine has enterprise_id
        (int64), as_of (a day) and perhaps own_loan (application being judged; "" where it has no number
        yet, None on the behaviour card). The result is float64 with the spine's index, one column a
        feature in the order given.
    Raises ValueError for a spine with missing days or times of day, OverflowError for uncountable numbers.
    """
    filled = np.full((len(spine), len(features)), np.nan)
    for rows, known, _ in _worked(features, events, spine):
        filled[rows] = _matrix(features, known)
    return pd.DataFrame(filled, index=spine.index, columns=[feature.name for feature in features])


def compute_by_chunk(features: Sequence[Feature], events: Events, spine: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield what `compute` returns piece by piece, so that a book of any size fits into memory.

    Shapes: as `compute`; pieces are ordered by enterprise and day, each with the index of its spine rows.
    """
    names = [feature.name for feature in features]
    for rows, known, _ in _worked(features, events, spine):
        yield pd.DataFrame(_matrix(features, known), index=spine.index[rows], columns=names)


def _matrix(features: Sequence[Feature], known: Mapping[str, "Known"]) -> Floats:
    return np.column_stack([known[feature.name].value for feature in features])


def why_missing(
    features: Sequence[Feature],
    events: Events,
    spine: pd.DataFrame,
    *,
    not_authorised: Collection[str] = frozenset(),
    late: Collection[str] = frozenset(),
) -> pd.DataFrame:
    """Return, for each value that `compute` leaves unknown, one of the five reasons; None where it is known.

    `not_authorised` and `late` name tables; a table absent from `events` counts as not authorised.

    Shapes: as `compute`; the result holds data.spec.missing.Missing or None.
    """
    reasons = _nothing(spine, features)
    for rows, known, ages in _worked(features, events, spine, closed=not_authorised):
        reasons[rows] = _reasoned(features, known, Excuses(frozenset(late), ages))
    return pd.DataFrame(reasons, index=spine.index, columns=[feature.name for feature in features], dtype=object)


def compute_with_reasons(
    features: Sequence[Feature], events: Events, spine: pd.DataFrame, *, late: Collection[str] = frozenset()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what `compute` and `why_missing` return, worked out once; no firm is silent while its list is late."""
    names = [feature.name for feature in features]
    filled, reasons = np.full((len(spine), len(features)), np.nan), _nothing(spine, features)
    for rows, known, ages in _worked(features, events, spine):
        values = _matrix(features, known)
        told = _reasoned(features, known, Excuses(frozenset(late), ages))
        silent = (values == 0) & [_is_excused(feature, late) for feature in features]
        values[silent], told[silent] = np.nan, Missing.LATE
        filled[rows], reasons[rows] = values, told
    return (
        pd.DataFrame(filled, index=spine.index, columns=names),
        pd.DataFrame(reasons, index=spine.index, columns=names, dtype=object),
    )


def _is_excused(feature: Feature, late: Collection[str]) -> bool:
    return isinstance(feature.declaration, Derived) and feature.declaration.is_excused(late)


def _nothing(spine: pd.DataFrame, features: Sequence[Feature]) -> npt.NDArray[np.object_]:
    return np.full((len(spine), len(features)), None, dtype=object)


def _reasoned(features: Sequence[Feature], known: Mapping[str, "Known"], excuses: "Excuses") -> npt.NDArray[np.object_]:
    return np.column_stack([_named(_reasons(feature, known, excuses)) for feature in features])


@dataclass(frozen=True)
class Known:
    """Hold a feature's values for a part of the spine, and, for an aggregate, what there was to see."""

    value: Floats
    counted: Ints
    knows: Bools
    open: bool = True


_NO_COUNT: Ints = np.zeros(0, np.int64)
_NO_ROW: Bools = np.zeros(0, bool)
"""What a derived feature counts and knows: it has no rows of its own."""


def _worked(
    features: Sequence[Feature], events: Events, spine: pd.DataFrame, *, closed: Collection[str] = frozenset()
) -> Iterator[tuple[Ints, dict[str, Known], View | None]]:
    """Yield, chunk by chunk, the places in the spine, what is known there of each feature, and of the firms' ages."""
    needed, tables = _plan(tuple(features))
    order, whole, loans = _ordered_spine(spine)
    enterprises = np.unique(whole.enterprise)
    columns = events.columns if isinstance(events, ByColumn) else lambda name: Framed(events[name])
    opened: dict[str, Columns] = {name: columns(name) for name in tables if name in events and name not in closed}
    books = {
        name: Book(tables[name], rows, enterprises=enterprises, loans=loans)
        for name, rows in opened.items()
        if len(rows)
    }

    def work(piece: slice) -> tuple[Ints, dict[str, Known], View | None]:
        part = Part(whole.enterprise[piece], whole.as_of[piece], whole.own_loan[piece])
        seen = {name: look(book, part) for name, book in books.items()}
        views = {name: View(book, _ended(name, books, seen), part) for name, book in books.items()}
        known = _known(needed, views, opened, len(part.as_of))
        return order[piece], known, views.get(enterprise_registration.name)

    pieces = [slice(begin, begin + CHUNK_ROWS) for begin in range(0, len(spine), CHUNK_ROWS)]
    if len(pieces) <= WORKERS:
        yield from map(work, pieces)
        return
    with ThreadPoolExecutor(WORKERS) as pool:
        _make_shared(needed, books, pool)
        yield from _in_turn(pool, work, pieces)


def _in_turn(pool: ThreadPoolExecutor, work: Callable[[slice], T], pieces: Sequence[slice]) -> Iterator[T]:
    """Yield each piece's outcome in order; none is begun while as many wait to be taken as there are workers."""
    begun: deque[Future[T]] = deque()
    for piece in pieces:
        if len(begun) == WORKERS:
            yield begun.popleft().result()
        begun.append(pool.submit(work, piece))
    while begun:
        yield begun.popleft().result()


def _ended(name: str, books: Mapping[str, Book], seen: Mapping[str, Sight]) -> Sight:
    """Return what is seen of a table, its states ended by what another table tells, where that may be read."""
    ending = books[name].table.ended_by
    if ending is None or ending.table not in books:
        return seen[name]
    return until_told(books[name], seen[name], books[ending.table], seen[ending.table])


def _make_shared(needed: Sequence[Feature], books: Mapping[str, Book], pool: ThreadPoolExecutor) -> None:
    """Make what all pieces share before they need it: records are sorted while columns are looked up."""
    columns = pool.submit(_read_columns, needed, books)
    for book in books.values():
        _ = book.repeated
    columns.result()


def _read_columns(needed: Sequence[Feature], books: Mapping[str, Book]) -> None:
    for feature in needed:
        declared = feature.declaration
        if isinstance(declared, Aggregate) and declared.table.name in books:
            read_columns(books[declared.table.name], declared)


@lru_cache(maxsize=16)
def _plan(features: tuple[Feature, ...]) -> tuple[tuple[Feature, ...], Mapping[str, Table]]:
    """Return the features with all they rest on, and the tables to be read; a card is asked for again and again."""
    needed = _with_inputs(features)
    return needed, {table.name: table for table in _tables(needed)}


def _with_inputs(features: Iterable[Feature]) -> tuple[Feature, ...]:
    """Return the features and all they rest on, each after its inputs."""
    found: dict[str, Feature] = {}

    def add(feature: Feature) -> None:
        for each in feature.inputs:
            add(each)
        if found.setdefault(feature.name, feature) is not feature:
            raise ValueError(f"two features are called {feature.name}")

    for feature in features:
        add(feature)
    return tuple(found.values())


def _tables(features: Iterable[Feature]) -> Iterator[Table]:
    for feature in features:
        if isinstance(feature.declaration, Aggregate):
            yield feature.declaration.table
            if feature.declaration.ending:
                yield TABLES[feature.declaration.ending.table]
        if feature.declaration.needs_history:
            yield enterprise_registration


def _ordered_spine(spine: pd.DataFrame) -> tuple[Ints, Part, dict[str, int]]:
    """Return the spine's rows ordered by enterprise, own loan and day, and the loans it asks about."""
    when = spine["as_of"].to_numpy()
    if np.isnat(when).any() or (when != when.astype("datetime64[D]")).any():
        raise ValueError("as_of must be a day in every row of the spine")
    enterprise = spine["enterprise_id"].to_numpy(dtype=np.int64)
    loan: Ints = np.full(len(spine), -1)
    names: dict[str, int] = {}
    if "own_loan" in spine:
        loan, names = numbered(spine["own_loan"].to_numpy(dtype=object))
    as_of = to_days(when)
    order = np.lexsort((as_of, loan, enterprise))
    return order, Part(enterprise[order], as_of[order], loan[order]), names


def _known(
    features: Sequence[Feature], views: Mapping[str, View], opened: Collection[str], size: int
) -> dict[str, Known]:
    known: dict[str, Known] = {}
    for feature in features:
        declared = feature.declaration
        if isinstance(declared, Derived):
            value = _derive(declared, [known[each.name].value for each in feature.inputs])
            known[feature.name] = Known(value, _NO_COUNT, _NO_ROW)
        elif declared.table.name in views:
            known[feature.name] = _aggregate(views[declared.table.name], declared)
        elif declared.table.name in opened:
            surely = declared.table.absence is Absence.ZERO
            known[feature.name] = _of_no_rows(surely, surely and declared.zero_when_empty, size)
        else:
            known[feature.name] = _of_no_table(size)
    return known


def _derive(declared: Derived, inputs: list[Floats]) -> Floats:
    value = np.asarray(declared.formula(*inputs), dtype=np.float64)
    return np.where(np.isfinite(value), value, np.nan)


def _aggregate(view: View, declared: Aggregate) -> Known:
    surely = declared.table.absence is Absence.ZERO
    if view.alone and not len(view.selection(declared).row):
        known = surely or bool(view.knows[0])
        return _of_no_rows(known, known and declared.zero_when_empty, 1)
    reduced: Reduced = reduce(view, declared)
    knows = np.ones(len(reduced.value), bool) if surely else view.knows
    value = reduced.value
    if declared.zero_when_empty:
        value = np.where(reduced.counted == 0, np.where(knows, 0.0, np.nan), value)
    elif declared.reduce is Reduce.COUNT:
        value = np.where(reduced.counted == 0, np.nan, value)
    return Known(value, reduced.counted, knows)


@lru_cache(maxsize=8)
def _of_no_rows(knows: bool, zero: bool, size: int) -> Known:
    """Return what is known where no row counts for anyone asked about; features share it and none writes to it."""
    return Known(np.full(size, 0.0 if zero else np.nan), np.zeros(size, np.int64), np.full(size, knows))


@lru_cache(maxsize=8)
def _of_no_table(size: int) -> Known:
    """Return what is known where a table may not be read."""
    return Known(np.full(size, np.nan), _NO_COUNT, _NO_ROW, open=False)


@dataclass(frozen=True)
class Excuses:
    """Hold which tables are late, and what is known of the firms' ages."""

    late: frozenset[str]
    ages: View | None

    def young(self, history: Window | None) -> Bools | bool:
        """Tell which firms were founded less than this long before as_of."""
        if history is None or self.ages is None:
            return False
        as_of = self.ages.part.as_of
        return np.asarray(as_of - reduce(self.ages, _AGE).value > window_start(as_of, history))


REASONS = (None, *Missing)
"""What each code of a reason stands for; arrays of enumeration members would turn them into plain text."""


def _code(reason: Missing) -> int:
    return REASONS.index(reason)


def _named(codes: Ints) -> npt.NDArray[np.object_]:
    members = np.empty(len(REASONS), dtype=object)
    for code, reason in enumerate(REASONS):
        members[code] = reason
    return members[codes]


def _reasons(feature: Feature, known: Mapping[str, Known], excuses: Excuses) -> Ints:
    here = known[feature.name]
    if isinstance(feature.declaration, Aggregate):
        codes = _aggregate_reasons(feature.declaration, here, excuses.late)
    else:
        codes = np.full(len(here.value), _code(Missing.NOT_APPLICABLE))
        for each in reversed(feature.inputs):
            codes = np.where(np.isnan(known[each.name].value), _reasons(each, known, excuses), codes)
    too_young = excuses.young(feature.declaration.needs_history) & (codes != _code(Missing.NOT_AUTHORISED))
    codes = np.where(too_young, _code(Missing.NOT_APPLICABLE), codes)
    return np.where(np.isnan(here.value), codes, 0)


def _aggregate_reasons(declared: Aggregate, here: Known, late: frozenset[str]) -> Ints:
    if not here.open:
        return np.full(len(here.value), _code(Missing.NOT_AUTHORISED))
    if declared.table.name in late:
        return np.full(len(here.value), _code(Missing.LATE))
    nothing = Missing.NOT_APPLICABLE if declared.table.absence is Absence.ZERO else Missing.NOT_REPORTED
    codes = np.where(here.counted == 0, _code(nothing), _code(Missing.NOT_REPORTED))
    return np.where(here.knows, codes, _code(Missing.SOURCE_DOES_NOT_KNOW))


_AGE = Aggregate(
    label="成立天数",
    label_en="days since foundation",
    unit=Unit.DAY,
    reason="只用于判断指标是否适用",
    table=enterprise_registration,
    reduce=Reduce.DAYS_SINCE_FIRST,
)
