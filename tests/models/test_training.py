"""A fit is seeded, calibrated, monotone where told, and refuses what it cannot learn from."""

import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

import models
from data.spec.errors import Refusal
from models import Model, compare, explain, fit, training
from models.boosting import grow, raw_log_odds, read, recipe_for
from models.calibration import Calibrator
from models.fitted import Model as FittedModel
from models.table import table_of
from models.training import FitSettings, train


def bare(small: SimpleNamespace, seed: int = 0) -> Model:
    table = table_of(small.X, small.y, groups=small.firms)
    return train(table, FitSettings(refits=0), seed=seed)


def test_importing_models_loads_neither_lightgbm_nor_pandas() -> None:
    code = "import models, sys; print(sorted({'lightgbm', 'pandas', 'numpy', 'sklearn'} & set(sys.modules)))"

    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"


def test_four_names_are_public_and_no_module_bears_one() -> None:
    assert models.__all__ == ["Model", "compare", "explain", "fit"]
    assert (fit.__module__, explain.__module__) == ("models.training", "models.contributions")
    assert (Model, compare.__module__) == (FittedModel, "models.comparison")
    assert set(models.__all__) <= set(dir(models))
    with pytest.raises(AttributeError, match="no attribute 'predict'"):
        _ = models.predict  # type: ignore[attr-defined]


def test_the_same_seed_gives_the_same_texts_and_another_seed_others(small: SimpleNamespace) -> None:
    first, second, other = bare(small), bare(small), bare(small, seed=1)

    assert first.to_texts() == second.to_texts()
    assert first.to_texts() != other.to_texts()


def test_the_public_fit_gives_an_interval_around_the_probability(
    world: Callable[..., SimpleNamespace], directions: dict[str, int]
) -> None:
    few = world(firms=60, rows=1, seed=3)

    model = fit(few.X, few.y, directions=directions)
    interval, probability = model.interval(few.X), model.probability(few.X)

    assert list(interval.columns) == ["pd_low", "pd_high"]
    assert (interval["pd_low"] < probability).all()
    assert (probability < interval["pd_high"]).all()
    assert interval.index.equals(few.X.index)
    assert probability.index.equals(few.X.index)


def test_log_odds_and_probability_say_the_same(model: Model, small: SimpleNamespace) -> None:
    assert np.allclose(expit(model.log_odds(small.X)), model.probability(small.X), rtol=1e-12)


@pytest.mark.parametrize(("column", "direction"), [("debt", 1), ("sales", -1)])
def test_a_declared_direction_is_never_broken(
    model: Model, small: SimpleNamespace, column: str, direction: int
) -> None:
    before = model.probability(small.X)
    for step in (0.1, 0.5, 2.0):
        moved = small.X.assign(**{column: small.X[column] + step})
        known = small.X[column].notna()

        change = (model.probability(moved) - before)[known] * direction

        assert (change >= -1e-12).all()


def test_an_ordered_category_follows_its_direction(model: Model, small: SimpleNamespace) -> None:
    kind = small.X["grade"].dtype
    answers = [
        model.probability(small.X.assign(grade=pd.Series([grade] * len(small.X), small.X.index, dtype=kind)))
        for grade in ("A", "B", "C")
    ]

    assert (answers[0] <= answers[1]).all()
    assert (answers[1] <= answers[2]).all()
    assert (answers[0] < answers[2]).any()


def test_probabilities_are_calibrated_on_firms_never_seen(
    world: Callable[..., SimpleNamespace], directions: dict[str, int]
) -> None:
    known, later = world(400, 2, seed=1), world(400, 2, seed=2)
    table = table_of(known.X, known.y, groups=known.firms, directions=directions)

    model = train(table, FitSettings(refits=0), seed=0)
    answer = model.probability(later.X)

    assert abs(answer.mean() - later.truth.mean()) < 0.04
    assert np.corrcoef(logit(answer), logit(later.truth))[0, 1] > 0.85


def test_most_true_probabilities_lie_in_the_interval(
    world: Callable[..., SimpleNamespace], directions: dict[str, int]
) -> None:
    known, later = world(300, 1, seed=5), world(300, 1, seed=6)

    model = train(table_of(known.X, known.y, directions=directions), FitSettings(refits=12), seed=0)
    interval = model.interval(later.X)
    covered = ((interval["pd_low"] <= later.truth) & (later.truth <= interval["pd_high"])).mean()

    assert 0.65 < covered < 0.95


