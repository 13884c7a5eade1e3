"""Of what were institutions told already?"""

from collections.abc import Collection

from sqlalchemy import select

from data.spec.events import EventType
from data.store.orm_exchange import OUTBOX_EVENT
from data.store.work import Work


def announced(work: Work, type: EventType, objects: Collection[str]) -> frozenset[str]:
    """Return those of the objects of which an event of the type was put out, to whomever."""
    table = OUTBOX_EVENT.c
    query = select(table.object).where(table.type == str(type), table.object.in_(sorted(objects)))
    return frozenset(work.connection.scalars(query))
