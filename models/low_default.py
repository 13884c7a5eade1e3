"""Which default rate do few defaults, or none, still allow: how prudent must an estimate be?"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import bdtr, betaincinv, ndtr, ndtri

from models.measures import log_odds

Numbers = npt.NDArray[np.float64]

# Nodes of the integral over the common factor: the tables of the source come out to their last digit.
NODES = 4001


def most_prudent(
    firms: Sequence[int], defaults: Sequence[int], *, confidence: float, correlation: float = 0.0
) -> tuple[float, ...]:
    """Return for each grade the highest default rate that the observed defaults still allow.

    A grade is judged together with all worse ones, as if it were as risky as they: the bounds never fall from a grade
    to a worse one, even with no default at all. `correlation` is that of the firms' assets in a one-factor model.

    Shapes: grades from the best to the worst, numbers of firms and of those that defaulted.
    Raises ValueError unless every grade has firms, no more defaults than firms, and confidence and correlation lie in
        (0, 1) and [0, 1).
    Source: Pluto and Tasche 2005, arXiv cond-mat/0411699.
    """
    _check(firms, defaults, confidence, correlation)
    pools = [(sum(firms[place:]), sum(defaults[place:])) for place in range(len(firms))]
    found = [upper_bound(size, bad, confidence=confidence, correlation=correlation) for size, bad in pools]
    return tuple(float(rate) for rate in np.maximum.accumulate(found))


def upper_bound(firms: int, defaults: int, *, confidence: float, correlation: float = 0.0) -> float:
    """Return the default rate at which so few defaults among so many firms have the chance 1 - confidence.

    >>> round(upper_bound(800, 0, confidence=0.9) * 100, 2)
    0.29
    """
    if defaults >= firms:
        return 1.0
    if correlation == 0:
        return float(betaincinv(defaults + 1, firms - defaults, confidence))
    factor, weight = _factor()

    def chance(rate: float) -> float:
        conditional = ndtr((ndtri(rate) + np.sqrt(correlation) * factor) / np.sqrt(1 - correlation))
        return float(weight @ bdtr(defaults, firms, conditional)) - (1 - confidence)

    return float(brentq(chance, 1e-12, 1 - 1e-12, xtol=1e-12))


def margin_for(firms: int, defaults: int, *, confidence: float) -> float:
    """Return the margin of conservatism, in log-odds, that covers the sampling error of a default rate.

    It is the distance from the observed rate to the Jeffreys bound that the true one exceeds with the chance
    1 - confidence; with no default the rate is taken as that of half a default.
    """
    upper = float(betaincinv(defaults + 0.5, firms - defaults + 0.5, confidence))
    seen = max(defaults, 0.5) / firms
    further = log_odds(np.array([upper, seen]))
    return max(0.0, float(further[0] - further[1]))


def _factor() -> tuple[Numbers, Numbers]:
    """Return values of the common factor and their weights: a fine equal grid, exact enough for a smooth integrand."""
    factor = np.linspace(-8.5, 8.5, NODES)
    weight = np.exp(-(factor**2) / 2)
    return factor, weight / weight.sum()


def _check(firms: Sequence[int], defaults: Sequence[int], confidence: float, correlation: float) -> None:
    if len(firms) != len(defaults) or not firms:
        raise ValueError("one number of firms and one of defaults for each grade")
    if any(size < 1 or not 0 <= bad <= size for size, bad in zip(firms, defaults, strict=True)):
        raise ValueError("every grade needs firms, and no more defaults than firms")
    if not (0 < confidence < 1 and 0 <= correlation < 1):
        raise ValueError("confidence lies in (0, 1), correlation in [0, 1)")
