"""By when is a list expected, and is it late?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from data.spec.dated import NotInForce, ValueStatus, load_strict

YEAR_MONTHS = 12
V = TypeVar("V")


def _in_force(values: Mapping[date, V], day: date, what: str) -> V:
    started = [start for start in values if start <= day]
    if not started:
        raise NotInForce(f"{what}在{day}没有有效的值。")
    return values[max(started)]


class Rhythm(BaseModel):
    """Say that a list comes every so many calendar months (a divisor of twelve), due so many days after they ended."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    every: int = Field(gt=0, le=YEAR_MONTHS)
    due: int = Field(ge=0)
    reference: str
    status: ValueStatus


class Expected(BaseModel):
    """Hold one list's rhythm over time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    values: Mapping[date, Rhythm]

    def on(self, day: date) -> Rhythm:
        """Return the rhythm in force on day; raise NotInForce before the first."""
        return _in_force(self.values, day, f"“{self.label}”的报送周期")


class Fullness(BaseModel):
    """Say that a period has come once it tells of enough of the firms of the one before, where those are many."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least_share: float = Field(gt=0, le=1)
    least_firms: int = Field(gt=0)
    reference: str
    status: ValueStatus

    def is_thin(self, firms: int, before: int) -> bool:
        """Tell whether so few firms are told of that the rest of the period is still to come."""
        return before >= self.least_firms and firms < self.least_share * before


class Calendar(BaseModel):
    """Hold what is expected of every list that has a rhythm, with the units of its numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    label: str
    units: Mapping[str, str]
    fullness: Mapping[date, Fullness]
    lists: Mapping[str, Expected]

    def full_on(self, day: date) -> Fullness:
        """Return when a period counts as come, by what is in force on day; raise NotInForce before the first."""
        return _in_force(self.fullness, day, "到齐的界限")

    @classmethod
    def parse(cls, text: str) -> "Calendar":
        """Read strict YAML text; raise YamlMalformed or pydantic's ValidationError."""
        return cls.model_validate(load_strict(text))


@cache
def read_calendar() -> Calendar:
    """Return the calendar of features/source_calendar.yaml."""
    return Calendar.parse(Path(__file__).with_name("source_calendar.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True, kw_only=True)
class Period:
    """Be the last period that should have come: [begins, ends), due on a day; the one before began on `followed`."""

    followed: date
    begins: date
    ends: date
    due_on: date

    def is_missed(self, newest: date | None) -> bool:
        """Tell whether nothing of the period, or of a later one, has come; newest is the newest day heard of."""
        return newest is None or newest < self.begins


def last_due(rhythm: Rhythm, as_of: date) -> Period:
    """Return the last period that was due before as_of: what comes on the due day is known on the day after.

    >>> every_year = Rhythm(every=12, due=181, reference="", status="unverified")
    >>> last_due(every_year, date(2025, 7, 2)).begins, last_due(every_year, date(2025, 7, 1)).begins
    (datetime.date(2024, 1, 1), datetime.date(2023, 1, 1))
    """
    ends = _period_start(as_of, rhythm.every)
    while ends + timedelta(days=rhythm.due) >= as_of:
        ends = _period_start(ends - timedelta(days=1), rhythm.every)
    begins = _period_start(ends - timedelta(days=1), rhythm.every)
    followed = _period_start(begins - timedelta(days=1), rhythm.every)
    return Period(followed=followed, begins=begins, ends=ends, due_on=ends + timedelta(days=rhythm.due))


def _period_start(day: date, every: int) -> date:
    return day.replace(month=(day.month - 1) // every * every + 1, day=1)


def expected_on(name: str, as_of: date) -> Period | None:
    """Return the last period of a list that was due before as_of; None where the list has no rhythm."""
    expected = read_calendar().lists.get(name)
    return None if expected is None else last_due(expected.on(as_of), as_of)
