"""What are institutions told of, in which order?

Events are numbered per tenant in the transaction of what they tell: who read up to a number has missed nothing
before it.
"""

from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import Connection, insert, select, update

from data.spec.events import ExchangeEvent
from data.store.orm_exchange import OUTBOX_EVENT, OUTBOX_HEAD


def put_out(connection: Connection, events: Sequence[ExchangeEvent]) -> None:
    """Number the events after the last of their tenants, in the order given."""
    for event in events:
        seq = _next_number(connection, event.tenant)
        connection.execute(
            insert(OUTBOX_EVENT).values(
                tenant=event.tenant,
                seq=seq,
                id=message_id(event.tenant, seq),
                type=str(event.type),
                object=event.object_id,
                at=event.at,
            )
        )


def message_id(tenant: str, seq: int) -> str:
    """Return an event's id: the same at every delivery, so that a receiver knows a repeat."""
    return "msg_" + sha256(f"{tenant}:{seq}".encode()).hexdigest()[:32]


def _next_number(connection: Connection, tenant: str) -> int:
    """Take the next number; the head stays locked until the transaction ends."""
    head = OUTBOX_HEAD.c
    last: int | None = connection.scalar(select(head.seq).where(head.tenant == tenant).with_for_update())
    if last is None:
        connection.execute(insert(OUTBOX_HEAD).values(tenant=tenant, seq=1))
        return 1
    connection.execute(update(OUTBOX_HEAD).where(head.tenant == tenant).values(seq=last + 1))
    return last + 1
