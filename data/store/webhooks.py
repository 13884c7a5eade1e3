"""Where are events to be sent, how far has each receiver come, and what became of each sending?"""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, insert, select, update

from data.spec.audit import AuditEvent
from data.store.orm_webhooks import DELIVERY, WEBHOOK
from data.store.work import Work


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """Be one receiver: whose, where, which types of events (none: all), which keys, and how far it has come."""

    id: str
    tenant: str
    url: str
    types: frozenset[str]
    generation: int
    state: str
    position: int
    failing_since: datetime | None
    failures: int
    next_at: datetime
    version: int
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Tell one sending: which event, which attempt, what came back, when the next is due."""

    tenant: str
    webhook_id: str
    event_id: str
    seq: int
    attempt: int
    at: datetime
    status: int | None
    milliseconds: int
    failure: str | None
    next_at: datetime | None


def write_webhook(work: Work, webhook: Webhook, *, audit: AuditEvent) -> None:
    """Add a receiver."""
    work.connection.execute(insert(WEBHOOK).values(**_values(webhook)))
    work.record(audit)


def change_webhook(work: Work, webhook: Webhook, *, audit: AuditEvent) -> None:
    """Keep a receiver as its owner now wants it."""
    own = (WEBHOOK.c.id == webhook.id) & (WEBHOOK.c.tenant == webhook.tenant)
    work.connection.execute(update(WEBHOOK).where(own).values(**_values(webhook)))
    work.record(audit)


def note_progress(work: Work, webhook: Webhook, *, seen: int) -> bool:
    """Keep how far a receiver has come, and tell whether it is still of the version that was seen.

    Of one that its owner changed or ended while a sending was on its way only the events taken are kept: what the owner
    said stays. Its progress is told to no log.
    """
    own = (WEBHOOK.c.id == webhook.id) & (WEBHOOK.c.tenant == webhook.tenant)
    told = {name: getattr(webhook, name) for name in ("position", "failures", "failing_since", "next_at")}
    told |= {"state": webhook.state, "version": webhook.version}
    if work.connection.execute(update(WEBHOOK).where(own, WEBHOOK.c.version == seen).values(**told)).rowcount:
        return True
    behind = WEBHOOK.c.position < webhook.position
    work.connection.execute(update(WEBHOOK).where(own, behind).values(position=webhook.position))
    return False


def find_webhook(work: Work, id: str, *, tenant: str) -> Webhook | None:
    """Find a receiver of a tenant's own."""
    row = work.connection.execute(select(WEBHOOK).where(WEBHOOK.c.id == id, WEBHOOK.c.tenant == tenant)).first()
    return None if row is None else _webhook(row)


def list_webhooks(work: Work, *, tenant: str) -> list[Webhook]:
    """List a tenant's receivers by id."""
    rows = work.connection.execute(select(WEBHOOK).where(WEBHOOK.c.tenant == tenant).order_by(WEBHOOK.c.id))
    return [_webhook(row) for row in rows]


def due_webhooks(work: Work, at: datetime) -> list[Webhook]:
    """List the receivers that may be sent to now."""
    due = (WEBHOOK.c.state == "active") & (WEBHOOK.c.next_at <= at)
    return [_webhook(row) for row in work.connection.execute(select(WEBHOOK).where(due).order_by(WEBHOOK.c.id))]


def note_delivery(work: Work, delivery: Delivery) -> None:
    """Keep what became of a sending."""
    work.connection.execute(insert(DELIVERY).values(**vars(delivery)))


def list_deliveries(work: Work, webhook_id: str, *, tenant: str, limit: int) -> list[Delivery]:
    """List the latest sendings to a receiver, the last first."""
    columns = DELIVERY.c
    rows = work.connection.execute(
        select(DELIVERY)
        .where(columns.webhook_id == webhook_id, columns.tenant == tenant)
        .order_by(columns.id.desc())
        .limit(limit)
    )
    return [Delivery(**{name: value for name, value in row._mapping.items() if name != "id"}) for row in rows]


def _values(webhook: Webhook) -> dict[str, object]:
    return {**vars(webhook), "types": json.dumps(sorted(webhook.types))}


def _webhook(row: Row[tuple[object, ...]]) -> Webhook:
    return Webhook(**{**row._mapping, "types": frozenset(json.loads(row.types))})
