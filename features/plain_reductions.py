"""How do the rows that count become one number, the obvious way?

Rows come earliest first; values are whole multiples of the column's scale, as the engine counts them.
"""

import math
from collections.abc import Callable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from data.spec.table import Kind
from features.spec import SCALES, Aggregate, Reduce

Row = Mapping[str, Any]


def value_in(declared: Aggregate, row: Row) -> Any:
    """Return the column's value as a whole number of its scale (a text, for distinct), None where blank."""
    assert declared.column is not None
    value, kind = row[declared.column], declared.table.columns[declared.column].kind
    if value is None or declared.reduce is Reduce.DISTINCT:
        return value
    if kind is Kind.CODE:
        return declared.levels[value]
    if kind in (Kind.DATE, Kind.YEAR):
        return (value - row["happened_on"]).days
    return round(value * SCALES[kind])


def _known(declared: Aggregate, rows: list[Row]) -> list[Any]:
    return [value for value in (value_in(declared, row) for row in rows) if value is not None]


def _one(declared: Aggregate, rows: list[Row]) -> float:
    value = value_in(declared, rows[0]) if rows else None
    return math.nan if value is None else value / declared.scale


def before_latest(rows: list[Row]) -> list[Row]:
    """Return the rows that happened before the latest one."""
    return [row for row in rows if row["happened_on"] < rows[-1]["happened_on"]]


def _sum(declared: Aggregate, rows: list[Row]) -> float:
    known = _known(declared, rows)
    return float(sum(known)) / declared.scale if known else math.nan


def _mean(declared: Aggregate, rows: list[Row]) -> float:
    known = _known(declared, rows)
    return float(sum(known)) / len(known) / declared.scale if known else math.nan


def _extreme(pick: Callable[[list[int]], int]) -> Callable[[Aggregate, list[Row], date], float]:
    def extreme(declared: Aggregate, rows: list[Row], as_of: date) -> float:
        known = _known(declared, rows)
        return pick(known) / declared.scale if known else math.nan

    return extreme


def _std(declared: Aggregate, rows: list[Row]) -> float:
    known = _known(declared, rows)
    if len(known) < 2:
        return math.nan
    mean = float(sum(known)) / len(known)
    squares = 0.0
    for value in known:
        squares += (value - mean) * (value - mean)
    return math.sqrt(squares / len(known)) / declared.scale


def _slope(declared: Aggregate, rows: list[Row]) -> float:
    dated = [(row["happened_on"], value_in(declared, row)) for row in rows]
    points = [(float((day - dated_first).days), float(y)) for dated_first, day, y in _from_first(dated)]
    n, days, total, crossed, squared = float(len(points)), 0.0, 0.0, 0.0, 0.0
    for x, y in points:
        days, total, crossed, squared = days + x, total + y, crossed + x * y, squared + x * x
    spread_out = n * squared - days * days
    return (n * crossed - days * total) / spread_out * 365.25 / declared.scale if spread_out > 0 else math.nan


def _from_first(dated: list[tuple[date, Any]]) -> list[tuple[date, date, Any]]:
    known = [(day, value) for day, value in dated if value is not None]
    return [(known[0][0], day, value) for day, value in known]


def _distinct(declared: Aggregate, rows: list[Row]) -> float:
    known = set(_known(declared, rows))
    return float(len(known)) if known else math.nan


def _months(rows: list[Row]) -> float:
    return float(len({(row["happened_on"].year, row["happened_on"].month) for row in rows}))


def _max_gap(rows: list[Row]) -> float:
    days = [row["happened_on"] for row in rows]
    return float(max(((later - earlier).days for earlier, later in pairwise(days)), default=math.nan))


def _top_share(declared: Aggregate, rows: list[Row]) -> float:
    assert declared.by is not None
    return _largest_share(declared, [(row[declared.by], row) for row in rows])


def _peak_month_share(declared: Aggregate, rows: list[Row]) -> float:
    return _largest_share(declared, [((row["happened_on"].year, row["happened_on"].month), row) for row in rows])


def _largest_share(declared: Aggregate, named_rows: list[tuple[Any, Row]]) -> float:
    sums: dict[Any, int] = {}
    for name, row in named_rows:
        value = value_in(declared, row)
        if value is not None:
            sums[name] = sums.get(name, 0) + value
    total = sum(sums.values())
    named = [value for name, value in sums.items() if name is not None]
    return min(max(named) / total, 1.0) if named and total > 0 else math.nan


REDUCTIONS: Mapping[Reduce, Callable[[Aggregate, list[Row], date], float]] = {
    Reduce.COUNT: lambda declared, rows, as_of: float(len(rows)),
    Reduce.SUM: lambda declared, rows, as_of: _sum(declared, rows),
    Reduce.MEAN: lambda declared, rows, as_of: _mean(declared, rows),
    Reduce.MIN: _extreme(min),
    Reduce.MAX: _extreme(max),
    Reduce.STD: lambda declared, rows, as_of: _std(declared, rows),
    Reduce.SLOPE: lambda declared, rows, as_of: _slope(declared, rows),
    Reduce.LATEST: lambda declared, rows, as_of: _one(declared, rows[-1:]),
    Reduce.PREVIOUS: lambda declared, rows, as_of: _one(declared, before_latest(rows)[-1:]),
    Reduce.FIRST: lambda declared, rows, as_of: _one(declared, rows),
    Reduce.DISTINCT: lambda declared, rows, as_of: _distinct(declared, rows),
    Reduce.MONTHS: lambda declared, rows, as_of: _months(rows),
    Reduce.MAX_GAP: lambda declared, rows, as_of: _max_gap(rows),
    Reduce.DAYS_SINCE_LATEST: lambda declared, rows, as_of: float((as_of - rows[-1]["happened_on"]).days),
    Reduce.DAYS_SINCE_FIRST: lambda declared, rows, as_of: float((as_of - rows[0]["happened_on"]).days),
    Reduce.DAYS_SINCE_SUM: lambda declared, rows, as_of: float(sum((as_of - row["happened_on"]).days for row in rows)),
    Reduce.PEAK_MONTH_SHARE: lambda declared, rows, as_of: _peak_month_share(declared, rows),
    Reduce.TOP_SHARE: lambda declared, rows, as_of: _top_share(declared, rows),
}
