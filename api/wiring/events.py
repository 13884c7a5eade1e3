"""How do events reach those who ask for them?"""

from collections.abc import Sequence
from datetime import datetime

from api.event_desk import EventTold
from data.store import Store
from data.store.announced import read_announced


class Events:
    """Read the outbox of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, *, tenant: str, after: int, limit: int, at: datetime) -> Sequence[EventTold]:
        """Read an institution's events, in a reading that never waits for a writer."""
        with self._store.work(at=at, read_only=True) as work:
            return [EventTold(**vars(one)) for one in read_announced(work, tenant=tenant, after=after, limit=limit)]
