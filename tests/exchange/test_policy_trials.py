"""Is a trial over HTTP the very trial that the terminal shows, and does it read and keep nobody's data?"""

from typing import Any

import pytest
from sqlalchemy import select

from api.exchange.try_policy import trial_report
from api.wiring.policies import Policies
from data.store.orm import AUDIT_EVENT
from risk.permissions import Role
from risk.policies.cases import read_cases
from risk.policies.product import load_product, products
from tests.exchange.conftest import NOW

CODES = [product.code for product in products()]


def ask(world: Any, **members: object) -> Any:
    return world.client.post("/v1/policy-trials", json=members, headers=world.headers(Role.BANK, "a"))


def as_told(value: object) -> object:
    """Write a fact of a case as JSON can: a fraction as text."""
    return value if isinstance(value, str | bool | int) else str(value)


@pytest.mark.parametrize("code", CODES)
def test_a_trial_is_the_one_the_terminal_shows_for_every_case(world: Any, code: str) -> None:
    file = read_cases(code)
    for case in file.cases[:12]:
        facts = {name: as_told(value) for name, value in {**file.facts, **case.facts}.items() if value is not None}

        answer = ask(world, product=code, on=case.on.isoformat(), facts=facts)
        own = Policies().attempt(code, facts, on=case.on, stage=None, reforms={})

        assert answer.status_code == 200, answer.text
        assert answer.json() == trial_report(own).model_dump(mode="json")


def test_unverified_numbers_are_said_to_be(world: Any) -> None:
    facts = {"amount": 4_000_000, "term_months": 12, "rate": "0.04", "pd": "0.02", "pd_horizon_months": 18}
    marked = 0
    for code in CODES:
        known = {name: value for name, value in facts.items() if name in load_product(code).vocabulary}
        answer = ask(world, product=code, on="2025-12-31", facts=known)
        said = answer.json()
        assert answer.status_code == 200, answer.text
        assert all(one["mark"] for one in said["unverified"])
        marked += len(said["unverified"])
    assert marked


def test_the_catalogue_shows_no_number_before_its_first_day(world: Any) -> None:
    headers = world.headers(Role.BANK, "a")
    before = world.client.get("/v1/products?on=2010-01-01", headers=headers).json()["products"]
    now = world.client.get("/v1/products", headers=headers).json()

    assert now["on"] == NOW.date().isoformat()
    assert {one["product"] for one in now["products"]} == set(CODES)
    assert not any(one["in_force"] or one["numbers"] for one in before)
    assert any(one["in_force"] and one["numbers"] for one in now["products"])


@pytest.mark.parametrize(
    ("members", "status", "code"),
    [
        ({"product": "none", "facts": {}}, 404, "product-unknown"),
        ({"product": "lukedai", "stage": "none", "facts": {}}, 422, "stage-unknown"),
        ({"product": "lukedai", "facts": {"kanarienvogel": 1}}, 422, "fact-unknown"),
        ({"product": "lukedai", "facts": {"amount": "kanarienvogel"}}, 422, "fact-malformed"),
        ({"product": "lukedai", "facts": {"amount": -1}}, 422, "fact-malformed"),
        ({"product": "lukedai", "facts": {"amount": 1.5}}, 422, "request-invalid"),
        ({"product": "lukedai"}, 422, "request-invalid"),
    ],
)
def test_what_cannot_be_tried_is_refused_without_repeating_it(
    world: Any, members: dict[str, object], status: int, code: str
) -> None:
    answer = ask(world, **members)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "kanarienvogel" not in answer.text


def test_a_trial_leaves_no_trace(world: Any) -> None:
    def events() -> int:
        with world.store.work(at=NOW, read_only=True) as work:
            return len(work.connection.execute(select(AUDIT_EVENT.c.seq)).all())

    before = events()
    ask(world, product="lukedai", facts={"amount": 1_000_000})

    assert events() == before
