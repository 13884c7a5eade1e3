"""Simulated losses agree with every formula there is and with the obvious loop, and stay within what can be lost."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from bench._pool_oracles import more_defaults_than, simulate_by_loop
from data.spec.progress import Silent
from risk import simulation
from risk.simulation import ALONE, FactorModel, Floats, Pool, expected_loss, large_pool_quantile, simulate

MODEL = FactorModel(correlation=0.12, stress_quantile=0.99)
ERRORS = 4.5
"""So many standard errors would be passed once in 150,000 honest runs."""


def alike(loans: int, pd: float) -> Pool:
    loss = np.ones((loans, 1))
    return Pool(pd=np.full(loans, pd), firm=np.arange(loans), ring=np.full(loans, ALONE), loss=loss, stressed_loss=loss)


def mixed(seed: int = 3, *, loans: int = 60, bearers: int = 3) -> Pool:
    rng = np.random.default_rng(seed)
    firm = np.sort(rng.permutation(np.concatenate((np.arange(loans // 2), rng.integers(0, loans // 2, loans // 2)))))
    loss = rng.uniform(1e4, 1e6, (loans, bearers))
    return Pool(
        pd=rng.uniform(0.01, 0.2, loans),
        firm=firm,
        ring=np.where(firm < 12, firm // 4, ALONE),
        loss=loss,
        stressed_loss=loss * 1.3,
    )


def run(pool: Pool, model: FactorModel = MODEL, *, scenarios: int = 20_000, seed: int = 1) -> Floats:
    return simulate(pool, model, scenarios=scenarios, seed=seed, progress=Silent())


def off(lost: Floats, exact: float) -> float:
    return abs(lost.mean() - exact) / (lost.std(ddof=1) / np.sqrt(len(lost)))


def test_without_correlation_defaults_are_binomial() -> None:
    defaults = run(alike(200, 0.03), replace(MODEL, correlation=0.0))[:, 0]

    for count in range(15):
        exact = binom.sf(count, 200, 0.03)
        error = np.sqrt(exact * (1 - exact) / len(defaults))
        assert abs((defaults > count).mean() - exact) < ERRORS * error + 1e-12


@pytest.mark.parametrize("correlation", [0.05, 0.12, 0.4])
def test_equal_loans_default_as_the_mixed_binomial_says(correlation: float) -> None:
    defaults = run(alike(300, 0.05), replace(MODEL, correlation=correlation))[:, 0]

    for count in (5, 15, 40, 80):
        exact = more_defaults_than(count, loans=300, pd=0.05, correlation=correlation)
        error = np.sqrt(exact * (1 - exact) / len(defaults))
        assert abs((defaults > count).mean() - exact) < ERRORS * error


@pytest.mark.parametrize("quantile", [0.5, 0.9, 0.99])
def test_a_large_pool_of_equal_loans_loses_what_vasicek_says(quantile: float) -> None:
    share = run(alike(4_000, 0.04), scenarios=8_000)[:, 0] / 4_000
    exact = large_pool_quantile(0.04, correlation=0.12, quantile=quantile)

    beyond = (share > exact).mean()

    assert beyond == pytest.approx(1 - quantile, abs=ERRORS * np.sqrt(quantile * (1 - quantile) / 8_000) + 0.005)


def test_the_mean_is_the_exact_expected_loss_of_each_bearer() -> None:
    pool = mixed()

    lost, exact = run(pool, scenarios=60_000), expected_loss(pool, MODEL)

    assert all(off(lost[:, place], exact[place]) < ERRORS for place in range(3))
    assert expected_loss(replace(pool, stressed_loss=pool.loss), MODEL) == pytest.approx(pool.pd @ pool.loss, rel=1e-9)
    assert (exact > pool.pd @ pool.loss).all()


def test_the_obvious_loop_draws_the_same_distribution() -> None:
    pool, model = mixed(), replace(MODEL, ring_multiple=4.0)

    lost = run(pool, model, scenarios=40_000).sum(axis=1)
    looped = simulate_by_loop(pool, model, scenarios=20_000, seed=9).sum(axis=1)

    error = np.hypot(lost.std() / np.sqrt(len(lost)), looped.std() / np.sqrt(len(looped)))
    assert abs(lost.mean() - looped.mean()) < ERRORS * error
    for quantile in (0.5, 0.9, 0.99):
        bound = np.quantile(looped, quantile)
        assert (lost > bound).mean() == pytest.approx(1 - quantile, abs=0.015)


def test_a_certain_default_costs_all_and_an_impossible_one_nothing() -> None:
    pool = replace(alike(2, 0.5), pd=np.array([1.0, 0.0]))

    assert (run(pool, scenarios=500)[:, 0] == 1).all()


def test_rings_raise_the_loss_only_where_a_member_may_fail_first() -> None:
    pool = replace(alike(4, 0.05), ring=np.array([0, 0, ALONE, ALONE]))
    broken = replace(pool, pd=np.array([1.0, 0.05, 0.05, 0.05]))
    model = replace(MODEL, ring_multiple=3.0)

    each = replace(broken, loss=np.eye(4), stressed_loss=np.eye(4))
    means = run(each, model, scenarios=60_000).mean(axis=0)

    assert means[1] == pytest.approx(0.15, abs=0.01)
    assert means[2] == pytest.approx(0.05, abs=0.01)
    assert run(pool, model).mean() > run(pool).mean()
    assert np.array_equal(run(replace(pool, ring=np.full(4, ALONE)), model), run(pool))


def test_more_correlation_means_a_fatter_tail_and_the_same_mean() -> None:
    pool = alike(500, 0.04)

    curves = [run(pool, replace(MODEL, correlation=rho), scenarios=40_000)[:, 0] for rho in (0.0, 0.05, 0.12, 0.2)]

    tails = [float(np.quantile(curve, 0.99)) for curve in curves]
    assert tails == sorted(tails)
    assert len(set(tails)) == 4
    assert all(off(curve, 20.0) < ERRORS for curve in curves)


def test_a_bad_year_costs_the_stressed_loss_and_a_good_one_the_plain() -> None:
    badness = MODEL.badness(np.array([-9.0, -2.3263478740408408, -1.1631739370204204, 0.0, 2.0]))

    assert badness == pytest.approx([1.0, 1.0, 0.5, 0.0, 0.0])


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), correlation=st.floats(0, 0.9), multiple=st.floats(1, 50))
def test_no_scenario_loses_less_than_nothing_or_more_than_all(seed: int, correlation: float, multiple: float) -> None:
    pool = mixed(seed, loans=20)
    model = replace(MODEL, correlation=correlation, ring_multiple=multiple)

    lost = run(pool, model, scenarios=300, seed=seed)

    assert (lost >= 0).all()
    assert (lost <= pool.stressed_loss.sum(axis=0) * (1 + 1e-12)).all()


def test_the_same_seed_gives_the_same_scenarios_whatever_the_block_and_another_seed_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = mixed()
    once = run(pool, scenarios=900)
    monkeypatch.setattr(simulation, "CELLS", 1_000)

    assert np.array_equal(run(pool, scenarios=900), once)
    assert not np.array_equal(run(pool, scenarios=900, seed=2), once)


def test_higher_pds_lose_more_in_every_single_scenario() -> None:
    pool = mixed()

    worse = run(replace(pool, pd=pool.pd * 2), scenarios=2_000)

    assert (worse >= run(pool, scenarios=2_000)).all()


def test_a_pool_without_loans_loses_nothing() -> None:
    nothing = Pool(
        pd=np.zeros(0),
        firm=np.zeros(0, np.int64),
        ring=np.zeros(0, np.int64),
        loss=np.zeros((0, 2)),
        stressed_loss=np.zeros((0, 2)),
    )

    assert not run(nothing, scenarios=10).any()
    assert run(nothing, scenarios=10).shape == (10, 2)
