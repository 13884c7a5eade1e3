"""Which features argue for and against a firm, singly or together, and which may not speak (method.md 6)?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from math import fsum
from pathlib import Path

from data.spec.dated import ParameterSet
from data.spec.missing import Missing
from data.spec.table import Unit
from features.spec import Feature
from models.references import Background, Profile
from risk.assessment import Reason, ReasonPart
from risk.lineage import flag_of, rests_on_others
from risk.quantities import say_points
from risk.reasons import side_of

SHOWN = 5
"""At most this many reasons each way (decisions.md 19)."""


@cache
def read_obliged(day: date) -> Mapping[str, float]:
    """Return the tables to which every firm must report, and from which age in months (risk/obliged.yaml)."""
    text = Path(__file__).with_name("obliged.yaml").read_text(encoding="utf-8")
    return {name: float(months) for name, months in ParameterSet.parse(text).numbers(day).items()}


@dataclass(frozen=True, kw_only=True)
class Case:
    """Hold one firm's facts as its reasons need them; tuples follow the model's features.

    points are measured against the profile. missing names why a value is None; obliged the tables to which this firm
    owed a report.
    """

    features: Sequence[Feature]
    points: Sequence[float]
    values: Sequence[float | None]
    missing: Sequence[str | None]
    background: Background
    profile: Profile
    obliged: frozenset[str]


def argue(case: Case) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Return the reasons for and against, strongest first, without their sentences."""
    reasons = list(_told(case))
    return _choose(reasons, favours=True), _choose(reasons, favours=False)


def _choose(reasons: Sequence[Reason], *, favours: bool) -> tuple[Reason, ...]:
    """Return at most SHOWN reasons that argue one way; what would be said as 0.0 points is no reason."""
    arguing = [one for one in reasons if (one.points > 0) is favours and say_points(one.points) != "0.0"]
    return tuple(sorted(arguing, key=lambda one: (-abs(one.points), one.feature))[:SHOWN])


def _told(case: Case) -> Iterator[Reason]:
    """Yield a reason for each feature that may speak, and one for all that say one thing."""
    single = {one.feature: one for place in range(len(case.features)) if (one := _reason(case, place))}
    for tie in case.background.ties:
        together = [single.pop(name) for name in tie if name in single]
        if together:
            yield _joined(together)
    yield from single.values()


def _joined(together: Sequence[Reason]) -> Reason:
    """Return one reason with the points of all; the strongest that argues as the sum does gives the facts."""
    if len(together) == 1:
        return together[0]
    whole = fsum(one.points for one in together)
    sign = 1 if whole > 0 else -1
    lead = max(together, key=lambda one: (one.points * sign, one.feature))
    others = sorted((one for one in together if one is not lead), key=lambda one: -abs(one.points))
    parts = tuple(
        ReasonPart(
            feature=one.feature,
            label=one.label,
            value=one.value,
            unit=one.unit,
            points=one.points,
            missing=one.missing,
        )
        for one in (lead, *others)
    )
    return replace(lead, points=whole, parts=parts)


def _reason(case: Case, place: int) -> Reason | None:
    """Return what one feature has to say, or None where it may say nothing.

    It must have a direction, declared or steady in the refits; a steady one speaks only where the value lies on the
    side that the points call for. An unknown value speaks only against a firm that owed a report: what is not
    authorised, late, not applicable or unknown to the source is never a reason.
    """
    feature, value = case.features[place], case.values[place]
    direction = int(feature.direction) or _learned(case.background, place)
    if not direction or (value is None and not _is_owed(case, place)):
        return None
    reason = _fact(case, place, direction)
    return None if reason.learned and side_of(reason) == "level" else reason


def _fact(case: Case, place: int, direction: int) -> Reason:
    feature, value = case.features[place], case.values[place]
    withheld = rests_on_others(feature.tables)
    is_flag = withheld or feature.unit == Unit.FLAG
    return Reason(
        feature=feature.name,
        label=feature.label,
        group=feature.group,
        value=flag_of(value) if withheld else value,
        unit=Unit.FLAG if withheld else feature.unit,
        points=case.points[place],
        sentence="",
        missing=None if value is not None else case.missing[place],
        direction=direction,
        learned=not int(feature.direction),
        typical=(case.profile.shares if is_flag else case.profile.medians)[place],
    )


def _learned(background: Background, place: int) -> int:
    sign = background.signs[place]
    return 0 if abs(sign) < background.steady else 1 if sign > 0 else -1


def _is_owed(case: Case, place: int) -> bool:
    tables = case.features[place].tables
    owed = case.missing[place] == Missing.NOT_REPORTED and case.obliged.issuperset(tables)
    return owed and case.points[place] < 0
