"""Which column moved a row's log-odds, and by how much?"""

import numpy as np
import pandas as pd

from models.boosting import raw_contributions
from models.columns import Matrix
from models.fitted import Model, mean_of
from models.measures import log_odds

TOLERANCE = 1e-9


def explain(model: Model, X: pd.DataFrame) -> pd.DataFrame:
    """Return each column's contribution to the calibrated log-odds, and the base they start from.

    SHAP values of the trees (LightGBM's and shap.TreeExplainer's, looked up in tables), averaged over the members and
    multiplied by the calibration's slope; its intercept belongs to the base. The base of a row is what remains, so that
    the sum is exact; it equals the model's base up to rounding.

    Shapes: X's columns in order, then `base`, then `calibration` only where a row lies beyond the bounds at which the
        calibration stops being a line; X's index. Each row sums to logit(model.probability(X)) within 1e-9.
    Raises FeatureMismatch, InfiniteValues.
    Source: decisions.md 2, exchange.md 8.
    """
    matrix, _ = model.encode(X)
    calibrator = model.head.calibrator
    raw = model.mean_raw(matrix)
    shares = calibrator.slope * shares_of(model, matrix, raw)
    line = calibrator.line(raw)
    beyond = calibrator.apply(raw) != line
    shown = log_odds(model.probability(X).to_numpy())
    answer = pd.DataFrame(shares, index=X.index, columns=X.columns)
    answer["base"] = np.where(beyond, line, shown) - shares.sum(axis=1)
    if beyond.any():
        answer["calibration"] = np.where(beyond, shown - line, 0.0)
    _check_sums(answer.to_numpy(), shown)
    return answer


def shares_of(model: Model, matrix: Matrix, raw: Matrix) -> Matrix:
    """Return the mean of the members' contributions after proving that they add up to the raw log-odds.

    Shapes: matrix as the layout encodes it, raw its uncalibrated log-odds; one column for each of the matrix.
    """
    if len(matrix) == 0:
        return np.zeros(matrix.shape)
    mean = mean_of(_members(model, matrix))
    _check_sums(mean, raw)
    return mean[:, :-1]


def _members(model: Model, matrix: Matrix) -> list[Matrix]:
    """Return each member's contributions and its expected value; trees too deep for tables are left to LightGBM."""
    pairs = zip(model.contribution_tables, model.boosters, strict=True)
    return [raw_contributions(one, matrix) if tables is None else tables.contributions(matrix) for tables, one in pairs]


def _check_sums(parts: Matrix, whole: Matrix) -> None:
    if len(whole) and (worst := float(np.abs(parts.sum(axis=1) - whole).max())) > TOLERANCE:
        raise ArithmeticError(f"contributions miss the log-odds by {worst:.3g}")
