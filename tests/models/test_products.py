"""Is a product's own default rate believed as far as its loans can show it, and no further?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from models.appointing import product_note
from models.products import ProductIntercept, intercepts_of, shift_of

TRUE = {"ordinary": 0.0, "safer": -0.9, "riskier": 0.9}


def city(seed: int, true: dict[str, float], *, rows: int = 9000, share: tuple[float, ...] = (0.6, 0.3, 0.1)) -> dict:
    draw = np.random.default_rng(seed)
    log_odds = draw.normal(-3.2, 1.0, rows)
    product = draw.choice(list(true), rows, p=share)
    label = draw.random(rows) < expit(log_odds + np.vectorize(true.get)(product))
    return {"log_odds": log_odds, "label": label.astype(float), "product": product, "clusters": np.arange(rows) // 2}


def by_name(found: tuple[ProductIntercept, ...]) -> dict[str, ProductIntercept]:
    return {one.product: one for one in found}


def test_products_that_differ_are_moved_towards_their_own_rate() -> None:
    data = city(3, TRUE)
    found = by_name(intercepts_of(**data))

    for name, one in found.items():
        own = data["product"] == name
        before = abs(data["label"][own].mean() - expit(data["log_odds"][own]).mean())
        after = abs(data["label"][own].mean() - expit(data["log_odds"][own] + one.shift).mean())
        assert after <= before
        assert one.shift == pytest.approx(TRUE[name], abs=0.35)


def test_products_that_do_not_differ_are_hardly_moved() -> None:
    largest = [
        max(abs(one.shift) for one in intercepts_of(**city(seed, dict.fromkeys(TRUE, 0.0)))) for seed in range(20)
    ]

    assert np.median(largest) < 0.05
    assert max(largest) < 0.5


def test_a_thin_product_without_a_default_is_not_called_safe() -> None:
    data = city(5, TRUE, share=(0.66, 0.335, 0.005))
    thin = data["product"] == "riskier"
    data["label"][thin] = 0.0

    one = by_name(intercepts_of(**data))["riskier"]

    assert 0 < one.rows < 80
    assert one.defaults == 0
    assert np.isfinite([one.observed, one.error]).all()
    assert abs(one.shift) < abs(one.observed)
    assert abs(one.shift) < 0.6


def test_loans_of_one_firm_weigh_less_than_those_of_as_many() -> None:
    data = city(3, TRUE)
    apart = by_name(intercepts_of(**data))
    # Ten rows of one firm that share its fortune tell no more than one of them.
    many = {name: np.repeat(values, 10) for name, values in data.items()}
    together = by_name(intercepts_of(**many))

    for name, one in together.items():
        assert one.error == pytest.approx(apart[name].error, rel=0.35)
        assert one.shift == pytest.approx(apart[name].shift, abs=0.1)


def test_one_product_alone_is_the_city() -> None:
    data = city(3, {"ordinary": 0.5}, share=(1.0,))

    assert [one.shift for one in intercepts_of(**data)] == [0.0]


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.floats(-2, 2))
def test_the_shift_lies_between_the_city_and_what_is_most_likely_alone(seed: int, true: float) -> None:
    for one in intercepts_of(**city(seed, {"a": 0.0, "b": true}, rows=1500, share=(0.7, 0.3))):
        assert one.shift * one.observed >= 0


def test_an_owner_reads_how_far_a_product_is_moved_and_on_what() -> None:
    one = ProductIntercept(product="lukedai", rows=820, defaults=19, observed=0.31, error=0.24, shift=0.118)

    assert product_note(one) == "鲁科贷：截距 +0.12（对数几率），依据 820 行、违约 19 行，未收缩前 +0.31±0.24"


def test_a_product_never_seen_is_the_city() -> None:
    found = intercepts_of(**city(3, TRUE))

    assert shift_of(found, "new") == shift_of(found, None) == 0.0
    assert shift_of(found, "safer") == by_name(found)["safer"].shift
