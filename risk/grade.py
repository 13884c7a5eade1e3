"""Which grade of the master scale does a PD belong to?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from data.spec.dated import ParameterSet
from models.scale import STANDARD, Scale, score_of


@dataclass(frozen=True)
class Grade:
    """Name one grade; it holds PDs in [previous bound, below)."""

    code: str
    label: str
    below: float


@dataclass(frozen=True)
class GradePoints:
    """Say which PDs and which displayed scores one grade holds; PDs from `pd_from` to below `pd_below`."""

    code: str
    label: str
    pd_from: float
    pd_below: float
    score_from: int
    score_to: int


@cache
def read_master_scale(day: date) -> tuple[Grade, ...]:
    """Return the grades in force on day, best first (risk/master_scale.yaml)."""
    text = Path(__file__).with_name("master_scale.yaml").read_text(encoding="utf-8")
    scale = ParameterSet.parse(text)
    bounds: Mapping[str, object] = scale.numbers(day)
    return tuple(Grade(code, scale.parameters[code].label, float(str(bound))) for code, bound in bounds.items())


def grade_of(pd: float, scale: tuple[Grade, ...]) -> Grade:
    """Return the grade that holds this PD; a PD of 1 belongs to the last."""
    return next((grade for grade in scale if pd < grade.below), scale[-1])


def typical_pd(code: str, scale: tuple[Grade, ...]) -> float:
    """Return the PD that stands for a grade: the geometric middle of its bounds, the first grade as wide as the second.

    Raises StopIteration for a code that is not of the scale.
    """
    place = next(place for place, grade in enumerate(scale) if grade.code == code)
    width = scale[1].below / scale[0].below
    from_ = scale[place - 1].below if place else scale[0].below / width
    return float((from_ * scale[place].below) ** 0.5)


def points_by_grade(scale: tuple[Grade, ...], points: Scale = STANDARD) -> tuple[GradePoints, ...]:
    """Return the table of grades, PDs and scores of a model card: its scale, and the master scale of its day.

    A score is rounded, so that the score at a bound may belong to either of two neighbours. The margin of conservatism
    is not in it: it lowers the score alone and stands on a line of its own.
    """
    bounds = (0.0, *(grade.below for grade in scale))
    return tuple(
        GradePoints(
            code=grade.code,
            label=grade.label,
            pd_from=before,
            pd_below=grade.below,
            score_from=points.lowest if grade.below >= 1 else score_of(grade.below, points),
            score_to=points.highest if before <= 0 else score_of(before, points),
        )
        for grade, before in zip(scale, bounds, strict=False)
    )