def test_pure_noise_is_shrunk_to_the_base_rate_and_said_aloud() -> None:
    draw = np.random.default_rng(0)
    X = pd.DataFrame(draw.normal(size=(300, 10))).add_prefix("n")
    y = (draw.random(300) < 0.2).astype(int)

    model = train(table_of(X, y), FitSettings(refits=0), seed=0)

    assert model.probability(X).std() < 0.08
    assert "calibration-flat" in {finding.code for finding in model.findings}


def test_dates_give_a_report_on_later_rows_after_an_embargo(small: SimpleNamespace, directions: dict[str, int]) -> None:
    table = table_of(small.X, small.y, groups=small.firms, dates=small.days, directions=directions)

    later = train(table, FitSettings(refits=0, embargo_days=180), seed=0).report.out_of_time

    assert later is not None
    gap = pd.Timestamp(later.first_test_on) - pd.Timestamp(later.last_train_on)
    assert gap > pd.Timedelta(days=180)
    assert later.train_rows + later.metrics.rows < len(small.X)
    assert later.metrics.auc_low < later.metrics.auc < later.metrics.auc_high


def test_known_and_new_firms_are_reported_apart(world: Callable[..., SimpleNamespace]) -> None:
    firms = world(200, 2, seed=4)
    days = pd.Series(np.where(firms.firms < 60, "2021-01-01", "2020-01-01"), firms.X.index)
    days[(firms.firms >= 60) & (firms.firms < 120) & (np.arange(len(days)) % 2 == 1)] = "2021-01-01"

    later = train(table_of(firms.X, firms.y, groups=firms.firms, dates=days), FitSettings(refits=0), seed=0)
    report = later.report.out_of_time

    assert report is not None
    assert report.new_firms is not None
    assert report.known_firms is not None
    assert (report.new_firms.rows, report.known_firms.rows) == (120, 60)


def test_without_defaults_on_both_sides_the_out_of_time_report_is_a_finding(small: SimpleNamespace) -> None:
    days = pd.Series(np.where(small.y == 1, "2020-01-01", "2021-01-01"), small.X.index)

    model = train(table_of(small.X, small.y, dates=days), FitSettings(refits=0), seed=0)

    assert model.report.out_of_time is None
    assert "out-of-time-impossible" in {finding.code for finding in model.findings}


def test_a_firm_given_as_many_rows_counts_once(small: SimpleNamespace) -> None:
    twice = pd.concat([small.X, small.X.rename(index=lambda name: f"{name}-copy")])
    firms = np.concatenate([small.firms, small.firms])

    table = table_of(twice, np.concatenate([small.y, small.y]), groups=firms)

    assert table.defaulted_clusters == table_of(small.X, small.y, groups=small.firms).defaulted_clusters


def test_copies_of_a_firm_do_not_flatter_the_report_when_grouped() -> None:
    draw = np.random.default_rng(0)
    firm = np.repeat(np.arange(60), 6)
    X = pd.DataFrame(draw.normal(size=(60, 5))[firm]).add_prefix("n")
    y = (draw.random(60) < 0.4).astype(int)[firm]

    grouped = train(table_of(X, y, groups=firm), FitSettings(refits=0), seed=0).report.out_of_fold.auc
    ungrouped = train(table_of(X, y), FitSettings(refits=0), seed=0).report.out_of_fold.auc

    assert ungrouped > 0.9
    assert grouped < 0.7


def test_a_level_never_seen_is_read_as_missing_and_found(model: Model, small: SimpleNamespace) -> None:
    strange = small.X.assign(trade="航天")
    unknown = small.X.assign(trade=pd.Series([None] * len(small.X), small.X.index, dtype=object))

    answer = model.probability(strange)

    assert answer.equals(model.probability(unknown))
    assert [finding.code for finding in model.findings_on(strange)] == ["level-never-seen"]
    assert "航天" in answer.attrs["findings"][0].message
    assert model.probability(small.X).attrs["findings"] == ()


def test_a_gap_where_training_had_none_is_read_as_the_median_and_found(model: Model, small: SimpleNamespace) -> None:
    middle = float(small.X["sales"].median())

    answer = model.probability(small.X.assign(sales=np.nan))

    assert np.allclose(answer, model.probability(small.X.assign(sales=middle)))
    assert [finding.code for finding in answer.attrs["findings"]] == ["gap-never-seen"]


