"""Do three parties evaluate together over HTTP, each seeing what is theirs to see and no more?"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from data.spec.consent import ConsentStatus
from data.store.orm import AUDIT_EVENT, CONSENT
from data.store.orm_applications import APPLICATION, APPLICATION_MOVE
from risk.permissions import Role
from tests.exchange.conftest import NOW, World, make_world
from tests.exchange.rows import application, application_body, evaluated, opened, sheet_body

PARTIES = (Role.BANK, Role.GUARANTOR, Role.BUREAU)


@pytest.fixture
def fresh_world(tmp_path: Path) -> Iterator[World]:
    """Return a service of one's own, to take something away from."""
    yield from make_world(tmp_path)


def get(world: Any, role: Role, path: str, side: str = "a") -> Any:
    return world.client.get(path, headers=world.headers(role, side))


def move(
    world: Any, role: Role, number: str, name: str, *, seen: int | None = None, side: str = "a", **told: Any
) -> Any:
    """Make a move as of the version that the party sees now, or of the one given."""
    where = f"/v1/applications/{number}"
    headers = world.headers(role, side)
    version = get(world, role, where, side).headers["ETag"] if seen is None else f'"{seen}"'
    body = {"person": "P-1", "move": name, **told}
    return world.client.post(f"{where}/moves", json=body, headers={**headers, "If-Match": version})


def explain_all(world: Any, number: str) -> None:
    """Let every party explain the gaps of its sheet."""
    found = get(world, Role.BUREAU, f"/v1/applications/{number}/opening").json()
    parties = {"bank": Role.BANK, "guarantor": Role.GUARANTOR, "bureau": Role.BUREAU}
    for gap in (one for one in found["gaps"] if one["to_explain"]):
        told = {"dimension": gap["dimension"], "code": "field_visit", "words": "走访所见"}
        assert move(world, parties[gap["sheet"]], number, "explain", **told).status_code == 201


def rows(world: Any, table: Any) -> int:
    with world.store.work(at=NOW, read_only=True) as work:
        return int(work.connection.scalar(select(func.count()).select_from(table)) or 0)


def test_an_application_goes_from_its_draft_to_the_banks_decision(world: Any) -> None:
    number = opened(world, Role.BANK, "a")["number"]
    found = get(world, Role.BUREAU, f"/v1/applications/{number}/opening").json()
    explain_all(world, number)

    concluded = move(
        world,
        Role.BUREAU,
        number,
        "conclude",
        conclusion=found["suggestion"],
        words="补齐材料后",
        code="policy_priority",
    )
    decided = move(world, Role.BANK, number, "decline", code="own_rating", words="本行评级不同")

    assert concluded.status_code == 201, concluded.text
    assert concluded.json()["conclusion"] == found["suggestion"]
    assert decided.status_code == 201, decided.text
    assert decided.json()["state"] == "declined"
    assert decided.headers["ETag"] == f'"{decided.json()["version"]}"'
    assert get(world, Role.BANK, decided.headers["Location"]).json() == decided.json()


def test_sheets_stay_sealed_until_the_last_is_in_and_are_then_open_to_all(world: Any) -> None:
    number = evaluated(world, Role.BANK, "a")["number"]
    where = f"/v1/applications/{number}"
    for before, party in enumerate(PARTIES):
        refused = [get(world, one, f"{where}/opening") for one in PARTIES]
        assert {(one.status_code, one.json()["code"]) for one in refused} == {(409, "sheets-sealed")}, before
        handed = world.client.post(
            f"{where}/sheets", json=sheet_body(world, party, "a"), headers=world.headers(party, "a")
        )
        assert handed.status_code == 201, handed.text
        assert str(party) not in handed.json()["awaited"]

    openings = [get(world, one, f"{where}/opening").json() for one in PARTIES]

    assert [len(one["sheets"]) for one in openings] == [3, 3, 3]
    assert openings[0] == openings[1]
    assert openings[2]["suggestion"] == openings[0]["suggestion"]


def test_no_opening_holds_a_pd_and_only_the_bureau_reads_what_was_measured(world: Any) -> None:
    number = opened(world, Role.BANK, "a")["number"]
    told = {one: get(world, one, f"/v1/applications/{number}/opening") for one in PARTIES}

    assert all('"pd"' not in one.text and "expected" not in one.text for one in told.values())
    measured = [finding["measured"] for finding in told[Role.BUREAU].json()["conditions"]]
    assert any(measured)
    for lender in (Role.BANK, Role.GUARANTOR):
        opening = told[lender].json()
        assert not any(finding["measured"] or finding["note"] for finding in opening["conditions"])
        assert not any("现为" in reason for reason in opening["reasons"])
        assert opening["message"] == ""
        assert not any(text in told[lender].text for text in measured if len(text) > 4)


