"""Has the population moved away from the one the model was trained on?"""

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri

Numbers = npt.NDArray[np.float64]


def population_stability_index(expected: Numbers, actual: Numbers, bins: int = 10) -> float:
    """Return the PSI of one number: 0 when nothing moved; 0.10 and 0.25 are the usual marks.

    Bins are equally filled by `expected`; gaps are a bin of their own; an empty bin counts as half a row.
    Source: domain.md 11 (for few firms the marks are noise: compare with `psi_noise`).
    """
    edges = np.unique(np.nanquantile(expected, np.linspace(0, 1, bins + 1)[1:-1])) if len(expected) else np.zeros(0)
    first, second = _shares(expected, edges), _shares(actual, edges)
    return float(((second - first) * np.log(second / first)).sum())


def psi_noise(expected_rows: int, actual_rows: int, bins: int = 10) -> float:
    """Return the PSI that chance alone exceeds in one of twenty samples of these sizes.

    Source: domain.md 11 (Yurdakul 2018: PSI is about (1/n + 1/m) times a chi-square with bins - 1 degrees).
    """
    return float((1 / expected_rows + 1 / actual_rows) * chdtri(bins - 1, 0.05))


def _shares(values: Numbers, edges: Numbers) -> Numbers:
    place = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="right"))
    counts = np.maximum(np.bincount(place, minlength=len(edges) + 2).astype(np.float64), 0.5)
    return np.asarray(counts / counts.sum(), dtype=np.float64)
