"""Does the client do what the guide says, and are the vectors what the service accepts?"""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc.jwk import KeySet, OKPKey
from starlette.testclient import TestClient

from api import vectors
from api.client import (
    Client,
    ExchangeError,
    Sample,
    Unreachable,
    new_key,
    public_jwks,
    read_key,
    write_key,
    write_rows,
)
from api.client_desk import NewClient
from api.oauth.assertion import check_assertion
from api.oauth.proof import check_proof
from risk.permissions import Role, scopes_of
from tests.exchange.conftest import FIRMS, NOW, World, make_world

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "vectors" / "identity.json"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    yield from make_world(tmp_path_factory.mktemp("client"))


@pytest.fixture(scope="module")
def key() -> Any:
    return new_key()


@pytest.fixture(scope="module")
def desks(house: World) -> Any:
    return house.app.state.desks.result()


@pytest.fixture(scope="module")
def registered(desks: Any, key: Any) -> str:
    bank = NewClient(
        id="bank-a-9",
        institution="bank-a",
        name=None,
        role=Role.BANK,
        scopes=scopes_of(Role.BANK),
        keys=public_jwks(key),
    )
    return str(desks.clients.register(bank, at=NOW).id)


@pytest.fixture
def client(house: World, registered: str, key: Any) -> Client:
    return Client("http://testserver", client_id=registered, key=key, http=TestClient(house.app))


def test_a_bank_asks_reads_and_explains(client: Client) -> None:
    answer = client.assess(FIRMS[0])

    assert client.read_assessment(answer["id"]) == answer
    assert client.explain(answer["id"], language="en")
    assert client.validity(answer["id"])["status"] == "valid"


def test_a_refusal_is_an_error_with_its_code(client: Client) -> None:
    with pytest.raises(ExchangeError) as refused:
        client.assess(FIRMS[1])

    assert (refused.value.code, refused.value.status) == ("consent-required", 403)
    assert refused.value.interaction_id