def test_a_level_stays_the_same_when_its_column_turns_into_floats() -> None:
    X = pd.DataFrame({"code": pd.Categorical([1, 2] * 30), "x": np.arange(60.0)})
    model = train(table_of(X, [0, 1, 0, 0, 1, 1] * 10), FitSettings(refits=0), seed=0)

    floats = X.assign(code=X["code"].astype(float))

    assert model.findings_on(floats) == ()
    assert model.probability(floats).equals(model.probability(X))


def test_an_empty_table_has_an_empty_answer(model: Model, small: SimpleNamespace) -> None:
    nothing = small.X.iloc[:0]

    assert model.probability(nothing).empty
    assert model.interval(nothing).empty
    assert explain(model, nothing).shape == (0, 7)


def test_empty_and_constant_columns_are_findings_and_contribute_nothing(small: SimpleNamespace) -> None:
    X = small.X.assign(empty=None, same=7, few=[np.nan, *range(len(small.X) - 1)])

    model = train(table_of(X, small.y), FitSettings(refits=0), seed=0)
    shares = explain(model, X)

    found = {finding.code: finding.columns for finding in model.findings}
    assert found["column-empty"] == ("empty",)
    assert found["column-constant"] == ("same",)
    assert found["column-few-gaps"] == ("few",)
    assert (shares[["empty", "same"]] == 0).all(axis=None)


def test_every_kind_of_number_is_read() -> None:
    from decimal import Decimal

    base = [1, 2, None, 4, 5, 6] * 10
    X = pd.DataFrame(
        {
            "nullable": pd.array(base, dtype="Int64"),
            "decimal": [None if one is None else Decimal(one) for one in base],
            "flag": pd.array([None if one is None else one > 3 for one in base], dtype="boolean"),
            "plain": [np.nan if one is None else float(one) for one in base],
        }
    )

    matrix, _ = table_of(X, [0, 1, 0, 1, 1, 0] * 10).layout.encode(X)

    assert np.array_equal(matrix[:, 0], matrix[:, 3], equal_nan=True)
    assert np.array_equal(matrix[:, 1], matrix[:, 3], equal_nan=True)
    assert set(matrix[~np.isnan(matrix[:, 2]), 2]) == {0.0, 1.0}


def test_few_defaults_are_flagged_and_the_settings_grow_with_them(world: Callable[..., SimpleNamespace]) -> None:
    few = world(60, 1, seed=8)

    model = train(table_of(few.X, few.y.where(few.y.cumsum() <= 6, 0)), FitSettings(refits=0), seed=0)

    assert "too-few-defaults-for-live-use" in {finding.code for finding in model.findings}
    assert recipe_for(20).leaves < recipe_for(100).leaves < recipe_for(1000).leaves
    assert max(recipe_for(number).depth for number in (20, 100, 1000)) <= 5


def good() -> tuple[pd.DataFrame, list[int]]:
    return pd.DataFrame({"a": np.arange(40.0), "b": ["x", "y"] * 20}), [0, 1, 1, 0] * 10


