"""Every PD has exactly one grade, and worse PDs never get better grades."""

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.grade import grade_of, read_master_scale

SCALE = read_master_scale(date(2026, 1, 1))


@pytest.mark.parametrize(
    ("pd", "code"),
    [
        (0.0, "AAA"),
        (0.002499, "AAA"),
        (0.0025, "AA"),
        (0.0199, "BBB"),
        (0.02, "BB"),
        (0.3199, "CC"),
        (0.32, "C"),
        (1.0, "C"),
    ],
)
def test_a_bound_belongs_to_the_grade_above_it(pd: float, code: str) -> None:
    assert grade_of(pd, SCALE).code == code


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_pd_never_has_a_better_grade(one: float, other: float) -> None:
    low, high = sorted((one, other))

    assert SCALE.index(grade_of(low, SCALE)) <= SCALE.index(grade_of(high, SCALE))


def test_steps_are_geometric_up_to_the_last() -> None:
    bounds = [grade.below for grade in SCALE[:-1]]

    assert all(later == pytest.approx(2 * earlier) for earlier, later in itertools.pairwise(bounds))
