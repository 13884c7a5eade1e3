"""What is kept together, or not at all?"""

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from data.spec.audit import AuditEvent
from data.store.audit import append_events

T = TypeVar("T")
MOST_RECALLED = 64


class Work:
    """Hold one transaction: changes, audit events and remembered answers are kept by one `commit`, or none is.

    `connection` and `recall` are for the modules of this room only.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        at: datetime,
        read_only: bool = False,
        memory: dict[Hashable, Any] | None = None,
    ) -> None:
        if at.tzinfo is None:
            raise ValueError("a unit of work's instant must carry a time zone")
        self.connection = connection
        self.at = at
        self.read_only = read_only
        self._events: list[AuditEvent] = []
        self._memory: dict[Hashable, Any] = {} if memory is None else memory

    def record(self, event: AuditEvent) -> None:
        """Queue an event; it is chained and appended when the work is committed."""
        self._events.append(event)

    def recall(self, key: Hashable, look: Callable[[], T]) -> T:
        """Return what was found under this key before, or look; the key must name all that the answer depends on."""
        found: T | None = self._memory.get(key)
        if found is None:
            found = look()
            if len(self._memory) >= MOST_RECALLED:
                self._memory.clear()
            self._memory[key] = found
        return found

    def commit(self) -> None:
        """Append the queued events and keep everything."""
        if self.read_only:
            raise RuntimeError("a read-only unit of work keeps nothing")
        append_events(self.connection, self._events)
        self._events.clear()
        self.connection.commit()
