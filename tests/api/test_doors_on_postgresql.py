"""Do the doors stand on PostgreSQL, logged in as the service, and does it keep banks apart without our filters?"""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, true
from starlette.testclient import TestClient

from api.app import create_app
from api.clock import SHANGHAI
from api.desks import Desks, Institution
from api.log import open_log
from api.settings import Settings
from api.wiring.auditing import Auditing
from api.wiring.desks import desks_of
from api.wiring.opening import _grant_consents, _issue
from api.wiring.stores import create_store, open_store
from data.spec.access import BUREAU
from data.spec.acting import acting_for
from data.spec.consent import Party
from data.spec.identifiers import Scheme, with_uscc_check_digit
from data.spec.progress import Silent
from data.store import Store, applications
from data.store.assessments import read_assessment
from data.store.batches import add_enterprises
from data.store.orm import AUDIT_EVENT
from data.store.orm_back_tests import BACK_TEST_PAIR
from risk.consent_words import Asking
from risk.objection_words import OPEN_NOTE, ObjectionKind
from risk.objections import object_to
from tests.postgresql import Postgres

NOW = datetime(2026, 1, 1, 9, 30, tzinfo=SHANGHAI)
FIRM = with_uscc_check_digit("91370303MA3C00000")
BANKS = [Institution(code=f"bank-{name}", name=f"{name}银行（演示）", kind="bank") for name in "ab"]
OFFICE = Institution(code=BUREAU, name="科技局（演示）", kind="bureau")


@pytest.fixture
def owner(postgres: Postgres, tmp_path: Path) -> Settings:
    """Return the settings of the owner of the tables, who makes the store."""
    own = Settings(state=tmp_path / "state", database=postgres.url(postgres.database()))
    create_store(own, at=NOW, demonstration_today=date(2026, 1, 1)).close()
    return own


@pytest.fixture
def settings(owner: Settings) -> Settings:
    """Return the settings of the service, whose role owns nothing."""
    return owner.model_copy(update={"database": owner.database_url.replace("postgres@", "service@")})


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = open_store(settings)
    with store.work(at=NOW) as work:
        add_enterprises(work, Scheme.USCC, {FIRM: "enterprise"})
        work.commit()
    yield store
    store.close()


@pytest.fixture
def tokens(store: Store) -> dict[str, str]:
    issued = _issue(store, [*BANKS, OFFICE], at=NOW)
    _grant_consents(store, [bank.code for bank in BANKS], at=NOW)
    return {one.institution.code: one.token for one in issued}


@pytest.fixture
def client(store: Store, settings: Settings, tmp_path: Path) -> Iterator[TestClient]:
    desks: Future[Desks] = Future()
    desks.set_result(desks_of(store, settings))
    with TestClient(create_app(desks, clock=lambda: NOW, log=open_log(tmp_path / "l.log"))) as client:
        yield client


def ask(client: TestClient, token: str) -> Any:
    body = {"enterprise": {"scheme": Scheme.USCC, "value": FIRM}}
    return client.post("/v1/assessments", json=body, headers=headers(token) | {"Idempotency-Key": "k-1"})


def headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_bank_is_answered_once_and_its_log_is_sound(
    client: TestClient, tokens: dict[str, str], store: Store, settings: Settings
) -> None:
    first, again = ask(client, tokens["bank-a"]), ask(client, tokens["bank-a"])
    read = client.get(first.headers["location"], headers=headers(tokens["bank-a"]))

    assert (first.status_code, read.status_code) == (201, 200)
    assert first.content == again.content
    with store.work(at=NOW, read_only=True) as work:
        actions = work.connection.scalars(select(AUDIT_EVENT.c.action).where(AUDIT_EVENT.c.tenant == "bank-a")).all()
    assert actions == ["consent.granted", "assessment.made", "assessment.read"]
    auditing = Auditing(store, settings)
    auditing.take(at=NOW)
    assert auditing.verify(checkpoint=None, tenant=None, key=None, progress=Silent()).message is None


@pytest.mark.parametrize(("policy", "leaks"), [(True, False), (False, True)])
def test_another_banks_assessment_is_not_there_even_where_the_readers_forget_to_ask_whose(
    client: TestClient,
    tokens: dict[str, str],
    store: Store,
    owner: Settings,
    monkeypatch: pytest.MonkeyPatch,
    policy: bool,
    leaks: bool,
) -> None:
    """Without the policy the same readers leak: so it is the policy that holds, not another filter."""

    def forgetful(work: Any, id: str, *, access: Any) -> Any:
        return read_assessment(work, id, access=replace(access, tenant="bank-a"))

    place = ask(client, tokens["bank-a"]).headers["location"]
    for reader in ("risk.assess.read_stored", "api.wiring.assessing.read_stored"):
        monkeypatch.setattr(reader, forgetful)
    if not policy:
        owners = open_store(owner)
        with owners.work(at=NOW) as work:
            work.connection.execute(text("alter table assessment disable row level security"))
            work.connection.commit()
        owners.close()

    own, foreign = (client.get(place, headers=headers(tokens[bank])) for bank in ("bank-a", "bank-b"))

    assert own.status_code == 200
    assert (foreign.status_code == 200) is leaks
    assert leaks or foreign.json()["code"] == "assessment-unknown"


