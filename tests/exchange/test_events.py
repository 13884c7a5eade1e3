"""Is every institution told of what concerns it, once and in order, whoever else writes, and of nothing more?"""

from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import event, select

from data.spec.events import EventType, ExchangeEvent
from data.store.orm import ASSESSMENT, AUDIT_EVENT, IDEMPOTENT_ANSWER
from data.store.orm_exchange import OUTBOX_EVENT
from risk.permissions import Role
from tests.exchange.conftest import FIRMS, NAMES, NOW, World, make_world


@pytest.fixture
def house(tmp_path: Any) -> Iterator[World]:
    yield from make_world(tmp_path)


def read(house: World, side: str = "a", **query: int) -> Any:
    return house.client.get("/v1/events", params=query, headers=house.headers(Role.BANK, side)).json()


def assess(house: World, side: str = "a") -> Any:
    return house.client.post(
        "/v1/assessments", json={"enterprise": house.firm(side)}, headers=house.headers(Role.BANK, side)
    )


def test_a_bank_reads_its_own_events_in_order_and_may_read_them_again(house: World) -> None:
    ids = [assess(house).json()["id"] for _ in range(5)]
    assess(house, "b")

    first = read(house, limit=2)
    rest = read(house, after=first["next"])

    told = first["items"] + rest["items"]
    assert [(one["seq"], one["type"], one["object"]) for one in told] == [
        (number, "assessment.made", id) for number, id in enumerate(ids, start=1)
    ]
    assert read(house)["items"] == told
    assert read(house, after=rest["next"]) == {"items": [], "next": 5}
    assert len({one["id"] for one in told}) == 5


def test_an_event_says_nothing_but_what_happened_to_which_object(house: World) -> None:
    assess(house)

    (told,) = read(house)["items"]

    assert set(told) == {"id", "seq", "type", "object", "at"}
    assert not any(word in str(told) for word in (*FIRMS, *NAMES))


def test_writers_at_the_same_time_leave_no_gap_and_no_double(house: World) -> None:
    def write(name: str) -> None:
        for number in range(25):
            with house.store.work(at=NOW) as work:
                told = ExchangeEvent(tenant="t", type=EventType.CONSENT_REVOKED, object_id=f"{name}{number}", at=NOW)
                work.announce(told)
                if number % 5:
                    work.commit()

    writers = [Thread(target=write, args=(name,)) for name in "abc"]
    for one in writers:
        one.start()
    for one in writers:
        one.join()

    with house.store.work(at=NOW, read_only=True) as work:
        rows = work.connection.execute(select(OUTBOX_EVENT).where(OUTBOX_EVENT.c.tenant == "t")).all()
    assert sorted(row.seq for row in rows) == list(range(1, 61))
    for name in "abc":
        own = [row.object for row in sorted(rows, key=lambda row: row.seq) if row.object.startswith(name)]
        assert own == [f"{name}{number}" for number in range(25) if number % 5]


def test_a_crash_at_any_statement_keeps_all_of_an_assessment_or_none(house: World) -> None:
    engine, place = house.store._engine, 0
    tables = (ASSESSMENT, AUDIT_EVENT, IDEMPOTENT_ANSWER, OUTBOX_EVENT)

    def counts() -> tuple[int, ...]:
        with house.store.work(at=NOW, read_only=True) as work:
            own = [select(one).where(one.c.tenant == "bank-a") for one in tables]
            return tuple(len(work.connection.execute(query).all()) for query in own)

    crashed = 0
    while True:
        left = place

        def crash(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
            nonlocal left
            if statement.startswith(("INSERT", "UPDATE")) and "client_rate" not in statement:
                if left == 0:
                    raise RuntimeError("the power is gone")
                left -= 1

        before = counts()
        event.listen(engine, "before_cursor_execute", crash)
        answer = assess(house)
        event.remove(engine, "before_cursor_execute", crash)
        if answer.status_code == 201:
            assert counts() == tuple(number + 1 for number in before)
            break
        crashed += 1
        assert answer.status_code in (500, 503)
        assert counts() == before
        place += 1
    assert crashed >= 5
