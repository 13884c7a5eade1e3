"""What is measured of a model is measured on rows its trees had not seen, and windows of one firm never overlap."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from data.spec.progress import Silent
from models.card import ModelCard, Purpose, card_of
from models.fitted import Model
from models.segments import read_validation_rule
from models.uncertainty import FIGURES, measure
from models.validity import Cases, Scaled, Validity, apart, roc, validate

RULE = read_validation_rule(date(2026, 1, 1))
SCALED = Scaled(codes=("A", "B", "C", "D"), below=(0.1, 0.2, 0.4, 1.0))


def card(model: Model, last: date) -> ModelCard:
    purpose = Purpose(
        card="application",
        label_definition="逾期超过90天",
        horizon_months=18,
        as_of_days=(date(2020, 1, 1), last),
        demonstration=True,
    )
    return card_of(model, purpose, name="made-up", created_on=date(2026, 1, 1))


def cases(small: SimpleNamespace) -> Cases:
    return Cases(
        X=small.X,
        label=small.y.astype(float),
        firms=small.firms,
        days=small.days,
        attributes=pd.DataFrame({"district": np.where(small.firms < 80, "甲", "乙")}, small.X.index),
        known=small.X.notna().mean(axis=1).to_numpy(),
    )


@pytest.fixture(scope="module")
def found(model: Model, small: SimpleNamespace) -> Validity:
    last = card(model, small.days.max().date())
    return validate(model, last, cases(small), SCALED, rule=RULE, with_baselines=False, progress=Silent())


def test_the_measures_are_those_of_the_fit_out_of_fold(found: Validity, model: Model) -> None:
    assert found.metrics == model.report.out_of_fold
    assert all(found.metrics.interval(figure) for figure in FIGURES)


def test_rows_after_the_cards_last_day_are_judged_by_the_model_itself(
    found: Validity, model: Model, small: SimpleNamespace
) -> None:
    earlier = card(model, date(2020, 12, 31))

    again = validate(model, earlier, cases(small), SCALED, rule=RULE, with_baselines=False, progress=Silent())

    assert again.metrics != found.metrics
    assert (small.days > pd.Timestamp("2020-12-31")).any()


def test_grades_count_each_firm_once_a_window_and_prudent_bounds_never_fall(
    found: Validity, small: SimpleNamespace
) -> None:
    held = found.grades[found.grades["firms"] > 0]

    assert small.firms.nunique() <= found.grades["firms"].sum() < len(small.X)
    assert held["upper"].is_monotonic_increasing
    assert (held["upper_correlated"] >= held["upper"]).all()


def test_windows_of_one_firm_do_not_overlap_and_begin_with_its_first_row() -> None:
    days = pd.Series(
        pd.to_datetime(["2020-06-30", "2020-03-31", "2021-03-30", "2021-03-31", "2020-01-31", "2021-06-30"])
    )
    clusters = np.array([0, 0, 0, 0, 1, 1])

    assert apart(days, clusters, months=12).tolist() == [1, 3, 4, 5]


def test_rows_that_end_with_a_default_do_not_raise_the_rate_of_their_windows() -> None:
    draw = np.random.default_rng(0)
    quarters = pd.date_range("2017-03-31", "2024-12-31", freq="QE")
    rows = []
    for firm in range(1500):
        end = draw.geometric(0.0128)
        rows += [(firm, day, float(end - place <= 4)) for place, day in enumerate(quarters[:end])]
    table = pd.DataFrame(rows, columns=["firm", "day", "defaulted"])
    table = table[table["day"] <= "2023-12-31"].reset_index(drop=True)
    true = 1 - (1 - 0.0128) ** 4

    chosen = table.iloc[apart(table["day"], table["firm"].to_numpy(), months=12)]
    last = table.drop_duplicates("firm", keep="last")

    assert chosen["defaulted"].mean() == pytest.approx(true, abs=0.006)
    assert last["defaulted"].mean() > 2 * true


def test_stability_compares_the_later_firms_with_the_earlier(found: Validity, small: SimpleNamespace) -> None:
    assert set(found.stabilities) == {"", *small.X.columns}
    assert all(0 <= one.psi < 10 and one.critical_99 > one.critical_95 > 0 for one in found.stabilities.values())


def test_the_curve_of_alarms_encloses_the_auc() -> None:
    draw = np.random.default_rng(0)
    probability = np.round(draw.uniform(0.01, 0.99, 3000), 2)
    label = (draw.random(3000) < probability).astype(float)

    points = np.array(roc(label, probability, points=400))

    assert tuple(points[0]) == (0.0, 0.0)
    assert tuple(points[-1]) == (1.0, 1.0)
    assert np.trapezoid(points[:, 1], points[:, 0]) == pytest.approx(roc_auc_score(label, probability), abs=1e-9)


def test_ks_varies_more_when_rows_come_from_fewer_firms() -> None:
    draw = np.random.default_rng(1)
    probability = draw.uniform(0.02, 0.6, 80)
    label = (draw.random(80) < probability).astype(float)
    many = np.repeat(label, 5), np.repeat(probability, 5)

    alone = measure(*many).interval("ks") or (0, 0)
    together = measure(*many, np.repeat(np.arange(80), 5)).interval("ks") or (0, 0)

    assert together[1] - together[0] > 1.5 * (alone[1] - alone[0]) > 0


def test_baselines_are_compared_on_the_models_columns(
    model: Model, small: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models import comparison

    monkeypatch.setattr(comparison, "REPEATS", 1)
    monkeypatch.setattr(comparison, "FOLDS", 2)
    last = card(replace(model), small.days.max().date())

    found = validate(model, last, cases(small), SCALED, rule=RULE, with_baselines=True, progress=Silent())

    assert found.comparison is not None
    assert "lightgbm" in found.comparison.table.index
