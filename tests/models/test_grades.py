"""A master scale spreads its firms, and each grade's defaults are held against its PD."""

import itertools
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import beta

from models.grades import build_master_scale, concentration, grade_places, grade_report, jeffreys, monotone
from models.refusals import TableUnusable
from risk.grade import grade_of, points_by_grade, read_master_scale

SCALE = read_master_scale(date(2026, 1, 1))
BELOW, CODES = [grade.below for grade in SCALE], [grade.code for grade in SCALE]


def firms(count: int = 3000, middle: float = -3.5, spread: float = 1.0, seed: int = 0) -> np.ndarray:
    return expit(np.random.default_rng(seed).normal(middle, spread, size=count))


@given(st.floats(-5.5, -1.5), st.floats(0.35, 1.6))
def test_no_grade_of_a_built_scale_holds_over_three_in_ten_and_steps_are_geometric(
    middle: float, spread: float
) -> None:
    built = build_master_scale(firms(500, middle, spread))

    places = grade_places(firms(500, middle, spread), built.below)
    ratios = [later / earlier for earlier, later in itertools.pairwise(built.below[:-1])]
    assert np.bincount(places).max() / 500 == pytest.approx(built.largest_share)
    assert built.largest_share <= 0.30
    assert ratios == pytest.approx([built.step] * len(ratios))
    assert 9 <= len(built.below) <= 15
    assert built.below[-1] == 1.0


@pytest.mark.parametrize("given_", [np.full(100, 0.02), np.array([]), np.array([0.1, 1.0])])
def test_firms_that_all_look_alike_have_no_master_scale(given_: np.ndarray) -> None:
    with pytest.raises(TableUnusable):
        build_master_scale(given_)


def test_places_are_those_of_the_grades_that_are_shown() -> None:
    values = np.array([0.0, 0.0024999, 0.0025, 0.02, 0.3199, 0.32, 1.0])

    assert [CODES[place] for place in grade_places(values, BELOW)] == [grade_of(pd, SCALE).code for pd in values]


def test_a_full_grade_is_noticed_by_name() -> None:
    (found,) = concentration(np.r_[np.full(60, 0.03), firms(100)], BELOW, CODES)

    assert found.code == "grade-too-full"
    assert "BB" in found.message
    assert concentration(firms(), BELOW, CODES) == ()


@pytest.mark.parametrize(("size", "bad", "pd"), [(100, 0, 0.01), (500, 12, 0.02), (40, 3, 0.2)])
def test_jeffreys_is_the_beta_distribution(size: int, bad: int, pd: float) -> None:
    assert jeffreys(size, bad, pd) == pytest.approx(beta(bad + 0.5, size - bad + 0.5).cdf(pd))


def test_a_pd_too_low_in_one_grade_is_caught_there_and_a_true_one_nowhere() -> None:
    probability = firms(8000)
    draw = np.random.default_rng(3).random(8000)
    true = (draw < probability).astype(float)
    places = grade_places(probability, BELOW)
    worse = (draw < np.where(places == CODES.index("B"), 2 * probability, probability)).astype(float)

    sound, caught = (grade_report(probability, label, BELOW, CODES) for label in (true, worse))

    assert sound.loc["B", "verdict"] == "agrees"
    assert caught.loc["B", "verdict"] == "too-low"
    assert sound["firms"].sum() == 8000
    assert sound["share"].sum() == pytest.approx(1)
    assert monotone(sound)


def test_true_pds_are_called_too_low_about_as_often_as_the_level_says() -> None:
    called = []
    for seed in range(40):
        probability = firms(4000, seed=seed)
        label = (np.random.default_rng(1000 + seed).random(4000) < probability).astype(float)
        called.extend(grade_report(probability, label, BELOW, CODES)["verdict"] == "too-low")

    assert 0.01 < np.mean(called) < 0.09


def test_defaults_in_the_best_grades_break_the_order() -> None:
    probability = firms(8000)
    turned = np.random.default_rng(4).random(8000) < np.sort(probability)[::-1][np.argsort(np.argsort(probability))]

    assert not monotone(grade_report(probability, turned.astype(float), BELOW, CODES))


def test_an_empty_grade_says_so() -> None:
    found = grade_report(np.array([0.03, 0.03]), np.array([0.0, 1.0]), BELOW, CODES)

    assert found.loc["AAA", "verdict"] == "empty"
    assert found.loc["BB", "firms"] == 2


def test_the_table_of_grades_joins_pds_and_points_without_a_gap() -> None:
    table = points_by_grade(SCALE)

    assert [row.code for row in table] == CODES
    assert (table[0].score_to, table[-1].score_from) == (900, 300)
    for better, worse in itertools.pairwise(table):
        assert better.pd_below == worse.pd_from
        assert better.score_from == worse.score_to
