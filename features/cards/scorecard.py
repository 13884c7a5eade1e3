"""How many points does an official score card give, and for what?"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib import resources
from itertools import pairwise

from pydantic import BaseModel, ConfigDict, model_validator

from data.spec.dated import NotInForce, Parameter, ValueStatus, load_strict


class Strict(BaseModel):
    """Refuse unknown fields and changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Band(Strict):
    """Give points from a lower bound on; the bound itself is inside."""

    at_least: Decimal
    points: Decimal


class Bands(Strict):
    """Hold the bands of one indicator as one document says them, the best first."""

    reference: str
    status: ValueStatus
    bands: tuple[Band, ...]

    @model_validator(mode="after")
    def _fall(self) -> "Bands":
        for higher, lower in pairwise(self.bands):
            if higher.at_least <= lower.at_least or higher.points <= lower.points:
                raise ValueError("bands must fall, in bound and in points")
        return self

    def points(self, measured: Decimal) -> Decimal:
        """Return the points of the first band reached, 0 below all."""
        return next((band.points for band in self.bands if measured >= band.at_least), Decimal(0))


class Indicator(Strict):
    """Hold one measured share or count, and its bands over time."""

    label: str
    unit: str
    values: Mapping[date, Bands]

    def on(self, day: date) -> Bands:
        """Return the bands in force on day; raise NotInForce."""
        started = [start for start in self.values if start <= day]
        if not started:
            raise NotInForce(f"“{self.label}”在{day}尚无评分标准。")
        return self.values[max(started)]


class Item(Strict):
    """Hold one item of a card; of several indicators the one that gives most counts."""

    label: str
    maximum: Decimal
    must_score: bool
    indicators: Mapping[str, Indicator]


class ScoreCard(Strict):
    """Hold an official score card: its items with all their bands, and the points one must reach."""

    code: str
    label: str
    document: str
    first_day_status: ValueStatus
    items: Mapping[str, Item]
    threshold: Parameter


@dataclass(frozen=True)
class ItemPoints:
    """Tell what one item gave: for which indicator, how much measured, on which reference.

    `points` is None, and the item not covered, where none of its indicators is known.
    """

    name: str
    label: str
    maximum: Decimal
    points: Decimal | None
    indicator: str | None
    measured: Decimal | None
    reference: str
    status: ValueStatus


@dataclass(frozen=True)
class ScoreCardResult:
    """Hold the points of every item and their sum; `coverage` is the share of the maximum that is known.

    `reached` is None where unknown items could still decide it.
    """

    card: str
    label: str
    total: Decimal
    items: tuple[ItemPoints, ...]
    coverage: Decimal
    reached: bool | None


def load_card(code: str) -> ScoreCard:
    """Read a score card of this package by its code; raise YamlMalformed or pydantic's ValidationError."""
    text = resources.files(__package__).joinpath(f"{code}.yaml").read_text(encoding="utf-8")
    return ScoreCard.model_validate(load_strict(text))


def points(facts: Mapping[str, float], *, on: date, card: ScoreCard) -> ScoreCardResult:
    """Return the card's points for facts by indicator name, NaN or absent where unknown.

    An unknown item gives nothing and is told as not covered; it is never taken for a measured zero.
    Raises NotInForce before the card's first day.
    """
    items = tuple(_item(name, item, facts, on) for name, item in card.items.items())
    known = [item for item in items if item.points is not None]
    total = sum((item.points for item in known if item.points is not None), Decimal(0))
    whole = sum((item.maximum for item in items), Decimal(0))
    least = card.threshold.on(on).value or Decimal(0)
    failed = [item for item in known if item.points == 0 and card.items[item.name].must_score]
    open_points = sum((item.maximum for item in items if item.points is None), Decimal(0))
    open_musts = any(item.points is None and card.items[item.name].must_score for item in items)
    return ScoreCardResult(
        card=card.code,
        label=card.label,
        total=total,
        items=items,
        coverage=(whole - open_points) / whole,
        reached=_reached(total, least, bool(failed), open_points=open_points, open_musts=open_musts),
    )


def _reached(total: Decimal, least: Decimal, failed: bool, *, open_points: Decimal, open_musts: bool) -> bool | None:
    if failed or total + open_points < least:
        return False
    return None if open_musts or total < least else True


def _item(name: str, item: Item, facts: Mapping[str, float], on: date) -> ItemPoints:
    best: ItemPoints | None = None
    for key, indicator in item.indicators.items():
        bands, measured = indicator.on(on), facts.get(key, math.nan)
        if math.isnan(measured):
            continue
        exact = Decimal(repr(float(measured)))
        given = bands.points(exact)
        if best is None or best.points is None or given > best.points:
            best = ItemPoints(name, item.label, item.maximum, given, key, exact, bands.reference, bands.status)
    if best is not None:
        return best
    first = next(iter(item.indicators.values())).on(on)
    return ItemPoints(name, item.label, item.maximum, None, None, None, first.reference, first.status)
