"""What was done about warnings, by whom and when?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from data.spec.audit import AuditEvent
from data.store.orm import WARNING_ACKNOWLEDGEMENT
from data.store.work import Work


@dataclass(frozen=True, kw_only=True)
class StoredAcknowledgement:
    """Say what an institution did about one warning."""

    warning_id: str
    tenant: str
    actor: str
    outcome: str
    note: str
    recorded_at: datetime


def read_acknowledgements(work: Work, *, tenant: str) -> dict[str, StoredAcknowledgement]:
    """Return, by warning, the last thing that an institution did about it."""
    columns = WARNING_ACKNOWLEDGEMENT.c
    rows = work.connection.execute(
        select(WARNING_ACKNOWLEDGEMENT).where(columns.tenant == tenant).order_by(columns.id)
    ).all()
    return {
        row.warning_id: StoredAcknowledgement(
            warning_id=row.warning_id,
            tenant=row.tenant,
            actor=row.actor,
            outcome=row.outcome,
            note=row.note,
            recorded_at=row.recorded_at,
        )
        for row in rows
    }


def write_acknowledgement(work: Work, done: StoredAcknowledgement, *, audit: AuditEvent) -> None:
    """Add a record; none that stands is ever changed."""
    work.connection.execute(
        insert(WARNING_ACKNOWLEDGEMENT).values(
            warning_id=done.warning_id,
            tenant=done.tenant,
            actor=done.actor,
            outcome=done.outcome,
            note=done.note,
            recorded_at=done.recorded_at,
        )
    )
    work.record(audit)
