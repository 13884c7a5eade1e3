"""What is known of a pool's losses without drawing anything, and what does the obvious loop draw?"""

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri
from scipy.stats import binom

from risk.simulation import FACTOR_GRID, FactorModel, Floats, Pool


def more_defaults_than(count: int, *, loans: int, pd: float, correlation: float) -> float:
    """Return how likely more than `count` of equal loans of as many firms default: binomials mixed by factor."""
    weights = np.exp(-0.5 * FACTOR_GRID**2)
    chances = ndtr((ndtri(pd) - np.sqrt(correlation) * FACTOR_GRID) / np.sqrt(1 - correlation))
    return float(np.average(binom.sf(count, loans, chances), weights=weights))


def simulate_by_loop(pool: Pool, model: FactorModel, *, scenarios: int, seed: int) -> Floats:
    """Return the yuan lost by each bearer in each scenario, one scenario after the other, one ring after the other.

    Shapes: (scenarios, bearers).
    """
    rng = np.random.default_rng(seed)
    thresholds, raised = ndtri(pool.pd), ndtri(np.minimum(1.0, pool.pd * model.ring_multiple))
    lost = np.zeros((scenarios, pool.loss.shape[1]))
    for place in range(scenarios):
        factor = rng.standard_normal()
        own = np.sqrt(1 - model.correlation) * rng.standard_normal(pool.firms)
        assets = (np.sqrt(model.correlation) * factor + own)[pool.firm]
        hit = assets < thresholds
        for ring in _rings(pool.ring):
            members = pool.ring == ring
            if hit[members].any():
                hit |= members & (assets < raised)
        badness = model.badness(np.array(factor))
        each = pool.loss + badness * (pool.stressed_loss - pool.loss)
        lost[place] = each[hit].sum(axis=0)
    return lost


def _rings(ring: npt.NDArray[np.int64]) -> list[int]:
    return [int(one) for one in np.unique(ring) if one >= 0]
