"""How does each institution hear of every event at least once, in order, whatever its receiver does?

One step looks at what is due and sends; sender, clock and chance are arguments, so that days pass in a moment. An event
is marked as delivered after the receiver took it: a crash between sends it again under the same id.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Protocol

from data.spec.dated import ParameterSet
from data.spec.events import EventType, ExchangeEvent
from data.store.announced import Announced, read_announced
from data.store.webhooks import Delivery, Webhook, due_webhooks, note_delivery, note_progress
from data.store.work import Work

AT_ONCE = 20
"""Events sent to one receiver in one step."""
TURN_MILLISECONDS = 10_000
"""After so long a receiver's turn is over, and its next events wait for the next round."""
GONE = 410
"""A receiver that answers so wants no more (Standard Webhooks)."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """Say what came of one sending: a status, or why there was none."""

    status: int | None
    failure: str | None
    milliseconds: int

    @property
    def taken(self) -> bool:
        """Tell whether the receiver took the event."""
        return self.status is not None and 200 <= self.status < 300


class Send(Protocol):
    """Send one event to one receiver; never raises."""

    def __call__(self, webhook: Webhook, event: Announced, *, at: datetime) -> Sent:
        """Return what came of it."""


Open = Callable[[datetime], AbstractContextManager[Work]]
"""Opens a unit of work at an instant."""
Turn = tuple[Webhook, list[Announced]]
Together = Callable[[Callable[[Turn], int], Iterable[Turn]], Iterable[int]]
"""Takes the turns of receivers, as `map` or an executor's map does."""


def deliver_due(
    open_work: Open, send: Send, *, at: datetime, chance: Callable[[], float], together: Together = map
) -> int:
    """Send what is due, and return how many events were taken; each is marked in a unit of its own.

    `together` takes the receivers' turns, side by side where it can, so that a slow one holds up no other.
    """
    with open_work(at) as work:
        due = [(webhook, _waiting(work, webhook)) for webhook in due_webhooks(work, at)]
    turns = _Turns(open_work, send, at, chance)
    return sum(together(lambda one: turns.deliver(*one), due))


def _waiting(work: Work, webhook: Webhook) -> list[Announced]:
    return read_announced(work, tenant=webhook.tenant, after=webhook.position, limit=AT_ONCE)


@dataclass(frozen=True)
class _Turns:
    """Hold what is the same for every receiver of one round."""

    open_work: Open
    send: Send
    at: datetime
    chance: Callable[[], float]

    def deliver(self, webhook: Webhook, events: list[Announced]) -> int:
        """Send one receiver's events in order; the first that is not taken ends it until its time comes again."""
        taken, spent = 0, 0
        for event in events:
            if webhook.types and event.type not in webhook.types:
                after, delivery = replace(webhook, position=event.seq), None
            else:
                sent = self.send(webhook, event, at=self.at)
                after = _after(webhook, event, sent, self.at, self.chance)
                delivery = _told(webhook, event, sent, after, self.at)
                taken, spent = taken + sent.taken, spent + sent.milliseconds
            same = self._keep(after, delivery, seen=webhook.version)
            webhook = after
            if not same or webhook.position < event.seq or spent > TURN_MILLISECONDS:
                break
        return taken

    def _keep(self, webhook: Webhook, delivery: Delivery | None, *, seen: int) -> bool:
        """Mark a receiver's progress with what it rests on; one that is disabled is told of in the feed."""
        with self.open_work(self.at) as work:
            same = note_progress(work, webhook, seen=seen)
            if delivery is not None:
                note_delivery(work, delivery)
            if same and webhook.state == "disabled":
                told = EventType.WEBHOOK_DISABLED
                work.announce(ExchangeEvent(tenant=webhook.tenant, type=told, object_id=webhook.id, at=self.at))
            work.commit()
        return same


def _told(webhook: Webhook, event: Announced, sent: Sent, after: Webhook, at: datetime) -> Delivery:
    return Delivery(
        tenant=webhook.tenant,
        webhook_id=webhook.id,
        event_id=event.id,
        seq=event.seq,
        attempt=webhook.failures + 1,
        at=at,
        status=sent.status,
        milliseconds=sent.milliseconds,
        failure=sent.failure,
        next_at=None if sent.taken or after.state == "disabled" else after.next_at,
    )


def _after(webhook: Webhook, event: Announced, sent: Sent, at: datetime, chance: Callable[[], float]) -> Webhook:
    """Return the receiver as it is after a sending."""
    if sent.taken:
        return replace(webhook, position=event.seq, failures=0, failing_since=None, next_at=at)
    since = webhook.failing_since or at
    terms = delivery_terms(at)
    over = sent.status == GONE or at - since >= timedelta(days=terms["days"])
    return replace(
        webhook,
        failures=webhook.failures + 1,
        failing_since=since,
        next_at=at + timedelta(seconds=wait_seconds(webhook.failures, chance(), terms)),
        state="disabled" if over else webhook.state,
        version=webhook.version + over,
    )


def wait_seconds(failures: int, chance: float, terms: dict[str, int]) -> float:
    """Return how long to wait after so many failures: twice as long each time, up to the most, half of it by chance."""
    whole = min(terms["first_seconds"] * 2.0 ** min(failures, 30), terms["most_seconds"])
    return whole * (0.5 + 0.5 * chance)


def delivery_terms(at: datetime) -> dict[str, int]:
    """Return the dated terms of delivery."""
    return {name: int(value) for name, value in _terms().numbers(at.date()).items()}


@cache
def _terms() -> ParameterSet:
    return ParameterSet.parse(Path(__file__).with_name("webhook_terms.yaml").read_text(encoding="utf-8"))
