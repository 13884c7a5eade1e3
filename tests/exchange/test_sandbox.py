"""Does every enterprise of the sandbox answer as the one table says, over HTTP, at any hour, and again?"""

import json
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from api.app import create_app
from api.cli import main
from api.clock import SHANGHAI
from api.desks import Desks
from api.log import open_log
from api.sandbox_page import sandbox_page
from api.settings import Settings
from api.wiring.desks import desks_of
from api.wiring.sandbox import DECISION_OF
from api.wiring.stores import open_store
from data.sandbox import Answer, EarlierAssessment, Sandbox, read_sandbox
from data.spec.errors import Refusal
from risk.assessment import Status
from risk.consent import ConsentExpired, ConsentRequired, ConsentRevoked
from risk.lineage import PermissionRequired
from risk.objection_words import OPEN_NOTE
from risk.unscored import Unscored
from risk.validity import ValidityStatus
from tests.exchange.unlimited import Unlimited

HOURS = (datetime(2026, 1, 1, 0, 5, tzinfo=SHANGHAI), datetime(2026, 1, 1, 23, 55, tzinfo=SHANGHAI))
"""An answer is the same early and late, whenever the store was made."""
ASKERS = {"demo-bank-1": "bank", "demo-guarantor-1": "guarantor"}
REFUSALS = (ConsentRequired, ConsentExpired, ConsentRevoked, PermissionRequired)
TABLE = read_sandbox()


@dataclass
class House:
    """Be a service on a sandbox at one hour, with the tokens that its making printed."""

    client: TestClient
    tokens: dict[str, str]
    keys: Iterator[int] = field(default_factory=lambda: count(1))

    def get(self, place: str, asker: str) -> Any:
        return self.client.get(place, headers={"Authorization": f"Bearer {self.tokens[asker]}"})

    def ask(self, uscc: str, asker: str, purpose: str) -> Any:
        headers = {
            "Authorization": f"Bearer {self.tokens[asker]}",
            "Idempotency-Key": f"{asker}-{next(self.keys):06d}",
        }
        body = {"enterprise": {"scheme": "uscc", "value": uscc}, "purpose": purpose}
        return self.client.post("/v1/assessments", json=body, headers=headers)


def make_house(folder: Path, at: datetime) -> Iterator[House]:
    """Make a sandbox as a bank's team would, by the command, and stand a service on it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUKEPING_STATE", str(folder))
        assert run("init", "--sandbox") == 0
    settings = Settings(state=folder)
    store = open_store(settings)
    desks: Future[Desks] = Future()
    own = desks_of(store, settings)
    desks.set_result(replace(own, scoring=replace(own.scoring, rates=Unlimited())))
    app = create_app(desks, clock=lambda: at, log=open_log(folder / "test.log"))
    issued = json.loads(settings.token_file.read_text(encoding="utf-8"))
    with TestClient(app) as client:
        yield House(client, {code: one["token"] for code, one in issued.items()})
    store.close()


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


@pytest.fixture(scope="module", params=HOURS, ids=["early", "late"])
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Return a service on a sandbox of its own, made anew for each hour."""
    yield from make_house(tmp_path_factory.mktemp("sandbox") / "state", request.param)


def given(answer: Any) -> dict[str, object]:
    """Return what the table says of an answer."""
    body = answer.json()
    made = answer.status_code == 201
    return {
        "http": answer.status_code,
        "status": body["status"] if made else None,
        **{name: body.get(name) for name in ("code", "score", "grade", "support")},
    }


def wanted(answer: Answer) -> dict[str, object]:
    return answer.model_dump(exclude={"consent", "told"})


def earlier_of(asker: str) -> list[EarlierAssessment]:
    return [one for one in TABLE.earlier if one.asker == asker]


# What was there before anybody asked comes first: a new assessment takes the place of an earlier one.


@pytest.mark.parametrize("asker", ASKERS)
def test_what_an_institution_holds_already_stands_as_the_table_says(house: House, asker: str) -> None:
    for earlier in earlier_of(asker):
        validity = house.get(f"/v1/assessments/{earlier.id}/validity", asker).json()
        read = house.get(f"/v1/assessments/{earlier.id}", asker).json()

        assert (validity["status"], validity["code"]) == (earlier.validity.status, earlier.validity.code)
        assert read["enterprise"]["value"] == TABLE.enterprise(earlier.enterprise).uscc
        assert (OPEN_NOTE in read["notes"]) is (earlier.objection is not None)
        if earlier.objection is not None:
            objection = house.get(f"/v1/objections/{earlier.objection}", asker).json()
            assert (objection["state"], objection["object"]) == ("received", earlier.id)
            assert objection["overdue"] is False


