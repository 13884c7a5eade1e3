"""How many points does an official score card give, and for what?"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from importlib import resources
from itertools import pairwise
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, model_validator

from data.spec.dated import NotInForce, Parameter, ValueStatus, load_strict
from features.arithmetic import Floats


class Strict(BaseModel):
    """Refuse unknown fields and changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Band(Strict):
    """Give points from a lower bound on, or up to an upper one; the bound itself is inside."""

    at_least: Decimal | None = None
    at_most: Decimal | None = None
    points: Decimal

    @model_validator(mode="after")
    def _one_bound(self) -> "Band":
        if (self.at_least is None) is (self.at_most is None):
            raise ValueError("a band has one bound: at_least or at_most")
        return self

    def holds(self, measured: Decimal) -> bool:
        """Tell whether a measure is inside."""
        return measured >= self.at_least if self.at_least is not None else measured <= (self.at_most or Decimal(0))

    @property
    def strictness(self) -> Decimal:
        """Return what falls from each band to the next one, which asks for less."""
        return self.at_least if self.at_least is not None else -(self.at_most or Decimal(0))


@dataclass(frozen=True)
class PointsTable:
    """Hold rising bounds, the points between them, and on which side a measure that equals a bound falls."""

    bounds: Floats
    points: Floats
    side: Literal["left", "right"]

    def of(self, measured: Floats) -> Floats:
        """Return the points of each measure, NaN where it is unknown."""
        points = self.points[np.searchsorted(self.bounds, measured, self.side)]
        return np.where(np.isnan(measured), np.nan, points)


class Bands(Strict):
    """Hold the bands of one indicator as one document says them, the best first."""

    reference: str
    status: ValueStatus
    bands: tuple[Band, ...]

    @model_validator(mode="after")
    def _fall(self) -> "Bands":
        if len({band.at_least is None for band in self.bands}) > 1:
            raise ValueError("bands have lower bounds, or upper ones, not both")
        for higher, lower in pairwise(self.bands):
            if higher.strictness <= lower.strictness or higher.points <= lower.points:
                raise ValueError("bands must fall, in bound and in points")
        return self

    def points(self, measured: Decimal) -> Decimal:
        """Return the points of the first band reached, 0 outside all."""
        return next((band.points for band in self.bands if band.holds(measured)), Decimal(0))

    @cached_property
    def table(self) -> "PointsTable":
        """Return the bands as a step function over many measures."""
        lower = self.bands[0].at_least is not None
        rising = self.bands[::-1] if lower else self.bands
        bounds = [band.at_least if band.at_least is not None else band.at_most or 0 for band in rising]
        points = [band.points for band in rising]
        return PointsTable(
            np.array(bounds, dtype=np.float64),
            np.array([0, *points] if lower else [*points, 0], dtype=np.float64),
            "right" if lower else "left",
        )


class Indicator(Strict):
    """Hold one measured share or count, and its bands over time.

    `beyond_lists`: no list tells it; while it is unknown, what it could give more stays open.
    """

    label: str
    unit: str
    beyond_lists: bool = False
    values: Mapping[date, Bands]

    def on(self, day: date) -> Bands:
        """Return the bands in force on day; raise NotInForce."""
        started = [start for start in self.values if start <= day]
        if not started:
            raise NotInForce(f"“{self.label}”在{day}尚无评分标准。")
        return self.values[max(started)]


class Item(Strict):
    """Hold one item of a card; of several indicators the one that gives most counts.

    `bonus` points come on top of the card's whole: without them nothing is missing.
    """

    label: str
    maximum: Decimal
    must_score: bool
    bonus: bool = False
    indicators: Mapping[str, Indicator]


class ScoreCard(Strict):
    """Hold a score card: its items with all their bands, what an enterprise may not exceed, the points to reach.

    `official`: whether the weights are the document's own. `parameters`: further numbers its facts are made with.
    """

    code: str
    label: str
    document: str
    official: bool = True
    first_day_status: ValueStatus
    items: Mapping[str, Item]
    limits: Mapping[str, Parameter] = {}
    parameters: Mapping[str, Parameter] = {}
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
class LimitCheck:
    """Tell whether an enterprise keeps within a limit; `kept` is None where the measure is unknown."""

    name: str
    label: str
    limit: Decimal
    measured: Decimal | None
    reference: str
    status: ValueStatus

    @property
    def kept(self) -> bool | None:
        """Tell whether the limit is kept; the limit itself is inside."""
        return None if self.measured is None else self.measured <= self.limit


