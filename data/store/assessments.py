"""Which assessments were given, to whom, on what basis?"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, insert, or_, select

from data.spec.access import Access, ConsentBasis, Duty
from data.spec.audit import AuditEvent
from data.store.orm import ASSESSMENT
from data.store.work import Work


@dataclass(frozen=True, kw_only=True)
class StoredAssessment:
    """Keep an assessment as it was given."""

    id: str
    enterprise_id: int
    tenant: str
    purpose: str
    consent_id: str | None
    consent_version: int | None
    made_at: datetime
    body: Mapping[str, object]


def write_assessment(
    work: Work,
    *,
    id: str,
    enterprise_id: int,
    access: Access,
    made_at: datetime,
    body: Mapping[str, object],
    audit: AuditEvent,
) -> None:
    """Keep an assessment as it is given; NaN and infinities in its body are refused."""
    consent = access.basis if isinstance(access.basis, ConsentBasis) else None
    work.connection.execute(
        insert(ASSESSMENT).values(
            id=id,
            tenant=access.tenant,
            actor=access.actor,
            purpose=str(access.purpose),
            duty=None if consent else str(access.basis),
            consent_id=consent.consent_id if consent else None,
            consent_version=consent.version if consent else None,
            enterprise_id=enterprise_id,
            made_at=made_at,
            body=json.dumps(body, ensure_ascii=False, allow_nan=False),
        )
    )
    work.record(audit)


def read_assessment(work: Work, id: str, *, access: Access) -> StoredAssessment | None:
    """Read an assessment that was given to this tenant; another tenant's is as if it were not there."""
    row = work.connection.execute(
        select(ASSESSMENT).where(ASSESSMENT.c.id == id, ASSESSMENT.c.tenant == access.tenant)
    ).first()
    return None if row is None else _stored(row)


def read_anybodys_assessment(work: Work, id: str, *, duty: Duty) -> StoredAssessment | None:
    """Read an assessment whoever it was given to, on a recorded duty."""
    row = work.connection.execute(select(ASSESSMENT).where(ASSESSMENT.c.id == id)).first()
    return None if row is None else _stored(row)


def find_assessed(work: Work, id: str, *, access: Access, anybodys: bool) -> int | None:
    """Return which enterprise an assessment is about: one given to this tenant or, under duty, to anybody."""
    query = select(ASSESSMENT.c.enterprise_id).where(ASSESSMENT.c.id == id)
    if not anybodys:
        query = query.where(ASSESSMENT.c.tenant == access.tenant)
    found: int | None = work.connection.scalar(query)
    return found


def read_assessments(work: Work, ids: Collection[str], *, access: Access) -> dict[str, StoredAssessment]:
    """Read assessments that were given to this tenant, by id; another tenant's are as if they were not there."""
    table = ASSESSMENT.c
    rows = work.connection.execute(select(ASSESSMENT).where(table.id.in_(sorted(ids)), table.tenant == access.tenant))
    return {row.id: _stored(row) for row in rows}


def later_assessment(work: Work, given: StoredAssessment) -> str | None:
    """Return the id of the latest assessment of the same enterprise for the same tenant and purpose, made after this.

    None where this is the latest. Ids sort by the instant at which they were made.
    """
    table = ASSESSMENT.c
    return work.connection.scalar(
        select(table.id)
        .where(
            table.tenant == given.tenant,
            table.enterprise_id == given.enterprise_id,
            table.purpose == given.purpose,
            or_(table.made_at > given.made_at, and_(table.made_at == given.made_at, table.id > given.id)),
        )
        .order_by(table.made_at.desc(), table.id.desc())
        .limit(1)
    )


@dataclass(frozen=True, kw_only=True)
class HeldAssessment:
    """Say who holds which assessment of which enterprise."""

    id: str
    tenant: str
    enterprise_id: int


def count_made(work: Work, *, tenant: str, consent_id: str, since: datetime) -> int:
    """Count the assessments made for a tenant under one consent since an instant."""
    table = ASSESSMENT.c
    query = select(func.count()).where(table.tenant == tenant, table.consent_id == consent_id, table.made_at >= since)
    return int(work.connection.scalar(query) or 0)


def list_others_since(work: Work, since: datetime, *, access: Access) -> list[HeldAssessment]:
    """List the assessments made since an instant that others than access's own institution hold, in their order."""
    table = ASSESSMENT.c
    rows = work.connection.execute(
        select(table.id, table.tenant, table.enterprise_id)
        .where(table.made_at >= since, table.tenant != access.tenant)
        .order_by(table.id)
    )
    return [HeldAssessment(id=row.id, tenant=row.tenant, enterprise_id=row.enterprise_id) for row in rows]


def _stored(row: Row[Any]) -> StoredAssessment:
    return StoredAssessment(
        id=row.id,
        enterprise_id=row.enterprise_id,
        tenant=row.tenant,
        purpose=row.purpose,
        consent_id=row.consent_id,
        consent_version=row.consent_version,
        made_at=row.made_at,
        body=json.loads(row.body),
    )
