"""Twenty points double the odds, and the points of a row add up exactly to the score shown."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.scale import STANDARD, Scale, exact_score, pd_of, points_of, score_of, whole_points

log_odds = st.floats(-29, 29)
rows = st.lists(st.floats(-6, 6), min_size=1, max_size=12)


def contributions(values: list[float], base: float) -> pd.DataFrame:
    return pd.DataFrame([values], columns=[f"f{number}" for number in range(len(values))]).assign(base=base)


@pytest.mark.parametrize(
    ("odds", "score"), [(50, 600), (100, 620), (25, 580), (200, 640), (1, 487), (10**9, 900), (0.0001, 300)]
)
def test_the_standard_scale_by_table(odds: float, score: int) -> None:
    assert score_of(1 / (1 + odds)) == score


@given(log_odds, st.floats(0.001, 5))
def test_a_riskier_firm_never_scores_higher(z: float, step: float) -> None:
    low, high = 1 / (1 + np.exp(-z)), 1 / (1 + np.exp(-min(z + step, 30)))

    assert score_of(low) >= score_of(high)


@given(st.floats(301, 899))
def test_score_and_probability_are_each_other_s_inverse(score: float) -> None:
    assert exact_score(pd_of(score)) == pytest.approx(score, abs=1e-6)


@given(st.floats(1e-9, 0.999))
def test_scores_stay_within_the_bounds(pd: float) -> None:
    assert STANDARD.lowest <= score_of(pd) <= STANDARD.highest


@pytest.mark.parametrize("pd", [0.0, 1.0, -0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_a_fault(pd: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        exact_score(pd)


@given(rows, st.floats(-4, 4), st.floats(0, 0.5))
def test_points_add_up_to_the_score(values: list[float], base: float, margin: float) -> None:
    points = points_of(contributions(values, base), margin=margin)

    lines = points.drop(columns="score")
    assert abs(lines.sum(axis=1) - points["score"]).max() < 1e-9
    assert abs(points["rounding"]).max() <= 0.5 + 1e-9


@given(rows, st.floats(-4, 4))
def test_the_score_in_points_is_the_score_of_the_probability(values: list[float], base: float) -> None:
    z = sum(values) + base
    points = points_of(contributions(values, base))

    exact = exact_score(1 / (1 + np.exp(-z))) if abs(z) < 30 else None
    near_half = exact is not None and abs(exact % 1 - 0.5) < 1e-6
    if exact is not None and not near_half:
        assert points["score"].iloc[0] == score_of(1 / (1 + np.exp(-z)))


@given(rows, st.floats(-4, 4), st.floats(0, 0.5))
def test_whole_points_add_up_and_move_by_less_than_one(values: list[float], base: float, margin: float) -> None:
    points = points_of(contributions(values, base), margin=margin)

    whole = whole_points(points)

    lines = whole.drop(columns="score")
    assert (lines.sum(axis=1) == points["score"]).all()
    assert (lines - points[lines.columns]).abs().to_numpy().max() < 1 + 1e-9


def test_bounds_and_margin_are_lines_of_their_own() -> None:
    points = points_of(contributions([8.0], 9.0), margin=0.1).iloc[0]

    assert points["score"] == 300
    assert points["bounds"] > 0
    assert points["margin"] == pytest.approx(-STANDARD.factor * 0.1)
    assert points["f0"] == pytest.approx(-STANDARD.factor * 8)


def test_another_scale_is_a_matter_of_configuration() -> None:
    other = Scale(anchor=660, odds=30, pdo=40)

    assert score_of(1 / 31, other) == 660
    assert score_of(1 / 61, other) == 700
