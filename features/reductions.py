"""How do the rows that a spine row counts become one number?

Counts and sums are differences of two cumulative sums, found by binary search: a version adds to every
as_of in `(first, last]`, so what has begun less what has ended is what counts. Latest, previous and first
walk from the edge of the window over the rows not yet settled. The rest gathers the rows of each window
into segments, a bounded number at a time. All sums are of integers: their order does not matter.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt

from features.sight import Book, Bools, Part, Sight, spread, stable_order
from features.spec import SCALES, Aggregate, AtLeast, Below, Condition, Filled, Reduce
from features.windows import EPOCH, Ints, Window, last_inside, pack

Floats = npt.NDArray[np.float64]

GATHERED_ROWS = 2_000_000
"""How many gathered rows may be in memory at a time (a single window larger than this goes alone)."""


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
        kept, last = _kept(self.book, self.sight, declared)
        if self.alone:
            kept &= (self.sight.happened >= self.part.since(declared.window)[0]) & (last >= self.part.as_of[0])
        return _selection(self.sight, np.flatnonzero(kept), last)

    def steps(self, declared: Aggregate) -> Steps:
        """Return where the selection's versions begin and cease to count within the declared window."""
        name = declared.counting_name
        if name not in self._steps:
            selection = self.selection(declared)
            self._steps[name] = _all_of(selection) if self.alone else self._stepped(selection, declared.window)
        return self._steps[name]

    def _stepped(self, selection: Selection, window: Window | None) -> Steps:
        return _steps(selection, self._inside(window)[selection.place], self.at)

    def ranges(self, declared: Aggregate) -> tuple[Ints, Ints]:
        """Return, for each spine row, the places [low, high) of the selection that happened in the window."""
        name = declared.counting_name
        if name not in self._ranges:
            selection = self.selection(declared)
            if self.alone:
                self._ranges[name] = (np.zeros(1, np.int64), np.array([len(selection.row)]))
            else:
                since = pack(self.sight.viewers, self.part.since(declared.window))
                low = np.searchsorted(selection.key, since, "left")
                self._ranges[name] = (low, np.searchsorted(selection.key, self.at, "left"))
        return self._ranges[name]

    def _inside(self, window: Window | None) -> Ints:
        if window not in self._last_inside:
            self._last_inside[window] = last_inside(self.sight.happened, window)
        return self._last_inside[window]

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
        everything = _selection(sight, np.flatnonzero(sight.start < sight.end), sight.end)
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


def _kept(book: Book, sight: Sight, declared: Aggregate) -> tuple[Bools, Ints]:
    """Return which versions pass the filter, and the last as_of for which each may count."""
    last = np.minimum(sight.end, last_in_force(sight.ended)) if declared.in_force else sight.end
    kept = sight.start < last
    for name, column, wanted in declared.conditions:
        kept &= book.kept(name, partial(passes, book, column, wanted))[sight.row]
    return kept, last


def _selection(sight: Sight, place: Ints, last: Ints) -> Selection:
    return Selection(
        place, sight.viewer[place], sight.row[place], sight.happened[place], sight.start[place], last[place]
    )


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
    values, known = book.numbers(column, {})
    value = values / SCALES[book.table.columns[column].kind]
    if isinstance(wanted, Below):
        return np.asarray(known & (value < wanted.bound))
    if isinstance(wanted, AtLeast):
        return np.asarray(known & (value >= wanted.bound))
    return np.asarray(known & (value == wanted))


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


def _all_of(selection: Selection) -> Steps:
    """Return the steps of a single row whose selection holds what counts and nothing else."""
    everything = np.arange(len(selection.row))
    return Steps(everything, everything[:0], np.array([len(everything)]), np.zeros(1, np.int64))


def _running(values: Ints) -> Ints:
    """Return the cumulative sums from 0 on; where they wrap around, differences of two still hold."""
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(values)))


def _difference(steps: Steps, values: Ints) -> Ints:
    if len(steps.begun) == 1 and not len(steps.falling):
        return np.array([values.sum()])
    return _running(values[steps.rising])[steps.begun] - _running(values[steps.falling])[steps.ceased]


@dataclass(frozen=True)
class Reduced:
    """Hold a value for each spine row, NaN where there is none, and how many rows were counted."""

    value: Floats
    counted: Ints


def reduce(view: View, declared: Aggregate) -> Reduced:
    """Return the declared number for each row of the view's part of the spine."""
    if not len(view.sight.row):
        return Reduced(np.full(len(view.at), np.nan), np.zeros(len(view.at), np.int64))
    if declared.reduce in (Reduce.COUNT, Reduce.SUM, Reduce.MEAN):
        return _by_steps(view, declared)
    if declared.reduce in _WALKS:
        return _by_walking(view, declared)
    return _by_gathering(view, declared)