@dataclass(frozen=True)
class ScoreCardResult:
    """Hold the points of every item and their sum; `coverage` is the share of the maximum that is known.

    `reached` is None where unknown items or limits could still decide it.
    """

    card: str
    label: str
    total: Decimal
    items: tuple[ItemPoints, ...]
    coverage: Decimal
    reached: bool | None
    limits: tuple[LimitCheck, ...] = ()


def read_text(code: str) -> str:
    """Return the text of a card of this package."""
    return resources.files(__package__).joinpath(f"{code}.yaml").read_text(encoding="utf-8")


def load_card(code: str) -> ScoreCard:
    """Read a score card of this package by its code; raise YamlMalformed or pydantic's ValidationError."""
    return ScoreCard.model_validate(load_strict(read_text(code)))


def points(facts: Mapping[str, float], *, on: date, card: ScoreCard) -> ScoreCardResult:
    """Return the card's points for facts by indicator name, NaN or absent where unknown.

    An unknown item gives nothing and is told as not covered; it is never taken for a measured zero.
    Raises NotInForce before the card's first day.
    """
    items = tuple(_item(name, item, facts, on) for name, item in card.items.items())
    limits = tuple(_limit(name, limit, facts, on) for name, limit in card.limits.items())
    counted = [item for item in items if not card.items[item.name].bonus]
    whole = _sum(item.maximum for item in counted)
    return ScoreCardResult(
        card=card.code,
        label=card.label,
        total=_sum(item.points for item in items if item.points is not None),
        items=items,
        coverage=_sum(item.maximum for item in counted if item.points is not None) / whole,
        reached=_reached(card, items, limits, facts, on),
        limits=limits,
    )


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    return sum(numbers, Decimal(0))


def _reached(
    card: ScoreCard,
    items: tuple[ItemPoints, ...],
    limits: tuple[LimitCheck, ...],
    facts: Mapping[str, float],
    on: date,
) -> bool | None:
    least = card.threshold.on(on).value or Decimal(0)
    total = _sum(item.points for item in items if item.points is not None)
    open_points = _sum(_open_points(card.items[item.name], item, facts, on) for item in items)
    musts = [item.points for item in items if card.items[item.name].must_score]
    if 0 in musts or total + open_points < least or any(limit.kept is False for limit in limits):
        return False
    undecided = None in musts or total < least or any(limit.kept is None for limit in limits)
    return None if undecided else True


def _open_points(item: Item, told: ItemPoints, facts: Mapping[str, float], on: date) -> Decimal:
    """Return how many points more the item could give, were what is unknown known."""
    if told.points is None:
        return item.maximum
    unknown = [
        indicator.on(on).bands[0].points
        for name, indicator in item.indicators.items()
        if indicator.beyond_lists and _measured(facts, name) is None
    ]
    return max([Decimal(0), *(most - told.points for most in unknown)])


def _measured(facts: Mapping[str, float], name: str) -> Decimal | None:
    value = float(facts.get(name, math.nan))
    return None if math.isnan(value) else Decimal(repr(value))


def _limit(name: str, limit: Parameter, facts: Mapping[str, float], on: date) -> LimitCheck:
    value = limit.on(on)
    return LimitCheck(
        name, limit.label, value.value or Decimal(0), _measured(facts, name), value.reference, value.status
    )


def _item(name: str, item: Item, facts: Mapping[str, float], on: date) -> ItemPoints:
    best: ItemPoints | None = None
    for key, indicator in item.indicators.items():
        bands, measured = indicator.on(on), _measured(facts, key)
        if measured is None:
            continue
        given = bands.points(measured)
        if best is None or best.points is None or given > best.points:
            best = ItemPoints(name, item.label, item.maximum, given, key, measured, bands.reference, bands.status)
    if best is not None:
        return best
    first = next(iter(item.indicators.values())).on(on)
    return ItemPoints(name, item.label, item.maximum, None, None, None, first.reference, first.status)
