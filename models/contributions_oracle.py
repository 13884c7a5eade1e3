"""Do a model's contributions agree with two programs that know nothing of our tables?"""

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec

import lightgbm as lgb
import numpy as np

from models.boosting import raw_contributions
from models.columns import Matrix
from models.contributions_tables import Tables, tables_of
from models.contributions_trees import Question
from models.fitted import Model
from models.refusals import ModelDamaged

TOLERANCE = 1e-6
GOLDEN_ROWS = 50
NEAR = 1e-3


@dataclass(frozen=True)
class Agreement:
    """Say how far our contributions lie from another program's on the golden rows, in log-odds."""

    against: str
    rows: int
    max_difference: float


def verify(model: Model, *, with_shap: bool) -> tuple[Agreement, ...]:
    """Compare the model's contributions on its golden rows with LightGBM's and, where asked and installed, shap's.

    shap is asked for its own walk through the trees, not for LightGBM's values, which its TreeExplainer hands on; it
    cannot walk trees that split categories, and is then left out.

    Raises ModelDamaged where a difference exceeds 1e-6.
    Source: decisions.md 2.
    """
    rows = golden_rows(model)
    found = []
    for tables, booster in zip(model.contribution_tables, model.boosters, strict=True):
        ours = raw_contributions(booster, rows) if tables is None else tables.contributions(rows)
        found.append(_compared("lightgbm", ours, raw_contributions(booster, rows)))
        theirs = _shap_values(booster, rows) if with_shap and find_spec("shap") else None
        if theirs is not None:
            found.append(_compared("shap", ours[:, :-1], theirs))
    names = dict.fromkeys(one.against for one in found)
    return tuple(
        Agreement(name, len(rows), max(one.max_difference for one in found if one.against == name)) for name in names
    )


def golden_rows(model: Model, *, rows: int = GOLDEN_ROWS, seed: int = 0) -> Matrix:
    """Return rows that walk the model's trees on both sides of their tests, gaps among them.

    They are no firm's, and the same for the same model.

    Shapes: encoded as the model's columns; values lie close below and above the trees' thresholds, the outermost among
        them, never on one: shap holds a threshold in fewer digits.
    """
    draw = np.random.default_rng([seed, 19])
    asked = [question for text in model.members for question in _questions(tables_of(text))]
    columns = []
    for position, column in enumerate(model.head.layout.columns):
        cuts = np.unique([one.threshold for one in asked if one.column == position and one.levels is None])
        levels = np.arange(max(1, len(column.levels)), dtype=np.float64)
        spots = np.sort([*(cuts - NEAR), *(cuts + NEAR)]) if len(cuts) and column.kind != "category" else levels
        values = draw.permutation(spots[np.linspace(0, len(spots) - 1, rows).round().astype(int)])
        gaps = draw.random(rows) < 0.2 if column.gaps or column.kind == "category" else np.zeros(rows, dtype=bool)
        columns.append(np.where(gaps, np.nan, values))
    return np.column_stack(columns)


def _questions(tables: Tables | None) -> tuple[Question, ...]:
    return () if tables is None else tables.questions


def _compared(against: str, ours: Matrix, theirs: Matrix) -> Agreement:
    difference = float(np.abs(ours - theirs).max())
    if not difference <= TOLERANCE:
        raise ModelDamaged(
            f"模型的分项贡献与 {against} 的独立计算相差 {difference:.3g}，超过 {TOLERANCE:g}。",
            help="请勿启用该模型；请重新训练，仍不一致时请联系维护人员。",
        )
    return Agreement(against, len(ours), difference)


def _shap_values(booster: lgb.Booster, rows: Matrix) -> Matrix | None:
    # shap reads a split of levels as one of numbers, and says nothing of it.
    if re.search(r"^num_cat=[1-9]", booster.model_to_string(), flags=re.MULTILINE):
        return None
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        import shap

        explainer = shap.TreeExplainer(booster, feature_perturbation="tree_path_dependent")
    if explainer.model.trees is None:
        return None
    # Any other type name is answered by the booster's own pred_contrib: then nothing independent would be compared.
    explainer.model.model_type = "internal"
    return np.asarray(explainer.shap_values(rows, check_additivity=False), dtype=np.float64)
