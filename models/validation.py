"""How good would this fit be on firms it has not seen?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from data.spec.progress import Progress, Silent
from models.folds import folds_of
from models.measures import (
    Metrics,
    auc,
    auc_difference,
    auc_interval,
    calibration_line,
    calibration_table,
    ks,
    log_loss,
)
from models.refusals import TooFewDefaults
from models.table import LEAST_CLUSTERS, PerRow, Table, table_of
from models.training import FitSettings, train
from models.uncertainty import measure

__all__ = [
    "CrossValidation",
    "Metrics",
    "auc",
    "auc_difference",
    "auc_interval",
    "calibration_line",
    "calibration_table",
    "cross_validate",
    "ks",
    "log_loss",
    "measure",
]

Numbers = npt.NDArray[np.float64]
BARE = FitSettings(refits=0)


@dataclass(frozen=True)
class CrossValidation:
    """Hold what repeated grouped cross-validation measured.

    `probability` is each row's out-of-fold prediction, averaged over the repeats in log-odds; `metrics` measures it,
    with its intervals; `per_repeat` has one row of figures a repeat. `auc` is the mean of the repeats: what one fit of
    this kind reaches, while the averaged prediction is slightly better than any single fit.
    """

    probability: pd.Series
    metrics: Metrics
    per_repeat: pd.DataFrame
    auc: float
    auc_low: float
    auc_high: float
    ks: float
    brier: float


def cross_validate(  # noqa: PLR0913 - eight plain choices; grouping them would hide what may be chosen
    X: pd.DataFrame,
    y: PerRow,
    *,
    groups: PerRow | None = None,
    directions: Mapping[str, int] | None = None,
    repeats: int = 5,
    folds: int = 5,
    seed: int = 0,
    progress: Progress | None = None,
) -> CrossValidation:
    """Fit on all folds but one and predict that one, over and over; groups are never split.

    Shapes: as for `fit`.
    Raises what `fit` raises, and TooFewDefaults where a fold would be without a firm of either class, or a training
        part with too few of them.
    """
    told = progress or Silent()
    told.stage("交叉验证", repeats * folds)
    table = table_of(X, y, groups=groups, directions=directions)
    check_folds(table, folds)
    rounds = [_held_out(table, folds, seed + repeat, told) for repeat in range(repeats)]
    return _summed(table, rounds, X.index, seed)


def check_folds(table: Table, folds: int) -> None:
    """Refuse when the rarer class cannot be in every fold with enough left to train on."""
    if table.rarer_clusters < max(folds, LEAST_CLUSTERS + 1):
        raise TooFewDefaults(
            f"较少的一类只有 {table.rarer_clusters} 家企业，不能分成 {folds} 折。", help="请减少折数或补充样本。"
        )


def _held_out(table: Table, folds: int, seed: int, progress: Progress) -> Numbers:
    fold = folds_of(table.clusters, table.label, folds, seed)
    answer = np.zeros(len(table.label))
    for number in range(folds):
        model = train(table.rows(fold != number), BARE, seed=seed)
        answer[fold == number] = model.calibrated(table.matrix[fold == number])
        progress.advance()
    return answer


def _summed(table: Table, rounds: list[Numbers], index: pd.Index, seed: int) -> CrossValidation:
    mean = expit(np.mean(rounds, axis=0))
    metrics = measure(table.label, mean, table.clusters, seed=seed)
    figures = pd.DataFrame([_figures(table.label, expit(answer)) for answer in rounds])
    middle = float(figures["auc"].mean())
    return CrossValidation(
        probability=pd.Series(mean, index=index, name="probability"),
        metrics=metrics,
        per_repeat=figures,
        auc=middle,
        # The averaged prediction's interval, moved to the mean of the repeats: sampling of firms dominates both.
        auc_low=max(0.0, metrics.auc_low + middle - metrics.auc),
        auc_high=min(1.0, metrics.auc_high + middle - metrics.auc),
        ks=float(figures["ks"].mean()),
        brier=float(figures["brier"].mean()),
    )


def _figures(label: Numbers, probability: Numbers) -> dict[str, float]:
    return {
        "auc": auc(label, probability),
        "ks": ks(label, probability),
        "brier": float(np.mean((probability - label) ** 2)),
        "log_loss": log_loss(label, probability),
    }
