"""What can a bank's program ask, in one call each?"""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx2
from joserfc.jwk import Key

from api.client.errors import ExchangeError, Unreachable
from api.client.labels import Sample, joined
from api.client.signing import ASSERTION_KIND, assertion, proof

TRIES = 5
PATIENCE_SECONDS = 30.0
MOST_WAIT_SECONDS = 300
"""So long a call waits at most before it is sent again."""
ASK_AGAIN_SECONDS = 2
RENEW_SECONDS = 30
"""So long before its end a token is renewed."""

Answer = dict[str, Any]


class Client:
    """Ask the service in a bank's name; one token serves many calls, each call carries a proof of its own.

    Calls that create something are sent again under one idempotency key until they are answered: nothing is made twice.
    `http` takes the place of the client's own connection. Raises ExchangeError for a refusal, Unreachable where the
    service stayed silent.
    """

    def __init__(
        self,
        base_url: str,
        *,
        client_id: str,
        key: Key,
        scopes: tuple[str, ...] = (),
        http: httpx2.Client | None = None,
    ) -> None:
        self._base, self._client_id, self._key, self._scopes = base_url.rstrip("/"), client_id, key, scopes
        self._http = http or httpx2.Client(timeout=PATIENCE_SECONDS, trust_env=False)
        self._token, self._ends = "", 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def assess(
        self,
        uscc: str,
        *,
        purpose: str = "pre_loan",
        as_of: date | None = None,
        product: str | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Ask for an assessment; `status` says whether it was scored, `code` why not."""
        wanted = {"enterprise": {"scheme": "uscc", "value": uscc}, "purpose": purpose, "product": product}
        wanted["as_of"] = as_of.isoformat() if as_of else None
        told = {name: value for name, value in wanted.items() if value is not None}
        return self.create("/v1/assessments", told, idempotency_key=idempotency_key)

    def read_assessment(self, id: str) -> Answer:
        """Read an assessment again, as it was given."""
        return self.get(f"/v1/assessments/{id}")

    def explain(self, id: str, *, language: str = "zh") -> Answer:
        """Read the reasons of an assessment in the bank's words."""
        return self.get(f"/v1/assessments/{id}/explanation", language=language)

    def evidence(self, id: str, feature: str) -> Answer:
        """Read the very rows behind one value of an assessment."""
        return self.get(f"/v1/assessments/{id}/evidence/{feature}")

    def validity(self, id: str) -> Answer:
        """Ask whether an assessment still holds."""
        return self.get(f"/v1/assessments/{id}/validity")

    def assess_many(self, usccs: list[str], *, purpose: str = "pre_loan") -> Iterator[Answer]:
        """Ask for many assessments, wait until they are made, and yield each."""
        firms = [{"scheme": "uscc", "value": uscc} for uscc in usccs]
        batch = self.create("/v1/assessment-batches", {"enterprises": firms, "purpose": purpose})
        self._wait_for(f"/v1/assessment-batches/{batch['id']}")
        yield from self.pages(f"/v1/assessment-batches/{batch['id']}/results")

    def back_test(
        self,
        samples: Sequence[Sample],
        *,
        document_sha256: str,
        basis: str = "authorisation",
        card: str = "application",
        model: str = "present",
    ) -> list[Answer]:
        """Ask how past firms would have been scored, and join the answers with the labels here.

        `basis` and the document behind it are the legal ground; labels are not sent.
        """
        wanted = {
            "pairs": [one.pair() for one in samples],
            "card": card,
            "model": model,
            "basis": {"kind": basis, "document_sha256": document_sha256},
        }
        where = f"/v1/back-tests/{self.create('/v1/back-tests', wanted)['id']}"
        self._wait_for(where)
        return joined(samples, (*self.pages(f"{where}/results"), *self.pages(f"{where}/errors")))

    def _wait_for(self, where: str) -> None:
        """Wait until a long work has ended."""
        while self.get(where)["state"] in ("queued", "running"):
            time.sleep(ASK_AGAIN_SECONDS)

    def try_policy(self, product: str, facts: Mapping[str, Any], *, on: date | None = None) -> Answer:
        """Try a policy product on facts; nothing is stored."""
        told: Answer = {"product": product, "facts": dict(facts)}
        return self._call("POST", "/v1/policy-trials", json=told | ({"on": on.isoformat()} if on else {}))

    def events(self, after: int = 0) -> Iterator[Answer]:
        """Yield every event after a number until none is left; the last one's `seq` is where to go on."""
        while (page := self.get("/v1/events", after=after))["items"]:
            yield from page["items"]
            after = page["next"]

    def pages(self, path: str, **query: Any) -> Iterator[Answer]:
        """Yield every item of a list, page after page; the feed of events has no pages: see `events`."""
        if path == "/v1/events":
            raise ValueError("the feed is read on from a number: use events(after)")
        cursor = None
        while True:
            page = self.get(path, **query, **({"cursor": cursor} if cursor else {}))
            yield from page["items"]
            cursor = page.get("next")
            if not cursor:
                return

    def get(self, path: str, **query: Any) -> Answer:
        """Read one address."""
        return self._call("GET", path, params=query)

    def create(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        idempotency_key: str | None = None,
        version: int | None = None,
    ) -> Answer:
        """Send what creates something, again and again under one key until it is answered.

        `version` is that of the object it rests on, as last read.
        """
        own = {"Idempotency-Key": idempotency_key or str(uuid4())}
        own |= {} if version is None else {"If-Match": f'"{version}"'}
        return self._call("POST", path, json=dict(body), headers=own)

    def change(self, path: str, body: Mapping[str, Any], *, version: int) -> Answer:
        """Change an object of the version last read, such as a receiver of events to be paused or resumed.

        Where an answer was lost and the change had been made, the same call again is refused as stale: read, and look.
        """
        return self._call("PATCH", path, json=dict(body), headers={"If-Match": f'"{version}"'})

    def end(self, path: str, *, version: int) -> Answer:
        """End an object of the version last read: revoke a consent, remove a receiver, cancel a long work."""
        return self._call("DELETE", path, headers={"If-Match": f'"{version}"'})

    def _call(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **sent: Any) -> Answer:
        for turn in range(TRIES):
            try:
                answer = self._send(method, path, headers or {}, sent)
            except httpx2.TransportError:
                self._wait(turn, None)
                continue
            if _passes(answer):
                self._wait(turn, answer.headers.get("Retry-After"))
                continue
            return _read(answer)
        raise Unreachable(f"{method} {path}: {TRIES} 次未得到答复，可用同一个幂等键重发。")

    def _send(self, method: str, path: str, headers: Mapping[str, str], sent: Mapping[str, Any]) -> httpx2.Response:
        token = self._fresh_token()
        url = self._base + path
        signed = proof(self._key, method=method, url=url, at=int(time.time()), id=str(uuid4()), token=token)
        own = {"Authorization": f"DPoP {token}", "DPoP": signed}
        return self._http.request(method, url, headers={**headers, **own}, **sent)

    def _fresh_token(self) -> str:
        if time.time() > self._ends - RENEW_SECONDS:
            url, at = f"{self._base}/oauth/token", int(time.time())
            said = assertion(self._key, client_id=self._client_id, audience=self._base, at=at, id=str(uuid4()))
            form = {
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION_KIND,
                "client_assertion": said,
            }
            if self._scopes:
                form["scope"] = " ".join(self._scopes)
            signed = proof(self._key, method="POST", url=url, at=at, id=str(uuid4()))
            told = _read(self._http.post(url, data=form, headers={"DPoP": signed}))
            self._token, self._ends = told["access_token"], at + told["expires_in"]
        return self._token

    def _wait(self, turn: int, told: str | None) -> None:
        time.sleep(float(told) if told and told.isdigit() else min(2.0**turn / 4, 5.0))


def _passes(answer: httpx2.Response) -> bool:
    """Tell whether the same call is worth a wait; a quota of days is for whoever asked to know."""
    told = answer.headers.get("Retry-After", "")
    if told.isdigit() and int(told) > MOST_WAIT_SECONDS:
        return False
    return answer.status_code in (429, 503) or (answer.status_code == 409 and "in-flight" in answer.text)


def _read(answer: httpx2.Response) -> Answer:
    said: Answer = answer.json() if answer.content else {}
    if answer.status_code >= 400:
        raise ExchangeError(answer.status_code, said)
    return said
