"""Contributions from tables equal LightGBM's and shap's own, for gaps, categories and trees of every shape."""

from dataclasses import replace
from types import SimpleNamespace

import lightgbm as lgb
import numpy as np
import pytest

from models import Model, contributions_oracle
from models.columns import Matrix
from models.contributions_oracle import golden_rows, verify
from models.contributions_tables import FEW, Tables, tables_of
from models.refusals import ModelDamaged


def world(rows: int = 400, seed: int = 0) -> tuple[Matrix, Matrix]:
    draw = np.random.default_rng(seed)
    matrix = draw.normal(size=(rows, 7))
    matrix[:, 5] = draw.integers(0, 40, size=rows)
    matrix[:, 6] = draw.integers(0, 3, size=rows)
    risk = matrix[:, 0] - matrix[:, 1] * (matrix[:, 2] > 0) + (matrix[:, 5] % 3 == 0)
    matrix[:, :3][draw.random((rows, 3)) < 0.15] = np.nan
    return matrix, (risk + draw.normal(size=rows) > 0.8).astype(float)


def grown(matrix: Matrix, label: Matrix, **settings: object) -> str:
    parameters = {"objective": "binary", "num_threads": 1, "deterministic": True, "force_row_wise": True, "verbose": -1}
    levels = settings.pop("levels", [])
    data = lgb.Dataset(matrix, label, categorical_feature=levels, params={"verbose": -1, "min_data_per_group": 5})
    chosen = parameters | {"min_data_in_leaf": 5, "min_data_per_group": 5, "seed": 1} | settings
    return str(lgb.train(chosen, data, 30, keep_training_booster=True).model_to_string())


def theirs(text: str, matrix: Matrix) -> Matrix:
    return np.asarray(lgb.Booster(model_str=text).predict(matrix, pred_contrib=True, num_threads=1))


def tables(text: str) -> Tables:
    found = tables_of(text)
    assert found is not None
    return found


SETTINGS: list[dict[str, object]] = [
    {"num_leaves": 3, "max_depth": 2},
    {"num_leaves": 31, "max_depth": 5},
    {"num_leaves": 60, "max_depth": 7},
    {"num_leaves": 16, "max_depth": 6, "levels": [5, 6]},
    {"num_leaves": 16, "max_depth": 6, "levels": [5, 6], "max_cat_to_onehot": 64},
    {"num_leaves": 8, "max_depth": 4, "use_missing": False},
    {"num_leaves": 8, "max_depth": 4, "bagging_fraction": 0.5, "bagging_freq": 1, "extra_trees": True},
    {"num_leaves": 8, "max_depth": 4, "monotone_constraints": [1, 0, -1, 0, 0, 0, 0]},
    {"num_leaves": 8, "max_depth": 4, "min_data_in_leaf": 10_000},
]


@pytest.mark.parametrize("settings", SETTINGS)
def test_tables_say_what_lightgbm_says(settings: dict[str, object]) -> None:
    matrix, label = world()
    text = grown(matrix, label, **settings)
    later, _ = world(seed=5)
    later[:50, 3:] = np.nan
    later[50:60, 5] = -1
    later[60:70, 5] = 1000

    assert np.abs(tables(text).contributions(later) - theirs(text, later)).max() < 1e-12


def test_a_value_on_the_threshold_takes_lightgbm_s_side() -> None:
    matrix, label = world()
    text = grown(matrix, label, num_leaves=16, max_depth=5)
    found = tables(text)
    rows = np.zeros((len(found.questions), matrix.shape[1]))
    for place, question in enumerate(found.questions):
        rows[place, question.column] = question.threshold

    assert np.abs(found.contributions(rows) - theirs(text, rows)).max() < 1e-12


def test_one_row_alone_and_among_many_is_the_same_to_the_bit() -> None:
    matrix, label = world(rows=3 * FEW)
    found = tables(grown(matrix, label, num_leaves=31, max_depth=5))

    together = found.contributions(matrix)

    alone = np.vstack([found.contributions(matrix[[place]]) for place in range(len(matrix))])
    assert np.array_equal(alone, together)


def test_trees_too_deep_for_tables_and_other_kinds_are_left_to_lightgbm() -> None:
    matrix, label = world(rows=2000)

    assert tables_of(grown(matrix, label, num_leaves=200, max_depth=-1)) is None
    assert tables_of(grown(matrix, label, zero_as_missing=True)) is None
    assert tables_of(grown(matrix[:, :3], label, num_leaves=4, max_depth=3, linear_tree=True)) is None
    forest = {"boosting": "rf", "bagging_fraction": 0.5, "bagging_freq": 1, "num_leaves": 4, "max_depth": 3}
    assert tables_of(grown(matrix, label, **forest)) is None


def test_golden_rows_walk_both_sides_of_the_trees_and_are_the_same_again(model: Model) -> None:
    rows = golden_rows(model)

    assert np.array_equal(rows, golden_rows(model), equal_nan=True)
    numeric = [one for one in model.contribution_tables[0].questions if one.levels is None]  # type: ignore[union-attr]
    for question in numeric:
        known = rows[~np.isnan(rows[:, question.column]), question.column]
        assert known.min() < question.threshold < known.max()
    assert np.isnan(rows).any()


def test_a_shelved_model_agrees_with_lightgbm(model: Model) -> None:
    (found,) = verify(model, with_shap=False)

    assert (found.against, found.rows) == ("lightgbm", 50)
    assert found.max_difference < 1e-12


def test_shap_s_own_walk_through_the_trees_agrees(small: SimpleNamespace) -> None:
    pytest.importorskip("shap")
    from models.table import table_of
    from models.training import FitSettings, train

    X = small.X.drop(columns="trade")
    numeric = train(table_of(X, small.y, groups=small.firms), FitSettings(refits=0), seed=0)

    found = {one.against: one.max_difference for one in verify(numeric, with_shap=True)}

    assert set(found) == {"lightgbm", "shap"}
    assert found["shap"] < 1e-6


def test_trees_that_split_levels_are_not_asked_of_shap(model: Model) -> None:
    assert {one.against for one in verify(model, with_shap=True)} == {"lightgbm"}


def test_a_disagreement_is_a_refusal_to_use_the_model(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    def off(booster: lgb.Booster, rows: Matrix) -> Matrix:
        return theirs(booster.model_to_string(), rows) + 1e-5

    monkeypatch.setattr(contributions_oracle, "raw_contributions", off)

    with pytest.raises(ModelDamaged, match="lightgbm"):
        verify(model, with_shap=False)


def test_a_model_without_tables_is_explained_by_lightgbm(model: Model, small: SimpleNamespace) -> None:
    from models import explain

    by_tables = explain(model, small.X)
    bare = replace(model)
    bare.__dict__["contribution_tables"] = (None,) * len(model.members)

    assert np.abs(explain(bare, small.X) - by_tables).to_numpy().max() < 1e-12
