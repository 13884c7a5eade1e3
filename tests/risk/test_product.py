"""A product's intercept is a line of its own, and moves score and PD alike."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from scipy.special import logit

from data.intake import load_file
from data.spec.access import BUREAU, Purpose
from data.spec.identifiers import parse_identifier, with_uscc_check_digit
from data.store import Store
from models.card import ModelCard
from models.fitted import Model
from models.products import ProductIntercept
from models.scale import score_of
from risk.answering import Question
from risk.assess import assess
from risk.assessment import Assessment
from risk.change import explain_change
from risk.replay import replay

FIRM = with_uscc_check_digit("91370303MA3C00000")
T0 = datetime(2026, 1, 1, 8, tzinfo=UTC)
DAY = date(2026, 1, 1)
LISTS = {
    "enterprise_registration": f"""统一社会信用代码,企业名称,成立日期,核准日期
{FIRM},淄博测试陶瓷（演示）有限公司,2012-03-02,2024-01-05
""",
    "annual_report": f"""统一社会信用代码,年度,营业收入,资产总额,负债总额,填报日期
{FIRM},2024,1000,400,300,2025-04-12
""",
    "rnd_year": f"""统一社会信用代码,年度,统计口径,研发费用,研发人员,从业人员,报送日期
{FIRM},2024,会计,5,10,50,2025-06-10
""",
}
SHIFT = 0.4


class Shelf:
    """Have one model, with an intercept for one product."""

    def __init__(self, trained: tuple[Model, ModelCard]) -> None:
        model, card = trained
        one = ProductIntercept(product="lukedai", rows=300, defaults=20, observed=0.5, error=0.2, shift=SHIFT)
        self.trained = model, card.model_copy(update={"products": (one,)})

    def champion(self, card: str) -> tuple[str, Model, ModelCard]:
        return ("m-1", *self.trained)

    def load(self, name: str) -> tuple[Model, ModelCard]:
        return self.trained


@pytest.fixture
def shelf(trained: tuple[Model, ModelCard]) -> Shelf:
    return Shelf(trained)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store.create(f"sqlite:///{tmp_path}/store.db", at=T0, demonstration_today=DAY)
    for name, text in LISTS.items():
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8-sig")
        load_file(store, path, list_name=name, at=T0, actor="test")
    return store


def ask(store: Store, shelf: Shelf, product: str | None) -> Assessment:
    at = T0 + timedelta(hours=1)
    question = Question(
        id=f"a-{product}",
        identifier=parse_identifier(FIRM),
        tenant=BUREAU,
        actor="test",
        purpose=Purpose.PRE_LOAN,
        as_of=DAY,
        at=at,
        demonstration=True,
        product=product,
    )
    with store.work(at=at) as work:
        answer = assess(work, question, shelf)
        work.commit()
    return answer


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
