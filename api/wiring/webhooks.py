"""How are receivers kept, and how does the service send to them?"""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete

from api.target_guard import check_target, system_resolve
from api.webhook_desk import DeliveryShown, WebhookShown, WebhookUnknown, check_types
from api.wiring.sending import Sender
from api.wiring.visits import RememberingVisit, visit
from data.spec.audit import Action, AuditEvent
from data.store import Store, Work
from data.store.orm_exchange import OUTBOX_HEAD
from data.store.orm_webhooks import WEBHOOK
from data.store.webhooks import (
    Delivery,
    Webhook,
    change_webhook,
    find_webhook,
    list_deliveries,
    list_webhooks,
    write_webhook,
)
from risk.delivering import deliver_due

SIDE_BY_SIDE = 8
"""So many receivers are sent to at once."""


class StoreWebhookVisit(RememberingVisit):
    """Work on receivers in one unit of work."""

    def __init__(self, work: Work, *, local: bool) -> None:
        super().__init__(work)
        self._local = local

    def add(self, url: str, types: tuple[str, ...], *, id: str, tenant: str, at: datetime) -> WebhookShown:
        """Add a receiver."""
        check_target(url, resolve=system_resolve, local=self._local)
        last = self._work.connection.scalar(
            OUTBOX_HEAD.select().with_only_columns(OUTBOX_HEAD.c.seq).where(OUTBOX_HEAD.c.tenant == tenant)
        )
        made = Webhook(
            id=id,
            tenant=tenant,
            url=url,
            types=check_types(types),
            generation=1,
            state="active",
            position=last or 0,
            failing_since=None,
            failures=0,
            next_at=at,
            version=1,
            created_at=at,
        )
        write_webhook(self._work, made, audit=self._told(Action.WEBHOOK_ADDED, made))
        return _shown(made)

    def change(
        self, id: str, *, tenant: str, url: str | None, types: tuple[str, ...] | None, active: bool | None, at: datetime
    ) -> WebhookShown:
        """Change a receiver."""
        found = self._found(id, tenant)
        if url is not None:
            check_target(url, resolve=system_resolve, local=self._local)
        changed = replace(
            found,
            url=url or found.url,
            types=found.types if types is None else check_types(types),
            state=found.state if active is None else ("active" if active else "paused"),
            version=found.version + 1,
        )
        if active:
            changed = replace(changed, failures=0, failing_since=None, next_at=at)
        change_webhook(self._work, changed, audit=self._told(Action.WEBHOOK_CHANGED, changed))
        return _shown(changed)

    def remove(self, id: str, *, tenant: str) -> None:
        """End a receiver."""
        found = self._found(id, tenant)
        self._work.connection.execute(delete(WEBHOOK).where(WEBHOOK.c.id == found.id))
        self._work.record(self._told(Action.WEBHOOK_REMOVED, found))

    def rotate(self, id: str, *, tenant: str) -> WebhookShown:
        """Give a receiver a new key."""
        found = self._found(id, tenant)
        changed = replace(found, generation=found.generation + 1, version=found.version + 1)
        change_webhook(self._work, changed, audit=self._told(Action.WEBHOOK_CHANGED, changed))
        return _shown(changed)

    def read(self, id: str, *, tenant: str) -> WebhookShown:
        """Read a receiver."""
        return _shown(self._found(id, tenant))

    def list_all(self, *, tenant: str) -> Sequence[WebhookShown]:
        """List a tenant's receivers."""
        return [_shown(one) for one in list_webhooks(self._work, tenant=tenant)]

    def deliveries(self, id: str, *, tenant: str, limit: int) -> Sequence[DeliveryShown]:
        """List the latest sendings."""
        found = self._found(id, tenant)
        return [_told(one) for one in list_deliveries(self._work, found.id, tenant=tenant, limit=limit)]

    def _found(self, id: str, tenant: str) -> Webhook:
        found = find_webhook(self._work, id, tenant=tenant)
        if found is None:
            raise WebhookUnknown("本机构没有这个编号的推送地址。", help="请核对编号。")
        return found

    def _told(self, action: Action, webhook: Webhook) -> AuditEvent:
        return AuditEvent(
            tenant=webhook.tenant, actor=webhook.tenant, action=action, object_id=webhook.id, at=self._work.at
        )


class Webhooks:
    """Keep receivers on one store, and send to them."""

    def __init__(self, store: Store, secret: bytes) -> None:
        self._store = store
        self._send = Sender(secret, resolve=system_resolve, local=store.demonstration)

    @contextmanager
    def visit(self, *, at: datetime) -> Iterator[StoreWebhookVisit]:
        """Open the unit of work of one request."""
        with visit(self._store, at) as work:
            yield StoreWebhookVisit(work, local=self._store.demonstration)

    def deliver_due(self, *, at: datetime) -> bool:
        """Send what is due."""
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            taken = deliver_due(
                lambda now: self._store.work(at=now), self._send, at=at, chance=random.random, together=pool.map
            )
        return taken > 0


def _shown(one: Webhook) -> WebhookShown:
    return WebhookShown(
        id=one.id,
        url=one.url,
        types=tuple(sorted(one.types)),
        state=one.state,
        position=one.position,
        failures=one.failures,
        next_at=one.next_at,
        version=one.version,
        generation=one.generation,
    )


def _told(one: Delivery) -> DeliveryShown:
    return DeliveryShown(**{name: value for name, value in vars(one).items() if name not in ("tenant", "webhook_id")})
