"""Contributions add up to the probability's log-odds, row by row, and agree with an independent oracle."""

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from models import Model, explain
from models.calibration import FURTHEST, LEAST_SLOPE, Calibrator, calibrator_of
from models.columns import Matrix
from models.contributions_tables import Tables


def recalibrated(model: Model, slope: float, intercept: float) -> Model:
    return replace(model, head=replace(model.head, calibrator=Calibrator(slope, intercept)))


def test_each_row_sums_to_the_log_odds_of_its_probability(model: Model, small: SimpleNamespace) -> None:
    answer = explain(model, small.X)

    assert list(answer.columns) == [*small.X.columns, "base"]
    assert answer.index.equals(small.X.index)
    assert np.abs(answer.sum(axis=1) - logit(model.probability(small.X))).max() < 1e-9


def test_the_base_is_the_same_for_every_row(model: Model, small: SimpleNamespace) -> None:
    base = explain(model, small.X)["base"]

    assert base.max() - base.min() < 1e-9


def test_the_slope_multiplies_contributions_and_the_intercept_goes_to_the_base(
    model: Model, small: SimpleNamespace
) -> None:
    plain = explain(recalibrated(model, 1.0, 0.0), small.X)
    shown = explain(recalibrated(model, 0.5, 0.25), small.X)

    features = list(small.X.columns)
    assert np.allclose(shown[features], 0.5 * plain[features])
    assert np.allclose(shown["base"], 0.5 * plain["base"] + 0.25)


def goes_left(node: dict[str, Any], value: float) -> bool:
    if node["decision_type"] == "==":
        return not math.isnan(value) and str(int(value)) in str(node["threshold"]).split("||")
    if math.isnan(value) and node["missing_type"] == "NaN":
        return bool(node["default_left"])
    return bool(value <= node["threshold"])


def expected(node: dict[str, Any], row: Matrix, known: frozenset[int]) -> float:
    """Return what a tree says when only the known columns are shown, by the definition of path-dependent SHAP."""
    if "leaf_value" in node:
        return float(node["leaf_value"])
    left, right = node["left_child"], node["right_child"]
    if node["split_feature"] in known:
        return expected(left if goes_left(node, row[node["split_feature"]]) else right, row, known)
    weights = [one.get("leaf_count", one.get("internal_count")) for one in (left, right)]
    return float(np.average([expected(left, row, known), expected(right, row, known)], weights=weights))


def shapley(model: Model, row: Matrix) -> list[float]:
    """Return the mean marginal contribution of each column over all orders, by enumeration."""
    trees = [tree["tree_structure"] for booster in model.boosters for tree in booster.dump_model()["tree_info"]]
    size = len(row)
    subsets = [frozenset(one) for count in range(size + 1) for one in combinations(range(size), count)]
    worth = {known: sum(expected(tree, row, known) for tree in trees) / len(model.boosters) for known in subsets}
    share = [math.factorial(n) * math.factorial(size - n - 1) / math.factorial(size) for n in range(size)]
    return [
        sum(share[len(known)] * (worth[known | {column}] - worth[known]) for known in subsets if column not in known)
        for column in range(size)
    ]


def test_contributions_are_shapley_values_by_enumeration(model: Model, small: SimpleNamespace) -> None:
    one_booster = replace(model, members=model.members[:1])
    rows = small.X[small.X["debt"].isna()].iloc[:1], small.X[small.X["debt"].notna()].iloc[:1]

    for row in rows:
        matrix, _ = model.encode(row)
        theirs = np.array(shapley(one_booster, matrix[0])) * model.head.calibrator.slope
        assert np.abs(explain(one_booster, row)[list(small.X.columns)].to_numpy()[0] - theirs).max() < 1e-9


def test_beyond_the_bounds_a_column_of_its_own_keeps_the_sum(model: Model, small: SimpleNamespace) -> None:
    steep = recalibrated(model, 3.0, 29.0)

    answer = explain(steep, small.X)

    assert list(answer.columns[-2:]) == ["base", "calibration"]
    assert (answer["calibration"] < 0).any()
    assert np.abs(answer.sum(axis=1) - logit(steep.probability(small.X))).max() < 1e-9
    assert steep.log_odds(small.X).max() == FURTHEST


def test_contributions_that_do_not_add_up_are_a_fault(
    model: Model, small: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = Tables.contributions

    def off(tables: Tables, matrix: Matrix) -> Matrix:
        return right(tables, matrix) + 1e-6

    monkeypatch.setattr(Tables, "contributions", off)

    with pytest.raises(ArithmeticError, match="miss the log-odds"):
        explain(model, small.X)


def test_a_line_is_found_again_from_many_labels() -> None:
    draw = np.random.default_rng(0)
    raw = draw.normal(-1, 1.5, size=40_000)
    label = (draw.random(40_000) < 1 / (1 + np.exp(-(0.7 * raw - 0.4)))).astype(float)

    found = calibrator_of(raw, label)

    assert (found.slope, found.intercept) == (pytest.approx(0.7, abs=0.04), pytest.approx(-0.4, abs=0.05))


def test_few_defaults_move_the_intercept_alone_and_the_mean_is_met() -> None:
    draw = np.random.default_rng(1)
    raw, label = draw.normal(size=200), np.zeros(200)
    label[:6] = 1

    found = calibrator_of(raw, label)

    assert found.slope == 1.0
    assert (1 / (1 + np.exp(-found.apply(raw)))).mean() == pytest.approx(0.03, abs=1e-6)


@pytest.mark.parametrize("turn", [lambda raw, draw: -raw, lambda raw, draw: draw.permutation(raw)])
def test_a_line_never_falls(turn: Callable[..., Matrix]) -> None:
    draw = np.random.default_rng(2)
    raw = draw.normal(0, 3, size=500)
    label = (draw.random(500) < 1 / (1 + np.exp(-raw))).astype(float)

    turned = turn(raw, draw)
    found = calibrator_of(turned, label)

    assert found.slope >= LEAST_SLOPE
    assert (1 / (1 + np.exp(-found.apply(turned)))).mean() == pytest.approx(label.mean(), abs=0.01)


def test_a_row_alone_equals_itself_in_the_batch_bit_for_bit(model: Model, small: SimpleNamespace) -> None:
    X = small.X.head(40)
    together = pd.concat([model.probability(X), model.interval(X), explain(model, X)], axis=1)

    for place in range(len(X)):
        row = X.iloc[[place]]
        alone = pd.concat([model.probability(row), model.interval(row), explain(model, row)], axis=1)

        pd.testing.assert_frame_equal(alone, together.iloc[[place]], check_exact=True)
