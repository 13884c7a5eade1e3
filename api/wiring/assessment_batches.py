"""How do batches of assessments reach the doors and the worker?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from api.assessment_id import new_id
from api.wiring.visits import RememberingVisit, visit
from data.spec.batches import AssessmentBatch, BatchItem, BatchWish
from data.store import Store
from risk.answering import Champions
from risk.assessment_batches import (
    TURNS,
    cancel_batch,
    open_batch,
    read_batch,
    read_errors,
    read_results,
    work_turn,
)
from risk.batches import BatchResult


class StoreBatchVisit(RememberingVisit):
    """Ask for, read and cancel batches in one unit of work."""

    def open_batch(self, id: str, named: Sequence[str], wish: BatchWish, *, tenant: str) -> AssessmentBatch:
        """Keep a batch about these identifiers."""
        return open_batch(self._work, id, named, wish, tenant=tenant)

    def read_batch(self, id: str, *, tenant: str, to_change: bool = False) -> AssessmentBatch | None:
        """Return a batch of this tenant's own."""
        return read_batch(self._work, id, tenant=tenant, to_change=to_change)

    def cancel_batch(self, batch: AssessmentBatch) -> AssessmentBatch:
        """Let nothing more become of what waits."""
        return cancel_batch(self._work, batch)

    def read_results(self, batch: AssessmentBatch, *, after: int, limit: int) -> Sequence[BatchResult]:
        """Return assessments beyond a position, and record the reading."""
        return read_results(self._work, batch, after=after, limit=limit)

    def read_errors(self, batch: AssessmentBatch, *, after: int, limit: int) -> Sequence[BatchItem]:
        """Return refused items beyond a position."""
        return read_errors(self._work, batch, after=after, limit=limit)


class AssessmentBatches:
    """Work batches on one store."""

    def __init__(self, store: Store, champions: Champions) -> None:
        self._store, self._champions = store, champions

    @contextmanager
    def visit(self, *, at: datetime) -> Iterator[StoreBatchVisit]:
        """Open the unit of work of one request."""
        with visit(self._store, at) as work:
            yield StoreBatchVisit(work)

    def work_next(self, *, at: datetime) -> bool:
        """Work the item whose turn it is, in a unit of its own; False where none waits.

        That it is tried is kept first, without waiting for a disk: it need only outlive this process.
        """
        with self._store.work(at=at, durable=False) as work:
            turn = TURNS.take(work)
            work.commit()
        if turn is None:
            return False
        with self._store.work(at=at) as work:
            work_turn(work, turn, self._champions, assessment_id=new_id(at), demonstration=self._store.demonstration)
            work.commit()
        return True
