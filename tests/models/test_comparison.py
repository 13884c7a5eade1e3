"""Candidates are judged on the same rows, by firm and in time; trees win only where chance cannot explain it."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from data.spec.errors import Refusal
from models import compare, comparison, fit, splits
from models.findings import Finding
from models.measures import auc_interval
from models.splits import scheme_of
from models.table import table_of
from models.uncertainty import FIGURES, measure, spreads


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare on one set of folds: repeats steady a figure, and no test here is about that."""
    monkeypatch.setattr(comparison, "REPEATS", 1)
    monkeypatch.setattr(comparison, "FOLDS", 3)
    monkeypatch.setattr(splits, "WINDOWS", (2 / 3,))


CANDIDATES = ["single best column", "logistic", "woe scorecard", "lightgbm"]


@pytest.mark.usefixtures("once")
def test_trees_win_where_the_truth_is_a_corner() -> None:
    draw = np.random.default_rng(0)
    X = pd.DataFrame(draw.uniform(-1, 1, size=(400, 2)), columns=["a", "b"])
    # Neither column alone says anything: a sum over columns cannot see it, however it is binned.
    y = (draw.random(400) < np.where(X["a"] * X["b"] > 0, 0.9, 0.05)).astype(int)

    answer = compare(X, y, {"given": "b"})

    assert list(answer.table.index) == ["given", *CANDIDATES]
    assert answer.recommended == "lightgbm"
    assert (answer.table["behind_low"].drop("lightgbm") > 0).all()
    assert "超出抽样误差" in answer.reason


@pytest.mark.usefixtures("once")
def test_a_simpler_candidate_is_recommended_where_trees_are_no_better(small: SimpleNamespace) -> None:
    answer = compare(small.X, small.y, {"truth": small.truth}, groups=small.firms, dates=small.days)

    equals = answer.table[answer.table["behind_low"] <= 0].drop(index="lightgbm")
    assert "truth" in equals.index
    assert answer.recommended == equals["auc"].idxmax()
    assert "未超出抽样误差" in answer.reason
    assert answer.out_of_time
    assert "时间外" in answer.validation
    # The later third of eight quarters: every judged row, and no other.
    assert answer.rows == int((small.days >= small.days.sort_values().iloc[200]).sum())


@pytest.mark.usefixtures("once")
def test_every_figure_of_every_candidate_has_an_interval_around_it(
    small: SimpleNamespace, directions: dict[str, int]
) -> None:
    table = compare(small.X, small.y, groups=small.firms, directions=directions).table

    for figure in FIGURES:
        assert (table[f"{figure}_low"] < table[figure]).all()
        assert (table[figure] < table[f"{figure}_high"]).all()
    assert (table.loc["lightgbm", ["behind", "behind_low", "behind_high"]] == 0).all()


@pytest.mark.usefixtures("once")
@pytest.mark.parametrize("by_firm", [True, False], ids=["by firm", "by row"])
def test_a_leak_is_told_as_a_fit_tells_it(small: SimpleNamespace, by_firm: bool) -> None:
    X = small.X.assign(known=small.y.astype(float))
    X.iloc[[0, 50, 100], -1] = np.nan
    groups = small.firms if by_firm else None

    told = compare(X, small.y, groups=groups).findings

    assert "leak-too-good-alone" in {one.code for one in told}
    assert [one for one in told if one.code.startswith("leak-")] == leaks_of_a_fit(X, small.y, groups)


def leaks_of_a_fit(X: pd.DataFrame, y: pd.Series, groups: pd.Series | None) -> list[Finding]:
    return [one for one in fit(X, y, groups=groups).findings if one.code.startswith("leak-")]


@pytest.mark.usefixtures("once")
def test_under_twenty_defaulted_firms_trees_are_never_recommended() -> None:
    draw = np.random.default_rng(0)
    X = pd.DataFrame(draw.uniform(-1, 1, size=(300, 2)), columns=["a", "b"])
    corner = np.flatnonzero((X["a"] * X["b"] > 0.2).to_numpy())
    y = np.zeros(300, dtype=int)
    y[corner[:19]] = 1

    answer = compare(X, y)

    assert answer.recommended != "lightgbm"
    assert "不足 20 家" in answer.reason


@pytest.mark.usefixtures("once")
def test_days_that_leave_one_side_without_defaults_are_left_aside_and_it_is_said(
    world: Callable[..., SimpleNamespace],
) -> None:
    few = world(60, 1, seed=3)
    days = np.where(few.y == 1, "2020-01-01", "2021-01-01")

    answer = compare(few.X[["debt", "sales"]], few.y, {"debt": "debt"}, dates=days)

    assert not answer.out_of_time
    assert answer.rows == 60
    assert "out-of-time-impossible" in {finding.code for finding in answer.findings}


