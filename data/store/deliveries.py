"""Up to which day has each list spoken, by what had been recorded?"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from data.spec.tables import TABLES
from data.store.orm import BATCH, EVIDENCE
from data.store.reversals import read_reversals, void_batches
from data.store.work import Work


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Say of one list up to which day its rows were known, and up to which they happened."""

    list: str
    table: str
    known_on: date
    happened_on: date | None


@dataclass(frozen=True, kw_only=True)
class Turnout:
    """Count the enterprises that a table's rows tell of in a period, and those in the period before."""

    firms: int
    before: int


Span = tuple[date, date, date]
"""When the period before began, when the period began, and the day after it."""


def read_deliveries(work: Work, *, before: date, recorded_before: datetime | None) -> Mapping[str, Delivery]:
    """Return what each list had said before a day, by its name; a list that had said nothing is not there."""
    told = _Told(work, before, recorded_before)
    return work.recall(("deliveries", *told.key), lambda: _deliveries(told))


def read_turnouts(
    work: Work, spans: Mapping[str, Span], *, before: date, recorded_before: datetime | None
) -> Mapping[str, Turnout]:
    """Return how many enterprises the rows of tables had told of before a day, in a period and the one before it."""
    told = _Told(work, before, recorded_before)
    return work.recall(("turnouts", *told.key, *sorted(spans.items())), lambda: _turnouts(told, spans))


class _Told:
    """Know which batches had been recorded by an instant, and count.

    Batches are never changed, so that an answer holds for as long as no batch is added; it is remembered so long.
    """

    def __init__(self, work: Work, before: date, recorded_before: datetime | None) -> None:
        self.work, self.before = work, before
        self._recorded = select(BATCH.c.id)
        if recorded_before is not None:
            self._recorded = self._recorded.where(BATCH.c.recorded_at < recorded_before)

    @property
    def key(self) -> tuple[Hashable, ...]:
        """Name all that an answer depends on."""
        counted = self._recorded.with_only_columns(func.count(), func.max(BATCH.c.id))
        return (self.before, *self.work.connection.execute(counted).one())

    def counting(self) -> list[str]:
        """Name the batches recorded by then that count: no reversal, and none that one took back before the day."""
        batches = {str(one) for one in self.work.connection.scalars(self._recorded)}
        reversals = [one for one in read_reversals(self.work) if one.batch_id in batches]
        void = void_batches(reversals, on=self.before - timedelta(days=1))
        return sorted(batches - void - {one.batch_id for one in reversals})


def _deliveries(told: _Told) -> Mapping[str, Delivery]:
    found: dict[str, Delivery] = {}
    counting = told.counting()
    for name in TABLES:
        rows = EVIDENCE[name].c
        query = (
            select(BATCH.c.list, func.max(rows.known_on), func.max(rows.happened_on))
            .join(BATCH, BATCH.c.id == rows.batch_id)
            .where(rows.known_on < told.before, rows.happened_on < told.before, rows.batch_id.in_(counting))
            .group_by(BATCH.c.list)
        )
        for list_, known_on, happened_on in told.work.connection.execute(query):
            found[list_] = Delivery(list=list_, table=name, known_on=known_on, happened_on=happened_on)
    return found


def _turnouts(told: _Told, spans: Mapping[str, Span]) -> Mapping[str, Turnout]:
    counting = told.counting()
    return {name: _turnout(told, name, span, counting) for name, span in spans.items()}


def _turnout(told: _Told, name: str, span: Span, counting: Sequence[str]) -> Turnout:
    rows = EVIDENCE[name].c
    begins, middle, ends = span
    firm = func.count(rows.enterprise_id.distinct())
    query = select(firm.filter(rows.happened_on >= middle), firm.filter(rows.happened_on < middle)).where(
        rows.known_on < told.before,
        rows.happened_on >= begins,
        rows.happened_on < ends,
        rows.batch_id.in_(counting),
    )
    now, then = told.work.connection.execute(query).one()
    return Turnout(firms=now, before=then)
