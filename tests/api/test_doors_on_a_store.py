"""A bank asks over HTTP, and all that rests on the answer is kept in one transaction of a real store."""

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.app import create_app
from api.clock import SHANGHAI
from api.desks import Desks, Institution
from api.log import open_log
from api.settings import Settings
from api.wiring.desks import desks_of
from api.wiring.opening import CONSENT_PURPOSES, _issue
from data.intake import load_file
from data.spec.access import BUREAU, Purpose, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.consent import ALL_CATEGORIES, Consent, Permission
from data.spec.identifiers import Scheme, with_uscc_check_digit
from data.store import Store
from data.store.audit import verify_chain
from data.store.consents import write_consent
from data.store.orm import AUDIT_EVENT
from data.store.reads import read_enterprises
from tests.consents import revoke

TODAY = date(2026, 1, 1)
NOW = datetime(2026, 1, 1, 9, 30, tzinfo=SHANGHAI)
FIRM = with_uscc_check_digit("91370303MA3C00000")
BANKS = [Institution(code=f"bank-{name}", name=f"{name}银行（演示）", kind="bank") for name in "ab"]
LIST = f"""统一社会信用代码,企业名称,成立日期,更新日期
{FIRM},淄博测试陶瓷（演示）有限公司,2015-03-02,2024-01-05
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state=tmp_path)


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Iterator[Store]:
    """Return a store with one firm, which the list of enterprises names."""
    store = Store.create(settings.database_url, at=NOW, demonstration_today=TODAY)
    path = tmp_path / "企业名录.csv"
    path.write_text(LIST, encoding="utf-8-sig")
    load_file(store, path, list_name="enterprise_registration", known_on=date(2024, 1, 5), at=NOW, actor="test")
    yield store
    store.close()


@pytest.fixture
def tokens(store: Store) -> dict[str, str]:
    return {issued.institution.code: issued.token for issued in _issue(store, BANKS, at=NOW)}


@pytest.fixture
def consent(store: Store) -> Consent:
    """Let the firm consent to bank a, not to bank b."""
    with store.work(at=NOW) as work:
        firm = int(read_enterprises(work, access=bureau_access("test", at=NOW))["enterprise_id"].iloc[0])
        given = Consent(
            id="c-1",
            version=1,
            enterprise_id=firm,
            grantee="bank-a",
            purposes=CONSENT_PURPOSES,
            categories=ALL_CATEGORIES,
            permissions=frozenset(Permission),
            valid_from=NOW - timedelta(days=30),
            valid_to=NOW + timedelta(days=30),
        )
        write_consent(work, given, _event(Action.CONSENT_GRANTED))
        work.commit()
    return given


def _event(action: Action) -> AuditEvent:
    return AuditEvent(tenant=BUREAU, actor="test", action=action, object_id="c-1", at=NOW)


@pytest.fixture
def client(store: Store, settings: Settings, tmp_path: Path) -> Iterator[TestClient]:
    desks: Future[Desks] = Future()
    desks.set_result(desks_of(store, settings))
    with TestClient(create_app(desks, clock=lambda: NOW, log=open_log(tmp_path / "l.log"))) as client:
        yield client


def ask(client: TestClient, token: str, *, key: str = "k-1", **members: object) -> Any:
    body = {"enterprise": {"scheme": Scheme.USCC, "value": FIRM}, **members}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    return client.post("/v1/assessments", json=body, headers=headers)


def test_a_bank_with_consent_is_answered_and_may_read_again(
    client: TestClient, tokens: dict[str, str], consent: Consent
) -> None:
    answer = ask(client, tokens["bank-a"])

    again = client.get(answer.headers["location"], headers={"Authorization": f"Bearer {tokens['bank-a']}"})
    assert answer.status_code == 201
    assert answer.json()["status"] == "not_scored"
    assert answer.json()["consent"] == {"id": "c-1", "version": 1}
    assert again.json() == answer.json()


def test_a_replay_is_the_same_and_the_audit_log_tells_of_one_assessment(
    client: TestClient, tokens: dict[str, str], consent: Consent, store: Store
) -> None:
    first, again = ask(client, tokens["bank-a"]), ask(client, tokens["bank-a"])

    assert first.content == again.content
    with store.work(at=NOW, read_only=True) as work:
        actions = work.connection.scalars(select(AUDIT_EVENT.c.action).where(AUDIT_EVENT.c.tenant == "bank-a")).all()
        assert verify_chain(work.connection, "bank-a") is None
    assert actions == ["assessment.made"]


def test_a_bank_without_consent_is_refused(client: TestClient, tokens: dict[str, str], consent: Consent) -> None:
    answer = ask(client, tokens["bank-b"])

    assert (answer.status_code, answer.json()["code"]) == (403, "consent-required")


def test_another_bank_cannot_read_the_assessment(client: TestClient, tokens: dict[str, str], consent: Consent) -> None:
    place = ask(client, tokens["bank-a"]).headers["location"]

    answer = client.get(place, headers={"Authorization": f"Bearer {tokens['bank-b']}"})

    assert (answer.status_code, answer.json()["code"]) == (404, "assessment-unknown")


def test_a_revoked_consent_stops_the_very_next_reading(
    client: TestClient, tokens: dict[str, str], consent: Consent, store: Store
) -> None:
    place = ask(client, tokens["bank-a"]).headers["location"]
    with store.work(at=NOW) as work:
        revoke(work, consent)
        work.commit()

    read = client.get(place, headers={"Authorization": f"Bearer {tokens['bank-a']}"})
    asked = ask(client, tokens["bank-a"], key="k-2")

    assert [(one.status_code, one.json()["code"]) for one in (read, asked)] == [(403, "consent-revoked")] * 2


@pytest.mark.parametrize(
    ("members", "status", "code"),
    [
        ({"enterprise": {"value": with_uscc_check_digit("91370303MA3C99999")}}, 404, "enterprise-unknown"),
        ({"as_of": "2026-01-02"}, 422, "day-in-future"),
    ],
)
def test_a_refusal_keeps_nothing(
    client: TestClient, tokens: dict[str, str], consent: Consent, members: dict[str, object], status: int, code: str
) -> None:
    answer = ask(client, tokens["bank-a"], **members)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ask(client, tokens["bank-a"]).status_code == 201


def test_the_bureau_assesses_under_its_duty(store: Store, settings: Settings) -> None:
    from data.spec.identifiers import parse_identifier

    desk = desks_of(store, settings).assessments

    answer = desk.assess_for_bureau(parse_identifier(FIRM), purpose=Purpose.PRE_LOAN, as_of=TODAY, at=NOW)

    assert (answer.code, answer.consent_id) == ("no-evidence", None)
