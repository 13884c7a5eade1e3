"""Is an institution told of exactly the warnings that concern it, and is what it did kept?"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from api.app import create_app
from api.list_desks import IntakeWishes
from api.log import open_log
from api.wiring.intake import Intake, bring_up_to_date
from data.spec.consent import ConsentStatus
from data.spec.progress import Silent
from data.store.orm import CONSENT
from risk.permissions import Role
from risk.warnings import announce_warnings
from tests.exchange.conftest import FIRMS, NOW, World, make_world
from tests.exchange.rows import loan

LATER = NOW + timedelta(days=2)
PARTIES = ((Role.BANK, "a"), (Role.BANK, "b"), (Role.GUARANTOR, "a"), (Role.BUREAU, "a"))


@pytest.fixture
def days_later(tmp_path: Path) -> Iterator[tuple[World, TestClient]]:
    """Return a service where bank a reported a loan overdue by 65 days, and the same two days later."""
    for world in make_world(tmp_path):
        number = loan(world, Role.BANK, "a")["loan_no"]
        told = {"months": [{"month_end": "2025-11-30", "days_past_due": 65, "balance": "1000000.00"}]}
        taken = world.client.post(f"/v1/loans/{number}/outcomes", json=told, headers=world.headers(Role.BANK, "a"))
        assert taken.status_code == 201, taken.text
        log = open_log(tmp_path / "later.log")
        app = create_app(world.app.state.desks, clock=lambda: LATER, log=log)
        with TestClient(app, raise_server_exceptions=False) as client:
            yield world, client


def listed(world: World, client: TestClient, role: Role, side: str, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"/v1/warnings{query}", headers=world.headers(role, side))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_a_bank_is_told_of_what_it_reported_and_others_are_not(days_later: tuple[World, TestClient]) -> None:
    world, client = days_later

    told = {(role, side): listed(world, client, role, side) for role, side in PARTIES}

    (mine,) = told[Role.BANK, "a"]
    assert (mine["rule"], mine["severity"], mine["identifier"]) == ("overdue_60", 3, FIRMS[0])
    assert mine["ground"] == "本行报送"
    assert mine["evidence"]
    assert [one["id"] for one in told[Role.BUREAU, "a"]] == [mine["id"]]
    assert told[Role.BANK, "b"] == told[Role.GUARANTOR, "a"] == []
    assert listed(world, world.client, Role.BANK, "a") == []  # What became known today is not yet known before today.


def test_what_was_done_is_kept_for_the_one_who_did_it(days_later: tuple[World, TestClient]) -> None:
    world, client = days_later
    (mine,) = listed(world, client, Role.BANK, "a")

    def answer(role: Role, side: str, **told: str) -> Any:
        body = {"person": "P-1", "outcome": "acting", **told}
        where = f"/v1/warnings/{mine['id']}/acknowledgements"
        return client.post(where, json=body, headers=world.headers(role, side))

    done, strange = answer(Role.BANK, "a", note="已约谈"), answer(Role.BANK, "b")

    assert done.status_code == 201, done.text
    assert (strange.status_code, strange.json()["code"]) == (404, "warning-unknown")
    assert listed(world, client, Role.BANK, "a")[0]["acknowledged"]["note"] == "已约谈"
    assert listed(world, client, Role.BUREAU, "a")[0]["acknowledged"] is None
    assert answer(Role.BANK, "a", outcome="came_true").json()["acknowledged"]["outcome"] == "came_true"


def test_institutions_are_told_once_that_there_is_a_warning(days_later: tuple[World, TestClient]) -> None:
    world, client = days_later
    (mine,) = listed(world, client, Role.BANK, "a")
    counts = []
    for _ in range(2):
        with world.store.work(at=LATER) as work:
            counts.append(announce_warnings(work))
            work.commit()

    def heard(side: str) -> list[str]:
        said = client.get("/v1/events", headers=world.headers(Role.BANK, side)).json()["items"]
        return [one["object"] for one in said if one["type"] == "warning.raised"]

    assert counts == [1, 0]
    assert heard("a") == [mine["id"]]
    assert heard("b") == []


def test_a_list_that_comes_in_raises_its_warnings(days_later: tuple[World, TestClient]) -> None:
    world, client = days_later
    (mine,) = listed(world, client, Role.BANK, "a")

    bring_up_to_date(world.store, at=LATER, progress=Silent())

    said = client.get("/v1/events", headers=world.headers(Role.BANK, "a")).json()["items"]
    assert [one["object"] for one in said if one["type"] == "warning.raised"] == [mine["id"]]


def test_pages_tell_every_warning_once(days_later: tuple[World, TestClient]) -> None:
    world, client = days_later
    told = listed(world, client, Role.BUREAU, "a")
    answer = client.get("/v1/warnings?limit=1", headers=world.headers(Role.BUREAU, "a")).json()
    where = f"/v1/warnings?limit=1&cursor={answer['next']}"

    after = client.get(where, headers=world.headers(Role.BUREAU, "a")).json()

    assert answer["items"] == told[:1]
    assert after == {"items": [], "next": None}


def test_another_firms_distress_is_told_under_a_consent_to_monitoring_alone(
    days_later: tuple[World, TestClient],
) -> None:
    world, client = days_later
    path = world.settings.state / "conduct.csv"
    header = "统一社会信用代码,信息类别,文书号,列入日期,公示日期"
    text = f"{header}\n{FIRMS[0]},失信被执行人,(2025)鲁03执1号,2025-12-20,2025-12-22\n"
    path.write_text(text, encoding="utf-8-sig")
    Intake(world.store).load_file(
        path, list_name="conduct_record", known_on=None, at=NOW, strict=False, wishes=IntakeWishes(), progress=Silent()
    )

    def grounds(**changes: str) -> dict[str, str]:
        with world.store.work(at=NOW) as work:
            if changes:
                mine = CONSENT.c.grantee == "bank-a"
                work.connection.execute(update(CONSENT).where(mine).values(**changes))
            work.commit()
        return {one["rule"]: one["ground"] for one in listed(world, client, Role.BANK, "a")}

    assert grounds() == {"overdue_60": "本行报送", "dishonesty": "企业授权"}
    assert grounds(permissions='["score:read"]') == {"overdue_60": "本行报送"}
    assert grounds(permissions='["monitoring"]', categories='["rnd"]') == {"overdue_60": "本行报送"}
    assert grounds(categories='["conduct"]') == {"overdue_60": "本行报送", "dishonesty": "企业授权"}
    assert grounds(status=str(ConsentStatus.REVOKED)) == {"overdue_60": "本行报送"}
