"""Which assessments were given, to whom, on what basis?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from data.spec.access import Access, ConsentBasis
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
    if row is None:
        return None
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
