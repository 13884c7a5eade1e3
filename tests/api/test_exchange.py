"""Banks ask, replay and read; every refusal has one shape and gives nothing back."""

import json
import re
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from math import fsum
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from api.identity import PUBLIC_PATHS, GuardedRoute
from api.log import open_log
from api.problems import CONSENT
from models.refusals import ModelDamaged
from risk.consent import REFUSALS
from risk.permissions import Scope

Wanted = Callable[..., dict[str, object]]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
URL = "/v1/assessments"
PROBLEM_MEMBERS = {"type", "title", "status", "code", "detail", "interaction_id", "errors"}


def headers_of(bank: dict[str, str], case: str) -> dict[str, str]:
    return {
        "anonymous": {},
        "not bearer": {**bank, "Authorization": "Basic abc"},
        "bad token": {**bank, "Authorization": "Bearer lk_" + "z" * 43},
        "short token": {**bank, "Authorization": "Bearer lk_zzz"},
        "no key": {name: value for name, value in bank.items() if name != "Idempotency-Key"},
        "empty key": {**bank, "Idempotency-Key": ""},
        "long key": {**bank, "Idempotency-Key": "k" * 129},
    }.get(case, bank)


@pytest.mark.parametrize(
    ("case", "code", "members", "status", "problem"),
    [
        ("anonymous", "known", {}, 401, "token-missing"),
        ("anonymous", "unknown", {}, 401, "token-missing"),
        ("not bearer", "known", {}, 401, "token-missing"),
        ("bad token", "known", {}, 401, "token-unknown"),
        ("bad token", "nonsense", {"extra": 1}, 401, "token-unknown"),
        ("short token", "known", {}, 401, "token-unknown"),
        ("no key", "known", {}, 400, "idempotency-key-missing"),
        ("empty key", "known", {}, 400, "idempotency-key-malformed"),
        ("long key", "known", {}, 400, "idempotency-key-malformed"),
        ("bank", "unknown", {}, 404, "enterprise-unknown"),
        ("bank", "silent", {}, 403, "consent-required"),
        ("bank", "known", {"as_of": "2026-01-02"}, 422, "day-in-future"),
        ("bank", "91370303MA3C000000", {}, 422, "request-invalid"),
        ("bank", "known", {"purpose": "curiosity"}, 422, "request-invalid"),
    ],
)
def test_a_request_that_may_not_proceed_says_why(  # the truth table of POST
    client: TestClient,
    bank_a: dict[str, str],
    wanted: Wanted,
    case: str,
    code: str,
    members: dict[str, object],
    status: int,
    problem: str,
) -> None:
    answer = client.post(URL, json=wanted(code, **members), headers=headers_of(bank_a, case))

    assert (answer.status_code, answer.json()["code"]) == (status, problem)
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) == PROBLEM_MEMBERS
    assert answer.json()["status"] == status
    assert answer.json()["interaction_id"] == answer.headers["x-fapi-interaction-id"]
    assert str(wanted(code)["enterprise"]["value"]) not in answer.text  # type: ignore[index]  # a nested dict
    assert ("www-authenticate" in answer.headers) is (status == 401)


def test_a_valid_request_is_answered_with_201_and_its_place(
    client: TestClient, bank_a: dict[str, str], wanted: Wanted
) -> None:
    answer = client.post(URL, json=wanted(as_of="2025-12-31"), headers=bank_a)

    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/assessments/{answer.json()['id']}"
    assert answer.json()["as_of"] == "2025-12-31"
    assert client.get(answer.headers["location"], headers=bank_a).json() == answer.json()


def test_today_is_the_day_where_none_is_asked(client: TestClient, bank_a: dict[str, str], wanted: Wanted) -> None:
    assert client.post(URL, json=wanted(), headers=bank_a).json()["as_of"] == "2026-01-01"


def test_a_firm_that_cannot_be_scored_is_an_answer(client: TestClient, bank_a: dict[str, str], wanted: Wanted) -> None:
    answer = client.post(URL, json=wanted("empty"), headers=bank_a)

    assert answer.status_code == 201
    assert (answer.json()["status"], answer.json()["code"]) == ("not_scored", "no-evidence")
    assert answer.json()["score"] is None