def _by_steps(view: View, declared: Aggregate) -> Reduced:
    steps = view.steps(declared)
    counted = view.counts(steps)
    if declared.reduce is Reduce.COUNT:
        return Reduced(counted.astype(np.float64), counted)
    values, known = _values(view, declared)
    several = _difference(steps, known.astype(np.int64))
    total = _difference(steps, values).astype(np.float64)
    if declared.reduce is Reduce.MEAN:
        total = total / np.maximum(several, 1)
    return Reduced(np.where(several > 0, total / declared.scale, np.nan), counted)


def _values(view: View, declared: Aggregate) -> tuple[Ints, Bools]:
    assert declared.column is not None
    values, known = view.book.numbers(declared.column, declared.levels)
    row = view.selection(declared).row
    return values[row], known[row]


_WALKS = frozenset({Reduce.LATEST, Reduce.PREVIOUS, Reduce.FIRST, Reduce.DAYS_SINCE_LATEST, Reduce.DAYS_SINCE_FIRST})


def _by_walking(view: View, declared: Aggregate) -> Reduced:
    selection, (low, high) = view.selection(declared), view.ranges(declared)
    as_of = view.part.as_of
    if declared.reduce in (Reduce.FIRST, Reduce.DAYS_SINCE_FIRST):
        place = walk(selection, as_of, low, high, step=1)
    else:
        place = walk(selection, as_of, low, high, step=-1)
    if declared.reduce is Reduce.PREVIOUS:
        before = np.searchsorted(selection.key, selection.key[place], "left") if len(selection.key) else place
        place = walk(selection, as_of, low, np.where(place >= 0, before, low), step=-1)
    found = place >= 0
    if declared.column is None:
        happened = selection.happened[place] if len(selection.row) else as_of
        value = np.where(found, (as_of - happened).astype(np.float64), np.nan)
        return Reduced(value, found.astype(np.int64))
    values, known = _values(view, declared)
    values, known = np.append(values, 0), np.append(known, False)
    place = np.where(found, place, len(values) - 1)
    return Reduced(np.where(known[place], values[place] / declared.scale, np.nan), found.astype(np.int64))


def walk(selection: Selection, as_of: Ints, low: Ints, high: Ints, *, step: int) -> Ints:
    """Return the first place seen from the upper (step -1) or lower (step 1) edge of [low, high), or -1."""
    place = high - 1 if step < 0 else low.copy()
    found = np.full(len(as_of), -1)
    open_rows = np.flatnonzero((low <= place) & (place < high))
    while len(open_rows):
        here = place[open_rows]
        seen = counts_for(selection, here, as_of[open_rows])
        found[open_rows[seen]] = here[seen]
        open_rows = open_rows[~seen]
        place[open_rows] += step
        inside = (low[open_rows] <= place[open_rows]) & (place[open_rows] < high[open_rows])
        open_rows = open_rows[inside]
    return found


def counts_for(selection: Selection, place: Ints, as_of: Ints) -> Bools:
    """Tell whether the version at each place is seen, and holds where it must, at each as_of."""
    return np.asarray((selection.start[place] < as_of) & (as_of <= selection.last[place]))


def _by_gathering(view: View, declared: Aggregate) -> Reduced:
    selection, (low, high) = view.selection(declared), view.ranges(declared)
    value = np.full(len(low), np.nan)
    counted = np.zeros(len(low), np.int64)
    for begin, stop in _blocks(high - low):
        place, which = spread(low[begin:stop], high[begin:stop])
        seen = counts_for(selection, place, view.part.as_of[begin:stop][which])
        place, which = place[seen], which[seen]
        counted[begin:stop] = np.bincount(which, minlength=stop - begin)
        rows, reduced = _SEGMENTS[declared.reduce](view, declared, place, which)
        value[begin + rows] = reduced
    return Reduced(value, counted)


def _blocks(length: Ints) -> Iterator[tuple[int, int]]:
    total = np.cumsum(length)
    begin = 0
    while begin < len(length):
        before = int(total[begin - 1]) if begin else 0
        stop = max(int(np.searchsorted(total, before + GATHERED_ROWS, "right")), begin + 1)
        yield begin, stop
        begin = stop


Segmented = tuple[Ints, Floats]
"""Which rows of the block have a value, and that value."""


def _bounds(which: Ints) -> Ints:
    """Return where each run of equal numbers begins."""
    return np.flatnonzero(np.diff(which, prepend=-1))


def _known(view: View, declared: Aggregate, place: Ints, which: Ints) -> tuple[Ints, Ints, Ints]:
    values, known = _values(view, declared)
    kept = known[place]
    return place[kept], which[kept], values[place[kept]]


