"""How far would each figure of a score move, had other firms been drawn?"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from models.measures import TINY, Metrics, auc, bootstrap_weights, calibration_line, ks, log_loss, log_odds

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

FIGURES = ("auc", "ks", "brier", "log_loss", "calibration_slope")
LEVEL = 0.95
NEWTON_STEPS = 3
"""From the slope of all rows a replicate's is so near that three steps find it to the sixth digit."""


@dataclass(frozen=True)
class Spread:
    """Hold a figure with its 95 % interval by bootstrap of whole clusters."""

    value: float
    low: float
    high: float


def spreads(label: Numbers, odds: Numbers, clusters: Codes, *, seed: int = 0, draws: int = 300) -> dict[str, Spread]:
    """Return AUC, KS, Brier score, log loss and calibration slope, each with its interval.

    Shapes: label 0 or 1 with both present; odds are log-odds of default; clusters numbered from 0.
    """
    probability = expit(odds)
    line = calibration_line(label, probability)
    whole = {
        "auc": auc(label, probability),
        "ks": ks(label, probability),
        "brier": float(np.mean((probability - label) ** 2)),
        "log_loss": log_loss(label, probability),
        "calibration_slope": line[0],
    }
    ranked = _Ranked.of(label, probability)
    drawn = np.array(
        [ranked.figures(weight, line) for weight in bootstrap_weights(clusters, label, seed=seed, draws=draws)]
    )
    low, high = np.nanquantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return {name: Spread(whole[name], float(low[place]), float(high[place])) for place, name in enumerate(FIGURES)}


def measure(label: Numbers, probability: Numbers, clusters: Codes | None = None, *, seed: int = 0) -> Metrics:
    """Return every figure of one set of predictions, with its interval.

    Shapes: label 0 or 1 with both present, probability in (0, 1), clusters numbered from 0 or None for one a row.
    """
    codes = np.arange(len(label), dtype=np.int64) if clusters is None else clusters
    odds = log_odds(np.clip(probability, TINY, 1 - TINY))
    told: dict[str, float] = {}
    for name, spread in spreads(label, odds, codes, seed=seed).items():
        told |= {name: spread.value, f"{name}_low": spread.low, f"{name}_high": spread.high}
    return Metrics(
        rows=len(label),
        defaults=int(label.sum()),
        defaulted_clusters=len(np.unique(codes[label == 1])),
        base_rate=float(label.mean()),
        calibration_intercept=calibration_line(label, probability)[1],
        **told,
    )


@dataclass(frozen=True)
class _Ranked:
    """Hold the rows in the order of their probability: three hundred draws need it sorted once."""

    order: Codes
    ends: Codes
    label: Numbers
    probability: Numbers
    odds: Numbers

    @classmethod
    def of(cls, label: Numbers, probability: Numbers) -> "_Ranked":
        order = np.argsort(probability, kind="stable")
        sorted_ = probability[order]
        ends = np.append(np.flatnonzero(np.diff(sorted_)), len(order) - 1)
        safe = np.clip(sorted_, 1e-12, 1 - 1e-12)
        return cls(order, ends, label[order], safe, np.log(safe) - np.log1p(-safe))

    def figures(self, weight: Numbers, line: tuple[float, float]) -> tuple[float, ...]:
        """Return the figures of FIGURES, each row counted as often as its weight says."""
        times = weight[self.order]
        bad = np.cumsum(times * self.label)[self.ends]
        good = np.cumsum(times * (1 - self.label))[self.ends]
        # Rows of equal probability stand together: pairs among them count half.
        below = np.concatenate([[0.0], good[:-1]])
        pairs = float((np.diff(bad, prepend=0.0) * (below + good) / 2).sum() / (bad[-1] * good[-1]))
        losses = self.label * np.log(self.probability) + (1 - self.label) * np.log1p(-self.probability)
        return (
            pairs,
            float(np.abs(bad / bad[-1] - good / good[-1]).max()),
            _dot(times, (self.probability - self.label) ** 2) / float(times.sum()),
            -_dot(times, losses) / float(times.sum()),
            self._slope(times, line),
        )

    def _slope(self, times: Numbers, line: tuple[float, float]) -> float:
        slope, intercept = line
        for _ in range(NEWTON_STEPS):
            fitted = expit(slope * self.odds + intercept)
            off, spread = times * (self.label - fitted), times * fitted * (1 - fitted) + 1e-12
            tilted = spread * self.odds
            hessian = np.array([[_dot(tilted, self.odds), tilted.sum()], [tilted.sum(), spread.sum()]])
            step = np.linalg.lstsq(hessian, np.array([_dot(off, self.odds), off.sum()]), rcond=None)[0]
            slope, intercept = slope + step[0], intercept + step[1]
        return float(slope)


def _dot(first: Numbers, second: Numbers) -> float:
    """Return the sum of products without BLAS: its threads wait for one another longer than such a sum takes."""
    return float((first * second).sum())