def test_why_a_bank_decided_is_not_told_to_the_guarantor(world: Any) -> None:
    number = application(world, Role.BANK, "a")["number"]
    where = f"/v1/applications/{number}"
    assert move(world, Role.BANK, number, "submit").status_code == 201
    assert move(world, Role.BUREAU, number, "return", words="请补充合同").status_code == 201

    steps = {one: get(world, one, where).json()["steps"] for one in PARTIES}

    assert steps[Role.GUARANTOR][-1]["details"] == {"words": "请补充合同"}
    assert "P-1" not in get(world, Role.BUREAU, where).text


def test_a_decision_is_read_by_its_bank_and_the_bureau_alone(world: Any) -> None:
    number = opened(world, Role.BANK, "a")["number"]
    found = get(world, Role.BUREAU, f"/v1/applications/{number}/opening").json()
    explain_all(world, number)
    move(world, Role.BUREAU, number, "conclude", conclusion=found["suggestion"], words="按约定")
    assert move(world, Role.BANK, number, "decline", code="own_rating", words="内部说明").status_code == 201

    last = {one: get(world, one, f"/v1/applications/{number}").json()["steps"][-1] for one in PARTIES}

    assert last[Role.BANK]["details"]["code"] == last[Role.BUREAU]["details"]["code"] == "own_rating"
    assert last[Role.GUARANTOR]["details"] == {}


def test_the_bureau_is_told_what_any_of_its_people_may_do(world: Any) -> None:
    number = opened(world, Role.BANK, "a")["number"]
    explain_all(world, number)
    suggested = get(world, Role.BUREAU, f"/v1/applications/{number}/opening").json()["suggestion"]
    move(world, Role.BUREAU, number, "conclude", conclusion=suggested, words="按约定")
    move(world, Role.BANK, number, "approve", code="within_policy", words="同意")
    lent = {"loan_no": "JX-77", "disbursed": "200万", "disbursed_on": "2026-01-01", "matures_on": "2026-12-31"}

    disbursed = move(world, Role.BANK, number, "disburse", facts=lent)
    wrong = move(world, Role.BUREAU, number, "file")
    possible = get(world, Role.BUREAU, f"/v1/applications/{number}").json()["possible"]

    assert disbursed.status_code == 201, disbursed.text
    assert [one["amount"] for one in disbursed.json()["entries"]] == ["2000000.00"]
    assert (wrong.status_code, wrong.json()["code"]) == (403, "not-your-move")
    assert possible == ["file"]


def test_a_move_on_an_older_version_is_refused_and_keeps_nothing(world: Any) -> None:
    number = application(world, Role.BANK, "a")["number"]
    assert move(world, Role.BANK, number, "submit", seen=1).status_code == 201
    before = rows(world, APPLICATION_MOVE)

    stale = move(world, Role.BANK, number, "withdraw", seen=1)
    headers = world.headers(Role.BANK, "a")
    bare = world.client.post(
        f"/v1/applications/{number}/moves", json={"person": "P-1", "move": "withdraw"}, headers=headers
    )

    assert (stale.status_code, stale.json()["code"]) == (412, "version-stale")
    assert (bare.status_code, bare.json()["code"]) == (428, "if-match-missing")
    assert rows(world, APPLICATION_MOVE) == before


def test_a_request_sent_twice_is_done_once(world: Any) -> None:
    headers, body = world.headers(Role.BANK, "a"), application_body(world, Role.BANK, "a")
    before = rows(world, APPLICATION)

    first, again = (world.client.post("/v1/applications", json=body, headers=headers) for _ in range(2))
    number = first.json()["number"]
    headers = {**world.headers(Role.BANK, "a"), "If-Match": '"1"'}
    moved, repeated = (
        world.client.post(f"/v1/applications/{number}/moves", json={"person": "P-1", "move": "submit"}, headers=headers)
        for _ in range(2)
    )

    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert rows(world, APPLICATION) == before + 1
    assert (moved.status_code, moved.content) == (repeated.status_code, repeated.content)
    assert repeated.headers["ETag"] == '"2"'