@pytest.mark.parametrize("asker", ASKERS)
def test_what_another_holds_is_as_unknown_as_what_nobody_holds(house: House, asker: str) -> None:
    nobodys = house.get("/v1/assessments/019b2f00-0000-7000-8000-00000000ffff", asker)

    for other in [one for one in TABLE.earlier if one.asker != asker]:
        strangers = house.get(f"/v1/assessments/{other.id}", asker)
        assert strangers.status_code == nobodys.status_code == 404
        assert _but_its_id(strangers) == _but_its_id(nobodys)


def _but_its_id(answer: Any) -> dict[str, object]:
    return {name: value for name, value in answer.json().items() if name not in ("interaction_id", "instance")}


@pytest.mark.parametrize("asker", ASKERS)
@pytest.mark.parametrize("firm", TABLE.enterprises, ids=lambda firm: f"{firm.number:02d}")
def test_each_of_the_twelve_answers_as_the_table_says_and_again(house: House, firm: Any, asker: str) -> None:
    decision = DECISION_OF[ASKERS[asker]]

    for purpose, answer in ((decision, firm.decision), ("monitoring", firm.monitoring)):
        first, again = (house.ask(firm.uscc, asker, purpose) for _ in range(2))
        assert given(first) == wanted(answer)
        assert given(again) == wanted(answer)
        if first.status_code == 201:
            assert first.json()["enterprise"]["name"] == firm.name
            assert first.json()["demonstration"] is True


@pytest.mark.parametrize("asker", ASKERS)
def test_a_code_in_no_list_is_unknown(house: House, asker: str) -> None:
    answer = house.ask(TABLE.unknown.uscc, asker, DECISION_OF[ASKERS[asker]])

    assert (answer.status_code, answer.json()["code"]) == (TABLE.unknown.answer.http, TABLE.unknown.answer.code)


@pytest.mark.parametrize("asker", ASKERS)
def test_a_new_assessment_takes_the_place_of_one_that_held_alone(house: House, asker: str) -> None:
    after = {}
    for earlier in earlier_of(asker):
        house.ask(TABLE.enterprise(earlier.enterprise).uscc, asker, DECISION_OF[ASKERS[asker]])
        after[earlier.validity.status] = house.get(f"/v1/assessments/{earlier.id}/validity", asker).json()["status"]

    assert after == {"valid": "superseded", "withdrawn": "withdrawn"}


def test_the_twelve_cover_every_status_reason_refusal_and_the_endings() -> None:
    answers = [answer for firm in TABLE.enterprises for answer in (firm.decision, firm.monitoring)]

    assert {answer.status for answer in answers} - {None} == set(Status)
    assert {answer.code for answer in answers if answer.http == 201} - {None} == set(Unscored)
    assert {answer.code for answer in answers if answer.http == 403} == {refusal.code for refusal in REFUSALS}
    assert {one.validity.status for one in TABLE.earlier} == {ValidityStatus.VALID, ValidityStatus.WITHDRAWN}


def test_the_service_is_ready_and_says_that_it_is_a_sandbox(house: House) -> None:
    answer = house.client.get("/health/ready")

    assert (answer.status_code, answer.json()["status"], answer.json()["mode"]) == (200, "ready", "sandbox")


def test_the_page_is_the_tables_own() -> None:
    page = Path(__file__).resolve().parents[2] / "docs" / "sandbox.md"

    assert page.read_text(encoding="utf-8") == sandbox_page(TABLE)


def test_the_command_tells_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sandbox") == 0
    told = capsys.readouterr().out
    assert run("sandbox", "--json") == 0
    whole = json.loads(capsys.readouterr().out)

    assert all(firm.uscc in told for firm in TABLE.enterprises)
    assert all(one.id in told for one in TABLE.earlier)
    assert Sandbox.model_validate(whole) == TABLE


def test_a_sandbox_is_not_empty_and_replaces_no_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LUKEPING_STATE", str(tmp_path / "state"))

    assert run("init", "--sandbox", "--empty") == 2
    assert "usage" in capsys.readouterr().err
    assert not (tmp_path / "state").exists()
    assert run("init", "--empty") == 0
    assert run("init", "--sandbox") == 2
    assert "store-exists" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["eleven", "unmarked", "miscoded", "backwards", "surplus"])
def test_a_table_that_is_not_plainly_a_sandboxs_is_refused(wrong: str) -> None:
    table = TABLE.model_dump()
    firm = table["enterprises"][0]
    if wrong == "eleven":
        table["enterprises"] = table["enterprises"][:-1]
    if wrong == "unmarked":
        firm["name"] = "淄博甲子陶瓷有限公司"
    if wrong == "miscoded":
        firm["uscc"] = firm["uscc"][:-1] + "4"
    if wrong == "backwards":
        table["history"]["warned_at"] = table["history"]["built_at"] - timedelta(days=1)
    if wrong == "surplus":
        firm["decision"]["colour"] = "red"

    with pytest.raises((ValidationError, Refusal)):
        Sandbox.model_validate(table)
