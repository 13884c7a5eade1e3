"""A product's intercept is a line of its own, and moves score and PD alike."""

import math
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from scipy.special import logit

from data.spec.access import BUREAU
from data.store import Store
from models.card import ModelCard
from models.fitted import Model
from models.scale import score_of
from risk.assessment import Assessment
from risk.change import explain_change
from risk.replay import replay
from tests.risk.firm import SHIFT, T0, Shelf, ask, make_store


@pytest.fixture
def shelf(trained: tuple[Model, ModelCard]) -> Shelf:
    return Shelf(trained)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_store(tmp_path)


def points(answer: Assessment) -> dict[str, float]:
    return {line.name: line.points for line in answer.lines}


def test_the_product_moves_pd_interval_and_score_by_its_intercept(store: Store, shelf: Shelf) -> None:
    city, own = ask(store, shelf, None), ask(store, shelf, "lukedai")

    for name in ("pd", "pd_low", "pd_high"):
        assert logit(getattr(own, name)) - logit(getattr(city, name)) == pytest.approx(SHIFT, abs=1e-9)
    assert own.score == score_of(own.pd or 0, shelf.trained[1].scale)
    assert points(own)["product"] == pytest.approx(-SHIFT * 20 / math.log(2))
    assert "product" not in points(city)


def test_points_add_up_with_the_product_and_reasons_stay(store: Store, shelf: Shelf) -> None:
    city, own = ask(store, shelf, None), ask(store, shelf, "lukedai")

    assert math.fsum([*points(own).values(), *own.contributions.values()]) == pytest.approx(own.score, abs=1e-9)
    assert own.contributions == city.contributions
    assert own.product == "lukedai"


def test_a_product_without_an_intercept_is_the_city(store: Store, shelf: Shelf) -> None:
    city, other = ask(store, shelf, None), ask(store, shelf, "ip_pledge")

    assert (other.pd, other.score, points(other)["product"]) == (city.pd, city.score, 0.0)


def test_the_answer_is_given_again_with_its_product(store: Store, shelf: Shelf) -> None:
    own = ask(store, shelf, "lukedai")

    with store.work(at=T0 + timedelta(days=1)) as work:
        again = replay(work, own.id, shelf, tenant=BUREAU, actor="test", demonstration=True)

    assert again is not None
    assert again.equal, again.differences


def test_another_intercept_since_is_seen_in_the_receipt(store: Store, shelf: Shelf) -> None:
    own = ask(store, shelf, "lukedai")
    model, card = shelf.trained
    shelf.trained = model, card.model_copy(update={"products": (replace(card.products[0], shift=0.1),)})

    with store.work(at=T0 + timedelta(days=1)) as work:
        again = replay(work, own.id, shelf, tenant=BUREAU, actor="test", demonstration=True)

    assert again is not None
    assert {"receipt.calibration", "pd"} <= {one.part for one in again.differences}


def test_a_bridge_tells_the_product_apart(store: Store, shelf: Shelf) -> None:
    city, own = ask(store, shelf, None), ask(store, shelf, "lukedai")

    with store.work(at=T0 + timedelta(days=1)) as work:
        change = explain_change(work, city.id, own.id, shelf, tenant=BUREAU, actor="test", demonstration=True)

    assert change is not None
    parts = {part.name: part.points for part in change.parts}
    assert parts["product"] == pytest.approx(-SHIFT * 20 / math.log(2))
    total = math.fsum([*parts.values(), *(one.points for one in change.moved)])
    assert total == pytest.approx(change.after - change.before, abs=1e-9)


def test_a_margin_set_since_is_seen_in_the_receipt(store: Store, shelf: Shelf) -> None:
    own = ask(store, shelf, None)
    model, card = shelf.trained
    shelf.trained = model, card.model_copy(update={"margin": 0.5})

    with store.work(at=T0 + timedelta(days=1)) as work:
        again = replay(work, own.id, shelf, tenant=BUREAU, actor="test", demonstration=True)

    assert again is not None
    assert {"receipt.scale", "score"} <= {one.part for one in again.differences}