def test_a_replay_gets_the_same_answer_and_assesses_nothing(
    client: TestClient, bank_a: dict[str, str], wanted: Wanted, store: Any
) -> None:
    first = client.post(URL, json=wanted(), headers=bank_a)
    again = client.post(URL, json=wanted(), headers=bank_a)

    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["location"] == first.headers["location"]
    assert len(store.assessed) == 1


def test_a_key_does_not_serve_another_request(client: TestClient, bank_a: dict[str, str], wanted: Wanted) -> None:
    client.post(URL, json=wanted(), headers=bank_a)

    answer = client.post(URL, json=wanted(purpose="monitoring"), headers=bank_a)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")


def test_a_refused_request_keeps_nothing_and_frees_its_key(
    client: TestClient, bank_a: dict[str, str], wanted: Wanted, store: Any
) -> None:
    client.post(URL, json=wanted("unknown"), headers=bank_a)

    assert store.answers == {}
    assert client.post(URL, json=wanted(), headers=bank_a).status_code == 201


def test_two_banks_may_use_the_same_key(
    client: TestClient, bank_a: dict[str, str], bank_b: dict[str, str], wanted: Wanted
) -> None:
    first = client.post(URL, json=wanted(), headers=bank_a)
    other = client.post(URL, json=wanted(), headers=bank_b)

    assert first.json()["id"] != other.json()["id"]


def test_another_banks_assessment_does_not_exist(
    client: TestClient, bank_a: dict[str, str], bank_b: dict[str, str], wanted: Wanted
) -> None:
    place = client.post(URL, json=wanted(), headers=bank_a).headers["location"]

    strange, absent = client.get(place, headers=bank_b), client.get(f"{URL}/none", headers=bank_b)

    assert (strange.status_code, strange.json()["code"]) == (404, "assessment-unknown")
    assert {**strange.json(), "interaction_id": ""} == {**absent.json(), "interaction_id": ""}


def test_points_of_lines_and_groups_sum_to_the_score(
    client: TestClient, bank_a: dict[str, str], wanted: Wanted
) -> None:
    report = client.post(URL, json=wanted(), headers=bank_a).json()

    parts = [part["points"] for part in [*report["lines"], *report["groups"]]]
    assert abs(fsum(parts) - report["score"]) < 1e-9


def test_each_group_is_the_sum_of_its_reasons_and_others(
    client: TestClient, bank_a: dict[str, str], wanted: Wanted
) -> None:
    report = client.post(URL, json=wanted(), headers=bank_a).json()
    told = [*report["reasons_for"], *report["reasons_against"]]

    for group in report["groups"]:
        own = [reason["points"] for reason in told if reason["group"] == group["group"]]
        assert abs(fsum([*own, group["others"]]) - group["points"]) < 1e-9
    assert max(len(report["reasons_for"]), len(report["reasons_against"])) <= 5


def test_a_bank_does_not_receive_every_feature(client: TestClient, bank_a: dict[str, str], wanted: Wanted) -> None:
    report = client.post(URL, json=wanted(), headers=bank_a).json()

    assert not {"contributions", "values"} & set(report)


@pytest.mark.parametrize(
    ("method", "url", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "not-found"),
        ("GET", "/", 404, "not-found"),
        ("DELETE", "/v1/assessments", 405, "method-not-allowed"),
        ("GET", "/v1/assessments", 405, "method-not-allowed"),
        ("GET", "/v1/assessments/%00", 422, "request-invalid"),
        ("GET", "/v1/assessments/" + "x" * 65, 422, "request-invalid"),
    ],
)
def test_routing_errors_have_the_one_shape(
    client: TestClient, bank_a: dict[str, str], method: str, url: str, status: int, code: str
) -> None:
    answer = client.request(method, url, headers=bank_a)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == PROBLEM_MEMBERS


