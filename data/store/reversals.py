"""Which batches were taken back, by which, and what rows did each bring?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd
from sqlalchemy import func, insert, select

from data.spec.access import Access
from data.spec.audit import AuditEvent
from data.spec.tables import TABLES
from data.store.batches import Batch, write_batch
from data.store.frames import frame_of_rows, stored_columns
from data.store.orm import BATCH, BATCH_REVERSAL, DOUBTFUL_ROW, EVIDENCE, naive_utc
from data.store.work import Work


@dataclass(frozen=True, kw_only=True)
class Reversal:
    """Say which batch takes which other back, why, and from which day on that counts."""

    batch_id: str
    reverses: str
    reason: str
    known_on: date


def read_reversals(work: Work) -> list[Reversal]:
    """List reversals in the order in which they were recorded, those taken back themselves among them."""
    query = (
        select(BATCH_REVERSAL, BATCH.c.known_on)
        .join(BATCH, BATCH.c.id == BATCH_REVERSAL.c.batch_id)
        .order_by(BATCH_REVERSAL.c.batch_id)
    )
    return [Reversal(**row._mapping) for row in work.connection.execute(query)]


def void_batches(reversals: Sequence[Reversal], *, on: date | None = None) -> frozenset[str]:
    """Name the batches that do not count, by the reversals that counted on a day, or by all.

    A reversal that was taken back itself voids nothing.
    """
    void: set[str] = set()
    for one in sorted(reversals, key=lambda reversal: reversal.batch_id, reverse=True):
        if one.batch_id not in void and (on is None or one.known_on <= on):
            void.add(one.reverses)
    return frozenset(void)


def find_batch_by_id(work: Work, batch_id: str) -> Batch | None:
    """Find a batch by its number."""
    row = work.connection.execute(select(BATCH).where(BATCH.c.id == batch_id)).first()
    return None if row is None else Batch(**row._mapping)


def later_batches(work: Work, batch: Batch) -> list[Batch]:
    """List the batches of the same list that came after one."""
    query = select(BATCH).where(BATCH.c.list == batch.list, BATCH.c.id > batch.id).order_by(BATCH.c.id)
    return [Batch(**row._mapping) for row in work.connection.execute(query)]


def last_batch(work: Work, list_name: str, *, least_rows: int, leave_out: Collection[str]) -> Batch | None:
    """Find the last batch of a file of a list that had so many rows of data.

    Reversals are no files, nor are rows that were taken in because a name was decided.
    """
    reversals = select(BATCH_REVERSAL.c.batch_id)
    taken = select(DOUBTFUL_ROW.c.taken_batch_id).where(DOUBTFUL_ROW.c.taken_batch_id != DOUBTFUL_ROW.c.batch_id)
    query = (
        select(BATCH)
        .where(BATCH.c.list == list_name, BATCH.c.rows_read - BATCH.c.skipped >= least_rows)
        .where(BATCH.c.id.not_in(reversals), BATCH.c.id.not_in(taken), BATCH.c.id.not_in(list(leave_out)))
        .order_by(BATCH.c.id.desc())
    )
    row = work.connection.execute(query).first()
    return None if row is None else Batch(**row._mapping)


def next_instant(work: Work) -> datetime:
    """Return the work's instant, or a moment after the newest batch where a clock stood still or was set back."""
    newest = work.connection.scalar(select(func.max(BATCH.c.recorded_at)))
    return work.at if newest is None or newest < work.at else newest + timedelta(microseconds=1)


def read_batch_rows(work: Work, batch: Batch, *, access: Access) -> dict[str, pd.DataFrame]:
    """Read the rows that a batch brought, by table; a table without any is left out."""
    instants: Mapping[str, object] = {batch.id: naive_utc(batch.recorded_at)}
    found = {}
    for name, table in TABLES.items():
        sql = EVIDENCE[name]
        query = select(*(sql.c[column] for column in stored_columns(table))).where(sql.c.batch_id == batch.id)
        rows = work.connection.execute(query.order_by(sql.c.row_id)).cursor.fetchall()
        if rows and (access.categories is None or table.group in access.categories):
            found[name] = frame_of_rows(table, rows, instants)
    return found


def write_reversal(
    work: Work, batch: Batch, reversal: Reversal, evidence: Mapping[str, pd.DataFrame], *, audit: AuditEvent
) -> None:
    """Write a batch that takes another back, with its rows per table."""
    write_batch(work, batch, evidence, [], audit=audit)
    work.connection.execute(
        insert(BATCH_REVERSAL).values(batch_id=batch.id, reverses=reversal.reverses, reason=reversal.reason)
    )
