"""The official 100-point card gives the points that its document gives, and says what it does not know."""

import math
from datetime import date
from decimal import Decimal

import pytest

from data.spec.dated import NotInForce, ValueStatus, YamlMalformed, load_strict
from features.cards import LIMITED, READS, facts_of, points, tech_sme_card
from features.cards.scorecard import Bands, ScoreCard
from features.catalogue import FEATURES

DAY = date(2025, 6, 30)
FULL = {
    "tech_staff_share": 0.4, "rnd_to_sales": 0.1, "rnd_to_cost": 0.5, "class_one_rights": 2, "class_two_rights": 9,
    "staff": 500, "revenue": 2e8, "assets": 2e8, "abnormal_listings": 0, "serious_listings": 0,
}  # fmt: skip


def item(name: str, **facts: float) -> Decimal | None:
    return next(item.points for item in points(facts, on=DAY).items if item.name == name)


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0.30, 20), (0.2999, 16), (0.25, 16), (0.20, 12), (0.15, 8), (0.10, 4), (0.0999, 0), (0.0, 0)],
)
def test_staff_bands_hold_their_lower_bound(share: float, expected: int) -> None:
    assert item("staff", tech_staff_share=share) == expected


@pytest.mark.parametrize(
    ("share", "expected"), [(0.06, 50), (0.0599, 40), (0.05, 40), (0.04, 30), (0.03, 20), (0.02, 10), (0.0199, 0)]
)
def test_investment_bands_by_sales(share: float, expected: int) -> None:
    assert item("investment", rnd_to_sales=share) == expected


@pytest.mark.parametrize(
    ("share", "expected"), [(0.30, 50), (0.25, 40), (0.20, 30), (0.15, 20), (0.10, 10), (0.0999, 0)]
)
def test_investment_bands_by_cost(share: float, expected: int) -> None:
    assert item("investment", rnd_to_cost=share) == expected


@pytest.mark.parametrize(
    ("one", "two", "expected"), [(1, 0, 30), (0, 4, 24), (0, 3, 18), (0, 2, 12), (0, 1, 6), (0, 0, 0)]
)
def test_results_take_the_better_class(one: int, two: int, expected: int) -> None:
    assert item("results", class_one_rights=one, class_two_rights=two) == expected


def test_of_two_ways_to_show_investment_the_better_counts() -> None:
    assert item("investment", rnd_to_sales=0.021, rnd_to_cost=0.26) == 40


def test_all_items_at_their_best_make_100_points() -> None:
    result = points(FULL, on=DAY)

    assert (result.total, result.coverage, result.reached) == (100, 1, True)


def test_no_points_for_staff_fail_the_card_whatever_the_total() -> None:
    result = points(FULL | {"tech_staff_share": 0.05}, on=DAY)

    assert (result.total, result.reached) == (80, False)


def test_an_unknown_item_is_told_as_not_covered_and_leaves_the_outcome_open() -> None:
    result = points(FULL | {"tech_staff_share": math.nan}, on=DAY)

    assert result.items[0].points is None
    assert (result.total, result.coverage, result.reached) == (80, Decimal("0.8"), None)


def test_what_is_unknown_cannot_save_a_card_that_is_out_of_reach() -> None:
    assert points({"tech_staff_share": 0.12, "rnd_to_sales": 0.0}, on=DAY).reached is False


def test_the_card_does_not_answer_before_its_document() -> None:
    with pytest.raises(NotInForce, match="科技人员"):
        points(FULL, on=date(2017, 5, 2))


def test_every_value_says_its_reference_and_how_far_it_is_verified() -> None:
    card = tech_sme_card()
    bands = [band for item in card.items.values() for each in item.indicators.values() for band in each.values.values()]

    assert all(band.reference.startswith("国科发政〔2017〕115号") for band in bands)
    assert {band.status for band in bands} == {ValueStatus.VERIFIED, ValueStatus.UNVERIFIED}
    for item in card.items.values():
        for indicator in item.indicators.values():
            assert indicator.on(DAY).bands[0].points <= item.maximum


def test_bands_that_do_not_fall_are_refused() -> None:
    with pytest.raises(ValueError, match="must fall"):
        Bands.model_validate(
            {
                "reference": "甲",
                "status": "verified",
                "bands": [{"at_least": "1", "points": "2"}, {"at_least": "2", "points": "1"}],
            }
        )


def test_a_band_has_one_bound_and_all_bands_the_same_side() -> None:
    upper, lower = {"at_most": "1", "points": "2"}, {"at_least": "2", "points": "1"}

    with pytest.raises(ValueError, match="not both"):
        Bands.model_validate({"reference": "甲", "status": "verified", "bands": [upper, lower]})
    with pytest.raises(ValueError, match="one bound"):
        Bands.model_validate({"reference": "甲", "status": "verified", "bands": [upper | lower]})


@pytest.mark.parametrize(
    ("limit", "beyond"),
    [
        ("staff", 501),
        ("revenue", 2e8 + 0.01),
        ("assets", 2e8 + 0.01),
        ("abnormal_listings", 1),
        ("serious_listings", 1),
    ],
)
def test_a_limit_is_kept_at_its_bound_and_broken_above(limit: str, beyond: float) -> None:
    broken, unknown = points(FULL | {limit: beyond}, on=DAY), points(FULL | {limit: math.nan}, on=DAY)

    assert points(FULL, on=DAY).reached is True
    assert (broken.total, broken.reached) == (100, False)
    assert (unknown.total, unknown.reached) == (100, None)
    assert [check.name for check in broken.limits if check.kept is False] == [limit]


def test_a_repeated_date_in_a_card_is_refused() -> None:
    with pytest.raises(YamlMalformed, match="重复的键"):
        ScoreCard.model_validate(load_strict("code: a\ncode: b\n"))


def test_the_facts_come_from_features_of_the_catalogue() -> None:
    values = dict.fromkeys(READS, 0.0) | {
        "rnd_intensity_2y": 0.055,
        "patent_utilities_held": 1,
        "patent_software_rights": 2,
    }

    assert {*READS, *LIMITED.values()} <= set(FEATURES)
    assert facts_of(values)["class_two_rights"] == 3
    assert points(facts_of(values), on=DAY).total == 40 + 18
    assert math.isnan(facts_of({})["class_one_rights"])