def test_every_party_is_told_of_a_step_and_nobody_else(world: Any) -> None:
    number = application(world, Role.BANK, "a")["number"]

    def hears(role: Role, side: str) -> int:
        said, cursor = [], None
        while True:
            where = "/v1/events" + (f"?after={cursor}" if cursor else "")
            answer = get(world, role, where, side).json()
            said += answer["items"]
            if not answer["items"] or answer["next"] is None:
                return sum(1 for one in said if (one["type"], one["object"]) == ("application.moved", number))
            cursor = answer["next"]

    assert {one: hears(one, "a") for one in PARTIES} == dict.fromkeys(PARTIES, 1)
    assert hears(Role.BANK, "b") == hears(Role.GUARANTOR, "b") == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"capacity": "reviewer"}, "not-your-move"),
        ({"guarantor": "bank-a"}, "party-unknown"),
        ({"guarantor": "guarantor-b"}, "guarantor-without-consent"),
        ({"product": "none"}, "product-unknown"),
        ({"facts": {"amount": "200万"}}, "terms-missing"),
        ({"facts": {"amount": "许多"}}, "fact-malformed"),
        ({"on": "2026-02-01"}, "day-in-future"),
        ({"person": "张三"}, "request-invalid"),
    ],
)
def test_an_unsound_application_is_refused_and_not_kept(world: Any, changes: dict[str, Any], code: str) -> None:
    before = rows(world, APPLICATION)
    body = {**application_body(world, Role.BANK, "a"), **changes}

    answer = world.client.post("/v1/applications", json=body, headers=world.headers(Role.BANK, "a"))

    assert answer.json()["code"] == code
    assert rows(world, APPLICATION) == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"notches": 1}, "notches-without-evidence"),
        ({"notches": 9}, "sheet-malformed"),
        ({"notches": 1, "evidence": ["patent/B999999/1"]}, "cited-row-unknown"),
        ({"evidence": ["nothing/B000001/1"]}, "sheet-malformed"),
        ({"marks": {"innovation": 70}}, "request-invalid"),
        ({"saw_model": "是"}, "request-invalid"),
    ],
)
def test_an_unsound_sheet_is_refused_and_can_be_handed_in_again(world: Any, changes: dict[str, Any], code: str) -> None:
    number = evaluated(world, Role.BANK, "a")["number"]
    body = sheet_body(world, Role.BANK, "a")

    def hand_in(**more: Any) -> Any:
        where = f"/v1/applications/{number}/sheets"
        return world.client.post(where, json={**body, **more}, headers=world.headers(Role.BANK, "a"))

    refused, taken, twice = hand_in(**changes), hand_in(), hand_in()

    assert refused.json()["code"] == code
    assert taken.status_code == 201, taken.text
    assert (twice.status_code, twice.json()["code"]) == (409, "sheet-twice")


def test_a_page_ends_where_the_next_begins(world: Any) -> None:
    wanted = [application(world, Role.BANK, "a")["number"] for _ in range(3)]
    listed, where = [], "/v1/applications?limit=2"
    while where:
        page = get(world, Role.BANK, where).json()
        assert len(page["items"]) <= 2
        listed += [one["number"] for one in page["items"]]
        where = page["next"] and f"/v1/applications?limit=2&cursor={page['next']}"

    assert listed == sorted(set(listed))
    assert set(wanted) <= set(listed)


def test_every_reading_is_on_the_log(world: Any) -> None:
    number = opened(world, Role.BANK, "a")["number"]
    get(world, Role.GUARANTOR, f"/v1/applications/{number}")
    get(world, Role.GUARANTOR, f"/v1/applications/{number}/opening")

    with world.store.work(at=NOW, read_only=True) as work:
        mine = AUDIT_EVENT.c.object == number, AUDIT_EVENT.c.tenant == "guarantor-a"
        said = list(work.connection.scalars(select(AUDIT_EVENT.c.action).where(*mine).order_by(AUDIT_EVENT.c.seq)))

    assert said[-2:] == ["application.read", "sheets.read"]


def test_an_opening_ends_with_the_firms_consent(fresh_world: Any) -> None:
    world = fresh_world
    number = opened(world, Role.BANK, "a")["number"]
    with world.store.work(at=NOW) as work:
        work.connection.execute(
            update(CONSENT).where(CONSENT.c.grantee == "bank-a").values(status=str(ConsentStatus.REVOKED))
        )
        work.commit()

    refused = get(world, Role.BANK, f"/v1/applications/{number}/opening")

    assert (refused.status_code, refused.json()["code"]) == (403, "consent-revoked")
    assert get(world, Role.BANK, f"/v1/applications/{number}").status_code == 200
    assert get(world, Role.GUARANTOR, f"/v1/applications/{number}/opening").status_code == 200
