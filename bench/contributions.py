"""How fast are exact contributions of a portfolio, against shap.TreeExplainer and LightGBM's own?"""

import sys
import time
import warnings
from collections.abc import Callable

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from models.columns import Matrix
from models.contributions_tables import tables_of

ROWS, COLUMNS, TREES, DEPTH = 200_000, 80, 200, 5
LEARNED = 50_000
GAPS = 0.1
LEVELS = 12
CATEGORIES = 4


def run() -> dict[str, float]:
    """Grow one model, explain every row in each way, and print the seconds.

    All ways see all rows in the same run. Ours takes one thread and its time includes building the tables; LightGBM is
    given one thread; shap.TreeExplainer is called as its users call it, and takes what threads there are.
    """
    import shap

    matrix = _rows()
    text = _grown(matrix)
    booster = lgb.Booster(model_str=text)
    own, ours = _timed(lambda: _explained(text, matrix))
    native, theirs = _timed(lambda: np.asarray(booster.predict(matrix, pred_contrib=True, num_threads=1)))
    explainer = shap.TreeExplainer(booster, feature_perturbation="tree_path_dependent")
    with warnings.catch_warnings(action="ignore"):
        shap_values, slowest = _timed(lambda: np.asarray(explainer.shap_values(matrix)))
    whole = np.asarray(booster.predict(matrix, raw_score=True))
    print(f"{ROWS} 行 × {COLUMNS} 列 × {TREES} 棵深 {DEPTH} 的树{'':8}{'秒':>8}")
    for label, seconds in (("本项目（查表）", ours), ("LightGBM", theirs), ("shap.TreeExplainer", slowest)):
        print(f"{label:32}{seconds:>8.1f}")
    return {
        "rows": ROWS,
        "speedup_vs_shap": round(slowest / ours, 1),
        "speedup_vs_lightgbm": round(theirs / ours, 1),
        "max_difference": float(np.abs(own - native).max()),
        "max_difference_shap": float(np.abs(own[:, :-1] - shap_values).max()),
        "max_missing_from_sum": float(np.abs(own.sum(axis=1) - whole).max()),
        "seconds": round(ours, 2),
    }


def _rows() -> Matrix:
    draw = np.random.default_rng(7)
    matrix = draw.normal(size=(ROWS, COLUMNS))
    matrix[draw.random(matrix.shape) < GAPS] = np.nan
    matrix[:, :CATEGORIES] = draw.integers(0, LEVELS, size=(ROWS, CATEGORIES))
    return np.asarray(matrix, dtype=np.float64)


def _grown(matrix: Matrix) -> str:
    draw = np.random.default_rng(8)
    known = np.nan_to_num(matrix[:LEARNED])
    risk = known[:, 4:30] @ draw.normal(0, 0.3, size=26) + 0.8 * (known[:, 0] % 3 == 0) - 1.5
    label = (draw.random(LEARNED) < 1 / (1 + np.exp(-risk))).astype(np.float64)
    parameters = {
        "objective": "binary",
        "num_leaves": 2**DEPTH,
        "max_depth": DEPTH,
        "num_threads": 1,
        "deterministic": True,
        "force_row_wise": True,
        "seed": 0,
        "verbose": -1,
    }
    data = lgb.Dataset(matrix[:LEARNED], label, categorical_feature=list(range(CATEGORIES)))
    return str(lgb.train(parameters, data, TREES, keep_training_booster=True).model_to_string())


def _explained(text: str, matrix: Matrix) -> npt.NDArray[np.float64]:
    tables = tables_of(text)
    if tables is None:
        raise ValueError("the benchmark's trees are deeper than the tables allow")
    return tables.contributions(matrix)


def _timed(work: Callable[[], npt.NDArray[np.float64]]) -> tuple[npt.NDArray[np.float64], float]:
    started = time.perf_counter()
    answer = work()
    print(".", end="", file=sys.stderr, flush=True)
    return answer, time.perf_counter() - started
