"""Is a row like those that a model was trained on, or does the model speak of what it has hardly seen?

Two plain looks. How many columns lie beyond what 99 of 100 training rows show; and how little training mass stands in
the leaves that the row falls into. Each is compared with the training rows themselves, so that a model of sixty
columns is not startled by what one of six would be.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from models.boosting import read
from models.columns import Column, Layout, Matrix

Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

TAIL = 0.005
"""The usual range of a column leaves out this share of the training rows on either side."""

MARKS = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0)
"""Shares of the training rows at which the mass of their leaves is kept."""

LEAF_COUNTS = re.compile(r"^leaf_count=(.+)$", re.MULTILINE)


class Level(StrEnum):
    """Say how well training supports an answer (method.md 4)."""

    INSIDE = "inside"
    THIN = "thin"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Support:
    """Describe the training rows compactly.

    `low` and `high` bound each column's usual range, None where it has no order or no value. `tails[k]` is the share
    of rows with at least k columns beyond. `leaves` holds the mean share of rows in a row's leaves, at MARKS.
    """

    rows: int
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    tails: tuple[float, ...]
    leaves: tuple[float, ...]

    def beyond(self, matrix: Matrix) -> Mask:
        """Tell which values lie beyond their column's usual range; a gap lies nowhere."""
        low = np.array([-np.inf if bound is None else bound for bound in self.low])
        high = np.array([np.inf if bound is None else bound for bound in self.high])
        with np.errstate(invalid="ignore"):
            return np.asarray((matrix < low) | (matrix > high))

    def tail(self, count: int) -> float:
        """Return the share of training rows with as many columns beyond."""
        return self.tails[count] if count < len(self.tails) else 0.0


@dataclass(frozen=True)
class Nearness:
    """Say of one row which columns lie beyond, and how many training rows have as many, or as thin leaves."""

    beyond: tuple[str, ...]
    columns: int
    tail: float
    leaf: float


@dataclass(frozen=True, kw_only=True)
class SupportLimits:
    """Hold where thin begins, and where outside does.

    `thin_tail`, `thin_leaf`, `outside_tail`: shares of training rows. `outside_share`, `outside_least`: how many of
    the columns must lie beyond for a row to be outside, as a share and as a number.
    """

    thin_tail: float
    thin_leaf: float
    outside_tail: float
    outside_share: float
    outside_least: float

    def level(self, near: Nearness) -> Level:
        """Return the level of one row."""
        count = len(near.beyond)
        many = count >= max(self.outside_least, self.outside_share * near.columns)
        if many and near.tail < self.outside_tail:
            return Level.OUTSIDE
        return Level.THIN if near.tail < self.thin_tail or near.leaf < self.thin_leaf else Level.INSIDE


@dataclass(frozen=True)
class Leaves:
    """Hold, for every tree of a model, which share of the training rows each leaf had.

    Shapes: shares is float64, one row a tree over all members, padded with zeros.
    """

    boosters: tuple[lgb.Booster, ...]
    shares: Numbers

    def mass(self, matrix: Matrix) -> Numbers:
        """Return each row's mean share over all trees; a row alone has what it has in a batch."""
        if not len(matrix):
            return np.zeros(0)
        leaves = np.concatenate([_leaves(booster, matrix) for booster in self.boosters])
        shares = self.shares[np.arange(len(leaves))[:, None], leaves]
        # One tree after the other: numpy's own mean adds in another order when there is one row.
        return np.asarray(np.add.accumulate(shares, axis=0)[-1] / len(shares), dtype=np.float64)


def leaves_of(boosters: Sequence[lgb.Booster], texts: Sequence[str]) -> Leaves:
    """Read from the trees' texts how many training rows each leaf had."""
    counts = [np.array(found.split(), dtype=np.float64) for text in texts for found in LEAF_COUNTS.findall(text)]
    shares = np.zeros((len(counts), max(len(one) for one in counts)))
    for place, one in enumerate(counts):
        shares[place, : len(one)] = one / one.sum()
    return Leaves(tuple(boosters), shares)


def support_of(matrix: Matrix, layout: Layout, members: Sequence[str]) -> Support:
    """Describe the rows that a model was trained on.

    Shapes: matrix as the layout encodes it, without anything hidden; members as LightGBM's texts.
    """
    bounds = [_usual(column, matrix[:, place]) for place, column in enumerate(layout.columns)]
    bare = Support(len(matrix), tuple(low for low, _ in bounds), tuple(high for _, high in bounds), (), ())
    counts = bare.beyond(matrix).sum(axis=1)
    tails = tuple(float((counts >= count).mean()) for count in range(int(counts.max()) + 1))
    mass = leaves_of([read(text) for text in members], members).mass(matrix)
    leaves = tuple(float(mark) for mark in np.quantile(mass, MARKS))
    return Support(bare.rows, bare.low, bare.high, tails, leaves)


def nearness(support: Support, names: Sequence[str], leaves: Leaves, matrix: Matrix) -> tuple[Nearness, ...]:
    """Return how near each row is to the training rows."""
    leaf = np.interp(leaves.mass(matrix), support.leaves, MARKS, left=0.0)
    return tuple(
        Nearness(
            beyond=tuple(name for name, out in zip(names, row, strict=True) if out),
            columns=len(names),
            tail=support.tail(int(row.sum())),
            leaf=float(share),
        )
        for row, share in zip(support.beyond(matrix), leaf, strict=True)
    )


def _leaves(booster: lgb.Booster, matrix: Matrix) -> npt.NDArray[np.int64]:
    """Return the leaf of each row in each tree: one row a tree."""
    leaves = np.asarray(booster.predict(matrix, pred_leaf=True, num_threads=1), dtype=np.int64)
    return leaves.reshape(len(matrix), -1).T


def _usual(column: Column, values: Numbers) -> tuple[float | None, float | None]:
    known = values[~np.isnan(values)]
    if column.kind not in ("number", "order") or not len(known):
        return None, None
    low, high = np.quantile(known, [TAIL, 1 - TAIL])
    return float(low), float(high)
