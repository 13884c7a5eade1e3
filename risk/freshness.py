"""Which lists were late by their own calendar on a day, by what had been recorded then?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from data.spec.table import Absence
from data.spec.tables import TABLES
from data.store.deliveries import Delivery, Turnout, read_deliveries, read_turnouts
from data.store.work import Work
from features.calendar import Period, expected_on, read_calendar


@dataclass(frozen=True, kw_only=True)
class ListState:
    """Say how far one list has come: the newest day it speaks of, and what was due; None where nothing came.

    `newest_on` is the newest period for lists that tell of periods, else the newest day on which a row became known.
    `turnout`, for lists that tell of periods: the firms told of in the period that was due, and in the one before.
    """

    list: str
    label: str
    table: str
    newest_on: date | None
    period: Period
    turnout: Turnout | None = None

    @property
    def is_late(self) -> bool:
        """Tell whether the last period that was due has not come, or only a small part of it."""
        return self.period.is_missed(self.newest_on) or self.is_thin

    @property
    def is_thin(self) -> bool:
        """Tell whether a part of the period came, and too little of it."""
        if self.turnout is None or self.turnout.firms == 0:
            return False
        return read_calendar().full_on(self.period.due_on).is_thin(self.turnout.firms, self.turnout.before)


@dataclass(frozen=True)
class Freshness:
    """Hold how far each list with a calendar had come; empty where the store holds no list at all."""

    states: Mapping[str, ListState]

    @property
    def late_tables(self) -> frozenset[str]:
        """Name the tables in which a missing value may be for want of a late list.

        Only where absence says nothing: of a table that covers every firm, no row is a zero, not a gap. A list that has
        never come is no late source, but none.
        """
        return frozenset(
            state.table
            for state in self.states.values()
            if state.is_late and state.newest_on and TABLES[state.table].absence is Absence.UNKNOWN
        )


NO_LISTS = Freshness({})


def read_freshness(work: Work, *, as_of: date, recorded_before: datetime | None) -> Freshness:
    """Return how far each list had come before as_of, by the batches recorded before an instant."""
    delivered = read_deliveries(work, before=as_of, recorded_before=recorded_before)
    if not any(name in read_calendar().lists for name in delivered):
        return NO_LISTS
    due = {name: period for name in read_calendar().lists if (period := expected_on(name, as_of))}
    spans = {name: (one.followed, one.begins, one.ends) for name, one in due.items() if tells_of_periods(name)}
    turnouts = read_turnouts(work, spans, before=as_of, recorded_before=recorded_before)
    return Freshness({name: _state(name, one, delivered.get(name), turnouts.get(name)) for name, one in due.items()})


def tells_of_periods(table: str) -> bool:
    """Tell whether a table's rows speak of periods that have passed, rather than of what holds or occurred."""
    return TABLES[table].absence is Absence.UNKNOWN and not TABLES[table].is_state


def _state(name: str, period: Period, came: Delivery | None, turnout: Turnout | None) -> ListState:
    # A list and the table it fills bear one name; those that amend another list have no calendar.
    newest = None if came is None else came.happened_on if tells_of_periods(name) else came.known_on
    label = read_calendar().lists[name].label
    return ListState(list=name, label=label, table=name, newest_on=newest, period=period, turnout=turnout)