REFUSED = {
    "one class": ("one-class-only", lambda X, y: (X, [0] * 40, {})),
    "too few firms": ("too-few-defaults", lambda X, y: (X, [1] + [0] * 39, {})),
    "one defaulted group": ("too-few-defaults", lambda X, y: (X, [1, 1] + [0] * 38, {"groups": [0, 0, *range(1, 39)]})),
    "label of 2": ("labels-unusable", lambda X, y: (X, [2, *y[1:]], {})),
    "label missing": ("labels-unusable", lambda X, y: (X, [None, *y[1:]], {})),
    "label in words": ("labels-unusable", lambda X, y: (X, ["是", *y[1:]], {})),
    "infinity": ("infinite-values", lambda X, y: (X.assign(a=np.inf), y, {})),
    "same name twice": ("column-name-repeated", lambda X, y: (pd.concat([X, X], axis=1), y, {})),
    "a column called base": ("column-name-reserved", lambda X, y: (X.rename(columns={"a": "base"}), y, {})),
    "a column called calibration": ("column-name-reserved", lambda X, y: (X.assign(calibration=1), y, {})),
    "short labels": ("lengths-differ", lambda X, y: (X, y[1:], {})),
    "long labels": ("lengths-differ", lambda X, y: (X, [*y, 1], {})),
    "short groups": ("lengths-differ", lambda X, y: (X, y, {"groups": [1]})),
    "labels of other rows": ("rows-misaligned", lambda X, y: (X, pd.Series(y)[::-1], {})),
    "label as a number": ("label-among-features", lambda X, y: (X.assign(leak=y), y, {})),
    "label turned round": ("label-among-features", lambda X, y: (X.assign(leak=[1 - one for one in y]), y, {})),
    "label in a category": ("label-among-features", lambda X, y: (X.assign(k=["好坏"[one] for one in y]), y, {})),
    "direction of nothing": ("direction-unusable", lambda X, y: (X, y, {"directions": {"c": 1}})),
    "direction of 2": ("direction-unusable", lambda X, y: (X, y, {"directions": {"a": 2}})),
    "direction of a category": ("direction-unusable", lambda X, y: (X, y, {"directions": {"b": 1}})),
    "no rows": ("table-unusable", lambda X, y: (X.iloc[:0], [], {})),
    "dates as features": ("table-unusable", lambda X, y: (X.assign(d=pd.Timestamp("2020-01-01")), y, {})),
    "a day missing": ("table-unusable", lambda X, y: (X, y, {"dates": [None] + ["2020-01-01"] * 39})),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses_in_chinese_what_it_cannot_learn_from(case: str) -> None:
    code, spoil = REFUSED[case]
    X, y, others = spoil(*good())

    with pytest.raises(Refusal) as refusal:
        fit(X, y, **others)

    assert refusal.value.code == code
    assert any("一" <= letter <= "鿿" for letter in str(refusal.value))


CHANGED = {
    "missing": (lambda X: X.drop(columns=["debt", "sales", "trade", "noise"]), "缺少 debt、sales、trade 等 4 列"),
    "surplus": (lambda X: X.assign(other=1), "多出 other"),
    "renamed": (lambda X: X.rename(columns={"debt": "Debt"}), "缺少 debt；多出 Debt"),
    "reordered": (lambda X: X[X.columns[::-1]], "次序不同或重复：noise、listed、grade 等 6 列"),
    "objects for a number": (lambda X: X.assign(debt=np.array(["高", 1] * 150, dtype=object)), "列 debt 训练时为数字"),
    "text for a number": (lambda X: X.assign(debt="高"), "列 debt 训练时为数字"),
}


@pytest.mark.parametrize("case", CHANGED)
def test_refuses_other_columns_than_its_own_and_names_the_first_three(
    model: Model, small: SimpleNamespace, case: str
) -> None:
    change, words = CHANGED[case]

    for ask in (model.probability, model.log_odds, model.interval, lambda X: explain(model, X)):
        with pytest.raises(Refusal, match=words) as refusal:
            ask(change(small.X))
        assert refusal.value.code == "feature-mismatch"


def test_refuses_infinities_and_bare_arrays_when_asked(model: Model, small: SimpleNamespace) -> None:
    with pytest.raises(Refusal, match="无穷大"):
        model.probability(small.X.assign(debt=np.inf))
    with pytest.raises(Refusal, match="DataFrame"):
        model.probability(small.X.to_numpy())  # type: ignore[arg-type]


def test_a_model_without_refits_has_no_interval_to_give(small: SimpleNamespace) -> None:
    with pytest.raises(Refusal) as refusal:
        bare(small).interval(small.X)

    assert refusal.value.code == "interval-unavailable"


def test_a_model_shows_itself_in_one_line(model: Model) -> None:
    assert repr(model).startswith("Model(6 columns, 300 rows")


def test_a_gap_is_never_read_as_zero_though_a_part_of_the_table_has_none() -> None:
    draw = np.random.default_rng(0)
    x = np.r_[draw.normal(10, 1, 200), np.full(20, np.nan)]
    label = np.r_[(x[:200] < 10).astype(int), np.zeros(20, dtype=int)]
    table = table_of(pd.DataFrame({"x": x, "other": draw.normal(size=220)}), label)
    part = table.rows(np.arange(200))

    booster = read(grow(part.matrix, part.label, table.layout, recipe_for(10), seed=0))
    gap, zero = raw_log_odds(booster, np.array([[np.nan, 0.0], [0.0, 0.0]]))

    assert gap < zero - 0.5


def test_a_refit_without_both_outcomes_left_over_keeps_the_calibration(model: Model) -> None:
    usual = Calibrator(0.8, 0.1)

    assert training._refit_calibrator(model.members[0], np.zeros((3, 6)), np.zeros(3), usual) == usual
