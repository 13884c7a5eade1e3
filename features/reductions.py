"""How do the rows that a spine row counts become one number?

Counts and sums are differences of two cumulative sums, found by binary search: a version adds to every
as_of in `(first, last]`, so what has begun less what has ended is what counts. Latest, previous and first
walk from the edge of the window over the rows not yet settled. The rest gathers the rows of each window
into segments, a bounded number at a time. All sums are of integers: their order does not matter.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from features.alone import of_one
from features.segments import SEGMENTS, Floats
from features.sight import Bools, spread
from features.spec import Aggregate, Reduce
from features.view import Selection, Steps, View
from features.windows import Ints

GATHERED_ROWS = 2_000_000
"""How many gathered rows may be in memory at a time (a single window larger than this goes alone)."""


def _running(values: Ints) -> Ints:
    """Return the cumulative sums from 0 on; where they wrap around, differences of two still hold."""
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(values)))


def _difference(steps: Steps, values: Ints) -> Ints:
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
    if view.alone:
        value, counted = of_one(view, declared)
        return Reduced(np.array([value]), np.array([counted]))
    if declared.reduce in _STEPS:
        return _by_steps(view, declared)
    if declared.reduce in _WALKS:
        return _by_walking(view, declared)
    return _by_gathering(view, declared)


_STEPS = frozenset({Reduce.COUNT, Reduce.SUM, Reduce.MEAN, Reduce.DAYS_SINCE_SUM})


def _by_steps(view: View, declared: Aggregate) -> Reduced:
    steps = view.steps(declared)
    counted = view.counts(steps)
    if declared.reduce is Reduce.COUNT:
        return Reduced(counted.astype(np.float64), counted)
    if declared.reduce is Reduce.DAYS_SINCE_SUM:
        since = counted * view.part.as_of - _difference(steps, view.selection(declared).happened)
        return Reduced(np.where(counted > 0, since.astype(np.float64), np.nan), counted)
    values, known = view.values(declared)
    several = _difference(steps, known.astype(np.int64))
    total = _difference(steps, values).astype(np.float64)
    if declared.reduce is Reduce.MEAN:
        total = total / np.maximum(several, 1)
    return Reduced(np.where(several > 0, total / declared.scale, np.nan), counted)


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
    values, known = view.values(declared)
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
        rows, reduced = SEGMENTS[declared.reduce](view, declared, place, which)
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
