"""Planted leaks are found before any fit, each by its name and with what to do; honest tables are left in peace."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from models import fit
from models.findings import Finding
from models.leakage import Times, find_leaks

FIRMS = 600


@pytest.fixture(scope="module")
def honest(world: Callable[..., SimpleNamespace]) -> SimpleNamespace:
    """A table of many firms, two rows each, that knows nothing it may not know."""
    made: SimpleNamespace = world(FIRMS, 2, seed=11)
    return made


def codes(found: list[Finding]) -> list[str]:
    return [one.code for one in found]


def bad(honest: SimpleNamespace) -> np.ndarray:
    return honest.y.to_numpy() == 1


def draws(honest: SimpleNamespace, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random(len(honest.y))


def test_an_honest_table_has_no_finding(honest: SimpleNamespace) -> None:
    assert find_leaks(honest.X, honest.y, groups=honest.firms, dates=honest.days) == []


def test_honest_strong_evidence_is_no_leak(honest: SimpleNamespace) -> None:
    strong = np.where(bad(honest), 1.0, 0.0) + np.random.default_rng(3).normal(0, 1.2, len(honest.y))

    assert find_leaks(honest.X.assign(strong=strong), honest.y, groups=honest.firms) == []


COLUMNS: dict[str, tuple[str, Callable[[SimpleNamespace], object]]] = {
    "days past due as they stand now": (
        "leak-too-good-alone",
        lambda w: np.where(bad(w), 90.0, 10.0) + 40 * draws(w),
    ),
    "a recovery that only a default has": (
        "leak-missing-tells-label",
        lambda w: np.where(bad(w) & (draws(w) < 0.6), 1e4 * draws(w, 1), np.nan),
    ),
    "a directory that lists survivors": (
        "leak-missing-tells-label",
        lambda w: np.where(bad(w), np.nan, np.where(draws(w) < 0.45, draws(w, 1), np.nan)),
    ),
    "a certificate revoked because of the default": (
        "leak-value-tells-label",
        lambda w: np.where(bad(w) & (draws(w) < 0.3), 3.0, np.floor(3 * draws(w, 1))),
    ),
    "a loan term rewritten at charge-off": (
        "leak-value-tells-label",
        lambda w: np.where(
            bad(w) & (draws(w) < 0.4), 1 + np.floor(1000 * draws(w, 1)), 12 * (1 + np.floor(3 * draws(w, 2)))
        ),
    ),
    "the outcome in words": ("leak-equals-label", lambda w: np.where(bad(w), "核销", "正常")),
}


@pytest.mark.parametrize("case", COLUMNS)
def test_a_planted_column_is_named_and_only_it(honest: SimpleNamespace, case: str) -> None:
    code, plant = COLUMNS[case]

    found = find_leaks(honest.X.assign(planted=plant(honest)), honest.y, groups=honest.firms)

    assert [(one.code, one.columns) for one in found] == [(code, ("planted",))]
    assert found[0].severity == "warning"
    assert "planted" in found[0].message
    assert found[0].help.startswith("请")


def test_few_firms_of_a_value_prove_nothing(honest: SimpleNamespace) -> None:
    some = np.flatnonzero(bad(honest))[:6]
    values = np.where(np.isin(np.arange(len(honest.y)), some), 9.0, np.floor(3 * draws(honest)))

    assert find_leaks(honest.X.assign(planted=values), honest.y, groups=honest.firms) == []


def test_many_rows_of_one_defaulted_firm_are_one_firm(honest: SimpleNamespace) -> None:
    X = pd.concat([honest.X, honest.X.iloc[:1].loc[["r0"] * 40]], ignore_index=True)
    y = np.r_[honest.y.to_numpy(), np.ones(40)]
    firms = np.r_[honest.firms.to_numpy(), np.full(40, honest.firms.iloc[0])]
    planted = np.r_[np.floor(3 * draws(honest)), np.full(40, 9.0)]

    assert find_leaks(X.assign(planted=planted), y, groups=firms) == []
    assert ("planted",) in [one.columns for one in find_leaks(X.assign(planted=planted), y)]


def frame(honest: SimpleNamespace, values: object) -> pd.DataFrame:
    return pd.DataFrame({"debt": values}, index=honest.X.index)


def test_a_value_known_on_or_after_the_day_or_after_the_outcome_is_found(honest: SimpleNamespace) -> None:
    known = honest.days - pd.Timedelta(days=30)
    known.iloc[:5] = honest.days.iloc[:5]
    outcome = (honest.days + pd.Timedelta(days=200)).where(honest.y == 1)
    late = known.where(honest.y == 0, honest.days + pd.Timedelta(days=300))

    on_the_day = find_leaks(honest.X, honest.y, dates=honest.days, times=Times(known_on=frame(honest, known)))
    afterwards = find_leaks(honest.X, honest.y, times=Times(known_on=frame(honest, late), outcome_on=outcome))

    assert [(one.code, one.columns) for one in on_the_day] == [("leak-known-later", ("debt",))]
    assert "5 行的值在观察日之后才可知" in on_the_day[0].message
    assert f"{int(honest.y.sum())} 行在违约之后才写入" in afterwards[0].message


def test_values_known_the_day_before_are_no_leak(honest: SimpleNamespace) -> None:
    times = Times(known_on=frame(honest, honest.days - pd.Timedelta(days=1)))

    assert find_leaks(honest.X, honest.y, dates=honest.days, times=times) == []


def test_a_column_rewritten_for_defaulted_rows_is_found_and_one_revised_for_all_is_not(honest: SimpleNamespace) -> None:
    rewritten = honest.X["sales"].where(~(bad(honest) & (draws(honest) < 0.4)), 0.0)
    revised = honest.X["sales"].where(draws(honest) > 0.4, 0.0)

    found = find_leaks(honest.X, honest.y, times=Times(latest=rewritten.to_frame("sales")))

    assert codes(found) == ["leak-rewritten-after-outcome"]
    assert "不要使用最新版本" in found[0].help
    assert find_leaks(honest.X, honest.y, times=Times(latest=revised.to_frame("sales"))) == []


def test_records_of_the_very_loan_are_found(honest: SimpleNamespace) -> None:
    own = np.zeros(len(honest.y), dtype=bool)
    own[:7] = True

    found = find_leaks(honest.X, honest.y, times=Times(own_loan=frame(honest, own)))

    assert codes(found) == ["leak-own-loan"]
    assert "7 行" in found[0].message
    assert "60 天" in found[0].help


def test_a_firm_on_both_sides_of_a_split_is_found_and_whole_firms_are_not(honest: SimpleNamespace) -> None:
    by_row, by_firm = np.arange(len(honest.y)) % 2, honest.firms % 2

    split = find_leaks(honest.X, honest.y, groups=honest.firms, folds=by_row)

    assert codes(split) == ["leak-group-split"]
    assert f"{FIRMS} 家" in split[0].message
    assert find_leaks(honest.X, honest.y, groups=honest.firms, folds=by_firm) == []


def test_repeated_rows_across_a_split_are_found(honest: SimpleNamespace) -> None:
    twice = pd.concat([honest.X, honest.X.iloc[:50]], ignore_index=True)
    y, folds = np.r_[honest.y, honest.y.iloc[:50]], np.r_[np.zeros(len(honest.y)), np.ones(50)]

    found = find_leaks(twice, y, folds=folds)

    assert codes(found) == ["leak-duplicates-across-split"]
    assert "100 行" in found[0].message


def test_rows_that_are_alike_because_a_table_has_few_values_are_no_repeats() -> None:
    draw = np.random.default_rng(0)
    flags = pd.DataFrame(draw.integers(0, 2, size=(400, 4)), columns=list("abcd"))

    assert find_leaks(flags, draw.integers(0, 2, 400), folds=np.arange(400) % 2) == []


def test_a_fit_on_any_table_carries_what_looked_like_a_leak(world: Callable[..., SimpleNamespace]) -> None:
    own = world(150, 1, seed=2)
    told = np.where(own.y == 1, 90.0, 10.0) + 30 * draws(own)
    X = own.X.assign(paid=told)
    twice = pd.concat([X, X.iloc[:40]], ignore_index=True)

    grouped = fit(X, own.y, groups=own.firms)
    forgotten = fit(twice, np.r_[own.y, own.y.iloc[:40]])

    assert "leak-too-good-alone" in codes(list(grouped.findings))
    assert {"leak-too-good-alone", "leak-duplicates-across-split"} <= set(codes(list(forgotten.findings)))