def test_a_fault_is_told_without_its_cause_and_logged_with_it(
    client: TestClient, bank_a: dict[str, str], wanted: Wanted, store: Any, answered: Callable[[], list[dict[str, Any]]]
) -> None:
    store.fault = RuntimeError(f"disk of {wanted()['enterprise']} is gone")

    answer = client.post(URL, json=wanted(), headers=bank_a)

    assert (answer.status_code, answer.json()["code"]) == (500, "fault")
    assert "disk" not in answer.text
    line = answered()[-1]
    assert "RuntimeError" in line["exception"]
    assert line["interaction_id"] == answer.json()["interaction_id"]


def test_a_model_that_cannot_be_trusted_is_not_the_banks_fault(
    client: TestClient, bank_a: dict[str, str], wanted: Wanted, store: Any
) -> None:
    store.fault = ModelDamaged("模型文件已损坏：card.json。")

    answer = client.post(URL, json=wanted(), headers=bank_a)

    assert (answer.status_code, answer.json()["code"]) == (503, "service-unready")
    assert answer.headers["retry-after"]
    assert "card.json" not in answer.text


def test_the_log_knows_no_code_and_no_token(
    client: TestClient, bank_a: dict[str, str], wanted: Wanted, store: Any, log_file: Any
) -> None:
    code = str(wanted()["enterprise"]["value"])  # type: ignore[index]  # a nested dict
    store.fault = RuntimeError(f"企业{code}的令牌{bank_a['Authorization']}")

    client.post(URL, json=wanted(), headers=bank_a)

    written = log_file.read_text(encoding="utf-8")
    assert "RuntimeError" in written
    assert code not in written
    assert bank_a["Authorization"].split()[1] not in written


def test_the_interaction_id_of_the_sender_is_given_back(client: TestClient) -> None:
    answer = client.get("/health/live", headers={"x-fapi-interaction-id": "7f0c2a52-0b0e-4a58-9d1c-0f2a3d4b5c6d"})

    assert answer.headers["x-fapi-interaction-id"] == "7f0c2a52-0b0e-4a58-9d1c-0f2a3d4b5c6d"


@pytest.mark.parametrize("sent", ["short", "x" * 65, "<script>alert(1)</script>"])
def test_an_interaction_id_that_is_none_is_replaced(client: TestClient, sent: str) -> None:
    answer = client.get("/health/live", headers={"x-fapi-interaction-id": sent})

    assert answer.headers["x-fapi-interaction-id"] != sent


def test_readiness_follows_the_checks(client: TestClient, fake: Any) -> None:
    assert client.get("/health/ready").json() == {
        "status": "ready",
        "mode": "demonstration",
        "checks": {"存储": True, "模型": True},
    }

    fake.checks = [type(fake.checks[0])(name="模型", well=False, seen="没有模型")]
    answer = client.get("/health/ready")

    assert (answer.status_code, answer.json()["status"]) == (503, "not_ready")
    assert "没有模型" not in answer.text


def test_a_service_that_still_starts_is_alive_and_not_ready(log_file: Path) -> None:
    with TestClient(create_app(Future(), clock=lambda: NOW, log=open_log(log_file))) as client:
        ready = client.get("/health/ready")

        assert client.get("/health/live").status_code == 200
        assert (ready.status_code, ready.json()["checks"]) == (503, {"启动": False})
        assert ready.json()["mode"] is None
        assert client.get("/v1/catalogue").status_code == 401


def test_the_refusals_of_consent_are_declared_as_risk_raises_them() -> None:
    assert {(kind.status, kind.code) for kind in REFUSALS} == set(CONSENT)


def test_the_catalogue_is_read_with_a_token(client: TestClient, bank_a: dict[str, str]) -> None:
    listed = client.get("/v1/catalogue", headers=bank_a).json()

    assert listed["features"][0]["direction_label"] == "数值越大，风险越低"
    assert listed["models"][0]["id"] == "application-1"
    assert client.get("/v1/catalogue").status_code == 401


def all_routes(app: FastAPI) -> dict[str, Any]:
    """Return every route that can answer, by path; FastAPI keeps included routers folded."""
    found: dict[str, Any] = {}
    for route in app.routes:
        if hasattr(route, "effective_route_contexts"):
            found.update({context.path: context.original_route for context in route.effective_route_contexts()})
        else:
            found[route.path] = route
    return found


