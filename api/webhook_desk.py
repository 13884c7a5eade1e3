"""What may a door ask of receivers of events?"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from api.remembering import Remembering
from data.spec.errors import Refusal
from data.spec.events import EventType


class WebhookUnknown(Refusal):
    """The institution has no receiver by this id."""

    code = "webhook-unknown"
    status = 404


class EventTypeUnknown(Refusal):
    """There is no such event to be told of."""

    code = "event-type-unknown"
    status = 422


def check_types(types: Iterable[str]) -> frozenset[str]:
    """Return the types of events as they are; raise EventTypeUnknown where one is none."""
    wanted = frozenset(types)
    if wanted - set(EventType):
        raise EventTypeUnknown("有一种事件不存在。", help="可用的有：" + "、".join(EventType))
    return wanted


@dataclass(frozen=True, kw_only=True)
class WebhookShown:
    """Be a receiver as it stands."""

    id: str
    url: str
    types: tuple[str, ...]
    state: str
    position: int
    failures: int
    next_at: datetime
    version: int
    generation: int


@dataclass(frozen=True, kw_only=True)
class DeliveryShown:
    """Tell one sending."""

    event_id: str
    seq: int
    attempt: int
    at: datetime
    status: int | None
    milliseconds: int
    failure: str | None
    next_at: datetime | None


class WebhookVisit(Remembering, Protocol):
    """Work on a tenant's receivers in one transaction."""

    def add(self, url: str, types: tuple[str, ...], *, id: str, tenant: str, at: datetime) -> WebhookShown:
        """Add a receiver, from the next event on; raise TargetRefused."""

    def change(
        self, id: str, *, tenant: str, url: str | None, types: tuple[str, ...] | None, active: bool | None, at: datetime
    ) -> WebhookShown:
        """Change a receiver, pause it or go on; raise WebhookUnknown, TargetRefused."""

    def remove(self, id: str, *, tenant: str) -> None:
        """End a receiver; raise WebhookUnknown."""

    def rotate(self, id: str, *, tenant: str) -> WebhookShown:
        """Give a receiver a new key beside its last; raise WebhookUnknown."""

    def read(self, id: str, *, tenant: str) -> WebhookShown:
        """Read a receiver; raise WebhookUnknown."""

    def list_all(self, *, tenant: str) -> Sequence[WebhookShown]:
        """List a tenant's receivers."""

    def deliveries(self, id: str, *, tenant: str, limit: int) -> Sequence[DeliveryShown]:
        """List what became of the latest sendings; raise WebhookUnknown."""


class WebhookDesk(Protocol):
    """Keep receivers, and send to them."""

    def visit(self, *, at: datetime) -> AbstractContextManager[WebhookVisit]:
        """Open the unit of work of one request."""

    def deliver_due(self, *, at: datetime) -> bool:
        """Send what is due; tell whether something was."""
