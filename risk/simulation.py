"""How are the losses of many loans distributed when one factor moves all firms, and one failure may break a ring?

One-factor Gaussian model: a firm's asset value is sqrt(rho) Z + sqrt(1 - rho) e, and a loan defaults where it falls
below the quantile of the loan's PD. Pure and seeded; the scenarios are drawn in blocks, so that memory stays bounded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.special import ndtr, ndtri

from data.spec.progress import Progress

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

CELLS = 4_000_000
"""So many firms times scenarios are held at once: 16 MB of asset values."""
FACTOR_GRID = np.linspace(-8.5, 8.5, 1_701)
ALONE = -1
"""The ring of a loan whose firm is in none."""


@dataclass(frozen=True, kw_only=True)
class FactorModel:
    """Hold the correlation in [0, 1), the quantile at which a year is bad, and the multiple of PDs in a broken ring.

    In a year as bad as the quantile or worse a default costs its stressed loss, in a year better than the middle one
    its plain loss, between them a part of both in proportion to the factor.
    """

    correlation: float
    stress_quantile: float
    ring_multiple: float = 1.0

    def badness(self, factor: Floats) -> Floats:
        """Return how far the loss of a default is the stressed one, between 0 and 1; a low factor is a bad year."""
        return np.asarray(np.clip(-factor / ndtri(self.stress_quantile), 0.0, 1.0))


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Hold the loans of a pool, one place a loan.

    Shapes: pd (loans,) until the loan's end; firm and ring (loans,) numbers, firms from 0 without gaps, ring ALONE for
        none; loss and stressed_loss (loans, bearers), yuan lost in case of default, plain and in a bad year.
    """

    pd: Floats
    firm: Ints
    ring: Ints
    loss: Floats
    stressed_loss: Floats

    @cached_property
    def firms(self) -> int:
        """Return how many firms there are."""
        return int(self.firm.max()) + 1 if len(self.firm) else 0

    @cached_property
    def is_one_each(self) -> bool:
        """Tell whether every firm has one loan, in their order."""
        return np.array_equal(self.firm, np.arange(self.firms))


def simulate(pool: Pool, model: FactorModel, *, scenarios: int, seed: int, progress: Progress) -> Floats:
    """Return the yuan lost by each bearer in each scenario; progress hears one step a scenario.

    The same seed draws the same years and the same firms' fortunes whatever PDs and shares are, so that two pools of
    the same firms may be compared scenario by scenario.

    Shapes: (scenarios, bearers), float64.
    """
    rng = np.random.Generator(np.random.SFC64(seed))
    factor = rng.standard_normal(scenarios)
    lost = np.zeros((scenarios, pool.loss.shape[1]))
    thresholds = _Thresholds.of(pool, model)
    for start, stop in _blocks(scenarios, pool.firms):
        if pool.firms:
            assets = rng.standard_normal((stop - start, pool.firms), dtype=np.float32)
            assets *= np.float32(np.sqrt(1 - model.correlation))
            assets += (np.sqrt(model.correlation) * factor[start:stop, None]).astype(np.float32)
            hit = thresholds.hit(assets)
            lost[start:stop] = _lost(pool, hit, model.badness(factor[start:stop]))
        progress.advance(stop - start)
    return lost


def _blocks(scenarios: int, firms: int) -> Iterator[tuple[int, int]]:
    size = max(1, CELLS // max(1, firms))
    for start in range(0, scenarios, size):
        yield start, min(start + size, scenarios)


@dataclass(frozen=True, kw_only=True)
class _Thresholds:
    """Hold below which asset value each loan defaults, and those in a ring once a member has."""

    pool: Pool
    plain: npt.NDArray[np.float32]
    ringed: Ints
    raised: npt.NDArray[np.float32]
    starts: Ints
    place: Ints

    @classmethod
    def of(cls, pool: Pool, model: FactorModel) -> "_Thresholds":
        """Work the thresholds out; loans in rings stand together, ring by ring."""
        order = np.argsort(pool.ring, kind="stable")
        ringed = order[pool.ring[order] != ALONE] if model.ring_multiple > 1 else order[:0]
        _, starts, place = np.unique(pool.ring[ringed], return_index=True, return_inverse=True)
        raised = np.minimum(1.0, pool.pd[ringed] * model.ring_multiple)
        plain = ndtri(pool.pd).astype(np.float32)
        return cls(
            pool=pool,
            plain=plain,
            ringed=ringed,
            raised=ndtri(raised).astype(np.float32),
            starts=starts,
            place=place,
        )

    def hit(self, assets: npt.NDArray[np.float32]) -> Bools:
        """Tell which loans default in each scenario.

        A ring breaks with its first default, and breaks no further: one round is the whole contagion.
        """
        own = assets if self.pool.is_one_each else assets[:, self.pool.firm]
        hit: Bools = own < self.plain
        if len(self.ringed):
            broken = np.logical_or.reduceat(hit[:, self.ringed], self.starts, axis=1)
            hit[:, self.ringed] |= broken[:, self.place] & (own[:, self.ringed] < self.raised)
        return hit


def _lost(pool: Pool, hit: Bools, badness: Floats) -> Floats:
    """Add up what is lost in each scenario; few loans default, so that only they are visited."""
    loans = np.flatnonzero(hit)
    ends = np.concatenate(([0], np.cumsum(hit.sum(axis=1))))
    loans -= np.repeat(np.arange(len(hit)) * hit.shape[1], np.diff(ends))
    defaults = csr_array((np.ones(len(loans)), loans, ends), shape=hit.shape)
    plain = defaults @ pool.loss
    return np.asarray(plain + badness[:, None] * (defaults @ (pool.stressed_loss - pool.loss)))


def conditional_pd(pd: Floats, factor: Floats | float, correlation: float) -> Floats:
    """Return the PD in a year of this factor; shapes broadcast."""
    return np.asarray(ndtr((ndtri(pd) - np.sqrt(correlation) * factor) / np.sqrt(1 - correlation)))


def expected_loss(pool: Pool, model: FactorModel) -> Floats:
    """Return the exact expected loss in yuan of each bearer, rings apart.

    The integral over the factor is taken on a fine grid; without stressed losses it is PD times loss.

    Shapes: (bearers,).
    """
    weights = np.exp(-0.5 * FACTOR_GRID**2)
    weights /= weights.sum()
    harm = np.zeros(len(pool.pd))
    for factor, weight, badness in zip(FACTOR_GRID, weights, model.badness(FACTOR_GRID), strict=True):
        if badness:
            harm += weight * badness * conditional_pd(pool.pd, float(factor), model.correlation)
    return np.asarray(pool.pd @ pool.loss + harm @ (pool.stressed_loss - pool.loss))


def large_pool_quantile(pd: float, *, correlation: float, quantile: float) -> float:
    """Return the share of loans that default in the quantile's year, loans being alike and without number (Vasicek)."""
    return float(conditional_pd(np.array(pd), -float(ndtri(quantile)), correlation))
