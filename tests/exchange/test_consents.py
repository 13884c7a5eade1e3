"""Does a consent live and end as its table says, and is nothing ever answered without one?"""

import os
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from api.log import open_log
from data.spec.consent import ConsentStatus, Party
from data.store.orm import ASSESSMENT, CONSENT
from data.store.orm_exchange import OUTBOX_EVENT
from risk.consent_words import Asking
from risk.permissions import Role
from tests.exchange.conftest import NOW, World, make_world

DEEP = bool(os.environ.get("LUKEPING_DEEP"))
BANK = Asking(tenant="bank-b", party=Party.GRANTEE)
BUREAU = Asking(tenant="bureau", party=Party.REGULATOR)
SIGNED = {"document_sha256": "0" * 64, "text_version": "2026-01", "text_sha256": "c" * 64, "signing_ref": "QY-1"}
ENDS = "2026-06-30T00:00:00+08:00"


@pytest.fixture
def house(tmp_path: Any) -> Iterator[World]:
    yield from make_world(tmp_path)


def body(house: World, side: str = "a", **changes: object) -> dict[str, object]:
    """Ask for a consent of a side's firm to the bank of the other side, which has none."""
    usual = {
        "enterprise": house.firm(side),
        "purposes": ["pre_loan"],
        "permissions": ["score:read"],
        "categories": ["rnd", "operations"],
        "valid_to": ENDS,
    }
    return usual | changes


def call(house: World, method: str, path: str, role: Role, side: str, *, seen: int | None = None, **sent: Any) -> Any:
    headers = house.headers(role, side) | ({} if seen is None else {"If-Match": f'"{seen}"'})
    return house.client.request(method, path, headers=headers, **sent)


def registered(house: World, **changes: object) -> str:
    answer = call(house, "POST", "/v1/consents", Role.BANK, "b", json=body(house, **changes))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def asks(house: World) -> tuple[int, str]:
    """Let bank b ask about the firm of side a."""
    answer = call(house, "POST", "/v1/assessments", Role.BANK, "b", json={"enterprise": house.firm("a")})
    return answer.status_code, str(answer.json().get("code"))


def test_an_awaiting_consent_opens_nothing_until_the_enterprise_confirms_it(house: World) -> None:
    id = registered(house)
    assert asks(house) == (403, "consent-required")

    confirmed = call(house, "POST", f"/v1/consents/{id}/authorise", Role.ENTERPRISE, "a", seen=1, json={})

    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "authorised")
    assert confirmed.headers["etag"] == '"2"'
    assert asks(house)[0] == 201


def test_revocation_bites_on_the_next_request_in_every_worker(house: World, tmp_path: Any) -> None:
    id = registered(house, paper=SIGNED)
    assert asks(house)[0] == 201
    desks: Future[Any] = Future()
    desks.set_result(house.app.state.desks.result())
    other = create_app(desks, clock=lambda: NOW, log=open_log(tmp_path / "other.log"))

    ended = call(house, "DELETE", f"/v1/consents/{id}", Role.ENTERPRISE, "a", seen=1)

    assert (ended.json()["status"], ended.json()["changed_by"]) == ("revoked", "enterprise")
    assert ended.json()["delete_by"] == (NOW + timedelta(days=30)).isoformat()
    assert asks(house) == (403, "consent-revoked")
    with TestClient(other) as second:
        answer = second.post(
            "/v1/assessments", json={"enterprise": house.firm("a")}, headers=house.headers(Role.BANK, "b")
        )
    assert answer.json()["code"] == "consent-revoked"
    with house.store.work(at=NOW, read_only=True) as work:
        told = work.connection.scalars(select(OUTBOX_EVENT.c.type).where(OUTBOX_EVENT.c.tenant == "bank-b")).all()
    assert [one for one in told if one.startswith("consent.")] == ["consent.authorised", "consent.revoked"]


def test_past_assessments_are_closed_with_the_consent(house: World) -> None:
    id = registered(house, paper=SIGNED, permissions=["score:read", "explanation:read"])
    made = call(house, "POST", "/v1/assessments", Role.BANK, "b", json={"enterprise": house.firm("a")}).json()
    place = f"/v1/assessments/{made['id']}"
    assert call(house, "GET", f"{place}/explanation", Role.BANK, "b").status_code == 200

    call(house, "DELETE", f"/v1/consents/{id}", Role.ENTERPRISE, "a", seen=1)

    for path in (place, f"{place}/explanation"):
        assert call(house, "GET", path, Role.BANK, "b").json()["code"] == "consent-revoked"


