"""Which simple scores must a boosted model beat?"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.boosting import Recipe
from models.columns import Matrix
from models.measures import auc
from models.splits import Scheme
from models.table import PerRow, Table, aligned
from models.training import FitSettings, train
from models.woe import fit_woe

Numbers = npt.NDArray[np.float64]
# A learner is shown the training rows and answers with the log-odds of the held-out ones.
Learner = Callable[[Table, Matrix, int], Numbers]


def held_out(table: Table, learner: Learner, scheme: Scheme, heard: Callable[[], None]) -> Numbers:
    """Return the log-odds of each judged row, averaged over the repeats; NaN for rows that no split judges."""
    total, times = np.zeros(len(table.label)), np.zeros(len(table.label))
    for split in scheme.splits:
        total[split.judged] += learner(table.rows(split.learned), table.matrix[split.judged], split.seed)
        times[split.judged] += 1
        heard()
    return np.where(times > 0, total / np.maximum(times, 1), np.nan)


def alone(table: Table, number: Numbers) -> Table:
    """Return the table with one number in the place of its columns."""
    return Table(table.layout, number[:, None], table.label, table.clusters, table.days, ())


def number_of(column: PerRow | str, X: pd.DataFrame) -> Numbers:
    """Return a given baseline as one number a row, gaps filled by the median.

    Raises ValueError for a name that is no column, and for what is no number; LengthsDiffer, RowsMisaligned.
    """
    if isinstance(column, str):
        if column not in X.columns:
            raise ValueError(f"no column is called {column!r}")
        column = X[column]
    numbers = pd.to_numeric(aligned(column, X, "基准"), errors="raise").to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(numbers)
    return np.where(known, numbers, np.median(numbers[known]) if known.any() else 0.0)


def boosted(recipe: Recipe | None = None) -> Learner:
    """Return the learner that fits as `fit` does, with this recipe or the one that suits the defaults."""

    def learner(table: Table, matrix: Matrix, seed: int) -> Numbers:
        return train(replace(table, days=None), FitSettings(refits=0, recipe=recipe), seed=seed).calibrated(matrix)

    return learner


def woe(table: Table, matrix: Matrix, seed: int) -> Numbers:
    """Answer by a scorecard of weights of evidence."""
    return fit_woe(table).log_odds_of(matrix)


def single_best(table: Table, matrix: Matrix, seed: int) -> Numbers:
    """Answer by the one column that ranks best on the training rows."""
    filled, later = _filled(table.matrix, matrix)
    strength = [abs(auc(table.label, filled[:, column]) - 0.5) for column in range(filled.shape[1])]
    chosen = int(np.argmax(strength))
    return one_number(alone(table, filled[:, chosen]), later[:, chosen][:, None], seed)


def one_number(table: Table, matrix: Matrix, seed: int) -> Numbers:
    """Answer by the only column there is, its sign learned."""
    return _line(table.matrix, table.label, matrix, seed)


def logistic(table: Table, matrix: Matrix, seed: int) -> Numbers:
    """Answer by a ridge logistic regression, a column for each level and each kind of gap."""
    earlier, later = _filled(_widened(table, table.matrix), _widened(table, matrix))
    return _line(earlier, table.label, later, seed)


def _line(earlier: Matrix, label: Numbers, later: Matrix, seed: int) -> Numbers:
    """Return the log-odds of a ridge logistic regression on standardised columns."""
    from sklearn.linear_model import LogisticRegression

    middle, spread = earlier.mean(axis=0), earlier.std(axis=0)
    spread[spread == 0] = 1.0
    fitted = LogisticRegression(C=0.1, max_iter=2000, random_state=seed).fit((earlier - middle) / spread, label)
    return np.asarray(fitted.decision_function((later - middle) / spread), dtype=np.float64)


def _widened(table: Table, matrix: Matrix) -> Matrix:
    """Return the columns with levels as one column a level, and a column for each that has gaps."""
    parts: list[Numbers] = []
    for position, column in enumerate(table.layout.columns):
        values = matrix[:, position]
        if column.kind == "category":
            parts.extend((values == level).astype(np.float64) for level in range(len(column.levels)))
            continue
        parts.append(values)
        if column.gaps and column.kind != "empty":
            parts.append(np.isnan(values).astype(np.float64))
    return np.column_stack(parts)


def _filled(earlier: Matrix, later: Matrix) -> tuple[Matrix, Matrix]:
    """Return both parts with gaps filled by the earlier part's medians; a column without any value becomes zero."""
    known = ~np.isnan(earlier).all(axis=0)
    middle = np.zeros(earlier.shape[1])
    middle[known] = np.nanmedian(earlier[:, known], axis=0)
    return np.where(np.isnan(earlier), middle, earlier), np.where(np.isnan(later), middle, later)
