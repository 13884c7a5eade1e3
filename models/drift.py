"""Has the population moved away from the one the model was trained on, by more than chance?"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri, ndtri

Numbers = npt.NDArray[np.float64]

BINS = 10


@dataclass(frozen=True)
class Stability:
    """Say how far one number's distribution has moved, and how far chance alone would move it.

    `beyond_chance` compares the PSI with the critical value of these sample sizes; the usual marks of 0.10 and 0.25
    know nothing of them and stand beside it as `mark`.
    """

    psi: float
    critical_95: float
    critical_99: float
    expected_rows: int
    actual_rows: int
    bins: int
    mark: Literal["stable", "watch", "moved"]

    @property
    def beyond_chance(self) -> bool:
        """Tell whether chance alone exceeds this PSI in fewer than one of twenty samples."""
        return self.psi > self.critical_95


def stability(expected: Numbers, actual: Numbers, bins: int = BINS) -> Stability:
    """Return the PSI with its critical values for these sample sizes.

    Shapes: one number a row, NaN for gaps, at least one row in each.
    Source: domain.md 11 (Yurdakul 2018).
    """
    used = _bins(expected, actual, bins)
    psi = population_stability_index(expected, actual, bins)
    rows = len(expected), len(actual)
    return Stability(
        psi=psi,
        critical_95=psi_critical(*rows, used),
        critical_99=psi_critical(*rows, used, level=0.99),
        expected_rows=rows[0],
        actual_rows=rows[1],
        bins=used,
        mark="stable" if psi < 0.10 else "watch" if psi < 0.25 else "moved",
    )


def population_stability_index(expected: Numbers, actual: Numbers, bins: int = BINS) -> float:
    """Return the PSI of one number: 0 when nothing moved; 0.10 and 0.25 are the usual marks.

    Bins are equally filled by `expected`; gaps are a bin of their own; an empty bin counts as half a row.
    Source: domain.md 11 (for few firms the marks are noise: compare with `psi_critical`).
    """
    edges = _edges(expected, bins)
    first, second = _shares(expected, edges), _shares(actual, edges)
    return float(((second - first) * np.log(second / first)).sum())


def psi_critical(
    expected_rows: int,
    actual_rows: int,
    bins: int = BINS,
    *,
    level: float = 0.95,
    by: Literal["chi-square", "normal"] = "chi-square",
) -> float:
    """Return the PSI that chance alone exceeds with the probability 1 - level in samples of these sizes.

    Under no change PSI is about (1/n + 1/m) times a chi-square with bins - 1 degrees; "normal" replaces the chi-square
    by its mean and variance, which is close from some twenty bins on.

    >>> round(psi_critical(1000, 1000), 4)
    0.0338
    >>> round(psi_critical(100, 100), 2)
    0.34

    Raises ValueError for fewer than two bins or a sample without rows.
    Source: domain.md 11 (Yurdakul 2018).
    """
    if bins < 2 or min(expected_rows, actual_rows) < 1:
        raise ValueError("a PSI needs two bins and rows in both samples")
    degrees = bins - 1
    if by == "chi-square":
        quantile = float(chdtri(degrees, 1 - level))
    else:
        quantile = degrees + float(ndtri(level)) * math.sqrt(2 * degrees)
    return (1 / expected_rows + 1 / actual_rows) * quantile


def psi_noise(expected_rows: int, actual_rows: int, bins: int = BINS) -> float:
    """Return the PSI that chance alone exceeds in one of twenty samples of these sizes."""
    return psi_critical(expected_rows, actual_rows, bins)


def _bins(expected: Numbers, actual: Numbers, bins: int) -> int:
    """Count the bins that can hold rows: repeated values make fewer, gaps in either sample one more."""
    gaps = bool(np.isnan(expected).any() or np.isnan(actual).any())
    return max(2, len(_edges(expected, bins)) + 1 + gaps)


def _edges(expected: Numbers, bins: int) -> Numbers:
    known = expected[~np.isnan(expected)]
    return np.unique(np.quantile(known, np.linspace(0, 1, bins + 1)[1:-1])) if len(known) else np.zeros(0)


def _shares(values: Numbers, edges: Numbers) -> Numbers:
    place = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="right"))
    counts = np.maximum(np.bincount(place, minlength=len(edges) + 2).astype(np.float64), 0.5)
    return np.asarray(counts / counts.sum(), dtype=np.float64)
