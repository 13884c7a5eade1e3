"""Where do two sources say different things of one firm?"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import fsum
from pathlib import Path

import pandas as pd

from data.spec.columns import columns_of
from data.spec.dated import ParameterSet
from data.spec.table import Unit
from data.spec.tables import TABLES
from data.spec.versions import VERSION_ORDER, latest_known

Events = Mapping[str, pd.DataFrame]
Values = Mapping[tuple[int, int], float]
"""Values by enterprise and year."""

QUARTERS = 4
VERSIONED = ("enterprise_id", "record_key", "happened_on", "withdrawn", *VERSION_ORDER)
COMPARED: Mapping[str, tuple[str, ...]] = {
    "enterprise_registration": ("staff",),
    "rnd_year": ("basis", "rnd_expense", "staff"),
    "annual_report": ("revenue", "staff"),
    "tax_payment": ("taxable_sales",),
}
"""The columns that comparisons read."""

STAFF_LISTS = {"enterprise_registration": "register", "annual_report": "accounts", "rnd_year": "statistics"}
"""The lists that tell of staff, with what they are called in a comparison's name."""

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


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Hold what two sources say of one firm in one year."""

    enterprise_id: int
    year: int
    first: float
    second: float

    @property
    def gap(self) -> float:
        """Return the difference as a share of the larger of the two; 0 where both are nought."""
        larger = max(abs(self.first), abs(self.second))
        return abs(self.first - self.second) / larger if larger else 0.0


@cache
def _parameters() -> ParameterSet:
    text = Path(__file__).with_name("source_tolerances.yaml").read_text(encoding="utf-8")
    return ParameterSet.parse(text)


def read_tolerances(day: date) -> dict[str, float]:
    """Return the numbers of features/source_tolerances.yaml in force on day."""
    return {name: float(value) for name, value in _parameters().numbers(day).items()}


def compared_columns(events: Events) -> dict[str, pd.DataFrame]:
    """Return the tables that are compared with no more columns than are needed, where they may be read."""
    tables = {name: columns_of(events, name) for name in COMPARED if name in events}
    return {
        name: pd.DataFrame({column: table.column(column) for column in (*VERSIONED, *COMPARED[name])})
        for name, table in tables.items()
    }


def visible(events: Events, as_of: date) -> dict[str, pd.DataFrame]:
    """Return each table's latest versions as they were known before as_of."""
    day = pd.Timestamp(as_of).as_unit("s")
    latest = {name: latest_known(frame, day) for name, frame in events.items()}
    return {name: frame[frame["happened_on"] < day] for name, frame in latest.items()}


def compare_sources(seen: Events, comparison: Comparison) -> list[Compared]:
    """Return what both sources say of every firm of which both speak, in the latest year that they share.

    Shapes: seen as `visible` gives it; in the order of enterprises. Empty where a source is not there at all.
    """
    if any(name not in seen for name in comparison.tables):
        return []
    first, second = comparison.pair(seen)
    latest = dict(sorted(first.keys() & second.keys()))
    return [
        Compared(enterprise_id=one, year=year, first=first[one, year], second=second[one, year])
        for one, year in latest.items()
    ]


def _by_year(rows: pd.DataFrame, column: str) -> Values:
    """Return the known values; plain numbers, since for one firm a frame would cost more than the answer."""
    known = rows[column].notna().to_numpy()
    years = rows["happened_on"].dt.year.to_numpy()[known].tolist()
    firms = rows["enterprise_id"].to_numpy()[known].tolist()
    return dict(zip(zip(firms, years, strict=True), rows[column].to_numpy()[known].tolist(), strict=True))


def _registered_staff(table: str) -> Callable[[Events], tuple[Values, Values]]:
    """Compare the register as it stands with the latest year that a list tells of: the register has no year."""

    def pair(seen: Events) -> tuple[Values, Values]:
        told = _by_year(seen[table], "staff")
        latest = dict(sorted(told))
        register = {one: staff for (one, _), staff in _by_year(seen["enterprise_registration"], "staff").items()}
        return {(one, latest[one]): staff for one, staff in register.items() if one in latest}, told

    return pair


def _revenue(seen: Events) -> tuple[Values, Values]:
    """Compare a year's revenue with the sales declared in it, where every quarter was declared."""
    paid = seen["tax_payment"]
    paid = paid[paid["taxable_sales"].notna()]
    firms, years = paid["enterprise_id"].tolist(), paid["happened_on"].dt.year.tolist()
    quarters: dict[tuple[int, int], list[float]] = defaultdict(list)
    for one, year, sales in zip(firms, years, paid["taxable_sales"].tolist(), strict=True):
        quarters[one, year].append(sales)
    whole = {key: fsum(sales) for key, sales in quarters.items() if len(sales) >= QUARTERS}
    return _by_year(seen["annual_report"], "revenue"), whole


def _bases(first: str, second: str) -> Callable[[Events], tuple[Values, Values]]:
    def pair(seen: Events) -> tuple[Values, Values]:
        rows = seen["rnd_year"]
        basis = rows["basis"].to_numpy()
        return _by_year(rows[basis == first], "rnd_expense"), _by_year(rows[basis == second], "rnd_expense")

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


def _staff(first: str, second: str, pair: Callable[[Events], tuple[Values, Values]]) -> Comparison:
    return Comparison(
        name=f"staff_{STAFF_LISTS[first]}_{STAFF_LISTS[second]}",
        label="职工人数",
        unit=Unit.PERSON,
        tolerance="staff",
        tables=(first, second),
        first=TABLES[first].label,
        second=TABLES[second].label,
        pair=pair,
    )


COMPARISONS: tuple[Comparison, ...] = (
    _staff("enterprise_registration", "rnd_year", _registered_staff("rnd_year")),
    _staff("enterprise_registration", "annual_report", _registered_staff("annual_report")),
    _staff(
        "annual_report",
        "rnd_year",
        lambda seen: (_by_year(seen["annual_report"], "staff"), _by_year(seen["rnd_year"], "staff")),
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
