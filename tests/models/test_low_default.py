"""Upper bounds for low-default portfolios are those of the literature, and never fall from a grade to a worse one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, norm

from models.low_default import margin_for, most_prudent, upper_bound

CONFIDENCE = (0.5, 0.75, 0.9, 0.95, 0.99, 0.999)
# Pluto and Tasche 2005: grades of 100, 400 and 300 firms without any default, percent.
INDEPENDENT = {
    "A": (0.09, 0.17, 0.29, 0.37, 0.57, 0.86),
    "B": (0.10, 0.20, 0.33, 0.43, 0.66, 0.98),
    "C": (0.23, 0.46, 0.76, 0.99, 1.52, 2.28),
}
CORRELATED = {
    "A": (0.15, 0.40, 0.86, 1.31, 2.65, 5.29),
    "B": (0.17, 0.45, 0.96, 1.45, 2.92, 5.77),
    "C": (0.37, 0.92, 1.89, 2.78, 5.30, 9.84),
}


@pytest.mark.parametrize(("correlation", "table"), [(0.0, INDEPENDENT), (0.12, CORRELATED)])
def test_bounds_without_any_default_are_those_of_the_literature(
    correlation: float, table: dict[str, tuple[float, ...]]
) -> None:
    for place, level in enumerate(CONFIDENCE):
        found = most_prudent((100, 400, 300), (0, 0, 0), confidence=level, correlation=correlation)
        assert [100 * rate for rate in found] == pytest.approx([row[place] for row in table.values()], abs=0.011)


def test_a_few_defaults_by_the_binomial_distribution_itself() -> None:
    found = most_prudent((100, 400, 300), (0, 2, 1), confidence=0.9)

    for rate, firms, defaults in zip(found, (800, 700, 300), (3, 3, 1), strict=True):
        assert binom.cdf(defaults, firms, rate) == pytest.approx(0.1, abs=1e-6)


def test_correlation_by_drawing_the_common_factor() -> None:
    rate = upper_bound(700, 3, confidence=0.9, correlation=0.12)

    factor = np.random.default_rng(0).normal(size=200_000)
    conditional = norm.cdf((norm.ppf(rate) - np.sqrt(0.12) * factor) / np.sqrt(0.88))
    assert binom.cdf(3, 700, conditional).mean() == pytest.approx(0.1, abs=0.003)


@given(
    st.lists(st.tuples(st.integers(1, 500), st.integers(0, 20)), min_size=1, max_size=6),
    st.floats(0.5, 0.99),
)
def test_bounds_never_fall_from_a_grade_to_a_worse_one(grades: list[tuple[int, int]], confidence: float) -> None:
    firms = [size for size, _ in grades]
    found = most_prudent(firms, [min(size, bad) for size, bad in grades], confidence=confidence)

    assert list(found) == sorted(found)
    assert all(0 < rate <= 1 for rate in found)


def test_a_margin_shrinks_with_evidence_and_is_never_negative() -> None:
    few, many = margin_for(500, 10, confidence=0.75), margin_for(50_000, 1_000, confidence=0.75)

    assert few > many > 0
    assert margin_for(500, 10, confidence=0.5) < 0.05
    assert margin_for(500, 0, confidence=0.75) > few


@pytest.mark.parametrize(
    ("firms", "defaults", "confidence", "correlation"),
    [
        ((), (), 0.9, 0.0),
        ((10,), (11,), 0.9, 0.0),
        ((10,), (1,), 1.0, 0.0),
        ((10,), (1,), 0.9, 1.0),
        ((10,), (), 0.9, 0),
    ],
)
def test_impossible_questions_are_faults(
    firms: tuple[int, ...], defaults: tuple[int, ...], confidence: float, correlation: float
) -> None:
    with pytest.raises(ValueError, match=r"grade|confidence"):
        most_prudent(firms, defaults, confidence=confidence, correlation=correlation)