@pytest.mark.parametrize(
    ("permissions", "score", "explanation", "evidence"),
    [
        (["score:read"], 201, 403, 403),
        (["score:read", "explanation:read"], 201, 200, 403),
        (["score:read", "explanation:read", "indicators:read"], 201, 200, 200),
        (["monitoring"], 403, None, None),
    ],
)
def test_each_permission_opens_its_own_route_alone(
    house: World, permissions: list[str], score: int, explanation: int | None, evidence: int | None
) -> None:
    registered(house, paper=SIGNED, permissions=permissions)
    made = call(house, "POST", "/v1/assessments", Role.BANK, "b", json={"enterprise": house.firm("a")})

    assert made.status_code == score
    if explanation is not None:
        place = f"/v1/assessments/{made.json()['id']}"
        assert call(house, "GET", f"{place}/explanation", Role.BANK, "b").status_code == explanation
        path = f"{place}/evidence/operations_leverage_ratio_2y"
        assert call(house, "GET", path, Role.BANK, "b").status_code == evidence


def test_a_consent_too_narrow_is_one_items_answer_and_the_batch_goes_on(house: World) -> None:
    registered(house, paper=SIGNED, permissions=["monitoring"])
    wanted = {"enterprises": [house.firm("a"), house.firm("b")]}
    batch = call(house, "POST", "/v1/assessment-batches", Role.BANK, "b", json=wanted).json()["id"]
    desks = house.app.state.desks.result()
    while desks.scoring.batches.work_next(at=NOW):
        pass

    ended = call(house, "GET", f"/v1/assessment-batches/{batch}", Role.BANK, "b").json()
    (error,) = call(house, "GET", f"/v1/assessment-batches/{batch}/errors", Role.BANK, "b").json()["items"]

    assert (ended["state"], ended["counts"]["made"], ended["counts"]["refused"]) == ("finished", 1, 1)
    assert error["code"] == "permission-required"


def test_a_renewal_is_a_new_consent_that_takes_the_old_ones_place(house: World) -> None:
    old = registered(house, paper=SIGNED)
    renewal = {"valid_to": "2026-12-31T00:00:00+08:00", "paper": SIGNED}

    new = call(house, "POST", f"/v1/consents/{old}/renewals", Role.BANK, "b", json=renewal).json()

    assert (new["supersedes"], new["status"]) == (old, "authorised")
    assert call(house, "GET", f"/v1/consents/{old}", Role.BANK, "b").json()["status"] == "superseded"
    versions = call(house, "GET", f"/v1/consents/{old}/history", Role.ENTERPRISE, "a").json()["versions"]
    assert [one["status"] for one in versions] == ["authorised", "superseded"]


TERMS: dict[str, dict[str, object]] = {
    "ends in the past": {"valid_to": "2025-12-31T00:00:00+08:00"},
    "ends now": {"valid_to": NOW.isoformat()},
    "ends before it begins": {"valid_from": "2026-06-01T00:00:00+08:00", "valid_to": "2026-05-01T00:00:00+08:00"},
    "holds a day over a year": {"valid_from": "2026-01-01T09:30:00+08:00", "valid_to": "2027-01-02T00:00:00+08:00"},
    "unknown category": {"categories": ["everything"]},
}


@pytest.mark.parametrize("name", TERMS)
def test_terms_that_cannot_be_are_refused(house: World, name: str) -> None:
    answer = call(house, "POST", "/v1/consents", Role.BANK, "b", json=body(house, **TERMS[name]))

    assert (answer.status_code, answer.json()["code"]) == (422, "consent-terms-unsound")


def test_twelve_months_to_the_day_are_allowed(house: World) -> None:
    registered(house, valid_from="2026-01-01T09:30:00+08:00", valid_to="2027-01-01T09:30:00+08:00")


@pytest.mark.parametrize(
    "changes",
    [
        {"permissions": ["everything"]},
        {"purposes": []},
        {"valid_to": "2026-06-30"},
        {"valid_to": "2026-06-30T00:00:00"},
    ],
)
def test_unknown_words_and_days_without_an_offset_are_refused(house: World, changes: dict[str, object]) -> None:
    assert call(house, "POST", "/v1/consents", Role.BANK, "b", json=body(house, **changes)).status_code == 422