@pytest.fixture
def working(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the service's worker work while the client waits."""
    desks = house.app.state.desks.result()

    def work(_seconds: float) -> None:
        desks.back_tests.work_next(at=NOW)
        desks.scoring.batches.work_next(at=NOW)

    monkeypatch.setattr("api.client.calls.time.sleep", work)


@pytest.mark.usefixtures("working")
def test_many_firms_are_asked_for_at_once(client: Client) -> None:
    answers = list(client.assess_many([FIRMS[0]]))

    assert [one["position"] for one in answers] == [0]


@pytest.mark.usefixtures("working")
def test_labels_are_joined_here_and_never_sent(client: Client, house: World, tmp_path: Path) -> None:
    samples = [Sample(FIRMS[0], date(2025, 6, 1), 1), Sample(FIRMS[2], date(2025, 6, 1), 0)]
    sent: list[bytes] = []
    send = client._http.request

    def heard(*told: Any, **more: Any) -> Any:
        sent.append(json.dumps(more.get("json")).encode())
        return send(*told, **more)

    client._http.request = heard  # type: ignore[method-assign]
    rows = client.back_test(samples, document_sha256="0" * 64)
    write_rows(rows, tmp_path / "rows.csv")
    again = list(csv.DictReader((tmp_path / "rows.csv").read_text(encoding="utf-8-sig").splitlines()))

    assert [(row["uscc"], row["label"]) for row in rows] == [(FIRMS[0], 1), (FIRMS[2], 0)]
    assert rows[1]["code"] == "consent-required"
    assert [row["label"] for row in again] == ["1", "0"]
    assert sent
    assert not any(b"label" in body for body in sent)


def test_one_token_serves_many_calls_until_it_nears_its_end(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.get("/v1/models")
    first = client._token
    client.get("/v1/models")
    assert client._token == first

    client._ends = 0.0
    client.get("/v1/models")
    assert client._token != first


class Flaky:
    """Lose answers, or turn requests away, before one gets through."""

    def __init__(self, inner: Any, faults: list[Any]) -> None:
        self._inner, self._faults = inner, faults
        self.keys: list[str] = []

    def post(self, url: str, **sent: Any) -> Any:
        return self._inner.post(url, **sent)

    def request(self, method: str, url: str, **sent: Any) -> Any:
        self.keys.append(sent["headers"].get("Idempotency-Key", ""))
        answer = self._inner.request(method, url, **sent)
        if self._faults:
            fault = self._faults.pop(0)
            if isinstance(fault, Exception):
                raise fault
            return httpx2.Response(fault, json={"code": "quota-exceeded"}, headers={"Retry-After": "0"})
        return answer


def test_a_lost_answer_is_asked_for_again_under_the_same_key(
    house: World, registered: str, key: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.client.calls.time.sleep", lambda seconds: None)
    flaky = Flaky(TestClient(house.app), [httpx2.ReadError("gone"), 503, 429])
    client = Client("http://testserver", client_id=registered, key=key, http=flaky)  # type: ignore[arg-type] # as one

    answer = client.assess(FIRMS[0], idempotency_key="only-once")

    assert flaky.keys == ["only-once"] * 4
    assert client.assess(FIRMS[0], idempotency_key="only-once")["id"] == answer["id"]


def test_a_service_that_stays_silent_is_said_to_be(
    house: World, registered: str, key: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.client.calls.time.sleep", lambda seconds: None)
    flaky = Flaky(TestClient(house.app), [httpx2.ConnectError("no")] * 9)
    client = Client("http://testserver", client_id=registered, key=key, http=flaky)  # type: ignore[arg-type] # as one

    with pytest.raises(Unreachable):
        client.get("/v1/models")


def test_a_key_is_kept_for_its_owner_and_never_overwritten(tmp_path: Path, key: Any) -> None:
    place = tmp_path / "k.jwk"
    write_key(key, place)

    assert place.stat().st_mode & 0o077 == 0
    assert read_key(place).thumbprint() == key.thumbprint()
    assert '"d"' not in public_jwks(key)
    with pytest.raises(FileExistsError):
        write_key(new_key(), place)


def test_the_vectors_are_the_committed_ones_and_what_the_service_accepts() -> None:
    said: Any = vectors.vectors()
    keys = KeySet([OKPKey.import_key({name: value for name, value in vectors.KEY.items() if name != "d"})])
    at = datetime.fromtimestamp(vectors.AT, UTC)

    assert json.loads(DOCUMENT.read_text(encoding="utf-8")) == said
    check_assertion(
        said["assertion"]["client_assertion"], keys, client=vectors.CLIENT, audiences=(vectors.ISSUER,), at=at
    )
    check_proof(said["token_proof"]["DPoP"], method="POST", url=f"{vectors.ISSUER}/oauth/token", at=at)
    shown = check_proof(said["request_proof"]["DPoP"], method="POST", url=vectors.URL, at=at, token=vectors.TOKEN)
    assert shown.thumbprint == said["thumbprint"] == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_quota_of_days_is_told_and_not_slept_through(house: World, registered: str, key: Any) -> None:
    asked = Client("http://testserver", client_id=registered, key=key, http=TestClient(house.app))
    days = [
        {"enterprise": {"value": FIRMS[0]}, "as_of": f"20{year:02}-01-{day:02}"}
        for year in range(99)
        for day in range(1, 29)
    ]
    body = {"pairs": days, "basis": {"kind": "contract", "document_sha256": "0" * 64}}
    for _ in range(3):
        asked.create("/v1/back-tests", body)

    with pytest.raises(ExchangeError) as refused:
        asked.create("/v1/back-tests", body)

    assert (refused.value.code, refused.value.status) == ("back-test-quota-exceeded", 429)


def test_the_feed_is_read_on_to_its_end_and_from_where_one_was(client: Client) -> None:
    for _ in range(2):
        client.assess(FIRMS[0])

    told = list(client.events())

    assert len(told) >= 2
    assert [one["seq"] for one in told] == sorted({one["seq"] for one in told})
    assert list(client.events(told[-2]["seq"])) == told[-1:]
    with pytest.raises(ValueError, match="events"):
        next(client.pages("/v1/events"))


def test_a_receiver_is_paused_resumed_and_ended_and_a_stale_version_refused(client: Client) -> None:
    made = client.create("/v1/webhooks", {"url": "http://127.0.0.1:9/x"})
    place = f"/v1/webhooks/{made['id']}"

    paused = client.change(place, {"active": False}, version=1)
    with pytest.raises(ExchangeError) as stale:
        client.change(place, {"active": True}, version=1)
    resumed = client.change(place, {"active": True}, version=2)
    client.end(place, version=3)

    assert (paused["state"], resumed["state"]) == ("paused", "active")
    assert stale.value.status == 412
    with pytest.raises(ExchangeError):
        client.get(place)


def test_a_bank_ends_its_own_consent(client: Client) -> None:
    letter = {"document_sha256": "a" * 64, "text_version": "2025-1", "text_sha256": "b" * 64}
    given = client.create(
        "/v1/consents",
        {
            "enterprise": {"value": FIRMS[1]},
            "purposes": ["pre_loan"],
            "permissions": ["score:read"],
            "categories": ["rnd"],
            "valid_to": "2026-06-30T00:00:00+08:00",
            "paper": letter,
        },
    )

    ended = client.end(f"/v1/consents/{given['id']}", version=given["version"])

    assert (given["status"], ended["status"]) == ("authorised", "revoked")
