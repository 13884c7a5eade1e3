"""Which rows of one table pass a filter, and when does each begin and cease to count?"""

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from features.sight import Book, Bools, Part, Sight, stable_order
from features.spec import SCALES, After, Aggregate, AtLeast, Below, Condition, Filled, NotAfter, Reduce
from features.windows import UNDATED, Ints, Window, last_inside, pack


@dataclass(frozen=True)
class Selection:
    """Hold the versions that pass a filter; a version may count for as_of in `(start, last]`."""

    sight: Sight
    place: Ints
    """Where in the sight they stand."""
    until: Ints
    """The last as_of for which each version of the sight may count."""

    def __len__(self) -> int:
        return len(self.place)

    @cached_property
    def viewer(self) -> Ints:
        """Return who sees each version."""
        return self.sight.viewer[self.place]

    @cached_property
    def row(self) -> Ints:
        """Return each version's row in the book."""
        return self.sight.row[self.place]

    @cached_property
    def happened(self) -> Ints:
        """Return the day each version is about."""
        return self.sight.happened[self.place]

    @cached_property
    def start(self) -> Ints:
        """Return the day after which each version may count."""
        return self.sight.start[self.place]

    @cached_property
    def last(self) -> Ints:
        """Return the last day on which each version may count."""
        return self.until[self.place]

    @cached_property
    def key(self) -> Ints:
        """Return viewer and happened in one integer, ascending."""
        return pack(self.viewer, self.happened)


@dataclass(frozen=True)
class Steps:
    """Hold where a selection's versions begin and cease to count, as seen from each spine row."""

    rising: Ints
    falling: Ints
    begun: Ints
    ceased: Ints


class View:
    """See one table from one part of the spine; what several features share is made once.

    Where a single row asks, what does not count for it is left out of its selections: there is nothing to search.
    """

    def __init__(self, book: Book, sight: Sight, part: Part) -> None:
        self.book = book
        self.part = part
        self.alone = len(part.as_of) == 1
        self.sight = seen_on(sight, part.as_of[0]) if self.alone else sight
        self.at = pack(sight.viewers, part.as_of)
        self._selections: dict[str, Selection] = {}
        self._counting: dict[tuple[bool, Window | None], tuple[Bools, Ints]] = {}
        self._steps: dict[str, Steps] = {}
        self._ranges: dict[str, tuple[Ints, Ints]] = {}
        self._last_inside: dict[Window | None, Ints] = {}
        self._knows: Bools | None = None

    def selection(self, declared: Aggregate) -> Selection:
        """Return the versions that pass the declared filter; for a single row, those of its window that count."""
        name = declared.counting_name if self.alone else declared.filter_name
        if name not in self._selections:
            self._selections[name] = self._selected(declared)
        return self._selections[name]

    def _selected(self, declared: Aggregate) -> Selection:
        able, last = self._able(declared.in_force, declared.window if self.alone else None)
        kept = able
        if able.any():
            for name, column, wanted in declared.conditions:
                kept = kept & _passing(self.book, name, column, wanted)[self.sight.row]
        return Selection(self.sight, kept.nonzero()[0], last)

    def _able(self, in_force: bool, window: Window | None) -> tuple[Bools, Ints]:
        """Return which versions may count whatever their content, and the last as_of for which each may."""
        if (in_force, window) not in self._counting:
            sight = self.sight
            last = np.minimum(sight.end, last_in_force(sight.ended)) if in_force else sight.end
            able = sight.start < last
            if self.alone:
                able &= (sight.happened >= self.part.since(window)[0]) & (last >= self.part.as_of[0])
            self._counting[in_force, window] = able, last
        return self._counting[in_force, window]

    def steps(self, declared: Aggregate) -> Steps:
        """Return where the selection's versions begin and cease to count within the declared window."""
        name = declared.counting_name
        if name not in self._steps:
            self._steps[name] = self._stepped(self.selection(declared), declared.window)
        return self._steps[name]

    def _stepped(self, selection: Selection, window: Window | None) -> Steps:
        return _steps(selection, self._inside(window)[selection.place], self.at)

    def ranges(self, declared: Aggregate) -> tuple[Ints, Ints]:
        """Return, for each spine row, the places [low, high) of the selection that happened in the window."""
        name = declared.counting_name
        if name not in self._ranges:
            key = self.selection(declared).key
            since = pack(self.sight.viewers, self.part.since(declared.window))
            self._ranges[name] = (np.searchsorted(key, since, "left"), np.searchsorted(key, self.at, "left"))
        return self._ranges[name]

    def _inside(self, window: Window | None) -> Ints:
        if window not in self._last_inside:
            self._last_inside[window] = last_inside(self.sight.happened, window)
        return self._last_inside[window]

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
            self._knows = np.array([len(self.sight.row) > 0]) if self.alone else self._ever_seen()
        return self._knows

    def _ever_seen(self) -> Bools:
        sight = self.sight
        everything = Selection(sight, np.flatnonzero(sight.start < sight.end), sight.end)
        return np.asarray(self.counts(self._stepped(everything, None)) > 0)


def seen_on(sight: Sight, as_of: int) -> Sight:
    """Return what can be seen on one day: the versions visible then, of what has happened by then."""
    now = np.flatnonzero((sight.start < as_of) & (as_of <= sight.end) & (sight.happened < as_of))
    return Sight(
        viewer=sight.viewer[now],
        row=sight.row[now],
        happened=sight.happened[now],
        ended=sight.ended[now],
        start=sight.start[now],
        end=sight.end[now],
        viewers=sight.viewers,
    )


def last_in_force(ended: Ints) -> Ints:
    """Return the last day on which a state holds: the day before it ended."""
    return ended - 1


def read_columns(book: Book, declared: Aggregate) -> None:
    """Have the book turn into integers what a feature looks at."""
    for condition in declared.conditions:
        _passing(book, *condition)
    for column in declared.named:
        book.codes(column)
    if declared.column is not None and declared.reduce is not Reduce.DISTINCT:
        book.numbers(declared.column, declared.levels)


def _passing(book: Book, name: str, column: str, wanted: Condition) -> Bools:
    return book.kept(name, partial(passes, book, column, wanted))


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
    live = np.flatnonzero(first < last)
    begins, ceases = pack(selection.viewer, first)[live], pack(selection.viewer, last)[live]
    by_begin, by_cease = stable_order(begins), stable_order(ceases)
    return Steps(
        rising=live[by_begin],
        falling=live[by_cease],
        begun=np.searchsorted(begins[by_begin], at, "left"),
        ceased=np.searchsorted(ceases[by_cease], at, "left"),
    )