def test_a_baseline_that_is_no_column_is_a_fault_of_the_caller(small: SimpleNamespace) -> None:
    with pytest.raises(ValueError, match="no column is called"):
        compare(small.X, small.y, {"debt": "nothing"})
    with pytest.raises(ValueError, match="may not be called"):
        compare(small.X, small.y, {"logistic": "debt"})


def test_a_baseline_of_other_rows_is_refused(small: SimpleNamespace) -> None:
    with pytest.raises(Refusal) as refusal:
        compare(small.X, small.y, {"ours": small.truth[:-1]})

    assert refusal.value.code == "lengths-differ"


def test_out_of_time_no_row_learns_from_its_firm_from_its_day_or_from_the_embargo(small: SimpleNamespace) -> None:
    table = table_of(small.X, small.y, groups=small.firms, dates=small.days)

    scheme = scheme_of(table, repeats=3, folds=5, embargo_days=120, seed=0)
    judged = np.sum([split.judged for split in scheme.splits], axis=0)

    assert scheme.out_of_time
    assert len(scheme.splits) == 45
    assert "3 次 × 3 个时段 × 5 折" in scheme.label
    for split in scheme.splits:
        first = table.days[split.judged].min()
        assert not set(table.clusters[split.learned]) & set(table.clusters[split.judged])
        assert (table.days[split.learned] + np.timedelta64(120, "D") < first).all()
    later = table.days >= np.sort(table.days)[len(table.days) // 2]
    assert np.array_equal(judged, 3 * later)


def test_out_of_time_firms_are_dealt_anew_in_each_repeat(small: SimpleNamespace) -> None:
    table = table_of(small.X, small.y, groups=small.firms, dates=small.days)

    splits = scheme_of(table, repeats=2, folds=5, embargo_days=0, seed=0).splits
    first, second = ({frozenset(np.flatnonzero(one.judged)) for one in half} for half in (splits[:15], splits[15:]))

    assert not first & second
    assert len({split.seed for split in splits}) == 6


def test_without_days_every_row_is_judged_once_a_repeat_by_other_firms(small: SimpleNamespace) -> None:
    table = table_of(small.X, small.y, groups=small.firms)

    scheme = scheme_of(table, repeats=3, folds=5, embargo_days=0, seed=0)

    assert (np.sum([split.judged for split in scheme.splits], axis=0) == 3).all()
    for split in scheme.splits:
        assert not set(table.clusters[split.learned]) & set(table.clusters[split.judged])


def sample(seed: int, rows: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    probability = np.round(draw.uniform(0.02, 0.6, rows), 2)
    return (draw.random(rows) < probability).astype(float), logit(probability), np.arange(rows) // 2


@pytest.mark.parametrize("seed", range(3))
def test_figures_are_those_of_measure_and_the_auc_interval_that_of_the_plain_bootstrap(seed: int) -> None:
    label, odds, clusters = sample(seed)

    found = spreads(label, odds, clusters, seed=seed)
    figures = measure(label, expit(odds), clusters, seed=seed).to_json()

    assert {name: spread.value for name, spread in found.items()} == pytest.approx(
        {name: figures[name] for name in FIGURES}
    )
    for name, spread in found.items():
        assert (figures[f"{name}_low"], figures[f"{name}_high"]) == pytest.approx((spread.low, spread.high))
    assert (found["auc"].low, found["auc"].high) == pytest.approx(auc_interval(label, expit(odds), clusters, seed=seed))


def test_a_replicates_slope_is_that_of_a_logistic_regression_on_the_rows_drawn() -> None:
    from models.measures import bootstrap_weights, calibration_line
    from models.uncertainty import _Ranked

    label, odds, clusters = sample(4)
    weight = bootstrap_weights(clusters, label, seed=4, draws=1)[0]

    slope = _Ranked.of(label, expit(odds)).figures(weight, calibration_line(label, expit(odds)))[-1]
    fitted = LogisticRegression(C=1e9, tol=1e-10).fit(odds[:, None], label, sample_weight=weight)

    assert slope == pytest.approx(float(fitted.coef_[0, 0]), abs=1e-3)


def test_intervals_hold_the_true_figure_about_as_often_as_they_say() -> None:
    draw = np.random.default_rng(0)
    probability = draw.uniform(0.05, 0.6, 200_000)
    truth = float(np.mean(probability * (1 - probability)))
    held = 0
    for seed in range(40):
        few = draw.choice(probability, 200)
        label = (draw.random(200) < few).astype(float)
        found = spreads(label, logit(few), np.arange(200), seed=seed, draws=100)
        held += (found["brier"].low <= truth <= found["brier"].high) + (
            found["calibration_slope"].low <= 1 <= found["calibration_slope"].high
        )

    assert 0.85 <= held / 80 <= 1.0
