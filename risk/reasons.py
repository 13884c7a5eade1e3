"""How are contributions told in sentences that a credit officer can repeat (method.md 6)?"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from data.spec.dated import load_strict
from data.spec.missing import MISSING_LABELS, Missing
from data.spec.table import Unit

SHOWN = 5
"""At most this many features each way (decision 19)."""


@cache
def read_templates(wording: str = "bank", language: str = "zh") -> Mapping[str, str]:
    """Return the reviewed templates of risk/reasons.yaml for one reader and language."""
    document = load_strict(Path(__file__).with_name("reasons.yaml").read_text(encoding="utf-8"))
    templates: Mapping[str, str] = document[wording][language]
    return templates


def say_value(value: float, unit: str) -> str:
    """Return a value as people say it: 万元, per cent, 是/否, or the number with its unit."""
    if unit == Unit.YUAN:
        return f"{value / 10_000:,.1f}万元"
    if unit == Unit.RATIO:
        return f"{value * 100:.1f}%"
    if unit == Unit.FLAG:
        return "是" if value else "否"
    return f"{value:,.0f}{unit}" if value == round(value) else f"{value:,.1f}{unit}"


def say_points(points: float) -> str:
    """Return signed points with one decimal.

    >>> say_points(3.26), say_points(-0.04)
    ('+3.3', '0.0')
    """
    rounded = round(points, 1)
    return f"{rounded:+.1f}" if rounded else "0.0"


def sentence(label: str, *, value: float | None, unit: str, points: float, direction: int, missing: str | None) -> str:
    """Return the sentence for one feature.

    direction: +1 where PD never falls as the value rises, -1 where it never rises (a declared direction is
    what entitles a feature to a sentence of its own).
    """
    side = "for" if points > 0 else "against"
    said = say_points(points)
    if value is None:
        reason = MISSING_LABELS[Missing(missing or Missing.NOT_REPORTED)]
        return read_templates()[f"missing_{side}"].format(label=label, missing=reason, points=said)
    high = (points < 0) == (direction > 0)
    return read_templates()[f"{'high' if high else 'low'}_value_{side}"].format(
        label=label, value=say_value(value, unit), points=said
    )


def choose(contributions: Mapping[str, float], entitled: frozenset[str], *, positive: bool) -> tuple[str, ...]:
    """Return at most SHOWN features that argue one way, strongest first; only entitled ones may speak.

    What would be said as 0.0 points is no reason.
    """
    arguing = [
        name
        for name, points in contributions.items()
        if name in entitled and (points > 0) is positive and say_points(points) != "0.0"
    ]
    return tuple(sorted(arguing, key=lambda name: (-abs(contributions[name]), name))[:SHOWN])
