"""Which rows of one table pass a filter, and when does each begin and cease to count?"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from features.sight import Book, Bools, Part, Sight, stable_order
from features.spec import SCALES, After, Aggregate, AtLeast, Below, Condition, Filled, NotAfter
from features.windows import UNDATED, Ints, Window, last_inside, pack, window_start


@dataclass(frozen=True)
class Selection:
    """Hold the versions that pass a filter; a version may count for as_of in `(start, last]`."""

    place: Ints
    """Where in the sight they stand."""
    viewer: Ints
    row: Ints
    happened: Ints
    start: Ints
    last: Ints
    key: Ints
    """viewer and happened in one integer, ascending."""


@dataclass(frozen=True)
class Steps:
    """Hold where a selection's versions begin and cease to count, as seen from each spine row."""

    rising: Ints
    falling: Ints
    begun: Ints
    ceased: Ints


class View:
    """See one table from one part of the spine; what several features share is made once."""

    def __init__(self, book: Book, sight: Sight, part: Part) -> None:
        self.book = book
        self.sight = sight
        self.part = part
        self.at = pack(sight.viewers, part.as_of)
        self._selections: dict[str, Selection] = {}
        self._steps: dict[str, Steps] = {}
        self._ranges: dict[str, tuple[Ints, Ints]] = {}
        self._last_inside: dict[Window | None, Ints] = {}
        self._starts: dict[Window | None, Ints] = {}
        self._knows: Bools | None = None

    def selection(self, declared: Aggregate) -> Selection:
        """Return the versions that pass the declared filter."""
        name = declared.filter_name
        if name not in self._selections:
            self._selections[name] = _select(self.book, self.sight, declared)
        return self._selections[name]

    def steps(self, declared: Aggregate) -> Steps:
        """Return where the selection's versions begin and cease to count within the declared window."""
        name = declared.counting_name
        if name not in self._steps:
            selection = self.selection(declared)
            self._steps[name] = _steps(selection, self._inside(declared.window)[selection.place], self.at)
        return self._steps[name]

    def ranges(self, declared: Aggregate) -> tuple[Ints, Ints]:
        """Return, for each spine row, the places [low, high) of the selection that happened in the window."""
        name = declared.counting_name
        if name not in self._ranges:
            key = self.selection(declared).key
            since = self._since(declared.window)
            self._ranges[name] = (np.searchsorted(key, since, "left"), np.searchsorted(key, self.at, "left"))
        return self._ranges[name]

    def _inside(self, window: Window | None) -> Ints:
        if window not in self._last_inside:
            self._last_inside[window] = last_inside(self.sight.happened, window)
        return self._last_inside[window]

    def _since(self, window: Window | None) -> Ints:
        if window not in self._starts:
            self._starts[window] = pack(self.sight.viewers, window_start(self.part.as_of, window))
        return self._starts[window]

    def values(self, declared: Aggregate) -> tuple[Ints, Bools]:
        """Return the declared column of the selection as whole multiples of its scale, and where it is known."""
        assert declared.column is not None
        values, known = self.book.numbers(declared.column, declared.levels)
        row = self.selection(declared).row
        return values[row], known[row]

    def counts(self, steps: Steps) -> Ints:
        """Return how many versions count for each spine row."""
        return steps.begun - steps.ceased

    @property
    def knows(self) -> Bools:
        """Tell for which spine rows the source knows the firm at all."""
        if self._knows is None:
            everything = _select(self.book, self.sight, None)
            self._knows = self.counts(_steps(everything, self._inside(None)[everything.place], self.at)) > 0
        return self._knows


def _select(book: Book, sight: Sight, declared: Aggregate | None) -> Selection:
    last = sight.end
    if declared is not None and declared.in_force:
        last = np.minimum(last, last_in_force(sight.ended))
    kept = np.ones(len(sight.row), bool)
    for column, wanted in (declared.where if declared else {}).items():
        kept &= book.kept(f"{column}:{wanted!r}", partial(passes, book, column, wanted))[sight.row]
    kept &= sight.start < last
    place = np.flatnonzero(kept)
    viewer, happened = sight.viewer[place], sight.happened[place]
    return Selection(place, viewer, sight.row[place], happened, sight.start[place], last[place], pack(viewer, happened))


def last_in_force(ended: Ints) -> Ints:
    """Return the last day on which a state holds: the day before it ended."""
    return ended - 1


def passes(book: Book, column: str, wanted: Condition) -> Bools:
    """Tell which rows of a book meet a condition on one column."""
    if isinstance(wanted, str | tuple):
        code, places = book.codes(column)
        words = (wanted,) if isinstance(wanted, str) else wanted
        chosen = np.zeros(len(places) + 1, bool)  # The last place is that of a blank, whose code is -1.
        chosen[[places[word] for word in words if word in places]] = True
        return chosen[code]
    if isinstance(wanted, Filled):
        return np.asarray((book.codes(column)[0] >= 0) == wanted.filled)
    if isinstance(wanted, After | NotAfter):
        return _compares(book, column, wanted)
    values, known = book.numbers(column, {})
    value = values / SCALES[book.table.columns[column].kind]
    if isinstance(wanted, Below):
        return np.asarray(known & (value < wanted.bound))
    if isinstance(wanted, AtLeast):
        return np.asarray(known & (value >= wanted.bound))
    return np.asarray(known & (value == wanted))


def _compares(book: Book, column: str, wanted: After | NotAfter) -> Bools:
    day, other = book.days(column), book.days(wanted.other)
    both = (day != UNDATED) & (other != UNDATED)
    return np.asarray(both & ((day > other) if isinstance(wanted, After) else (day <= other)))


def _steps(selection: Selection, inside: Ints, at: Ints) -> Steps:
    first = np.maximum(selection.start, selection.happened)
    last = np.minimum(selection.last, inside)
    if len(at) == 1:
        live = np.flatnonzero((pack(selection.viewer, first) < at) & (at <= pack(selection.viewer, last)))
        return Steps(live, live[:0], np.array([len(live)]), np.zeros(1, np.int64))
    live = np.flatnonzero(first < last)
    begins, ceases = pack(selection.viewer, first)[live], pack(selection.viewer, last)[live]
    by_begin, by_cease = stable_order(begins), stable_order(ceases)
    return Steps(
        rising=live[by_begin],
        falling=live[by_cease],
        begun=np.searchsorted(begins[by_begin], at, "left"),
        ceased=np.searchsorted(ceases[by_cease], at, "left"),
    )
