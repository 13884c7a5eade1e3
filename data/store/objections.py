"""Which objections are there, and where does each stand?"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, insert, select

from data.spec.audit import AuditEvent
from data.spec.whose import Whose
from data.store.orm_objections import OBJECTION
from data.store.whose import within
from data.store.work import Work


@dataclass(frozen=True, kw_only=True)
class Objection:
    """State one version of an objection: who brought it in, about what, until when it must be verified and answered."""

    id: str
    version: int
    tenant: str
    enterprise_id: int
    kind: str
    object: str
    words: str
    state: str
    answer: str
    received_at: datetime
    verify_by: date
    answer_by: date
    changed_at: datetime
    changed_by: str


def write_objection(work: Work, objection: Objection, *, audit: AuditEvent) -> None:
    """Add a version of an objection."""
    work.connection.execute(insert(OBJECTION).values(**vars(objection)))
    work.record(audit)


def list_objections(
    work: Work,
    *,
    whose: Whose,
    id: str | None = None,
    object: str | None = None,
    after: str | None = None,
    limit: int = 200,
) -> list[Objection]:
    """List the last version of their objections by id: all, the one of an id, or those to an object."""
    columns = OBJECTION.c
    newest = select(columns.id, func.max(columns.version).label("version")).group_by(columns.id).subquery()
    query = select(OBJECTION).join(newest, (newest.c.id == columns.id) & (newest.c.version == columns.version))
    query = query.where(within(whose, tenant=columns.tenant, enterprise_id=columns.enterprise_id))
    for name, value in {"id": id, "object": object}.items():
        if value is not None:
            query = query.where(columns[name] == value)
    if after is not None:
        query = query.where(columns.id > after)
    return [Objection(**row._mapping) for row in work.connection.execute(query.order_by(columns.id).limit(limit))]