def test_a_bank_registers_for_itself_alone_and_an_enterprise_for_itself(house: World) -> None:
    for role, side, changes in (
        (Role.BANK, "b", {"grantee": "bank-a"}),
        (Role.ENTERPRISE, "b", {"grantee": "bank-a"}),
    ):
        answer = call(house, "POST", "/v1/consents", role, side, json=body(house, **changes))
        assert (answer.status_code, answer.json()["code"]) == (403, "not-your-consent")
    own = call(house, "POST", "/v1/consents", Role.ENTERPRISE, "a", json=body(house, grantee="bank-b"))
    assert own.json()["status"] == "authorised"


MOVES = {"authorise": ("POST", "/authorise"), "reject": ("POST", "/reject"), "revoke": ("DELETE", "")}
ALLOWED = {
    ("authorise", Role.ENTERPRISE), ("authorise", Role.BUREAU), ("reject", Role.ENTERPRISE), ("reject", Role.BANK),
    ("reject", Role.BUREAU), ("revoke", Role.ENTERPRISE), ("revoke", Role.BANK), ("revoke", Role.BUREAU),
}  # fmt: skip


@pytest.mark.parametrize("role", [Role.ENTERPRISE, Role.BANK, Role.BUREAU])
@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("state", ["awaiting", "authorised", "rejected", "revoked"])
def test_who_may_do_what_in_which_state(house: World, state: str, name: str, role: Role) -> None:
    id = registered(house, **({} if state in ("awaiting", "rejected") else {"paper": SIGNED}))
    version = 1
    if state in ("rejected", "revoked"):
        before = MOVES["reject" if state == "rejected" else "revoke"]
        call(house, before[0], f"/v1/consents/{id}{before[1]}", Role.BUREAU, "a", seen=1, **_told(before[0]))
        version = 2
    method, path = MOVES[name]
    side = "a" if role is Role.ENTERPRISE else "b"

    answer = call(house, method, f"/v1/consents/{id}{path}", role, side, seen=version, **_told(method))

    wanted = "authorised" if name == "revoke" else "awaiting"
    if (name, role) not in ALLOWED:
        assert (answer.status_code, answer.json()["code"]) == (403, "not-your-consent")
    elif state == wanted:
        assert answer.status_code == 200, answer.text
    else:
        assert (answer.status_code, answer.json()["code"]) == (409, "consent-state")


def _told(method: str) -> dict[str, Any]:
    return {"json": {}} if method == "POST" else {}


def test_a_change_names_the_version_it_saw(house: World) -> None:
    id = registered(house)

    missing = call(house, "POST", f"/v1/consents/{id}/authorise", Role.ENTERPRISE, "a", json={})
    stale = call(house, "POST", f"/v1/consents/{id}/authorise", Role.ENTERPRISE, "a", seen=7, json={})

    assert (missing.status_code, stale.status_code) == (428, 412)
    assert call(house, "GET", f"/v1/consents/{id}", Role.BANK, "b").json()["version"] == 1


def test_no_name_of_a_person_is_kept(house: World) -> None:
    registered(house, paper=SIGNED | {"signatory": "张三丰甲乙", "signatory_role": "agent"})

    with house.store.work(at=NOW, read_only=True) as work:
        kept = "".join(filter(None, work.connection.scalars(select(CONSENT.c.details)).all()))
    files = b"".join(path.read_bytes() for path in house.settings.state.rglob("*") if path.is_file())
    assert "张三丰" not in kept
    assert "张三丰".encode() not in files


def test_every_assessment_that_was_given_names_a_consent_that_held(house: World) -> None:
    for side in "ab":
        call(house, "POST", "/v1/assessments", Role.BANK, side, json={"enterprise": house.firm(side)})
    id = registered(house, paper=SIGNED)
    assert asks(house)[0] == 201
    call(house, "DELETE", f"/v1/consents/{id}", Role.BANK, "b", seen=1)

    given, consent = ASSESSMENT.c, CONSENT.c
    named = (
        select(given.id)
        .join(CONSENT, (consent.id == given.consent_id) & (consent.version == given.consent_version))
        .where(
            consent.grantee == given.tenant,
            consent.enterprise_id == given.enterprise_id,
            consent.status == str(ConsentStatus.AUTHORISED),
            consent.valid_from <= given.made_at,
            given.made_at < consent.valid_to,
        )
    )
    with house.store.work(at=NOW, read_only=True) as work:
        held = work.connection.scalars(named).all()
        banks = work.connection.scalars(select(given.id).where(given.tenant != "bureau")).all()
    assert len(banks) == 3
    assert sorted(held) == sorted(banks)


