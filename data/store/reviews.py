"""What did reviewers say of the explanations of assessments?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from data.spec.audit import AuditEvent
from data.store.orm_reviews import EXPLANATION_REVIEW
from data.store.work import Work


@dataclass(frozen=True, kw_only=True)
class ReviewedReason:
    """State how one reason of one assessment was judged, by whom, and which correction that opened."""

    id: str
    feature: str
    tenant: str
    assessment_id: str
    enterprise_id: int
    verdict: str
    words: str
    reviewer: str
    correction_id: str | None
    reviewed_at: datetime


def write_review(work: Work, judged: Sequence[ReviewedReason], *, audit: AuditEvent) -> None:
    """Add the judgements of one review."""
    work.connection.execute(insert(EXPLANATION_REVIEW), [vars(one) for one in judged])
    work.record(audit)


def list_reviewed(work: Work, *, tenant: str | None = None, assessment_id: str | None = None) -> list[ReviewedReason]:
    """List the last judgement of each reason, of one tenant's assessments or, under duty, of anybody's."""
    columns = EXPLANATION_REVIEW.c
    query = select(*(column for column in columns if column is not columns.place)).order_by(columns.place)
    for name, value in {"tenant": tenant, "assessment_id": assessment_id}.items():
        if value is not None:
            query = query.where(columns[name] == value)
    last = {(row.assessment_id, row.feature): row for row in work.connection.execute(query)}
    return [ReviewedReason(**row._mapping) for row in last.values()]
