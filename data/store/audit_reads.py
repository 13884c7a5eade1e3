"""What does an institution's part of the audit log say, page by page?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from data.store.orm import AUDIT_EVENT
from data.store.work import Work


@dataclass(frozen=True)
class StoredEntry:
    """Give an entry back as it stands; `payload` is canonical JSON."""

    seq: int
    at: datetime
    actor: str
    action: str
    object_id: str
    payload: str
    hash: str
    alg: str


def read_entries(work: Work, tenant: str, *, after: int, most: int) -> list[StoredEntry]:
    """Return a tenant's entries after a number, oldest first, at most so many."""
    columns = AUDIT_EVENT.c
    rows = work.connection.execute(
        select(AUDIT_EVENT).where(columns.tenant == tenant, columns.seq > after).order_by(columns.seq).limit(most)
    )
    return [
        StoredEntry(
            seq=row.seq,
            at=row.at,
            actor=row.actor,
            action=row.action,
            object_id=row.object,
            payload=row.payload_canonical,
            hash=row.hash,
            alg=row.alg,
        )
        for row in rows
    ]