def test_no_day_before_the_consents_history_is_answered(house: World) -> None:
    id = registered(house, history_from="2025-06-01", permissions=["score:read", "indicators:read"], paper=SIGNED)

    def ask(day: str) -> tuple[int, str]:
        asked = {"enterprise": house.firm("a"), "as_of": day}
        answer = call(house, "POST", "/v1/assessments", Role.BANK, "b", json=asked)
        facts = {**asked, "items": ["tech_sme_entry"]}
        told = call(house, "POST", "/v1/facts", Role.BANK, "b", json=facts)
        assert (told.status_code < 400) == (answer.status_code < 400)
        return answer.status_code, str(answer.json().get("code"))

    assert ask("2025-05-31") == (403, "consent-history")
    assert ask("2025-06-01")[0] == 201
    assert call(house, "GET", f"/v1/consents/{id}", Role.BANK, "b").json()["history_from"] == "2025-06-01"


def test_a_consents_daily_number_is_kept_and_renewed_with_it(house: World) -> None:
    id = registered(house, daily_limit=2, paper=SIGNED)
    assert [asks(house)[0] for _ in range(2)] == [201, 201]

    refused = asks(house)
    renewal = {"valid_to": "2026-12-01T00:00:00+08:00", "paper": SIGNED}
    renewed = call(house, "POST", f"/v1/consents/{id}/renewals", Role.BANK, "b", json=renewal)

    assert refused == (429, "consent-used-up")
    assert renewed.json()["daily_limit"] == 2
    assert asks(house)[0] == 201  # The new consent counts its own.


TEXT = ("text_version", "text_sha256")


@pytest.mark.parametrize("missing", [TEXT, TEXT[:1], TEXT[1:]], ids=["both", "version", "hash"])
@pytest.mark.parametrize("role", [Role.BANK, Role.BUREAU])
def test_a_signed_letter_says_which_text_was_signed(house: World, role: Role, missing: tuple[str, ...]) -> None:
    bare = {name: value for name, value in SIGNED.items() if name not in missing}

    answer = call(house, "POST", "/v1/consents", role, "b", json=body(house, grantee="bank-b", paper=bare))

    assert (answer.status_code, answer.json()["code"]) == (422, "consent-paper-incomplete")
    assert [name for name in TEXT if f"paper.{name}" in answer.json()["detail"]] == list(missing)
    assert "document_sha256" in answer.json()["detail"]
    assert asks(house) == (403, "consent-required")


def test_a_renewal_says_which_text_was_signed(house: World) -> None:
    old = registered(house, paper=SIGNED)
    renewal = {"valid_to": "2026-12-31T00:00:00+08:00", "paper": {"document_sha256": "b" * 64}}

    answer = call(house, "POST", f"/v1/consents/{old}/renewals", Role.BANK, "b", json=renewal)

    assert (answer.status_code, answer.json()["code"]) == (422, "consent-paper-incomplete")
    assert call(house, "GET", f"/v1/consents/{old}", Role.BANK, "b").json()["status"] == "authorised"


def test_what_was_signed_is_told_in_the_consents_report(house: World) -> None:
    id = registered(house, paper=SIGNED | {"signatory_role": "legal_representative"})

    told = call(house, "GET", f"/v1/consents/{id}", Role.BANK, "b").json()

    assert {name: told[name] for name in SIGNED} == SIGNED
    assert told["signatory_role"] == "legal_representative"


def test_an_enterprise_that_registers_for_itself_needs_no_letter(house: World) -> None:
    own = body(house, grantee="bank-b", paper={"document_sha256": "a" * 64})

    answer = call(house, "POST", "/v1/consents", Role.ENTERPRISE, "a", json=own)

    assert (answer.status_code, answer.json()["status"]) == (201, "authorised")


def test_a_narrow_consent_does_not_take_away_what_another_opens(house: World) -> None:
    registered(house, history_from="2025-06-01", paper=SIGNED)
    registered(house, valid_to="2026-03-01T00:00:00+08:00", paper=SIGNED)
    asked = {"enterprise": house.firm("a"), "as_of": "2024-01-01"}

    assert call(house, "POST", "/v1/assessments", Role.BANK, "b", json=asked).status_code == 201
