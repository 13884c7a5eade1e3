"""How do the rows that count for one question become one number?

The selection of a single question holds what counts for it and nothing else (features.view), in the order in
which it happened: nothing is searched for. The numbers are those of features.reductions to the last bit.
"""

from math import nan

import numpy as np

from features.segments import SEGMENTS
from features.spec import Aggregate, Reduce
from features.view import View


def of_one(view: View, declared: Aggregate) -> tuple[float, int]:
    """Return the declared number, NaN where there is none, and how many rows were counted."""
    counted = len(view.selection(declared))
    if not counted:
        return nan, 0
    if declared.reduce in _SUMS:
        return _summed(view, declared, counted), counted
    if declared.reduce in _ENDS:
        place = _end(view, declared, counted)
        return (nan, 0) if place < 0 else (_told(view, declared, place), 1)
    _, reduced = SEGMENTS[declared.reduce](view, declared, np.arange(counted), np.zeros(counted, np.int64))
    return float(reduced[0]) if len(reduced) else nan, counted


_SUMS = frozenset({Reduce.COUNT, Reduce.SUM, Reduce.MEAN, Reduce.DAYS_SINCE_SUM})
_FIRSTS = frozenset({Reduce.FIRST, Reduce.DAYS_SINCE_FIRST})
_ENDS = _FIRSTS | {Reduce.LATEST, Reduce.PREVIOUS, Reduce.DAYS_SINCE_LATEST}


def _summed(view: View, declared: Aggregate, counted: int) -> float:
    if declared.reduce is Reduce.COUNT:
        return float(counted)
    if declared.reduce is Reduce.DAYS_SINCE_SUM:
        return float(counted * view.part.as_of[0] - view.selection(declared).happened.sum())
    values, known = view.values(declared)
    several = int(np.count_nonzero(known))
    if not several:
        return nan
    total = float(values.sum())
    return (total / several if declared.reduce is Reduce.MEAN else total) / declared.scale


def _end(view: View, declared: Aggregate, counted: int) -> int:
    """Return the place of the first, the latest or the one before the latest day, or -1."""
    if declared.reduce in _FIRSTS:
        return 0
    if declared.reduce is not Reduce.PREVIOUS:
        return counted - 1
    happened = view.selection(declared).happened
    return int(np.searchsorted(happened, happened[-1], "left")) - 1


def _told(view: View, declared: Aggregate, place: int) -> float:
    if declared.column is None:
        return float(view.part.as_of[0] - view.selection(declared).happened[place])
    values, known = view.values(declared)
    return float(values[place]) / declared.scale if known[place] else nan
