"""What is kept together, or not at all?"""

from datetime import datetime

from sqlalchemy import Connection

from data.spec.audit import AuditEvent
from data.store.audit import append_events


class Work:
    """Hold one transaction: changes, audit events and remembered answers are kept by one `commit`, or none is.

    `connection` is for the modules of this room only.
    """

    def __init__(self, connection: Connection, *, at: datetime, read_only: bool = False) -> None:
        if at.tzinfo is None:
            raise ValueError("a unit of work's instant must carry a time zone")
        self.connection = connection
        self.at = at
        self.read_only = read_only
        self._events: list[AuditEvent] = []

    def record(self, event: AuditEvent) -> None:
        """Queue an event; it is chained and appended when the work is committed."""
        self._events.append(event)

    def commit(self) -> None:
        """Append the queued events and keep everything."""
        if self.read_only:
            raise RuntimeError("a read-only unit of work keeps nothing")
        append_events(self.connection, self._events)
        self._events.clear()
        self.connection.commit()
