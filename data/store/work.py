"""What is kept together, or not at all?"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from data.spec.audit import AuditEvent
from data.spec.events import ExchangeEvent
from data.store.audit import Chaining, append_events
from data.store.outbox import put_out
from data.store.tenancy import say_who_acts

T = TypeVar("T")
MOST_RECALLED = 64


class Work:
    """Hold one transaction: changes, audit events, remembered answers and the outbox are kept by one `commit`, or none.

    `connection` and `recall` are for the modules of this room only.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        at: datetime,
        read_only: bool = False,
        memory: dict[Hashable, Any] | None = None,
        chaining: Chaining | None = None,
        tenant: str | None = None,
    ) -> None:
        if at.tzinfo is None:
            raise ValueError("a unit of work's instant must carry a time zone")
        self.connection = connection
        self.at = at
        self.read_only = read_only
        self._chaining = chaining or Chaining()
        self._tenant = tenant
        self._events: list[AuditEvent] = []
        self._announced: list[ExchangeEvent] = []
        self._memory: dict[Hashable, Any] = {} if memory is None else memory

    def record(self, event: AuditEvent) -> None:
        """Queue an event; it is chained and appended when the work is committed."""
        self._events.append(event)

    def refer(self, value: str) -> str:
        """Return what the audit log may hold of a name, a code or free text: a reference that only we find again."""
        return self._chaining.refer(value)

    def announce(self, event: ExchangeEvent) -> None:
        """Queue an event for an institution; it goes into the outbox when the work is committed."""
        self._announced.append(event)

    def recall(self, key: Hashable, look: Callable[[], T]) -> T:
        """Return what was found under this key before, or look; the key must name all that the answer depends on."""
        found: T | None = self._memory.get(key)
        if found is None:
            found = look()
            if len(self._memory) >= MOST_RECALLED:
                self._memory.clear()
            self._memory[key] = found
        return found

    @contextmanager
    def under_duty(self) -> Iterator[None]:
        """Act within as the house under the bureau's duty: for what it writes or reads beyond the one who asks.

        The log and the outbox are such; so is the bureau's own assessment beneath a joint evaluation.
        """
        narrow = self._tenant is not None and self.connection.dialect.name == "postgresql"
        if narrow:
            say_who_acts(self.connection, None)
        yield
        # After an error the transaction is over, and so is what it was told.
        if narrow:
            say_who_acts(self.connection, self._tenant)

    def commit(self) -> None:
        """Append what was recorded and announced, and keep everything."""
        if self.read_only:
            raise RuntimeError("a read-only unit of work keeps nothing")
        with self.under_duty():
            append_events(self.connection, self._events, self._chaining)
            put_out(self.connection, self._announced)
        self._events.clear()
        self._announced.clear()
        self.connection.commit()
