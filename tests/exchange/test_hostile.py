"""Whatever is sent, is it refused in one shape, without a fault, and never given back?"""

import json
import os
import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest

from risk.permissions import Role
from tests.exchange.hostile import CANARY, RAW, TEXTS, corpus, mutated
from tests.exchange.rows import ROUTES, ROWS

DEEP = bool(os.environ.get("LUKEPING_DEEP"))
PROBLEM = {"type", "title", "status", "code", "detail", "interaction_id", "errors"}
WITH_BODY = sorted(route for route, row in ROWS.items() if row.body)
REQUESTS = 100_000
"""So many are made in a long run, over all routes together."""


class Seen:
    """Look at every answer, and count."""

    def __init__(self) -> None:
        self.requests = 0
        self.faults: list[str] = []
        self.echoes: list[str] = []

    def look(self, answer: Any, what: str) -> None:
        self.requests += 1
        if answer.status_code >= 500 and answer.status_code != 503:
            self.faults.append(f"{answer.status_code} {what}")
        if answer.status_code >= 400:
            if CANARY in answer.text or any(CANARY in value for value in answer.headers.values()):
                self.echoes.append(what)  # What was accepted is the sender's own object, and is given back.
            assert answer.headers["content-type"] == "application/problem+json", what
            assert set(answer.json()) == PROBLEM, what

    def hold(self) -> None:
        assert self.faults == []
        assert self.echoes == []


class Target:
    """Send to one route in an owner's name, whose own request it would answer."""

    def __init__(self, world: Any, route: tuple[str, str]) -> None:
        self._world, self._method = world, route[0]
        self._row = ROWS[route]
        self._owner = self._row.owners[0]
        self._ids = self._row.path(world, self._owner, "a")
        self._path = route[1]
        self.valid = self._row.body(world, self._owner, "a") if self._row.body else None

    def send(
        self, body: bytes, *, ids: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        where = re.sub(r"{(\w+)}", lambda found: (ids or self._ids)[found[1]], self._path)
        usual = {
            **self._row.headers(self._world, self._owner, "a"),
            **self._world.headers(self._owner, "a"),
            "Content-Type": "application/json",
        }
        return self._world.client.request(self._method, where, content=body, headers={**usual, **(headers or {})})


@pytest.mark.parametrize("route", WITH_BODY, ids=" ".join)
def test_a_corpus_of_hostile_bodies_is_refused_in_one_shape(world: Any, route: tuple[str, str]) -> None:
    target, seen = Target(world, route), Seen()
    bodies = list(corpus(target.valid))
    assert len(bodies) >= 200
    chosen = bodies if DEEP else Random(str(route)).sample(bodies, 25)

    for name, body in chosen:
        seen.look(target.send(body), f"{route} {name}")

    seen.hold()


@pytest.mark.parametrize("text", TEXTS if DEEP else TEXTS[2:42:5], ids=lambda text: repr(text[:20]))
def test_hostile_ids_and_headers_are_refused_in_one_shape(world: Any, text: str) -> None:
    seen = Seen()
    # What a client's library can send at all: no line ends within a header.
    as_header = re.sub(rb"[\r\n\0]", b" ", text.encode("utf-8", "replace"))[:5000]
    for route, row in sorted(ROWS.items()):
        target = Target(world, route)
        body = json.dumps(target.valid).encode() if row.body else b""
        names = re.findall(r"{(\w+)}", route[1])
        if names and text.strip("./ "):
            hostile = {
                name: "".join(f"%{byte:02X}" for byte in text[:300].encode("utf-8", "replace")) for name in names
            }
            seen.look(target.send(body, ids=hostile), f"{route} id")
        for header in ("Idempotency-Key", "If-Match", "x-fapi-interaction-id", "Content-Type", "Accept-Language"):
            seen.look(target.send(body, headers={header: as_header}), f"{route} {header}")

    assert not seen.faults
    assert not [what for what in seen.echoes if "x-fapi-interaction-id" not in what]


def test_made_up_requests_never_bring_the_service_down(world: Any, figure: Callable[[str, float], None]) -> None:
    seen, draw = Seen(), Random(20260101)
    targets = [Target(world, route) for route in WITH_BODY]
    wanted = REQUESTS if DEEP else 300

    while seen.requests < wanted:
        target = draw.choice(targets)
        body = mutated(target.valid, draw)
        seen.look(target.send(body), repr(body[:200]))

    figure("hostile_requests", seen.requests)
    figure("answers_5xx", len(seen.faults))
    figure("echoes", len(seen.echoes))
    seen.hold()


def test_the_mutations_do_what_they_say() -> None:
    valid = {"a": {"b": ["x", 1]}, "c": "y"}
    draw = Random(1)

    bodies = {mutated(valid, draw) for _ in range(200)}

    assert len(bodies) > 150
    assert any(CANARY.encode() in body for body in bodies)
    assert {body for _, body in corpus(valid)} > set(RAW.values())


def test_an_answer_that_gives_input_back_is_seen() -> None:
    class Answer:
        status_code, text = 422, f'{{"a": "{CANARY}"}}'

        @property
        def headers(self) -> dict[str, str]:
            return {"content-type": "application/problem+json"}

        def json(self) -> dict[str, str]:
            return dict.fromkeys(PROBLEM, CANARY)

    seen = Seen()
    seen.look(Answer(), "planted")

    with pytest.raises(AssertionError):
        seen.hold()


def test_every_route_that_reads_a_body_is_in_the_corpus() -> None:
    reading = {route for route in ROUTES if route[0] in ("POST", "PUT", "PATCH")}

    assert {route for route in reading if ROWS[route].body is None} == set()


def test_a_day_before_any_rule_is_refused_without_being_told_again(world: Any) -> None:
    asked = {"enterprise": world.firm("a"), "as_of": "0613-05-26"}

    answer = world.client.post("/v1/assessments", json=asked, headers=world.headers(Role.BANK, "a"))

    assert (answer.status_code, answer.json()["code"]) == (422, "not-in-force")
    assert "0613" not in answer.text
