"""Why is one score not the other: what of the difference is data, model, calibration, scale?

Each part is the difference between two scores that differ in that one thing alone, taken in a fixed order: first the
data under the old model, then the model, its calibration and its scale on the new data. So the parts add up exactly.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from models.calibration import Calibrator
from models.contributions import explain
from models.fitted import Model
from models.scale import LINES, STANDARD, Scale, points_of


@dataclass(frozen=True, kw_only=True)
class Side:
    """Hold one of the two scores: a model with its scale and margin, and the one row that it judged.

    Shapes: X is one row with the model's columns in order; margin in log-odds.
    """

    model: Model
    X: pd.DataFrame
    scale: Scale = STANDARD
    margin: float = 0.0

    def exact(self, X: pd.DataFrame, *, by: Calibrator | None = None, on: Scale | None = None) -> float:
        """Return a row's score before margin, bounds and rounding, by another calibration or on another scale."""
        calibrator, scale = by or self.model.head.calibrator, on or self.scale
        matrix, _ = self.model.encode(X)
        log_odds = calibrator.apply(self.model.mean_raw(matrix))
        return scale.offset - scale.factor * float(log_odds[0])


@dataclass(frozen=True, kw_only=True)
class Bridge:
    """Lead from one score to the other; data, model, calibration, scale and lines sum to after - before.

    data holds points by column of the old model, lines the differences in margin, bounds and rounding.
    """

    before: int
    after: int
    data: Mapping[str, float]
    model: float
    calibration: float
    scale: float
    lines: Mapping[str, float]

    @property
    def total(self) -> float:
        """Return the sum of all parts."""
        return sum((*self.data.values(), self.model, self.calibration, self.scale, *self.lines.values()))


def bridge(before: Side, after: Side, *, seen_before: pd.DataFrame) -> Bridge:
    """Return the parts of the difference between two scores of one firm.

    Shapes: seen_before is after's row as the model of before reads it: its columns in order.
    Raises FeatureMismatch, InfiniteValues.
    Source: method.md 5.
    """
    first, last = _points(before, before.X), _points(after, after.X)
    moved = _points(before, seen_before)
    data = {str(column): float(moved[column] - first[column]) for column in before.X.columns}
    old_data = before.exact(seen_before)
    new_model = after.exact(after.X, by=before.model.head.calibrator, on=before.scale)
    new_line = after.exact(after.X, on=before.scale)
    return Bridge(
        before=int(first["score"]),
        after=int(last["score"]),
        data=data,
        model=new_model - old_data,
        calibration=new_line - new_model + _rest(old_data - before.exact(before.X), data),
        scale=after.exact(after.X) - new_line,
        lines={line: float(last[line] - first[line]) for line in LINES},
    )


def _points(side: Side, X: pd.DataFrame) -> "pd.Series[float]":
    return points_of(explain(side.model, X), side.scale, margin=side.margin).iloc[0]


def _rest(whole: float, data: Mapping[str, float]) -> float:
    """Return what the columns do not carry: rounding of sums, and the bound of a calibration past its line."""
    return whole - sum(data.values())
