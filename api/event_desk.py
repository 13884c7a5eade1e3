"""What may a door ask of events?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class EventTold:
    """Be one event as an institution is told of it."""

    id: str
    seq: int
    type: str
    object_id: str
    at: datetime


class EventDesk(Protocol):
    """Tell institutions what happened."""

    def read(self, *, tenant: str, after: int, limit: int, at: datetime) -> Sequence[EventTold]:
        """Return an institution's events numbered after a number, in their order."""
