"""The start-up card gives a grade by points, conduct and solvency, and never a PD."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from features.cards import READS
from risk.assessment import Assessment, Status
from risk.startup import CONDUCT, LEVERAGE, judge_expert

BLANK = Assessment(
    id="A1",
    status=Status.NOT_SCORED,
    enterprise_name="示例（演示）有限公司",
    identifier="",
    as_of=date(2025, 6, 1),
    made_at=datetime(2025, 6, 1, tzinfo=UTC),
    valid_until=date(2025, 8, 30),
    purpose="pre_loan",
    demonstration=False,
)


def values(**changed: float) -> dict[str, float]:
    """Give a firm with every point of the card, clean conduct and modest debt, and change what the case changes."""
    best = {
        "rnd_staff_share_ratio_2y": 0.35,
        "rnd_intensity_2y": 0.08,
        "rnd_cost_share_ratio_2y": 0.10,
        "patent_inventions_held": 2.0,
        "patent_class_one_rights": 0.0,
        "patent_utilities_held": 3.0,
        "patent_software_rights": 1.0,
    }
    assert set(best) == set(READS)
    return {**best, **dict.fromkeys(CONDUCT, 0.0), LEVERAGE: 0.4, **changed}


GRADED = {
    "all points, clean, solvent": ({}, "甲"),
    "70 points": ({"rnd_staff_share_ratio_2y": 0.16, "rnd_intensity_2y": 0.045}, "乙"),
    "38 points": ({"rnd_staff_share_ratio_2y": 0.16, "rnd_intensity_2y": 0.01, "rnd_cost_share_ratio_2y": 0.01}, "丙"),
    "much debt takes one grade": ({LEVERAGE: 0.8}, "乙"),
    "debt at the limit takes none": ({LEVERAGE: 0.75}, "甲"),
    "unknown debt takes none": ({LEVERAGE: math.nan}, "甲"),
    "a dishonesty listing takes all": ({"conduct_dishonesty_held": 1.0}, "丁"),
    "unpaid tax takes all": ({"conduct_tax_arrears_held": 2.0}, "丁"),
    "little debt buys nothing back": ({"conduct_serious_held": 1.0, LEVERAGE: 0.0}, "丁"),
}


@pytest.mark.parametrize(("changed", "grade"), GRADED.values(), ids=GRADED.keys())
def test_points_conduct_and_solvency_make_the_grade(changed: dict[str, float], grade: str) -> None:
    assert judge_expert(values(**changed), BLANK).grade == grade


def test_unknown_conduct_never_beats_a_clean_record() -> None:
    clean = judge_expert(values(), BLANK).grade
    unknown = judge_expert(values(**dict.fromkeys(CONDUCT, math.nan)), BLANK).grade

    assert clean == "甲"
    assert unknown == clean


def test_too_little_coverage_gives_no_grade() -> None:
    nothing = {**values(), **dict.fromkeys(READS, math.nan)}

    assert judge_expert(nothing, BLANK).grade is None


def test_every_notch_is_told() -> None:
    said = judge_expert(values(conduct_dishonesty_held=1.0, **{LEVERAGE: 0.9}), replace(BLANK)).said

    assert any("百分制" in sentence for sentence in said)
    assert any("资产负债率90.0%" in sentence for sentence in said)
    assert any("失信" in sentence for sentence in said)
