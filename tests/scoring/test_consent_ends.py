"""Is each end of a consent told once, to whom it concerns, whatever interrupts?"""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from api.wiring.consents import Consents
from data.spec.consent import ConsentStatus
from data.store.audit import verify_chain
from data.store.orm_exchange import OUTBOX_EVENT
from risk import consent_lapses
from tests.consents import revoke
from tests.scoring.conftest import NOW, Town

DAY = timedelta(days=1)
ENDS = NOW + DAY


def told(town: Town) -> list[tuple[str, str, str]]:
    columns = OUTBOX_EVENT.c
    with town.store.work(at=NOW, read_only=True) as work:
        rows = work.connection.execute(select(columns.tenant, columns.type, columns.object).order_by(columns.seq))
        return [(row.tenant, row.type, row.object) for row in rows]


def tell(town: Town, at: datetime, desk: Any = None) -> bool:
    return bool((desk or town.desks.consents).announce_lapsed(at=at))


def test_an_end_is_told_when_it_has_come_and_once(town: Town) -> None:
    given = town.consent(0, valid_to=ENDS)

    worked = [tell(town, at) for at in (ENDS - timedelta(seconds=1), ENDS, ENDS + DAY)]

    assert worked == [False, True, False]
    assert told(town) == [("bank-a", "consent.expired", given.id)]
    assert town.actions() == ["consent.expired"]


def test_an_end_is_told_once_by_however_many_workers_after_however_many_starts(town: Town) -> None:
    town.consent(0, valid_to=ENDS)
    town.consent(1, "bank-b", valid_to=ENDS)
    workers = [Consents(town.opened()) for _ in range(3)]

    for _ in range(2):
        for worker in workers:
            tell(town, ENDS, worker)

    assert sorted(told(town)) == [
        ("bank-a", "consent.expired", "c-bank-a-0"),
        ("bank-b", "consent.expired", "c-bank-b-1"),
    ]


def test_who_found_the_same_end_and_comes_second_tells_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    given = town.consent(0, valid_to=ENDS)
    tell(town, ENDS)

    with monkeypatch.context() as behind:
        # As a worker sees it that has looked before the other one's transaction ended.
        behind.setattr(consent_lapses, "list_unannounced", lambda work: (given,))
        tell(town, ENDS)

    assert len(told(town)) == 1


def test_a_worker_that_dies_in_between_has_told_nothing_and_the_next_tells_all(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.consent(0, valid_to=ENDS)
    with monkeypatch.context() as dying:
        dying.setattr("data.store.work.put_out", _die)
        with pytest.raises(KeyboardInterrupt):
            tell(town, ENDS)
    before = told(town)

    tell(town, ENDS, Consents(town.opened()))

    assert before == []
    assert [one[1] for one in told(town)] == ["consent.expired"]
    assert town.actions() == ["consent.expired"]
    with town.store.work(at=NOW, read_only=True) as work:
        assert verify_chain(work.connection, "bank-a") is None


def _die(*_: object) -> None:
    raise KeyboardInterrupt


def test_more_ends_than_one_unit_tells_are_all_told(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consent_lapses, "MOST_AT_ONCE", 2)
    for place in range(4):
        town.consent(place, valid_to=ENDS)
        town.consent(place, "bank-b", valid_to=ENDS + DAY)

    worked = [tell(town, ENDS) for _ in range(3)]

    assert worked == [True, True, False]
    assert sorted(one[2] for one in told(town)) == [f"c-bank-a-{place}" for place in range(4)]


@pytest.mark.parametrize("status", [ConsentStatus.REVOKED, ConsentStatus.REJECTED, ConsentStatus.SUPERSEDED])
def test_what_somebody_ended_before_has_no_second_end(town: Town, status: ConsentStatus) -> None:
    town.consent(0, valid_to=ENDS, status=status)

    assert not tell(town, ENDS)
    assert told(town) == []


def test_a_consent_taken_back_before_its_day_is_told_as_that_alone(town: Town) -> None:
    given = town.consent(0, valid_to=ENDS)
    with town.store.work(at=NOW) as work:
        revoke(work, given)
        work.commit()

    tell(town, ENDS)

    assert [one[1] for one in told(town)] == ["consent.revoked"]


def test_one_that_is_not_confirmed_in_time_is_told_and_shown_as_the_platforms_doing(town: Town) -> None:
    given = town.consent(0, status=ConsentStatus.AWAITING, asked_at=NOW, changed_at=NOW, valid_to=NOW + 30 * DAY)
    town.now = NOW + 3 * DAY
    before = tell(town, town.now - timedelta(seconds=1))

    tell(town, town.now)
    tell(town, NOW + 60 * DAY)
    shown = town.ask("GET", f"/v1/consents/{given.id}").json()

    assert not before
    assert told(town) == [("bank-a", "consent.rejected", given.id)]
    assert (shown["status"], shown["changed_by"], shown["reason"]) == (
        "rejected",
        "platform",
        "not-confirmed-in-time",
    )
    assert datetime.fromisoformat(shown["changed_at"]) == NOW + 3 * DAY


def test_an_expired_one_is_shown_as_ended_by_the_platform_on_its_day(town: Town) -> None:
    given = town.consent(0, valid_to=ENDS)
    held = town.ask("GET", f"/v1/consents/{given.id}").json()
    town.now = NOW + 9 * DAY

    shown = town.ask("GET", f"/v1/consents/{given.id}").json()
    (kept,) = town.ask("GET", f"/v1/consents/{given.id}/history").json()["versions"]

    assert (held["status"], held["changed_by"], held["reason"]) == ("authorised", None, "")
    assert (shown["status"], shown["changed_by"], shown["reason"]) == ("expired", "platform", "term-over")
    assert datetime.fromisoformat(shown["changed_at"]) == ENDS
    assert (kept["status"], kept["changed_by"]) == ("authorised", None)
