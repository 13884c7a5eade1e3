"""How do the rows gathered for each window become one number, window by window?

Every function takes places in a selection, ordered by the window they are in (`which`), and answers for the
windows that have a value.
"""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from features.sight import stable_order
from features.spec import Aggregate, Reduce
from features.view import View
from features.windows import EPOCH, Ints

Floats = npt.NDArray[np.float64]

Segmented = tuple[Ints, Floats]
"""Which rows of the block have a value, and that value."""


def _bounds(which: Ints) -> Ints:
    """Return where each run of equal numbers begins."""
    return np.flatnonzero(np.diff(which, prepend=-1))


def _known(view: View, declared: Aggregate, place: Ints, which: Ints) -> tuple[Ints, Ints, Ints]:
    values, known = view.values(declared)
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
    month = _month(view, declared, place)
    begins = np.flatnonzero((np.diff(which, prepend=-1) != 0) | (np.diff(month, prepend=0) != 0))
    return _tally(which[begins])


def _month(view: View, declared: Aggregate, place: Ints) -> Ints:
    """Count calendar months."""
    happened = view.selection(declared).happened[place] - EPOCH
    return np.asarray(happened.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64))


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
    return _largest_share(which, values, code)


def _peak_month_share(view: View, declared: Aggregate, place: Ints, which: Ints) -> Segmented:
    place, which, values = _known(view, declared, place, which)
    month = _month(view, declared, place)
    return _largest_share(which, values, month - month.min(initial=0) + 1)


def _largest_share(which: Ints, values: Ints, code: Ints) -> Segmented:
    """Return the largest share of each window's sum that one code has; a code of 0 has no name and cannot win."""
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


SEGMENTS: Mapping[Reduce, Callable[[View, Aggregate, Ints, Ints], Segmented]] = {
    Reduce.MIN: _extreme,
    Reduce.MAX: _extreme,
    Reduce.DISTINCT: _distinct,
    Reduce.MONTHS: _months,
    Reduce.MAX_GAP: _max_gap,
    Reduce.TOP_SHARE: _top_share,
    Reduce.PEAK_MONTH_SHARE: _peak_month_share,
    Reduce.STD: _std,
    Reduce.SLOPE: _slope,
}
