"""Which score shows a probability, and how many points of it belong to each feature?"""

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from data.spec.dated import ParameterSet


@dataclass(frozen=True)
class Scale:
    """Fix a score scale: `anchor` points at odds of `odds` good to one bad, `pdo` points for twice the odds.

    Source: house.md 5, domain.md 11 (Siddiqi).
    """

    anchor: int = 600
    odds: float = 50.0
    pdo: float = 20.0
    lowest: int = 300
    highest: int = 900

    @property
    def factor(self) -> float:
        """Return the points of one unit of log-odds."""
        return self.pdo / math.log(2)

    @property
    def offset(self) -> float:
        """Return the points at even odds."""
        return self.anchor - self.factor * math.log(self.odds)


STANDARD = Scale()
LINES = ("margin", "bounds", "rounding")


def read_scale(text: str, day: date) -> tuple[Scale, float]:
    """Return the scale and the margin of conservatism (log-odds) in force on day from the text of scale.yaml.

    Raises YamlMalformed, NotInForce; ValueError for a margin below zero, which would be no caution.
    """
    numbers = {name: float(value) for name, value in ParameterSet.parse(text).numbers(day).items()}
    if numbers["margin"] < 0:
        raise ValueError(f"a margin of conservatism is never negative: {numbers['margin']}")
    scale = Scale(
        anchor=int(numbers["anchor"]),
        odds=numbers["odds"],
        pdo=numbers["pdo"],
        lowest=int(numbers["lowest"]),
        highest=int(numbers["highest"]),
    )
    return scale, numbers["margin"]


def read_widening(text: str, day: date) -> float:
    """Return by how much an interval's half-width is multiplied, as in force on day, from the text of scale.yaml.

    Raises YamlMalformed, NotInForce.
    """
    return float(ParameterSet.parse(text).numbers(day)["interval_widening"])


def score_of(pd: float, scale: Scale = STANDARD) -> int:
    """Return the displayed score of a probability of default: whole, within the bounds.

    >>> score_of(1 / 51), score_of(1 / 101), score_of(0.999999)
    (600, 620, 300)
    """
    return _displayed(exact_score(pd, scale), scale)


def exact_score(pd: float, scale: Scale = STANDARD) -> float:
    """Return the score before bounds and rounding.

    Raises ValueError unless 0 < pd < 1.
    """
    if not 0 < pd < 1:
        raise ValueError(f"a probability of default lies between 0 and 1, not {pd}")
    return scale.offset - scale.factor * (math.log(pd) - math.log1p(-pd))


def pd_of(score: float, scale: Scale = STANDARD) -> float:
    """Return the probability of default that a score stands for.

    >>> round(pd_of(600), 6)
    0.019608
    """
    return 1 / (1 + math.exp((score - scale.offset) / scale.factor))


def points_of(contributions: pd.DataFrame, scale: Scale = STANDARD, *, margin: float = 0.0) -> pd.DataFrame:
    """Return each contribution in points, lines for margin, bounds and rounding, and the score they add up to.

    The margin of conservatism is given in log-odds and lowers every score alike.

    Shapes: contributions as `explain` returns them, in log-odds; the result has the same columns in points (base
        includes the scale's offset), then margin, bounds, rounding, then score. All but score sum to score within 1e-9.
    Source: decisions.md 2, method.md 5.
    """
    points = 0.0 - scale.factor * contributions.astype(float)  # Never a -0.0 to be shown.
    points["base"] += scale.offset
    points["margin"] = 0.0 - scale.factor * margin
    exact = points.sum(axis=1)
    bounded = exact.clip(scale.lowest, scale.highest)
    points["bounds"] = bounded - exact
    score = bounded.map(lambda value: _displayed(value, scale)).astype("int64")
    points["rounding"] = score - points.sum(axis=1)
    points["score"] = score
    return points


def whole_points(points: pd.DataFrame) -> pd.DataFrame:
    """Return points as whole numbers whose sum is exactly the score: the largest remainders are rounded up.

    Shapes: points as `points_of` returns them; the same columns as int64 without rounding, since nothing is left for
        it; no line moves by a whole point or more.
    """
    lines = [name for name in points.columns if name not in ("rounding", "score")]
    exact = points[lines].to_numpy(dtype=np.float64)
    floor = np.floor(exact)
    short = points["score"].to_numpy() - floor.sum(axis=1)
    # A stable sort gives ties to the earlier column, so that the same row always reads the same.
    rank = np.argsort(np.argsort(-(exact - floor), axis=1, kind="stable"), axis=1, kind="stable")
    whole = pd.DataFrame((floor + (rank < short[:, None])).astype("int64"), index=points.index, columns=lines)
    return whole.assign(score=points["score"])


def _displayed(exact: float, scale: Scale) -> int:
    return min(max(math.floor(exact + 0.5), scale.lowest), scale.highest)
