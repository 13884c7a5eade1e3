"""Has this very request been answered before?"""

from dataclasses import dataclass

from sqlalchemy import insert, select

from data.store.orm import IDEMPOTENT_ANSWER
from data.store.work import Work


@dataclass(frozen=True)
class StoredAnswer:
    """Keep an answer as it was given, with the fingerprint of the request it answered."""

    fingerprint: str
    status: int
    body: str


def find_answer(work: Work, tenant: str, route: str, key: str) -> StoredAnswer | None:
    """Find the answer given to a tenant's key on a route."""
    columns = IDEMPOTENT_ANSWER.c
    row = work.connection.execute(
        select(columns.fingerprint, columns.status, columns.body).where(
            columns.tenant == tenant, columns.route == route, columns.key == key
        )
    ).first()
    return None if row is None else StoredAnswer(row.fingerprint, row.status, row.body)


def remember_answer(work: Work, tenant: str, route: str, key: str, *, answer: StoredAnswer) -> None:
    """Remember an answer in the transaction of the write it tells of."""
    work.connection.execute(
        insert(IDEMPOTENT_ANSWER).values(
            tenant=tenant,
            route=route,
            key=key,
            fingerprint=answer.fingerprint,
            status=answer.status,
            body=answer.body,
            answered_at=work.at,
        )
    )
