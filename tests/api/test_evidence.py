"""A bank and the bureau see the rows behind a value; the command and the address say the same."""

import json
from collections.abc import Callable, Iterator
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
from api.exchange.read_evidence import MOST_ROWS
from api.log import open_log
from api.settings import Settings
from api.wiring import open_catalogue
from api.wiring.desks import desks_of
from api.wiring.opening import CONSENT_PURPOSES, _issue
from data.intake import load_file
from data.spec.access import bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.consent import ALL_CATEGORIES, Consent, Permission
from data.spec.identifiers import Scheme, with_uscc_check_digit
from data.store import Store
from data.store.consents import write_consent
from data.store.orm import AUDIT_EVENT
from data.store.reads import read_numbers
from features.catalogue import FEATURES

Run = Callable[..., tuple[int, str, str]]
NOW = datetime(2026, 1, 1, 9, 30, tzinfo=SHANGHAI)
FIRM = with_uscc_check_digit("91370303MA3C00000")
BANKS = [Institution(code=f"bank-{name}", name=f"{name}银行（演示）", kind="bank") for name in "ab"]
LISTS = {
    "enterprise_registration": f"统一社会信用代码,企业名称,成立日期\n{FIRM},淄博测试陶瓷（演示）有限公司,2015-03-02\n",
    "annual_report": f"统一社会信用代码,年度,资产总额,负债总额,填报日期\n{FIRM},2024,200,90,2025-04-10\n"
    f"{FIRM},2023,100,90,2024-04-10\n",
}
LEVERAGE = "operations_leverage_ratio_2y"


def traced(client: TestClient, bank: dict[str, str], wanted: Any, *, feature: str = "rnd_one", query: str = "") -> Any:
    made = client.post("/v1/assessments", json=wanted(), headers=bank)
    return client.get(f"{made.headers['location']}/evidence/{feature}{query}", headers=bank)


def test_the_answer_is_a_tree_with_its_rows(client: TestClient, bank_a: dict[str, str], wanted: Any) -> None:
    answer = traced(client, bank_a, wanted)

    told = answer.json()
    part, whole = told["lineage"]["inputs"]
    assert answer.status_code == 200
    assert (told["agrees"], told["agreement"]) == (True, "按来源行逐条重算，与所存数值完全一致。")
    assert (part["value"], part["counted_rows"], part["other_rows"]) == (2, 2, 1)
    assert [row["file_row"] for row in part["counted"]] == [9, 7]
    assert part["others"][0]["superseded_by"] == {"batch_id": "B000001", "file_row": 7}
    assert part["counted"][0]["cells"] == [{"name": "event", "label": "法律状态", "value": "granted", "text": "授权"}]
    assert (whole["value"], whole["missing"], whole["counted"]) == (None, "not_reported", [])


def test_no_more_rows_are_listed_than_asked_for(client: TestClient, bank_a: dict[str, str], wanted: Any) -> None:
    part = traced(client, bank_a, wanted, query="?limit=1").json()["lineage"]["inputs"][0]

    assert (part["counted_rows"], [row["file_row"] for row in part["counted"]]) == (2, [9])


@pytest.mark.parametrize(
    ("feature", "query", "status", "code"),
    [
        ("patnt_one", "", 404, "feature-unknown"),
        ("rnd_one", "?limit=0", 422, "request-invalid"),
        ("rnd_one", f"?limit={MOST_ROWS + 1}", 422, "request-invalid"),
        ("rnd.one", "", 422, "request-invalid"),
        ("r" * 81, "", 422, "request-invalid"),
    ],
)
def test_what_cannot_be_traced_is_refused(
    client: TestClient, bank_a: dict[str, str], wanted: Any, feature: str, query: str, status: int, code: str
) -> None:
    answer = traced(client, bank_a, wanted, feature=feature, query=query)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert feature not in answer.text


def test_an_unknown_feature_is_answered_with_near_ones(client: TestClient, bank_a: dict[str, str], wanted: Any) -> None:
    assert "相近的有：rnd_one" in traced(client, bank_a, wanted, feature="patnt_one").json()["detail"]


def test_a_stranger_finds_no_such_assessment(
    client: TestClient, bank_a: dict[str, str], bank_b: dict[str, str], wanted: Any
) -> None:
    place = client.post("/v1/assessments", json=wanted(), headers=bank_a).headers["location"]

    answer = client.get(f"{place}/evidence/rnd_one", headers=bank_b)

    assert (answer.status_code, answer.json()["code"]) == (404, "assessment-unknown")


def test_the_command_prints_the_tree_and_every_row(run: Run, known: str) -> None:
    code, out, _ = run("evidence", known, "rnd_one", "--as-of", "2025-12-31")

    assert code == 0
    for part in ("人均授权", "“近三年授权数” ÷ “研发人员”", "第 9 行（B000001）", "企业未报送", "须知一则"):
        assert part in out
    assert [line.split()[0] for line in out.splitlines() if "2024-05-20" in line] == ["●", "●", "○"]
    assert "已被后来的版本取代" in out
    assert "完全一致" in out


