"""Is the boosted model better than something simpler, by more than chance?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from models.columns import Matrix
from models.folds import folds_of
from models.measures import auc, auc_difference, measure
from models.table import PerRow, Table, aligned, table_of
from models.training import FitSettings, train
from models.validation import check_folds

Numbers = npt.NDArray[np.float64]
# A learner is shown the training rows and answers with the log-odds of the held-out ones.
Learner = Callable[[Table, Matrix, int], Numbers]

BOOSTED = "lightgbm"
LOGISTIC = "logistic"
SINGLE = "single best column"
REPEATS = 3
FOLDS = 5
LATER_SHARE = 0.25
BARE = FitSettings(refits=0)


@dataclass(frozen=True)
class Comparison:
    """Say how candidates did on the same held-out rows and which one to take.

    `table` has one row a candidate: auc with its 95 % interval, ks, brier, log_loss, `behind` (AUC
    of the boosted model minus this one's) with its interval, and auc_out_of_time where dates were given.
    `recommended` is the boosted model only where it beats each of the others beyond its sampling error; else the best
    of those that it does not.
    """

    table: pd.DataFrame
    recommended: str
    reason: str


def compare(
    X: pd.DataFrame,
    y: PerRow,
    baselines: Mapping[str, PerRow] | None = None,
    *,
    groups: PerRow | None = None,
    dates: PerRow | None = None,
    directions: Mapping[str, int] | None = None,
    seed: int = 0,
) -> Comparison:
    """Compare the boosted model with a logistic regression, the single best column and given baselines.

    All are measured on the same folds, in which no group is split: three times five of them. A baseline is a column's
    name or one number a row; its sign is learned on the training part, and one number's logistic line makes it a
    probability. Where `dates` are given, all are also fitted on the earlier three quarters of the rows alone.

    Raises what `fit` raises; ValueError for a baseline that is neither a column nor a number a row.
    Source: decisions.md 1.
    """
    table = table_of(X, y, groups=groups, dates=dates, directions=directions)
    check_folds(table, FOLDS)
    given = {name: _baseline(column, X) for name, column in (baselines or {}).items()}
    learners: dict[str, Learner] = {SINGLE: _single_best, LOGISTIC: _logistic, BOOSTED: _boosted}
    answers = {name: _held_out_number(table, number, seed) for name, number in given.items()}
    answers |= {name: _held_out(table, learner, seed) for name, learner in learners.items()}
    later = {} if table.days is None else _out_of_time(table, learners, given, seed)
    return _judged(table, answers, later, seed)


def _judged(table: Table, answers: dict[str, Numbers], later: dict[str, float], seed: int) -> Comparison:
    boosted = answers[BOOSTED]
    rows = []
    for name, answer in answers.items():
        figures = measure(table.label, expit(answer), table.clusters, seed=seed)
        behind, low, high = auc_difference(table.label, boosted, answer, table.clusters, seed=seed)
        rows.append(
            {
                "candidate": name,
                "auc": figures.auc,
                "auc_low": figures.auc_low,
                "auc_high": figures.auc_high,
                "ks": figures.ks,
                "brier": figures.brier,
                "log_loss": figures.log_loss,
                "behind": behind,
                "behind_low": low,
                "behind_high": high,
            }
            | ({"auc_out_of_time": later[name]} if later else {})
        )
    frame = pd.DataFrame(rows).set_index("candidate")
    simpler = frame.drop(index=BOOSTED)
    equals = simpler[simpler["behind_low"] <= 0]
    if equals.empty:
        return Comparison(frame, BOOSTED, "LightGBM 的 AUC 高于每一个较简单的方案，且超出抽样误差。")
    # Of those that chance does not tell from the boosted model, the best: the closest call deserves the name.
    best = str(equals["auc"].idxmax())
    gap = float(frame["behind"][best])
    reason = f"LightGBM 与 {best} 的 AUC 之差为 {gap:+.3f}，未超出抽样误差：建议采用较简单的方案。"
    return Comparison(frame, best, reason)


def _baseline(column: PerRow | str, X: pd.DataFrame) -> Numbers:
    if isinstance(column, str):
        if column not in X.columns:
            raise ValueError(f"no column is called {column!r}")
        column = X[column]
    numbers = pd.to_numeric(aligned(column, X, "基准"), errors="raise").to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isnan(numbers), np.nanmedian(numbers), numbers)


def _held_out(table: Table, learner: Learner, seed: int) -> Numbers:
    """Return each row's held-out log-odds, averaged over the repeats."""
    rounds = []
    for repeat in range(REPEATS):
        fold = folds_of(table.clusters, table.label, FOLDS, seed + repeat)
        answer = np.zeros(len(table.label))
        for number in range(FOLDS):
            outside = fold == number
            answer[outside] = learner(table.rows(~outside), table.matrix[outside], seed + repeat)
        rounds.append(answer)
    return np.asarray(np.mean(rounds, axis=0), dtype=np.float64)


def _held_out_number(table: Table, number: Numbers, seed: int) -> Numbers:
    return _held_out(_alone(table, number), _one_number, seed)


def _alone(table: Table, number: Numbers) -> Table:
    return Table(table.layout, number[:, None], table.label, table.clusters, table.days, ())


def _out_of_time(table: Table, learners: dict[str, Learner], given: dict[str, Numbers], seed: int) -> dict[str, float]:
    """Return each candidate's AUC on the later quarter of the rows after learning from the earlier ones."""
    days = table.days if table.days is not None else np.zeros(0, dtype="datetime64[D]")
    later = days >= np.sort(days)[int(len(days) * (1 - LATER_SHARE))]
    if any(len(np.unique(table.label[side])) < 2 for side in (later, ~later)):
        return dict.fromkeys([*given, *learners], float("nan"))
    label = table.label[later]
    found = {
        name: auc(label, _one_number(_alone(table, number).rows(~later), number[later][:, None], seed))
        for name, number in given.items()
    }
    past = table.rows(~later)
    return found | {name: auc(label, learner(past, table.matrix[later], seed)) for name, learner in learners.items()}


def _boosted(table: Table, matrix: Matrix, seed: int) -> Numbers:
    return train(replace(table, days=None), BARE, seed=seed).calibrated(matrix)


def _single_best(table: Table, matrix: Matrix, seed: int) -> Numbers:
    filled, later = _filled(table.matrix, matrix)
    strength = [abs(auc(table.label, filled[:, column]) - 0.5) for column in range(filled.shape[1])]
    chosen = int(np.argmax(strength))
    return _one_number(_alone(table, filled[:, chosen]), later[:, chosen][:, None], seed)


def _one_number(table: Table, matrix: Matrix, seed: int) -> Numbers:
    return _line(table.matrix, table.label, matrix, seed)


def _logistic(table: Table, matrix: Matrix, seed: int) -> Numbers:
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
