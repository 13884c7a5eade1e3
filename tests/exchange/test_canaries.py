"""Do names, codes and numbers of firms and persons stay out of logs, errors, events, the audit log and addresses?"""

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest
from opentelemetry import metrics, trace
from sqlalchemy import select
from starlette.testclient import TestClient

from data.spec.identifiers import with_uscc_check_digit
from data.store.orm import AUDIT_EVENT
from data.store.orm_exchange import OUTBOX_EVENT
from risk.permissions import Role
from tests.exchange.conftest import FIRMS, NAMES, NOW, World, make_world
from tests.exchange.rows import ROWS

CODES = tuple(with_uscc_check_digit(f"91370305MA3C{number:05d}") for number in range(14))
PHONES = tuple(f"1395331{number:04d}" for number in range(12))
PERSONS = tuple(f"37030319800101{number:03d}X" for number in range(10))
FIRM_NAMES = tuple(f"淄博金丝雀{letter}号（演示）有限公司" for letter in "甲乙丙丁戊己庚辛壬癸子丑寅卯")
CANARIES = (*CODES, *PHONES, *PERSONS, *FIRM_NAMES)


@pytest.fixture
def house(tmp_path: Any) -> Iterator[World]:
    yield from make_world(tmp_path)


def planted(body: object, canary: str) -> Iterator[object]:
    """Yield a body with the canary in the place of each text, and beside them under a name of its own."""
    if isinstance(body, dict):
        yield {**body, canary: canary}
        for name, value in body.items():
            for changed in planted(value, canary):
                yield {**body, name: changed}
    elif isinstance(body, list):
        for place, value in enumerate(body):
            for changed in planted(value, canary):
                yield [*body[:place], changed, *body[place + 1 :]]
    elif isinstance(body, str):
        yield canary


def logged(house: World) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in house.settings.state.glob("*.log"))


def kept(house: World) -> str:
    """Return what log, events and audit say, all of it."""
    with house.store.work(at=NOW, read_only=True) as work:
        rows = [*work.connection.execute(select(AUDIT_EVENT)), *work.connection.execute(select(OUTBOX_EVENT))]
    return logged(house) + json.dumps([[str(value) for value in row] for row in rows], ensure_ascii=False)


def found(text: str, canaries: tuple[str, ...] = (*CANARIES, *FIRMS, *NAMES)) -> list[str]:
    return [one for one in canaries if one in text]


def test_fifty_canaries_are_planted() -> None:
    assert len(set(CANARIES)) >= 50


def test_what_is_sent_is_in_no_error_log_event_or_audit_entry(
    house: World, figure: Callable[[str, float], None]
) -> None:
    told, number = [], 0
    for (method, path), row in sorted(ROWS.items()):
        owner = row.owners[0]
        ids = row.path(house, owner, "a")
        where = re.sub(r"{(\w+)}", lambda one, ids=ids: ids[one[1]], path)
        bodies = [None] if row.body is None else list(planted(row.body(house, owner, "a"), CANARIES[number % 50]))
        for body in bodies:
            number += 1
            headers = {**row.headers(house, owner, "a"), **house.headers(owner, "a")}
            headers["x-fapi-interaction-id"] = CANARIES[number % len(CODES)]
            answer = house.client.request(
                method, where, params={"extra": CANARIES[number % 50]}, json=body, headers=headers
            )
            if answer.status_code >= 400:
                told.append(answer.text.replace(headers["x-fapi-interaction-id"], ""))
    for canary in CODES:
        told.append(house.client.get(f"/v1/assessments/{canary}", headers=house.headers(owner, "a")).text)

    leaks = found("".join(told)) + found(re.sub(r'"interaction_id": "[^"]*"', "", kept(house)))
    figure("canaries_found", len(leaks))
    assert number > 60
    assert leaks == []


@pytest.mark.parametrize("canary", [CODES[0], PHONES[0], PERSONS[0]])
def test_a_fault_that_names_somebody_is_logged_without_the_name(house: World, canary: str) -> None:
    desks = house.app.state.desks.result()

    class Broken:
        def visit(self, *, at: Any) -> Any:
            local = canary
            raise RuntimeError(f"constraint failed for {local}，电话{canary}。")

    broken: Future[Any] = Future()
    broken.set_result(replace(desks, assessments=Broken()))
    house.app.state.desks = broken
    with TestClient(house.app, raise_server_exceptions=False) as client:
        answer = client.post(
            "/v1/assessments", json={"enterprise": house.firm("a")}, headers=house.headers(Role.BANK, "a")
        )

    assert answer.status_code == 500
    assert canary not in answer.text
    assert "RuntimeError" in logged(house)
    assert canary not in logged(house)


class Recorder:
    """Stand for a provider of traces or metrics, for their makers and instruments, and keep what each is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def _make(self, *given: object, **named: object) -> "Recorder":
        return self

    def _hear(self, *given: object, **named: object) -> Any:
        self.told.append(f"{given} {named}")
        return trace.INVALID_SPAN

    get_tracer = get_meter = create_histogram = create_up_down_counter = _make
    start_span = record = add = _hear


def test_whoever_collects_traces_and_metrics_is_told_nothing_of_what_was_sent(
    house: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    traces, metrics_ = Recorder(), Recorder()
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: traces)
    monkeypatch.setattr(metrics, "get_meter_provider", lambda: metrics_)

    for path in ("/v1/loans/CANARY-LOAN-1", "/v1/consents?cursor=CANARY-CURSOR", "/CANARY-PATH"):
        house.client.get(path, headers=house.headers(Role.BANK, "a"))

    assert traces.told == []
    assert metrics_.told
    assert not [line for line in metrics_.told if "CANARY" in line]
