"""What does a model say when one thing alone changes: does it keep its directions, and on what does it lean?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.columns import Column
from models.fitted import Model
from models.scale import STANDARD, Scale

Numbers = npt.NDArray[np.float64]
Learned = Literal["rises", "falls", "flat", "mixed"]

GRID = 12
ROWS = 400
"""Rows that a partial dependence is averaged over: its shape needs no more."""
FLAT = 1e-9


@dataclass(frozen=True, kw_only=True)
class Dependence:
    """Say how the probability moves as one column rises and all else stays.

    `learned` is the shape of the mean, `against` the largest move of any single row against the declared direction, in
    log-odds: 0 where the constraint holds. `span` is the range of the mean in points, `unknown` the points that a gap
    gains over the best value: above 0, not to be known is better than any record.
    """

    column: str
    declared: int
    learned: Learned
    span: float
    against: float
    unknown: float
    grid: tuple[float, ...]
    log_odds: tuple[float, ...]

    @property
    def kept(self) -> bool:
        """Tell whether no row moves against the declared direction."""
        return self.against <= FLAT


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """Say how far scores move when one column is masked, in points: all of its values become gaps."""

    column: str
    mean_move: float
    mean_size: float
    largest: float
    moved: float


def dependences(model: Model, X: pd.DataFrame, *, seed: int = 0, scale: Scale = STANDARD) -> list[Dependence]:
    """Return the learned shape of each column that is a number or an order, beside what was declared.

    Shapes: X has the model's columns; the grid is the column's quantiles.
    Source: method.md 4 and 6 (a direction is a claim that the model must keep).
    """
    matrix, _ = model.encode(X)
    draw = np.random.default_rng([seed, 23])
    rows = matrix[draw.permutation(len(matrix))[:ROWS]]
    columns = model.head.layout.columns
    return [
        _dependence(model, rows, place, _grid(matrix[:, place]), scale)
        for place, column in enumerate(columns)
        if column.kind in ("number", "order") and len(_grid(matrix[:, place])) > 1
    ]


def _grid(values: Numbers) -> Numbers:
    known = values[~np.isnan(values)]
    return np.unique(np.quantile(known, np.linspace(0, 1, GRID))) if len(known) else np.zeros(0)


def _dependence(model: Model, rows: Numbers, place: int, grid: Numbers, scale: Scale) -> Dependence:
    column = model.head.layout.columns[place]
    answers = []
    for value in grid:
        moved = rows.copy()
        moved[:, place] = value
        answers.append(model.calibrated(moved))
    steps = np.diff(np.column_stack(answers), axis=1)
    mean = np.mean(np.column_stack(answers), axis=0)
    against = float(max(0.0, (-column.direction * steps).max())) if column.direction else 0.0
    return Dependence(
        column=column.name,
        declared=column.direction,
        learned=_shape(np.diff(mean)),
        span=float(scale.factor * (mean.max() - mean.min())),
        against=against,
        unknown=float(scale.factor * (mean.min() - model.calibrated(_masked(rows, place, column)).mean())),
        grid=tuple(map(float, grid)),
        log_odds=tuple(map(float, mean)),
    )


def _shape(steps: Numbers) -> Learned:
    up, down = bool((steps > FLAT).any()), bool((steps < -FLAT).any())
    if up and down:
        return "mixed"
    return "rises" if up else "falls" if down else "flat"


def sensitivities(model: Model, X: pd.DataFrame, *, scale: Scale = STANDARD) -> list[Sensitivity]:
    """Return how each column's absence would move the scores, those that move most first.

    Shapes: X has the model's columns; points before bounds and rounding, positive where the score rises.
    """
    matrix, _ = model.encode(X)
    before = model.calibrated(matrix)
    found = []
    for place, column in enumerate(model.head.layout.columns):
        masked = _masked(matrix, place, column)
        found.append(_sensitivity(column.name, -scale.factor * (model.calibrated(masked) - before)))
    return sorted(found, key=lambda one: -one.mean_size)


def _masked(matrix: Numbers, place: int, column: Column) -> Numbers:
    """Return the rows without the column's value; where training saw no gap the model reads the middle value."""
    masked = matrix.copy()
    masked[:, place] = np.nan if column.gaps or column.typical is None else column.typical
    return masked


def _sensitivity(name: str, moves: Numbers) -> Sensitivity:
    size = np.abs(moves)
    return Sensitivity(
        column=name,
        mean_move=float(moves.mean()),
        mean_size=float(size.mean()),
        largest=float(size.max()),
        moved=float((size >= 0.5).mean()),
    )


def said(learned: Learned) -> str:
    """Write a learned shape in Chinese."""
    return SHAPES[learned]


SHAPES: Mapping[Learned, str] = {
    "rises": "越大越险",
    "falls": "越大越稳",
    "flat": "不动",
    "mixed": "有升有降",
}
