"""Is an institution told of everything that was kept, once, in order, and of nothing else?"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from data.spec.events import EventType, ExchangeEvent
from data.store import Store, Work
from data.store.orm_exchange import OUTBOX_EVENT

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.create(f"sqlite:///{tmp_path / 's.db'}", at=AT)
    yield made
    made.close()


def told(object_id: str, tenant: str = "bank-a") -> ExchangeEvent:
    return ExchangeEvent(tenant=tenant, type=EventType.CONSENT_REVOKED, object_id=object_id, at=AT)


def kept(work: Work, tenant: str) -> list[tuple[int, str]]:
    columns = OUTBOX_EVENT.c
    rows = work.connection.execute(select(columns.seq, columns.object).where(columns.tenant == tenant))
    return sorted((row.seq, row.object) for row in rows)


def test_events_are_numbered_per_tenant_without_a_gap(store: Store) -> None:
    for objects in (["a", "b"], ["c"]):
        with store.work(at=AT) as work:
            for one in objects:
                work.announce(told(one))
            work.announce(told("x", tenant="bank-b"))
            work.commit()

    with store.work(at=AT, read_only=True) as work:
        assert kept(work, "bank-a") == [(1, "a"), (2, "b"), (3, "c")]
        assert kept(work, "bank-b") == [(1, "x"), (2, "x")]


def test_what_is_not_committed_is_told_to_nobody_and_leaves_no_gap(store: Store) -> None:
    with store.work(at=AT) as work:
        work.announce(told("never"))
    with store.work(at=AT) as work:
        work.announce(told("kept"))
        work.commit()

    with store.work(at=AT, read_only=True) as work:
        assert kept(work, "bank-a") == [(1, "kept")]


def test_a_second_commit_tells_nothing_twice(store: Store) -> None:
    with store.work(at=AT) as work:
        work.announce(told("a"))
        work.commit()
        work.commit()

        assert kept(work, "bank-a") == [(1, "a")]
