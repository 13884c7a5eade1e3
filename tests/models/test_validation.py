"""Figures agree with independent implementations, and folds never split a firm."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as other_log_loss

from data.spec.errors import Refusal
from models.drift import population_stability_index, psi_noise
from models.folds import cluster_weights, folds_of
from models.measures import logistic_line
from models.validation import (
    auc,
    auc_difference,
    auc_interval,
    calibration_line,
    calibration_table,
    cross_validate,
    ks,
    log_loss,
    measure,
)


class Heard:
    """Remember what was told."""

    def __init__(self) -> None:
        self.total: int | None = None
        self.done = 0

    def stage(self, name: str, total: int | None = None) -> None:
        self.total = total

    def advance(self, steps: int = 1) -> None:
        self.done += steps

    def note(self, message: str) -> None:
        raise AssertionError(message)


def sample(seed: int, rows: int = 200) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    probability = np.round(draw.uniform(0.02, 0.98, rows), 2)
    return (draw.random(rows) < probability).astype(float), probability


@pytest.mark.parametrize("seed", range(4))
def test_figures_agree_with_scikit_learn(seed: int) -> None:
    label, probability = sample(seed)

    figures = measure(label, probability)

    assert figures.auc == pytest.approx(roc_auc_score(label, probability))
    assert figures.brier == pytest.approx(brier_score_loss(label, probability))
    assert figures.log_loss == pytest.approx(other_log_loss(label, probability))
    assert figures.to_json()["auc"] == figures.auc


def test_ks_agrees_with_scipy() -> None:
    from scipy.stats import ks_2samp

    label, probability = sample(3)

    assert ks(label, probability) == pytest.approx(ks_2samp(probability[label == 1], probability[label == 0]).statistic)


def test_auc_without_both_classes_is_unknown() -> None:
    assert np.isnan(auc(np.zeros(3), np.arange(3.0)))


def test_perfect_and_useless_scores() -> None:
    label = np.array([0.0, 0, 1, 1])

    assert auc(label, np.array([1.0, 2, 3, 4])) == 1.0
    assert auc(label, np.ones(4)) == 0.5
    assert log_loss(label, label) < 1e-9


def test_calibration_of_true_probabilities_is_a_line_through_zero() -> None:
    label, probability = sample(0, 50_000)

    slope, intercept = calibration_line(label, probability)
    table = calibration_table(label, probability, bins=5)

    assert (slope, intercept) == (pytest.approx(1, abs=0.05), pytest.approx(0, abs=0.05))
    assert (abs(table["observed"] - table["predicted"]) < 0.02).all()
    assert table["rows"].sum() == 50_000


def test_the_interval_is_wider_when_rows_come_from_fewer_firms() -> None:
    label, probability = sample(5, 60)
    many_label, many = np.repeat(label, 5), np.repeat(probability, 5)

    alone = auc_interval(many_label, many)
    clustered = auc_interval(many_label, many, np.repeat(np.arange(60), 5))

    assert clustered[1] - clustered[0] > 1.5 * (alone[1] - alone[0])


def test_the_difference_of_a_score_to_itself_is_nothing() -> None:
    label, probability = sample(6)

    assert auc_difference(label, probability, probability) == (0.0, 0.0, 0.0)


@given(st.integers(0, 500), st.integers(2, 5))
def test_folds_never_split_a_firm_and_all_have_defaults(seed: int, folds: int) -> None:
    draw = np.random.default_rng(seed)
    clusters = np.unique(draw.integers(0, 40, 120), return_inverse=True)[1].astype(np.int64)
    label = (draw.random(clusters.max() + 1) < 0.4).astype(float)[clusters]
    label[clusters < folds] = 1.0
    label[clusters > clusters.max() - folds] = 0.0

    fold = folds_of(clusters, label, folds, seed)

    assert pd.Series(fold).groupby(clusters).nunique().max() == 1
    assert all(set(label[fold == number]) == {0.0, 1.0} for number in range(folds))


def test_resampled_firms_come_whole() -> None:
    clusters = np.repeat(np.arange(20), 3)
    label = np.repeat((np.arange(20) < 5).astype(float), 3)

    times = cluster_weights(clusters, label, np.random.default_rng(0))

    assert pd.Series(times).groupby(clusters).nunique().max() == 1
    assert (times @ label, times.sum()) == (15, 60)


def test_cross_validation_reports_repeats_interval_and_progress(small: SimpleNamespace) -> None:
    heard = Heard()

    answer = cross_validate(
        small.X, small.y, groups=small.firms, directions={"debt": 1}, repeats=2, folds=2, seed=0, progress=heard
    )

    assert (heard.total, heard.done) == (4, 4)
    assert len(answer.per_repeat) == 2
    assert answer.probability.index.equals(small.X.index)
    assert answer.auc_low < answer.auc < answer.auc_high
    assert 0.6 < answer.auc < roc_auc_score(small.y, small.truth) + 0.03


def test_more_folds_than_defaulted_firms_are_refused() -> None:
    X = pd.DataFrame({"a": np.arange(40.0)})

    with pytest.raises(Refusal) as refusal:
        cross_validate(X, [1] * 4 + [0] * 36, folds=5)

    assert refusal.value.code == "too-few-defaults"


def test_psi_is_zero_for_the_same_and_grows_with_the_shift() -> None:
    draw = np.random.default_rng(0)
    before = draw.normal(size=2000)
    same, moved = draw.normal(size=2000), draw.normal(0.5, 1, size=2000)

    assert population_stability_index(before, before) == 0
    assert population_stability_index(before, same) < psi_noise(2000, 2000) < 0.1
    assert population_stability_index(before, moved) > 0.15
    assert population_stability_index(before, np.where(draw.random(2000) < 0.3, np.nan, same)) > 0.25


def test_a_line_through_separable_labels_ends_where_the_steps_end() -> None:
    x = np.r_[np.linspace(-2, -1, 20), np.linspace(1, 2, 20)]
    label = (x > 0).astype(float)

    slope, intercept = logistic_line(x, label, strength=1e-9)

    assert slope > 5
    assert abs(intercept) < 1
