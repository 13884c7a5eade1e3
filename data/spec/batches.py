"""Which states does a long work pass through, and each of its items: a batch of assessments, a back-test?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from data.spec.access import Purpose


class BatchState(StrEnum):
    """Name where a long work is; the last three are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_open(self) -> bool:
        """Tell whether items of it may still be worked."""
        return self in (BatchState.QUEUED, BatchState.RUNNING)


class ItemState(StrEnum):
    """Name what became of one item of a long work."""

    WAITING = "waiting"
    MADE = "made"
    REFUSED = "refused"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class BatchWish:
    """Say what is wanted of every enterprise of a batch."""

    purpose: Purpose
    as_of: date
    relative_to: str


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    """Be one item of a long work by its place in the request (from 0), and what became of it."""

    position: int
    state: ItemState = ItemState.WAITING
    identifier: str | None = None
    code: str | None = None


@dataclass(frozen=True, kw_only=True)
class BatchItem(WorkItem):
    """Be one enterprise of a batch."""

    assessment_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class LongWork:
    """Be one work of one tenant that is done item by item, with the number of its items in each state."""

    id: str
    tenant: str
    state: BatchState
    version: int
    attempts: int
    created_at: datetime
    ended_at: datetime | None
    expires_at: datetime
    counts: Mapping[ItemState, int]

    @property
    def wanted(self) -> int:
        """Return how many items were asked for."""
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        """Return how many items nothing has become of yet."""
        return self.counts.get(ItemState.WAITING, 0)


@dataclass(frozen=True, kw_only=True)
class AssessmentBatch(LongWork):
    """Be a batch of assessments; its items are enterprises."""

    wish: BatchWish
