"""What does a score card give many enterprises at once, as a transparent baseline beside a model?

A card is a function from values to points with coverage: what is unknown is told as not covered, never as zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce

import numpy as np

from features.arithmetic import Floats
from features.cards.scorecard import Item, ScoreCard


@dataclass(frozen=True)
class Scored:
    """Hold, row by row, the points given, the points that what is known could give, and both of bonus items apart."""

    total: Floats
    covered: Floats
    bonus: Floats
    whole: float

    @property
    def coverage(self) -> Floats:
        """Return the share of the card that is known."""
        return self.covered / self.whole

    def per_hundred(self, *, least_coverage: float) -> Floats:
        """Return points per hundred of what is known, bonus on top; NaN where less than the least share is known."""
        covered = np.where(self.covered > 0, self.covered, np.nan)
        points = 100.0 * self.total / covered + self.bonus
        return np.where(self.coverage >= least_coverage, points, np.nan)


def score(card: ScoreCard, facts: Mapping[str, Floats], *, on: date, rows: int) -> Scored:
    """Return what the card gives each row for facts by indicator name, NaN or absent where unknown.

    Shapes: each array of facts has `rows` numbers. Raises NotInForce before the card's first day.
    """
    total, covered, bonus = np.zeros(rows), np.zeros(rows), np.zeros(rows)
    for item in card.items.values():
        given = _given(item, facts, on=on, rows=rows)
        known = ~np.isnan(given)
        if item.bonus:
            bonus = bonus + np.where(known, given, 0.0)
        else:
            total = total + np.where(known, given, 0.0)
            covered = covered + np.where(known, float(item.maximum), 0.0)
    whole = float(sum(item.maximum for item in card.items.values() if not item.bonus))
    return Scored(total, covered, bonus, whole)


def _given(item: Item, facts: Mapping[str, Floats], *, on: date, rows: int) -> Floats:
    """Return the points of the indicator that gives most, NaN where none is known."""
    points = [one.on(on).table.of(facts[name]) for name, one in item.indicators.items() if name in facts]
    return reduce(np.fmax, points) if points else np.full(rows, np.nan)