def back_test(client: TestClient, token: str) -> Any:
    body = {
        "pairs": [{"enterprise": {"value": FIRM}, "as_of": "2025-06-01"}],
        "basis": {"kind": "contract", "document_sha256": "0" * 64},
    }
    return client.post("/v1/back-tests", json=body, headers=headers(token) | {"Idempotency-Key": "b-1"})


def test_a_back_test_is_worked_and_read_by_its_own_bank(
    client: TestClient, tokens: dict[str, str], store: Store, settings: Settings
) -> None:
    place = back_test(client, tokens["bank-a"]).headers["location"]
    desk = desks_of(store, settings).back_tests
    assert [desk.work_next(at=NOW) for _ in range(2)] == [True, False]

    own, foreign = (client.get(f"{place}/errors", headers=headers(tokens[bank])) for bank in ("bank-a", "bank-b"))

    assert [one["code"] for one in own.json()["items"]] == ["consent-required"]
    assert (foreign.status_code, foreign.json()["code"]) == (404, "back-test-unknown")


def test_the_pairs_of_another_banks_back_test_are_not_there_without_our_filters(
    client: TestClient, tokens: dict[str, str], store: Store
) -> None:
    back_test(client, tokens["bank-a"])

    def seen(bank: str) -> int:
        with acting_for(bank), store.work(at=NOW, read_only=True) as work:
            return len(work.connection.execute(select(BACK_TEST_PAIR.c.position)).all())

    assert (seen("bank-a"), seen("bank-b")) == (1, 0)


def test_an_objection_of_anybody_marks_the_banks_assessment(
    client: TestClient, tokens: dict[str, str], store: Store
) -> None:
    place = ask(client, tokens["bank-a"]).headers["location"]
    by = Asking(tenant="bureau", party=Party.REGULATOR)
    with store.work(at=NOW) as work:
        object_to(work, ObjectionKind.ASSESSMENT, place.split("/")[-1], "依据有误", id="o-1", by=by)
        work.commit()

    notes = client.get(place, headers=headers(tokens["bank-a"])).json()["notes"]

    assert OPEN_NOTE in notes


def test_a_bank_and_the_bureau_evaluate_together_and_another_bank_sees_nothing(
    client: TestClient, tokens: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = count(1)

    def send(who: str, path: str, body: dict[str, Any], **more: str) -> Any:
        sent = headers(tokens[who]) | {"Idempotency-Key": f"k-{next(keys)}", **more}
        answer = client.post(f"/v1/applications{path}", json={"person": "P-1", **body}, headers=sent)
        assert answer.status_code == 201, answer.text
        return answer.json()

    loan = {"amount": "200万", "term_months": 12, "rate": "3.6%", "loan_use": "transformation", "collateral": "无"}
    asked = {"enterprise": {"value": FIRM}, "product": "lukedai", "purpose": "扩建", "facts": loan}
    number = send("bank-a", "", asked)["number"]
    send("bank-a", f"/{number}/moves", {"move": "submit"}, **{"If-Match": '"1"'})
    send(BUREAU, f"/{number}/moves", {"move": "begin"}, **{"If-Match": '"2"'})
    marks = dict.fromkeys(("innovation", "growth", "solvency", "stability", "credit", "industry_fit"), 70)
    send("bank-a", f"/{number}/sheets", {"marks": marks})
    opened = send(BUREAU, f"/{number}/sheets", {"marks": marks})

    def read(who: str, path: str = "") -> Any:
        return client.get(f"/v1/applications{path}", headers=headers(tokens[who]))

    assert opened["is_open"]
    assert read("bank-a", f"/{number}/opening").json()["sheets"] == read(BUREAU, f"/{number}/opening").json()["sheets"]
    assert read("bank-b", f"/{number}").status_code == 404
    monkeypatch.setattr(applications, "_visible", lambda access: true())
    assert read("bank-b", f"/{number}").status_code == 404
    assert read("bank-b").json()["items"] == []
    assert [one["number"] for one in read("bank-a").json()["items"]] == [number]