def _extreme(view: View, declared: Aggregate, place: Ints, which: Ints) -> Segmented:
    _, which, values = _known(view, declared, place, which)
    begins = _bounds(which)
    pick = np.minimum if declared.reduce is Reduce.MIN else np.maximum
    best = pick.reduceat(values, begins) if len(begins) else values
    return which[begins], best / declared.scale


def _distinct(view: View, declared: Aggregate, place: Ints, which: Ints) -> Segmented:
    assert declared.column is not None
    code = view.book.codes(declared.column)[0][view.selection(declared).row[place]]
    several, named = int(code.max(initial=0)) + 1, code >= 0
    pairs = np.sort(which[named] * several + code[named])
    return _tally(pairs[np.diff(pairs, prepend=-1) != 0] // several)


def _months(view: View, declared: Aggregate, place: Ints, which: Ints) -> Segmented:
    happened = view.selection(declared).happened[place]
    month = (happened - EPOCH).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    begins = np.flatnonzero((np.diff(which, prepend=-1) != 0) | (np.diff(month, prepend=0) != 0))
    return _tally(which[begins])


def _tally(which: Ints) -> Segmented:
    """Count each number of an ordered array."""
    begins = _bounds(which)
    return which[begins], np.diff(begins, append=len(which)).astype(np.float64)


def _max_gap(view: View, declared: Aggregate, place: Ints, which: Ints) -> Segmented:
    happened = view.selection(declared).happened[place]
    inner = np.flatnonzero(which[1:] == which[:-1])
    gap, which = (happened[1:] - happened[:-1])[inner], which[inner]
    begins = _bounds(which)
    longest = np.maximum.reduceat(gap, begins) if len(begins) else gap
    return which[begins], longest.astype(np.float64)


def _top_share(view: View, declared: Aggregate, place: Ints, which: Ints) -> Segmented:
    assert declared.by is not None
    place, which, values = _known(view, declared, place, which)
    code = view.book.codes(declared.by)[0][view.selection(declared).row[place]] + 1
    pair = which * (int(code.max(initial=0)) + 1) + code
    order = stable_order(pair)
    begins = _bounds(pair[order])
    if not len(begins):
        return which, values.astype(np.float64)
    sums, which = np.add.reduceat(values[order], begins), which[order][begins]
    named = code[order][begins] > 0
    starts = _bounds(which)
    total = np.add.reduceat(sums, starts)
    top = np.maximum.reduceat(np.where(named, sums, np.iinfo(np.int64).min), starts)
    kept = (total > 0) & (top > np.iinfo(np.int64).min)
    return which[starts][kept], np.minimum(top[kept] / total[kept], 1.0)


def _std(view: View, declared: Aggregate, place: Ints, which: Ints) -> Segmented:
    _, which, values = _known(view, declared, place, which)
    several = np.bincount(which)
    total = _segment_sums(which, values)
    mean = total.astype(np.float64) / np.maximum(several, 1)
    squares = np.bincount(which, weights=(values - mean[which]) ** 2) if len(which) else mean
    rows = np.flatnonzero(several >= 2)
    return rows, np.sqrt(squares[rows] / several[rows]) / declared.scale


def _segment_sums(which: Ints, values: Ints) -> Ints:
    sums = np.zeros(int(which[-1]) + 1 if len(which) else 0, np.int64)
    begins = _bounds(which)
    if len(begins):
        sums[which[begins]] = np.add.reduceat(values, begins)
    return sums


def _slope(view: View, declared: Aggregate, place: Ints, which: Ints) -> Segmented:
    place, which, values = _known(view, declared, place, which)
    begins = _bounds(which)
    if not len(begins):
        return which, values.astype(np.float64)
    day = view.selection(declared).happened[place]
    first = np.zeros(int(which[-1]) + 1, np.int64)
    first[which[begins]] = day[begins]
    day = (day - first[which]).astype(np.float64)
    several, value = np.bincount(which).astype(np.float64), values.astype(np.float64)
    days, total = np.bincount(which, day), np.bincount(which, value)
    crossed, squared = np.bincount(which, day * value), np.bincount(which, day * day)
    spread_out = several * squared - days * days
    rows = np.flatnonzero(spread_out > 0)
    slope = (several * crossed - days * total)[rows] / spread_out[rows]
    return rows, slope * 365.25 / declared.scale


_SEGMENTS: dict[Reduce, Callable[[View, Aggregate, Ints, Ints], Segmented]] = {
    Reduce.MIN: _extreme,
    Reduce.MAX: _extreme,
    Reduce.DISTINCT: _distinct,
    Reduce.MONTHS: _months,
    Reduce.MAX_GAP: _max_gap,
    Reduce.TOP_SHARE: _top_share,
    Reduce.STD: _std,
    Reduce.SLOPE: _slope,
}
