"""Within which limits is an answer good enough to be a score?"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from data.spec.dated import ParameterSet
from models.support import SupportLimits


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Hold the limits in force on a day; gaps in points, shares between 0 and 1 (risk/limits.yaml)."""

    least_coverage: float
    stale_days: int
    valid_days: int
    thin_widening: float
    baseline_gap: float
    members_gap: float
    support: SupportLimits


@cache
def _limits() -> ParameterSet:
    return ParameterSet.parse(Path(__file__).with_name("limits.yaml").read_text(encoding="utf-8"))


@cache
def read_scoring_limits(day: date) -> Limits:
    """Return the limits in force on day; raise NotInForce before the first."""
    numbers = {name: float(value) for name, value in _limits().numbers(day).items()}
    support = ("thin_tail", "thin_leaf", "outside_tail", "outside_share", "outside_least")
    return Limits(
        least_coverage=numbers["least_coverage"],
        stale_days=int(numbers["stale_days"]),
        valid_days=int(numbers["valid_days"]),
        thin_widening=numbers["thin_widening"],
        baseline_gap=numbers["baseline_gap"],
        members_gap=numbers["members_gap"],
        support=SupportLimits(**{name: numbers[name] for name in support}),
    )
