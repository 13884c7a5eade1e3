"""Whatever is wrong with a table is refused or told, in Chinese and by a stable code: never a silent number."""

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.spec.errors import Refusal
from models import compare, fit
from models.table import table_of
from models.training import FitSettings, train

ROWS = 60


def good() -> tuple[pd.DataFrame, list[int]]:
    draw = np.random.default_rng(0)
    return pd.DataFrame({"a": draw.normal(size=ROWS), "b": ["x", "y", "z"] * 20}), [0, 1, 0] * 20


TOLD: dict[str, tuple[str, Callable[[pd.DataFrame, list[int]], tuple[pd.DataFrame, Any, dict[str, Any]]]]] = {
    "five defaults": ("too-few-defaults-for-live-use", lambda X, y: (X, [1] * 5 + [0] * 55, {})),
    "a constant column": ("column-constant", lambda X, y: (X.assign(c=7), y, {})),
    "a column without values": ("column-empty", lambda X, y: (X.assign(c=np.nan), y, {})),
    "numbers as text": ("column-numbers-as-text", lambda X, y: (X.assign(c=X["a"].round(1).astype(str)), y, {})),
    "rows twice": (
        "rows-repeated",
        lambda X, y: (pd.concat([X, X.head(20)], ignore_index=True), [*y, *y[:20]], {}),
    ),
    "the label with noise": (
        "column-parts-label",
        lambda X, y: (X.assign(c=np.array(y) * 100 + X["a"]), y, {}),
    ),
    "its negative": ("column-parts-label", lambda X, y: (X.assign(c=X["a"] - np.array(y) * 100), y, {})),
    "more columns than defaults allow": ("feature-budget-exceeded", lambda X, y: (X.assign(c=X["a"] ** 2), y, {})),
}


@pytest.mark.parametrize("case", TOLD)
def test_what_may_still_be_learned_from_is_told(case: str) -> None:
    code, spoil = TOLD[case]
    X, y, others = spoil(*good())

    found = {finding.code: finding for finding in table_of(X, y, **others).findings}

    assert code in found
    assert any("一" <= letter <= "鿿" for letter in found[code].message)


def test_a_good_table_is_told_nothing_but_its_size() -> None:
    X, y = good()

    assert {finding.code for finding in table_of(X[["a"]], y).findings} == set()


def test_repeated_rows_of_one_firm_are_its_own_affair() -> None:
    X, y = good()
    twice = pd.concat([X, X], ignore_index=True)

    table = table_of(twice, [*y, *y], groups=[*range(ROWS), *range(ROWS)])

    assert "rows-repeated" not in {finding.code for finding in table.findings}


def test_rows_of_small_counts_repeat_each_other_by_nature() -> None:
    X, y = good()

    table = table_of(X[["b"]].assign(count=[0, 1, 2, 3] * 15), y)

    assert "rows-repeated" not in {finding.code for finding in table.findings}


REFUSED: dict[str, tuple[str, Callable[[pd.DataFrame, list[int]], tuple[Any, Any, dict[str, Any]]]]] = {
    "one class": ("one-class-only", lambda X, y: (X, [1] * ROWS, {})),
    "labels of three kinds": ("labels-unusable", lambda X, y: (X, [2, *y[1:]], {})),
    "labels minus one and one": ("labels-unusable", lambda X, y: (X, [2 * one - 1 for one in y], {})),
    "labels as a table": ("rows-misaligned", lambda X, y: (X, pd.DataFrame({"y": y}), {})),
    "labels as a grid": ("rows-misaligned", lambda X, y: (X, np.array([y]).T, {})),
    "an infinite value": ("infinite-values", lambda X, y: (X.assign(a=[math.inf, *X["a"][1:]]), y, {})),
    "an infinite object": (
        "infinite-values",
        lambda X, y: (X.assign(a=np.array([-math.inf, *X["a"][1:]], dtype=object)), y, {}),
    ),
    "complex numbers": ("table-unusable", lambda X, y: (X.assign(a=X["a"] + 1j), y, {})),
    "a matrix without names": ("table-unusable", lambda X, y: (X[["a"]].to_numpy(), y, {})),
    "half a direction": ("direction-unusable", lambda X, y: (X, y, {"directions": {"a": 0.5}})),
    "a direction in words": ("direction-unusable", lambda X, y: (X, y, {"directions": {"a": "up"}})),
    "the label itself": ("label-among-features", lambda X, y: (X.assign(c=y), y, {})),
    "groups of other rows": (
        "rows-misaligned",
        lambda X, y: (X, y, {"groups": pd.Series(range(ROWS), index=range(1, ROWS + 1))}),
    ),
}


@pytest.mark.parametrize("ask", [fit, compare])
@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_learned_from_is_refused(case: str, ask: Callable[..., object]) -> None:
    code, spoil = REFUSED[case]
    X, y, others = spoil(*good())

    with pytest.raises(Refusal) as refusal:
        ask(X, y, **others)

    assert refusal.value.code == code
    assert any("一" <= letter <= "鿿" for letter in str(refusal.value))


def test_a_comparison_needs_a_defaulted_firm_in_every_fold() -> None:
    X, _ = good()

    with pytest.raises(Refusal) as refusal:
        compare(X, [1] * 4 + [0] * 56)

    assert refusal.value.code == "too-few-defaults"


def test_five_defaults_give_a_modest_model_that_says_so(world: Callable[..., SimpleNamespace]) -> None:
    few = world(60, 1, seed=8)
    y = few.y.where(few.y.cumsum() <= 5, 0)

    model = train(table_of(few.X, y), FitSettings(refits=0), seed=0)

    assert "too-few-defaults-for-live-use" in {finding.code for finding in model.findings}
    assert abs(model.probability(few.X).mean() - 5 / 60) < 0.03
