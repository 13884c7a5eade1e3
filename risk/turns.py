"""How is a long work done item by item, whatever interrupts?

Every item is a row with a state. One unit of work settles one item: what it came to, the audit entry and the item's new
state are kept together or not at all, so that a work goes on where it was, and nobody waits for a whole one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Generic

from data.spec.batches import BatchState
from data.spec.dated import NotInForce
from data.spec.errors import DayInFuture, EnterpriseUnknown, Refusal
from data.spec.events import EventType, ExchangeEvent
from data.store.queues import Item, Kept, Queue
from data.store.work import Work
from risk.consent import REFUSALS

FAULT = "fault"
OF_THE_ITEM = (EnterpriseUnknown, DayInFuture, NotInForce, *REFUSALS)
"""Refusals that are the answer about one item; any other says something of the service."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Name the item that is to be worked next, and whose it is."""

    id: str
    tenant: str
    position: int


class Turns(Generic[Kept, Item]):
    """Do the works of one queue; `finished` is the event that tells of an end, `tries` how often an item is tried.

    Functions take `work` and never commit.
    """

    def __init__(self, queue: Queue[Kept, Item], *, finished: EventType, tries: Callable[[date], int]) -> None:
        self._queue, self._finished, self._tries = queue, finished, tries

    def again(self, work: Work, id: str, *, tenant: str) -> Kept:
        """Return a work that is there as it stands now, and end it where nothing of it waits."""
        one = self._locked(work, id, tenant)
        return one if one.waiting or not one.state.is_open else self._end(work, one, BatchState.FINISHED)

    def take(self, work: Work) -> Turn | None:
        """Return the item to work next and note that it is tried; None where no work is open.

        The caller commits before it works the item, so that one that ends the process is not tried for ever: after its
        last try it is refused as a fault, here. So no more workers than there are tries may share a store; one is the
        rule (decision 16).
        """
        one = self._queue.next_open(work)
        if one is None:
            return None
        item = self._queue.first_waiting(work, one)
        if item is not None and self._tried_out(work, one):
            self._queue.refuse(work, one, item.position, code=FAULT)
            one = self._locked(work, one.id, one.tenant)
            item = self._queue.first_waiting(work, one)
        if item is None:
            self.again(work, one.id, tenant=one.tenant)
            return self.take(work)
        if one.state is BatchState.QUEUED:
            self._queue.move(work, one, BatchState.RUNNING)
        self._queue.note_attempt(work, one)
        return Turn(id=one.id, tenant=one.tenant, position=item.position)

    def do(self, work: Work, turn: Turn, settle: Callable[[Kept, Item], None]) -> None:
        """Settle the item whose turn it is; what was cancelled meanwhile is left alone.

        A refusal about the item is kept as its code. One that says something of the service itself fails the whole
        after its last try, and is raised before.
        """
        one = self._queue.lock(work, turn.id, tenant=turn.tenant)
        item = None if one is None else self._queue.first_waiting(work, one)
        if one is None or item is None or item.position != turn.position:
            return
        try:
            settle(one, item)
        except OF_THE_ITEM as refusal:
            self._queue.refuse(work, one, item.position, code=refusal.code)
        except Refusal:
            if not self._tried_out(work, one):
                raise
            self.stop(work, one, BatchState.FAILED)
            return
        self.again(work, one.id, tenant=one.tenant)

    def stop(self, work: Work, one: Kept, state: BatchState) -> Kept:
        """Let nothing more become of what waits, and end the work; what was answered stays."""
        self._queue.cancel_waiting(work, one)
        return self._end(work, one, state)

    def _tried_out(self, work: Work, one: Kept) -> bool:
        return one.attempts >= self._tries(work.at.date())

    def _end(self, work: Work, one: Kept, state: BatchState) -> Kept:
        self._queue.move(work, one, state)
        work.announce(ExchangeEvent(tenant=one.tenant, type=self._finished, object_id=one.id, at=work.at))
        return self._locked(work, one.id, one.tenant)

    def _locked(self, work: Work, id: str, tenant: str) -> Kept:
        found = self._queue.lock(work, id, tenant=tenant)
        assert found is not None
        return found
