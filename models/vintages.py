"""Does a model hold in every year, and in and out of the years of relief?"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.measures import auc, auc_interval
from models.segments import design_effect, ratio_bounds

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FEWEST_FOR_INTERVAL = 5


@dataclass(frozen=True, kw_only=True)
class VintageLine:
    """Say of the rows of one year, or of several, what was observed and expected, and how they are ranked."""

    name: str
    rows: int
    firms: int
    defaults: int
    defaulted_firms: int
    expected: float
    ratio_low: float
    ratio_high: float
    auc: float
    auc_low: float
    auc_high: float
    brier: float

    @property
    def ratio(self) -> float:
        """Return observed over expected defaults."""
        return self.defaults / self.expected


def vintage_lines(
    years: Codes, label: Numbers, probability: Numbers, clusters: Codes, *, relief: tuple[int, int], seed: int = 0
) -> list[VintageLine]:
    """Return a line for each year, then in relief, out of relief and all.

    Shapes: one row a case; probability held out; relief the first and the last year of relief.
    Source: method.md 1 (results with and without relief, by vintage).
    """
    inside = (years >= relief[0]) & (years <= relief[1])
    parts: list[tuple[str, Mask]] = [(str(year), years == year) for year in np.unique(years)]
    parts += [(f"{relief[0]}–{relief[1]} 延期年份", inside), ("其余年份", ~inside), ("全部", np.ones_like(inside))]
    return list(_lines(parts, label, probability, clusters, seed))


def _lines(
    parts: list[tuple[str, Mask]], label: Numbers, probability: Numbers, clusters: Codes, seed: int
) -> Iterator[VintageLine]:
    effect = design_effect(label, probability, clusters)
    for name, chosen in parts:
        if not chosen.any():
            continue
        y, p = label[chosen], probability[chosen]
        codes = np.unique(clusters[chosen], return_inverse=True)[1].astype(np.int64)
        bad = len(np.unique(codes[y == 1]))
        low, high = ratio_bounds(float(y.sum()), float(p.sum()), effect=effect)
        enough = bad >= FEWEST_FOR_INTERVAL and (y == 0).any()
        auc_low, auc_high = auc_interval(y, p, codes, seed=seed) if enough else (math.nan, math.nan)
        yield VintageLine(
            name=name,
            rows=len(y),
            firms=int(codes.max()) + 1,
            defaults=int(y.sum()),
            defaulted_firms=bad,
            expected=float(p.sum()),
            ratio_low=low,
            ratio_high=high,
            auc=auc(y, p),
            auc_low=auc_low,
            auc_high=auc_high,
            brier=float(np.mean((p - y) ** 2)),
        )
