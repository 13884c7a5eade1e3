"""Which grade of the master scale does a PD belong to?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from data.spec.dated import ParameterSet


@dataclass(frozen=True)
class Grade:
    """Name one grade; it holds PDs in [previous bound, below)."""

    code: str
    label: str
    below: float


def read_master_scale(day: date) -> tuple[Grade, ...]:
    """Return the grades in force on day, best first (risk/master_scale.yaml)."""
    text = Path(__file__).with_name("master_scale.yaml").read_text(encoding="utf-8")
    scale = ParameterSet.parse(text)
    bounds: Mapping[str, object] = scale.numbers(day)
    return tuple(Grade(code, scale.parameters[code].label, float(str(bound))) for code, bound in bounds.items())


def grade_of(pd: float, scale: tuple[Grade, ...]) -> Grade:
    """Return the grade that holds this PD; a PD of 1 belongs to the last."""
    return next((grade for grade in scale if pd < grade.below), scale[-1])
