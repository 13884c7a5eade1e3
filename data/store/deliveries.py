"""Up to which day has each list spoken, by what had been recorded?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select

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


def read_deliveries(work: Work, *, before: date, recorded_before: datetime | None) -> Mapping[str, Delivery]:
    """Return what each list had said before a day, by its name; a list that had said nothing is not there.

    Batches are never changed, so that an answer holds for as long as no batch is added; it is remembered so long.
    """
    recorded = select(BATCH.c.id)
    if recorded_before is not None:
        recorded = recorded.where(BATCH.c.recorded_at < recorded_before)
    counted = recorded.with_only_columns(func.count(), func.max(BATCH.c.id))
    batches = tuple(work.connection.execute(counted).one())

    def look() -> Mapping[str, Delivery]:
        return _look(work, before, recorded)

    return work.recall(("deliveries", before, batches), look)


def _look(work: Work, before: date, recorded: Select[tuple[str]]) -> Mapping[str, Delivery]:
    found: dict[str, Delivery] = {}
    counting = _counting(work, before, recorded)
    for name in TABLES:
        rows = EVIDENCE[name].c
        query = (
            select(BATCH.c.list, func.max(rows.known_on), func.max(rows.happened_on))
            .join(BATCH, BATCH.c.id == rows.batch_id)
            .where(rows.known_on < before, rows.happened_on < before, rows.batch_id.in_(counting))
            .group_by(BATCH.c.list)
        )
        for list_, known_on, happened_on in work.connection.execute(query):
            found[list_] = Delivery(list=list_, table=name, known_on=known_on, happened_on=happened_on)
    return found


def _counting(work: Work, before: date, recorded: Select[tuple[str]]) -> list[str]:
    """Name the batches recorded by then that count: no reversal, and none that one took back before the day."""
    batches = {str(one) for one in work.connection.scalars(recorded)}
    reversals = [one for one in read_reversals(work) if one.batch_id in batches]
    void = void_batches(reversals, on=before - timedelta(days=1))
    return sorted(batches - void - {one.batch_id for one in reversals})
