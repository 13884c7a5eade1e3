"""How well do probabilities rank and how well are they calibrated, with what uncertainty?"""

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from models.folds import cluster_weights

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

TINY = 1e-12


@dataclass(frozen=True)
class Metrics:
    """Say how good probabilities were on rows that the fit had not seen.

    Intervals are a bootstrap of whole clusters at 95 %, None on cards written before they were kept; a resampled KS is
    never below what noise alone makes of it. Slope and intercept are those of a logistic regression of the label on the
    log-odds (1 and 0 when calibrated).
    """

    rows: int
    defaults: int
    defaulted_clusters: int
    base_rate: float
    auc: float
    auc_low: float
    auc_high: float
    ks: float
    brier: float
    log_loss: float
    calibration_slope: float
    calibration_intercept: float
    ks_low: float | None = None
    ks_high: float | None = None
    brier_low: float | None = None
    brier_high: float | None = None
    log_loss_low: float | None = None
    log_loss_high: float | None = None
    calibration_slope_low: float | None = None
    calibration_slope_high: float | None = None

    def to_json(self) -> dict[str, float]:
        """Return the figures by name, without those that are not known."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def interval(self, figure: str) -> tuple[float, float] | None:
        """Return the interval of one figure by its name; None where none was kept."""
        known = self.to_json()
        low, high = known.get(f"{figure}_low"), known.get(f"{figure}_high")
        return None if low is None or high is None else (low, high)


def auc(label: Numbers, score: Numbers, weight: Numbers | None = None) -> float:
    """Return the chance that a defaulted row scores above a sound one, ties counting half; NaN without both."""
    weights = np.ones(len(label)) if weight is None else weight
    _, place = np.unique(score, return_inverse=True)
    bad = np.bincount(place, weights=weights * label)
    good = np.bincount(place, weights=weights * (1 - label))
    pairs = bad.sum() * good.sum()
    if pairs == 0:
        return float("nan")
    below = np.cumsum(good) - good
    return float((bad * (below + good / 2)).sum() / pairs)


def auc_interval(
    label: Numbers, score: Numbers, clusters: Codes | None = None, *, seed: int = 0, level: float = 0.95
) -> tuple[float, float]:
    """Return the bootstrap interval of the AUC, whole clusters drawn together."""
    codes = _codes(clusters, len(label))
    values = [auc(label, score, weight) for weight in bootstrap_weights(codes, label, seed=seed)]
    low, high = np.nanquantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def auc_difference(
    label: Numbers, first: Numbers, second: Numbers, clusters: Codes | None = None, *, seed: int = 0
) -> tuple[float, float, float]:
    """Return AUC of the first minus AUC of the second on the same rows, with its 95 % bootstrap interval."""
    codes = _codes(clusters, len(label))
    draws = bootstrap_weights(codes, label, seed=seed)
    values = [auc(label, first, weight) - auc(label, second, weight) for weight in draws]
    low, high = np.nanquantile(values, [0.025, 0.975])
    return auc(label, first) - auc(label, second), float(low), float(high)


def bootstrap_weights(clusters: Codes, label: Numbers, *, seed: int = 0, draws: int = 300) -> list[Numbers]:
    """Return, for each draw of clusters with replacement, how often each row was drawn."""
    generator = np.random.default_rng([seed, 13])
    return [cluster_weights(clusters, label, generator).astype(np.float64) for _ in range(draws)]


def ks(label: Numbers, score: Numbers, weight: Numbers | None = None) -> float:
    """Return the largest distance between the two classes' distributions of the score."""
    weights = np.ones(len(label)) if weight is None else weight
    _, place = np.unique(score, return_inverse=True)
    bad = np.cumsum(np.bincount(place, weights=weights * label))
    good = np.cumsum(np.bincount(place, weights=weights * (1 - label)))
    return float(np.abs(bad / bad[-1] - good / good[-1]).max())


def log_loss(label: Numbers, probability: Numbers) -> float:
    """Return the mean negative log-likelihood."""
    safe = np.clip(probability, TINY, 1 - TINY)
    return float(-np.mean(label * np.log(safe) + (1 - label) * np.log1p(-safe)))


def log_odds(probability: Numbers) -> Numbers:
    """Return log(p / (1 - p))."""
    return np.log(probability) - np.log1p(-probability)


def calibration_line(label: Numbers, probability: Numbers) -> tuple[float, float]:
    """Return slope and intercept of the label on the predicted log-odds."""
    return logistic_line(log_odds(np.clip(probability, TINY, 1 - TINY)), label, strength=1e-6)


def logistic_line(
    x: Numbers, label: Numbers, *, strength: float, centre: float = 1.0, fixed: bool = False
) -> tuple[float, float]:
    """Return slope and intercept of a logistic regression on one number, by Newton's method.

    `strength` pulls the slope towards `centre` as strength * (slope - centre)**2 / 2 would; `fixed` keeps it there.
    """
    rate = label.mean()
    line = np.array([centre, np.log(rate / (1 - rate)) - centre * x.mean()])
    loss = _line_loss(line, x, label, strength, centre)
    for _ in range(100):
        step = _intercept_step(line, x, label) if fixed else _newton_step(line, x, label, strength, centre)
        # A full step may overshoot and then never settle: halve it until the loss falls.
        while (after := _line_loss(line + step, x, label, strength, centre)) > loss and np.abs(step).max() > TINY:
            step = step / 2
        if after > loss or np.abs(step).max() < 1e-11:
            break
        line, loss = line + step, after
    return float(line[0]), float(line[1])


def _newton_step(line: Numbers, x: Numbers, label: Numbers, strength: float, centre: float) -> Numbers:
    p = expit(line[0] * x + line[1])
    spread = p * (1 - p) + TINY
    gradient = np.array([(label - p) @ x - strength * (line[0] - centre), (label - p).sum()])
    cross = spread @ x
    hessian = np.array([[spread @ (x * x) + strength, cross], [cross, spread.sum()]])
    return np.asarray(np.linalg.lstsq(hessian, gradient, rcond=None)[0], dtype=np.float64)


def _intercept_step(line: Numbers, x: Numbers, label: Numbers) -> Numbers:
    p = expit(line[0] * x + line[1])
    return np.array([0.0, (label - p).sum() / ((p * (1 - p)).sum() + TINY)])


def _line_loss(line: Numbers, x: Numbers, label: Numbers, strength: float, centre: float) -> float:
    z = line[0] * x + line[1]
    return float((np.logaddexp(0, z) - label * z).sum() + strength * (line[0] - centre) ** 2 / 2)


def calibration_table(label: Numbers, probability: Numbers, bins: int = 10) -> pd.DataFrame:
    """Return rows, mean prediction, observed rate and defaults of equally filled bins of the prediction."""
    ranks = pd.Series(probability).rank(method="first")
    frame = pd.DataFrame({"label": label, "predicted": probability, "bin": pd.qcut(ranks, bins, labels=False)})
    grouped = frame.groupby("bin")
    return pd.DataFrame(
        {
            "rows": grouped.size(),
            "predicted": grouped["predicted"].mean(),
            "observed": grouped["label"].mean(),
            "defaults": grouped["label"].sum().astype(int),
        }
    )


def _codes(clusters: Codes | None, rows: int) -> Codes:
    return np.arange(rows, dtype=np.int64) if clusters is None else clusters
