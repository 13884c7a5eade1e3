"""How are shallow monotone trees grown, and how does their number follow the number of defaults?"""

from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from models.columns import Layout, Matrix
from models.masking import NOTHING_HIDDEN, Masking

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Recipe:
    """Hold the settings of one average of boosters.

    Several boosters that differ in seed alone are averaged in log-odds: the average is as additive as one of them and
    far steadier when defaults are few.
    """

    leaves: int
    depth: int
    rounds: int
    rate: float
    least_rows: int
    l2: float
    features: float
    random_cuts: bool
    members: int

    def halved(self) -> "Recipe":
        """Return one booster with half the rounds at twice the rate: for the many refits of an interval."""
        return Recipe(
            leaves=self.leaves,
            depth=self.depth,
            rounds=max(1, self.rounds // 2),
            rate=self.rate * 2,
            least_rows=self.least_rows,
            l2=self.l2,
            features=self.features,
            random_cuts=self.random_cuts,
            members=1,
        )


# Measured on small and large tables by repeated grouped cross-validation; see docs/models-alone.md.
FEW = Recipe(3, 2, 300, 0.05, 3, 3.0, 0.3, random_cuts=True, members=5)
SOME = Recipe(4, 3, 300, 0.05, 10, 5.0, 0.3, random_cuts=True, members=3)
MANY = Recipe(5, 4, 400, 0.05, 20, 5.0, 0.3, random_cuts=True, members=3)


def recipe_for(defaulted: int) -> Recipe:
    """Return the settings that suit this many independent firms of the rarer class."""
    if defaulted < 60:
        return FEW
    return SOME if defaulted < 300 else MANY


def grow(
    matrix: Matrix,
    label: Numbers,
    layout: Layout,
    recipe: Recipe,
    *,
    seed: int,
    masking: Masking = NOTHING_HIDDEN,
) -> str:
    """Return one booster as LightGBM's text: the same for the same rows, settings and seed.

    Shapes: matrix as the layout encodes it, NaN for gaps; label 0 or 1.
    """
    data = lgb.Dataset(
        _with_gaps(masking.hide(matrix, seed), layout),
        label,
        feature_name=feature_names(layout),
        categorical_feature=layout.category_positions,
        params={"feature_pre_filter": False, "max_bin": 63, "verbose": -1, "num_threads": 1},
    )
    # Kept as it is: lgb.train would otherwise write and read the text once more, which takes as long as the trees.
    grown = lgb.train(_parameters(layout, recipe, seed), data, recipe.rounds, keep_training_booster=True)
    return str(grown.model_to_string())


def grow_members(
    matrix: Matrix,
    label: Numbers,
    layout: Layout,
    recipe: Recipe,
    *,
    seed: int,
    masking: Masking = NOTHING_HIDDEN,
) -> tuple[str, ...]:
    """Return the boosters of one average."""
    seeds = [1 + seed * 1000 + member for member in range(recipe.members)]
    return tuple(grow(matrix, label, layout, recipe, seed=one, masking=masking) for one in seeds)


def read(text: str) -> lgb.Booster:
    """Build a booster from a text that was grown here or whose hash has been verified: never from another."""
    return lgb.Booster(model_str=text)


def raw_log_odds(booster: lgb.Booster, matrix: Matrix, rounds: int | None = None) -> Numbers:
    """Return each row's uncalibrated log-odds, after the first rounds where a number is given."""
    answer = booster.predict(matrix, raw_score=True, num_iteration=rounds or -1, num_threads=1)
    return np.asarray(answer, dtype=np.float64)


def raw_contributions(booster: lgb.Booster, matrix: Matrix) -> Matrix:
    """Return each column's share of the uncalibrated log-odds, and the expected value as the last column."""
    return np.asarray(booster.predict(matrix, pred_contrib=True, num_threads=1), dtype=np.float64)


def feature_names(layout: Layout) -> list[str]:
    """Return the names LightGBM sees: neutral ones, since it changes or refuses some of ours."""
    return [f"f{position}" for position in range(len(layout.columns))]


def _with_gaps(matrix: Matrix, layout: Layout) -> Matrix:
    """Return the rows with at least one gap in every column that has gaps elsewhere in the table.

    A part of a table may have none; LightGBM then grows trees that read a later gap as zero. The value given up is the
    one nearest to the middle, where it says least.
    """
    wanting = [
        position
        for position, column in enumerate(layout.columns)
        if column.gaps and column.kind in ("number", "order") and not np.isnan(matrix[:, position]).any()
    ]
    if not wanting:
        return matrix
    copy = matrix.copy()
    for position in wanting:
        values = matrix[:, position]
        copy[np.argmin(np.abs(values - np.median(values))), position] = np.nan
    return copy


def _parameters(layout: Layout, recipe: Recipe, seed: int) -> dict[str, object]:
    enough = min(1.0, max(recipe.features, 3 / len(layout.columns)))
    parameters: dict[str, object] = {
        "objective": "binary",
        "num_leaves": recipe.leaves,
        "max_depth": recipe.depth,
        "learning_rate": recipe.rate,
        "min_data_in_leaf": recipe.least_rows,
        "min_sum_hessian_in_leaf": 1e-3,
        "lambda_l2": recipe.l2,
        "feature_fraction": enough,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "extra_trees": recipe.random_cuts,
        "min_data_per_group": max(5, recipe.least_rows),
        "cat_smooth": 5.0,
        "max_bin": 63,
        "feature_pre_filter": False,
        "seed": seed % 2**31,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbose": -1,
    }
    if any(layout.directions):
        parameters["monotone_constraints"] = layout.directions
    return parameters
