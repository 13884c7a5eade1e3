"""How fast and how right are the losses of a pool simulated, against formulas and against the obvious loop?

The pool is made up: 5,000 loans of as many firms; for the formulas they are alike, for the loop they are not.
"""

import resource
import sys
import time
from collections.abc import Mapping

import numpy as np

from bench._pool_oracles import more_defaults_than, simulate_by_loop
from data.spec.progress import Silent
from risk.simulation import (
    ALONE,
    FactorModel,
    Floats,
    Pool,
    expected_loss,
    large_pool_quantile,
    simulate,
)

LOANS, SCENARIOS, LOOPED = 5_000, 100_000, 20_000
PD, CORRELATION, QUANTILES = 0.03, 0.12, (0.99, 0.999)
BEARERS = np.array([0.35, 0.35, 0.30])


def run() -> Mapping[str, object]:
    """Measure and print a table; return the figures."""
    alike, model = _alike(), FactorModel(correlation=CORRELATION, stress_quantile=0.99)
    begun = time.perf_counter()
    lost = simulate(alike, model, scenarios=SCENARIOS, seed=1, progress=Silent()).sum(axis=1)
    seconds = time.perf_counter() - begun
    differences = {"mean": _mean_off(lost, alike, model), **{f"q{q:.1%}": _tail_off(lost, q) for q in QUANTILES}}
    mixed, ringed = _mixed(), FactorModel(correlation=CORRELATION, stress_quantile=0.99, ring_multiple=3.0)
    begun = time.perf_counter()
    drawn = simulate(mixed, ringed, scenarios=SCENARIOS, seed=2, progress=Silent()).sum(axis=1)
    mixed_seconds = time.perf_counter() - begun
    begun = time.perf_counter()
    looped = simulate_by_loop(mixed, ringed, scenarios=LOOPED, seed=3).sum(axis=1)
    loop_seconds = (time.perf_counter() - begun) * SCENARIOS / LOOPED
    apart = abs(drawn.mean() - looped.mean()) / np.hypot(_error(drawn), _error(looped))
    print(f"{SCENARIOS:,} 种年景 x {LOANS:,} 笔贷款，同质：{seconds:.1f} 秒；含互保圈：{mixed_seconds:.1f} 秒")
    for name, off in differences.items():
        print(f"  与公式之差（{name}）：{off:+.2f} 个标准误")
    print(f"  逐情景循环（按 {LOOPED} 种推算）：{loop_seconds:,.0f} 秒；两者均值相差 {apart:.2f} 个标准误")
    return {
        "seconds": round(seconds, 2),
        "seconds_with_rings": round(mixed_seconds, 2),
        "scenarios": SCENARIOS,
        "loans": LOANS,
        "difference_to_closed_form": round(max(map(abs, differences.values())), 2),
        "differences": {name: round(off, 2) for name, off in differences.items()},
        "difference_to_loop": round(float(apart), 2),
        "speedup_vs_loop": round(loop_seconds / mixed_seconds, 1),
        "most_memory_mb": _memory(),
    }


def _alike() -> Pool:
    loss = np.ones((LOANS, 1))
    firm = np.arange(LOANS)
    return Pool(pd=np.full(LOANS, PD), firm=firm, ring=np.full(LOANS, ALONE), loss=loss, stressed_loss=loss)


def _mixed() -> Pool:
    rng = np.random.default_rng(7)
    loss = rng.lognormal(14, 0.8, (LOANS, 1)) * 0.45 * BEARERS
    ring = np.where(np.arange(LOANS) < 200, np.arange(LOANS) // 5, ALONE)
    pd = rng.uniform(0.002, 0.08, LOANS)
    return Pool(pd=pd, firm=np.arange(LOANS), ring=ring, loss=loss, stressed_loss=loss * 1.25)


def _error(lost: Floats) -> float:
    return float(lost.std(ddof=1) / np.sqrt(len(lost)))


def _mean_off(lost: Floats, pool: Pool, model: FactorModel) -> float:
    return float((lost.mean() - expected_loss(pool, model)[0]) / _error(lost))


def _tail_off(lost: Floats, quantile: float) -> float:
    """Return how far the share of years beyond Vasicek's quantile is from the exact one for so many loans."""
    count = int(LOANS * large_pool_quantile(PD, correlation=CORRELATION, quantile=quantile))
    exact = more_defaults_than(count, loans=LOANS, pd=PD, correlation=CORRELATION)
    return float(((lost > count).mean() - exact) / np.sqrt(exact * (1 - exact) / len(lost)))


def _memory() -> int:
    unit = 1 if sys.platform == "darwin" else 1024
    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6)