def test_an_assessment_names_the_reference_it_was_asked_for(
    client: TestClient, bank_a: dict[str, str], wanted: Wanted
) -> None:
    report = client.post(URL, json=wanted("known", relative_to="cutoff"), headers=bank_a).json()

    assert report["reference"]["asked"] == "cutoff"
    assert (
        client.post(URL, json=wanted("known", relative_to="fame"), headers=bank_a).json()["code"] == "request-invalid"
    )


@pytest.mark.parametrize(("language", "said"), [("zh", "违约概率|平均得分"), ("en", "average")])
def test_an_explanation_tells_all_the_points_of_the_groups(
    client: TestClient, bank_a: dict[str, str], wanted: Wanted, language: str, said: str
) -> None:
    report = client.post(URL, json=wanted("known"), headers=bank_a).json()

    told = client.get(f"{URL}/{report['id']}/explanation", params={"language": language}, headers=bank_a).json()

    parts = [*told["reasons_for"], *told["reasons_against"], *told["neutral"]]
    assert [one["points"] for one in told["reasons_against"]] == [one["points"] for one in report["reasons_against"]]
    assert all(re.search(said, one["sentence"]) for one in [*told["reasons_for"], *told["reasons_against"]])
    assert (told["audience"], told["language"]) == ("bank", language)
    assert fsum(one["points"] for one in parts) == pytest.approx(fsum(one["points"] for one in report["groups"]))


def test_another_institution_finds_no_explanation(client: TestClient, bank_a: dict[str, str], wanted: Wanted) -> None:
    report = client.post(URL, json=wanted("known"), headers=bank_a).json()
    other = {**bank_a, "Authorization": "Bearer lk_" + "b" * 43}

    answer = client.get(f"{URL}/{report['id']}/explanation", headers=other)

    assert (answer.status_code, answer.json()["code"]) == (404, "assessment-unknown")
    assert client.get(f"{URL}/{report['id']}/explanation").status_code == 401


def test_every_route_demands_a_token_or_is_on_the_public_list(app: FastAPI) -> None:
    routes = all_routes(app)
    guarded = {path for path, route in routes.items() if isinstance(route, GuardedRoute)}

    assert set(routes) - guarded == PUBLIC_PATHS


def test_a_token_without_the_scope_is_refused_before_its_body_is_read(
    client: TestClient, bank_a: dict[str, str], fake: Any
) -> None:
    institutions = fake.store.institutions
    for hashed, institution in institutions.items():
        institutions[hashed] = replace(institution, granted=frozenset({Scope.CATALOGUE_READ}))

    answer = client.post(URL, content=b"{", headers=bank_a)

    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
    assert client.get("/v1/catalogue", headers=bank_a).status_code == 200


def test_no_guarded_route_answers_a_stranger(app: FastAPI, client: TestClient) -> None:
    for path, route in all_routes(app).items():
        for method in route.methods if isinstance(route, GuardedRoute) else ():
            assert client.request(method, re.sub(r"{\w+}", "a-1", path)).status_code == 401


def test_the_documents_load_without_a_network(client: TestClient) -> None:
    page = client.get("/docs").text

    assert "cdn" not in page
    assert client.get("/static-offline-docs/swagger-ui-bundle.js").status_code == 200


def test_answers_carry_safe_headers(client: TestClient, bank_a: dict[str, str]) -> None:
    headers = client.get("/v1/catalogue", headers=bank_a).headers

    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "unsafe-inline" not in headers["content-security-policy"]