def test_the_command_answers_programs_with_one_object(run: Run, known: str) -> None:
    code, out, _ = run("evidence", known, "rnd_one", "--recorded-before", "2025-12-01", "--json")

    told = json.loads(out)["evidence"]
    assert code == 0
    assert told["lineage"]["inputs"][0]["rows"][0]["code"] == "counted"
    assert (told["value"], told["stored_value"], told["agrees"]) == (None, None, True)


def test_the_command_asks_for_an_instant_at_the_beginning_of_the_day(run: Run, known: str, fake: Any) -> None:
    run("evidence", known, "rnd_one", "--recorded-before", "2025-12-01", "--purpose", "monitoring")

    asked = fake.calls[-1][1]
    assert asked["recorded_before"] == datetime(2025, 12, 1, tzinfo=SHANGHAI)
    assert (asked["purpose"], asked["feature"]) == ("monitoring", "rnd_one")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("patnt_one",), "feature-unknown"),
        (("rnd_one", "--as-of", "2026-01-02"), "day-in-future"),
        (("rnd_one", "--purpose", "curiosity"), "usage"),
        (("rnd_one", "--recorded-before", "soon"), "usage"),
    ],
)
def test_the_command_refuses_with_2(run: Run, known: str, options: tuple[str, ...], code: str) -> None:
    ended, out, err = run("evidence", known, *options, "--json")

    assert (ended, json.loads(out)["code"]) == (2, code)
    assert "建议" in err


@pytest.fixture
def real_store(tmp_path: Path) -> Iterator[Store]:
    store = Store.create(
        Settings(state=tmp_path).database_url, at=NOW - timedelta(days=2), demonstration_today=NOW.date()
    )
    for name, text in LISTS.items():
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8-sig")
        known_on = date(2024, 1, 5) if name == "enterprise_registration" else None
        load_file(store, path, list_name=name, known_on=known_on, at=NOW - timedelta(days=1), actor="test")
    yield store
    store.close()


@pytest.fixture
def tokens(real_store: Store) -> dict[str, dict[str, str]]:
    """Issue tokens to two banks, and let the firm consent to the first."""
    with real_store.work(at=NOW) as work:
        firm = read_numbers(work, Scheme.USCC, access=bureau_access("test", at=NOW))[FIRM]
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
        event = AuditEvent(tenant="bank-a", actor="test", action=Action.CONSENT_GRANTED, object_id="c-1", at=NOW)
        write_consent(work, given, event)
        work.commit()
    issued = _issue(real_store, BANKS, at=NOW)
    return {one.institution.code: {"Authorization": f"Bearer {one.token}"} for one in issued}


@pytest.fixture
def service(real_store: Store, tmp_path: Path) -> Iterator[TestClient]:
    desks: Future[Desks] = Future()
    desks.set_result(desks_of(real_store, Settings(state=tmp_path)))
    with TestClient(create_app(desks, clock=lambda: NOW, log=open_log(tmp_path / "l.log"))) as service:
        yield service


def test_a_bank_traces_a_value_of_its_own_assessment_on_a_real_store(
    service: TestClient, tokens: dict[str, dict[str, str]], real_store: Store
) -> None:
    body = {"enterprise": {"scheme": "uscc", "value": FIRM}}
    made = service.post("/v1/assessments", json=body, headers={**tokens["bank-a"], "Idempotency-Key": "k"})
    place = f"{made.headers['location']}/evidence/{LEVERAGE}"

    mine, theirs = service.get(place, headers=tokens["bank-a"]), service.get(place, headers=tokens["bank-b"])
    unknown = service.get(f"{made.headers['location']}/evidence/operations_leverage_2y", headers=tokens["bank-a"])

    told = mine.json()
    assert (told["value"], told["stored_value"], told["agrees"], told["demonstration"]) == (0.45, 0.45, True, True)
    assert [part["counted"][0]["file_row"] for part in told["lineage"]["inputs"]] == [2, 2]
    assert [part["others"][0]["code"] for part in told["lineage"]["inputs"]] == ["outside-window"] * 2
    assert (theirs.status_code, theirs.json()["code"]) == (404, "assessment-unknown")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "feature-unknown")
    assert LEVERAGE in unknown.json()["detail"]
    with real_store.work(at=NOW, read_only=True) as work:
        read = work.connection.execute(select(AUDIT_EVENT).where(AUDIT_EVENT.c.action == "evidence.read")).all()
    assert [(one.tenant, one.object) for one in read] == [("bank-a", told["assessment_id"])]


def test_the_catalogue_declares_every_feature_with_its_fingerprint_and_how_it_comes_about(tmp_path: Path) -> None:
    listed = open_catalogue(Settings(state=tmp_path)).read().features

    assert {one.name: one.fingerprint for one in listed} == {one.name: one.fingerprint for one in FEATURES.values()}
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in one.how) for one in listed)
    assert {name for one in listed for name in one.inputs} <= set(FEATURES)
    assert {one.cards for one in listed} > {()}
