"""Only features with a direction speak; what says one thing speaks once; the unknown costs no reason."""

from dataclasses import replace
from datetime import date
from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.spec.missing import Missing
from features.catalogue import FEATURES, features_of
from models.references import Background, Profile
from risk.arguments import SHOWN, Case, argue, read_obliged
from risk.assessment import Reason
from risk.explanation import features_of as told_by

DIRECTED = "operations_leverage_ratio_2y"
OPEN = "profile_age_years"
SALES, MONTHS, CUSTOMERS = "invoice_sales_12m", "invoice_sales_months_12m", "invoice_customers_12m"


def case(
    names: tuple[str, ...],
    points: tuple[float, ...],
    *,
    signs: tuple[float, ...] | None = None,
    ties: tuple[tuple[str, ...], ...] = (),
    values: tuple[float | None, ...] | None = None,
    missing: str | None = None,
    obliged: frozenset[str] = frozenset(),
) -> Case:
    size = len(names)
    usual = Profile(firms=100, log_odds=-3.0, means=(0.0,) * size, medians=(0.5,) * size, shares=(0.2,) * size)
    return Case(
        features=[FEATURES[name] for name in names],
        points=points,
        values=values or tuple(1.0 for _ in names),
        missing=[missing] * size,
        background=Background(
            population=usual, ladder=(), peers={}, ties=ties, signs=signs or (0.0,) * size, steady=0.9
        ),
        profile=usual,
        obliged=obliged,
    )


def both(one: Case) -> list[Reason]:
    favouring, opposing = argue(one)
    return [*favouring, *opposing]


def test_a_feature_without_a_direction_is_no_reason_either_way() -> None:
    assert both(case((OPEN, OPEN), (-30.0, 30.0))) == []


@pytest.mark.parametrize(("sign", "told"), [(0.85, 0), (0.9, 1), (1.0, 1), (-0.95, 0)])
def test_a_sign_held_in_nine_refits_of_ten_entitles_where_the_value_lies_on_its_side(sign: float, told: int) -> None:
    found = both(case((OPEN,), (-5.0,), signs=(sign,)))

    assert len(found) == told
    assert all(one.learned and one.direction == 1 for one in found)


OWED = frozenset({"annual_report"})


@pytest.mark.parametrize(
    ("missing", "points", "obliged", "told"),
    [
        (Missing.NOT_REPORTED, -5.0, OWED, 1),
        (Missing.NOT_REPORTED, 5.0, OWED, 0),
        (Missing.NOT_REPORTED, -5.0, frozenset(), 0),
        *((why, -5.0, OWED, 0) for why in Missing if why is not Missing.NOT_REPORTED),
    ],
)
def test_an_unknown_value_speaks_only_against_a_firm_that_owed_the_report(
    missing: Missing, points: float, obliged: frozenset[str], told: int
) -> None:
    found = both(case((DIRECTED,), (points,), values=(None,), missing=missing, obliged=obliged))

    assert [one.missing for one in found] == [missing] * told


def test_features_that_say_one_thing_are_one_reason_with_their_sum() -> None:
    one = case((SALES, MONTHS, CUSTOMERS, DIRECTED), (6.0, -1.5, 2.0, -3.0), ties=((SALES, MONTHS, CUSTOMERS),))

    favouring, opposing = argue(one)

    assert [(reason.feature, reason.points) for reason in favouring] == [(SALES, 6.5)]
    assert [part.feature for part in favouring[0].parts] == [SALES, CUSTOMERS, MONTHS]
    assert fsum(part.points for part in favouring[0].parts) == favouring[0].points
    assert [reason.feature for reason in opposing] == [DIRECTED]


def test_a_feature_that_may_not_speak_stays_out_of_what_is_told_together() -> None:
    one = case((SALES, OPEN), (6.0, 4.0), ties=((SALES, OPEN),))

    assert [(reason.feature, reason.points, reason.parts) for reason in both(one)] == [(SALES, 6.0, ())]


@pytest.mark.parametrize(("value", "said"), [(7.0, 1.0), (0.0, 0.0)])
def test_a_reason_says_of_other_firms_no_more_than_a_flag(value: float, said: float) -> None:
    found = both(case(("guarantee_ring_latest",), (-4.0,), values=(value,)))

    assert [(one.value, one.unit, one.typical) for one in found] == [(said, "是/否", 0.2)]


def test_a_report_is_owed_from_the_age_at_which_the_first_is_due() -> None:
    assert read_obliged(date(2026, 1, 1)) == {"enterprise_registration": 0.0, "annual_report": 18.0}


NAMES = tuple(feature.name for feature in features_of("application"))


@given(st.data())
def test_reasons_are_few_ordered_one_sided_and_count_no_feature_twice(data: st.DataObject) -> None:
    names = tuple(data.draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=30, unique=True)))
    points = tuple(data.draw(st.lists(st.floats(-50, 50), min_size=len(names), max_size=len(names))))
    signs = tuple(data.draw(st.lists(st.floats(-1, 1), min_size=len(names), max_size=len(names))))
    ties = (names[: len(names) // 2], names[len(names) // 2 :])

    favouring, opposing = argue(replace(case(names, points, signs=signs), background=tied(names, signs, ties)))

    by_name = dict(zip(names, points, strict=True))
    told = [name for reason in (*favouring, *opposing) for name in told_by(reason)]
    assert len(told) == len(set(told))
    for reasons, positive in ((favouring, True), (opposing, False)):
        assert len(reasons) <= SHOWN
        assert [abs(one.points) for one in reasons] == sorted((abs(one.points) for one in reasons), reverse=True)
        for one in reasons:
            assert (one.points > 0) is positive
            assert one.points == pytest.approx(fsum(by_name[name] for name in told_by(one)), abs=1e-9)
            assert all(int(FEATURES[name].direction) or abs(signs[names.index(name)]) >= 0.9 for name in told_by(one))


def tied(names: tuple[str, ...], signs: tuple[float, ...], ties: tuple[tuple[str, ...], ...]) -> Background:
    return replace(case(names, (0.0,) * len(names)).background, signs=signs, ties=ties)
