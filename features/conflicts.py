"""Where do two sources say different things of one firm?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from data.spec.dated import ParameterSet
from data.spec.table import Unit
from data.spec.versions import latest_known

Events = Mapping[str, pd.DataFrame]
Values = pd.DataFrame
"""One firm's value by year: enterprise_id, year, value."""

QUARTERS = 4
BASES = {"accounting": "会计口径", "tax": "加计扣除口径", "statistics": "统计口径"}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Compare what two sources say of the same thing; `tolerance` names its parameter."""

    name: str
    label: str
    unit: Unit
    tolerance: str
    tables: tuple[str, ...]
    first: str
    second: str
    pair: Callable[[Events], tuple[Values, Values]]


@cache
def _parameters() -> ParameterSet:
    text = Path(__file__).with_name("source_tolerances.yaml").read_text(encoding="utf-8")
    return ParameterSet.parse(text)


def read_tolerances(day: date) -> dict[str, float]:
    """Return the numbers of features/source_tolerances.yaml in force on day."""
    return {name: float(value) for name, value in _parameters().numbers(day).items()}


def visible(events: Events, as_of: date) -> dict[str, pd.DataFrame]:
    """Return each table's latest versions as they were known before as_of."""
    day = pd.Timestamp(as_of).as_unit("s")
    latest = {name: latest_known(frame, day) for name, frame in events.items()}
    return {name: frame[frame["happened_on"] < day] for name, frame in latest.items()}


def compare_sources(seen: Events, comparison: Comparison) -> pd.DataFrame:
    """Return both values of every firm of which both sources speak, in the latest year that they share.

    Shapes: seen as `visible` gives it; the result has enterprise_id int64, year int64, first and second float64, and
        gap: the difference as a share of the larger of the two, 0 where both are nought. Empty where a source is not
        there at all.
    """
    if any(name not in seen for name in comparison.tables):
        return pd.DataFrame(columns=["enterprise_id", "year", "first", "second", "gap"])
    first, second = comparison.pair(seen)
    both = first.merge(second, on=["enterprise_id", "year"], suffixes=("_first", "_second"))
    both = both.rename(columns={"value_first": "first", "value_second": "second"})
    both = both[["enterprise_id", "year", "first", "second"]]
    both = both.sort_values(["enterprise_id", "year"]).drop_duplicates("enterprise_id", keep="last", ignore_index=True)
    larger = both[["first", "second"]].abs().max(axis=1)
    return both.assign(gap=((both["first"] - both["second"]).abs() / larger).where(larger > 0, 0.0))


def _by_year(rows: pd.DataFrame, column: str) -> Values:
    known = rows[rows[column].notna()]
    years = {"enterprise_id": known["enterprise_id"], "year": known["happened_on"].dt.year, "value": known[column]}
    return pd.DataFrame(years)


def _staff(seen: Events) -> tuple[Values, Values]:
    """Compare the register as it stands with the latest year of the statistics: the register has no year."""
    told = _by_year(seen["rnd_year"], "staff").sort_values(["enterprise_id", "year"])
    told = told.drop_duplicates("enterprise_id", keep="last")
    register = seen["enterprise_registration"][["enterprise_id", "staff"]].dropna()
    register = register.rename(columns={"staff": "value"}).merge(told[["enterprise_id", "year"]], on="enterprise_id")
    return register, told


def _revenue(seen: Events) -> tuple[Values, Values]:
    """Compare a year's revenue with the sales declared in it, where every quarter was declared."""
    paid = _by_year(seen["tax_payment"], "taxable_sales")
    whole = paid.groupby(["enterprise_id", "year"])["value"].agg(["sum", "count"]).reset_index()
    whole = whole[whole["count"] >= QUARTERS].rename(columns={"sum": "value"})
    return _by_year(seen["annual_report"], "revenue"), whole[["enterprise_id", "year", "value"]]


def _bases(first: str, second: str) -> Callable[[Events], tuple[Values, Values]]:
    def pair(seen: Events) -> tuple[Values, Values]:
        rows = seen["rnd_year"]
        return tuple(_by_year(rows[rows["basis"] == basis], "rnd_expense") for basis in (first, second))  # type: ignore[return-value]

    return pair


def _rnd(first: str, second: str) -> Comparison:
    return Comparison(
        name=f"rnd_expense_{first}_{second}",
        label="研发费用",
        unit=Unit.YUAN,
        tolerance="rnd_expense",
        tables=("rnd_year",),
        first=BASES[first],
        second=BASES[second],
        pair=_bases(first, second),
    )


COMPARISONS: tuple[Comparison, ...] = (
    Comparison(
        name="staff",
        label="职工人数",
        unit=Unit.PERSON,
        tolerance="staff",
        tables=("enterprise_registration", "rnd_year"),
        first="企业名录",
        second="研发投入统计",
        pair=_staff,
    ),
    Comparison(
        name="revenue",
        label="营业收入",
        unit=Unit.YUAN,
        tolerance="revenue",
        tables=("annual_report", "tax_payment"),
        first="财务年报",
        second="纳税记录",
        pair=_revenue,
    ),
    _rnd("accounting", "tax"),
    _rnd("accounting", "statistics"),
    _rnd("tax", "statistics"),
)
"""What is told by more than one source."""
