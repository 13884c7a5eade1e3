"""What was an institution told of, after a number that it knows?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from data.store.orm_exchange import OUTBOX_EVENT
from data.store.work import Work


@dataclass(frozen=True, kw_only=True)
class Announced:
    """Be one event as an institution is told of it."""

    id: str
    seq: int
    type: str
    object_id: str
    at: datetime


def read_announced(work: Work, *, tenant: str, after: int, limit: int) -> list[Announced]:
    """Return an institution's events numbered after a number, in their order."""
    columns = OUTBOX_EVENT.c
    rows = work.connection.execute(
        select(OUTBOX_EVENT).where(columns.tenant == tenant, columns.seq > after).order_by(columns.seq).limit(limit)
    )
    return [Announced(id=row.id, seq=row.seq, type=row.type, object_id=row.object, at=row.at) for row in rows]
