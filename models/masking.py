"""Which groups of columns are hidden from a booster at random, so that a withheld consent is nothing strange to it?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

SHARE = 0.1
"""So many rows of ten lose each group; every booster draws its own, so that no row is lost to all of them."""


@dataclass(frozen=True)
class Masking:
    """Name positions of columns that are hidden together, and the share of rows from which each group is hidden."""

    groups: tuple[tuple[int, ...], ...] = ()
    share: float = SHARE

    @property
    def positions(self) -> frozenset[int]:
        """Return every position that may be hidden."""
        return frozenset(position for group in self.groups for position in group)

    def hide(self, matrix: Matrix, seed: int) -> Matrix:
        """Return the rows with whole groups turned into gaps, the same for the same seed.

        Shapes: matrix as a layout encodes it; the answer is a copy where anything is hidden.
        Source: method.md 4 (five kinds of missing).
        """
        if not self.groups:
            return matrix
        draw, hidden = np.random.default_rng([seed, 23]), matrix.copy()
        for group in self.groups:
            rows = np.flatnonzero(draw.random(len(matrix)) < self.share)
            hidden[np.ix_(rows, np.array(group))] = np.nan
        return hidden


NOTHING_HIDDEN = Masking()


def masking_of(names: tuple[str, ...], together: Mapping[str, str], share: float = SHARE) -> Masking:
    """Return the masking of columns by the group that each belongs to; a column without a group is never hidden.

    >>> masking_of(("a", "b", "c"), {"a": "x", "c": "x"}).groups
    ((0, 2),)
    """
    groups: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        if name in together:
            groups.setdefault(together[name], []).append(position)
    return Masking(tuple(tuple(group) for group in groups.values()), share)