HOSTILE: dict[str, bytes] = {
    "NaN": b'{"enterprise": NaN}',
    "Infinity": b'{"enterprise": {"scheme": "uscc", "value": Infinity}}',
    "minus Infinity": b'{"as_of": -Infinity}',
    "1e999": b'{"enterprise": {"scheme": "uscc", "value": 1e999}}',
    "nan as string": b'{"enterprise": {"scheme": "uscc", "value": "nan"}}',
    "integer of 5,000 digits": b'{"as_of": ' + b"9" * 5000 + b"}",
    "bool for text": b'{"enterprise": {"scheme": "uscc", "value": true}}',
    "number for a day": b'{"enterprise": {"scheme": "uscc", "value": "CODE"}, "as_of": 20251231}',
    "instant for a day": b'{"enterprise": {"scheme": "uscc", "value": "CODE"}, "as_of": "2025-12-31T00:00:00Z"}',
    "impossible day": b'{"enterprise": {"scheme": "uscc", "value": "CODE"}, "as_of": "2025-02-30"}',
    "duplicate keys": b'{"enterprise": {"scheme": "uscc", "value": "CODE"}, "enterprise": 5}',
    "extra key": b'{"enterprise": {"scheme": "uscc", "value": "CODE"}, "canary-key-7": 1}',
    "extra key within": b'{"enterprise": {"scheme": "uscc", "value": "CODE", "canary-key-7": 1}}',
    "lone surrogate": b'{"enterprise": {"scheme": "uscc", "value": "\\ud800"}}',
    "lone surrogate as key": b'{"\\ud800": 1}',
    "NUL": b'{"enterprise": {"scheme": "jinan", "value": "canary\\u0000value"}}',
    "bidi override": b'{"enterprise": {"scheme": "jinan", "value": "canary\\u202evalue"}}',
    "bad UTF-8": b'{"enterprise": "canary\xff\xfe"}',
    "GBK": '{"enterprise": "淄博canary"}'.encode("gbk"),
    "array 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "object 5,000 deep": b'{"enterprise":' * 5000 + b"1" + b"}" * 5000,
    "10 MB string": b'{"enterprise": "' + b"c" * 10_000_000 + b'"}',
    "empty": b"",
    "null": b"null",
    "text": b'"canary-value-7"',
    "array for object": b'[{"enterprise": "canary-value-7"}]',
    "XML": b"<enterprise>canary-value-7</enterprise>",
    "truncated": b'{"enterprise": {"scheme": "uscc", "value": "canary-value-7',
    "SQL": b'{"enterprise": {"scheme": "uscc", "value": "\' OR 1=1 --canary"}}',
    "long text": b'{"enterprise": {"scheme": "jinan", "value": "' + b"canary" * 50 + b'"}}',
    "unknown scheme": b'{"enterprise": {"scheme": "canary-scheme", "value": "1"}}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_body_is_refused_and_never_given_back(
    client: TestClient, bank_a: dict[str, str], known: str, name: str
) -> None:
    body = HOSTILE[name].replace(b"CODE", known.encode())

    answer = client.post(URL, content=body, headers={**bank_a, "Content-Type": "application/json"})

    assert 400 <= answer.status_code < 500, answer.text
    assert set(answer.json()) == PROBLEM_MEMBERS
    assert len(answer.content) < 3000
    # A random id may hold four equal digits by itself.
    said = answer.text.replace(answer.json()["interaction_id"], "")
    for given in ("canary", known, "cccc", "9999", "淄博"):
        assert given not in said


def test_a_body_with_a_byte_order_mark_is_read(client: TestClient, bank_a: dict[str, str], wanted: Wanted) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(wanted()).encode()

    answer = client.post(URL, content=body, headers={**bank_a, "Content-Type": "application/json"})

    assert answer.status_code == 201


def test_a_body_is_measured_by_its_bytes_when_no_length_is_given(client: TestClient, bank_a: dict[str, str]) -> None:
    pieces = (b" " * 100_000 for _ in range(11))

    answer = client.post(URL, content=pieces, headers={**bank_a, "Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def test_a_body_that_is_not_called_json_is_refused(client: TestClient, bank_a: dict[str, str], wanted: Wanted) -> None:
    answer = client.post(URL, content=json.dumps(wanted()), headers={**bank_a, "Content-Type": "text/plain"})

    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")


def test_a_body_that_says_it_is_too_long_is_refused_unread(client: TestClient) -> None:
    answer = client.request("GET", "/health/live", headers={"Content-Length": "1000001"})

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert client.get("/health/live").status_code == 200
