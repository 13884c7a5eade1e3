"""How are exact contributions looked up in a table instead of being computed anew for every row?

What a tree gives to each column depends on a row only through its answers to the tree's tests. A tree is cut into
parts that see at most nine tests each (those on the way to a subtree, and the subtree's own); a part's table holds the
sum of its leaves' Shapley values for each pattern of answers, so that a row costs comparisons and look-ups alone.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from models.columns import Matrix
from models.contributions_trees import Leaf, Question, read_trees

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.intp]
Answers = npt.NDArray[np.bool_]

MOST_TESTS = 9
"""Tests that a part may see: two to this power entries a column still stay in the processor's cache."""
MOST_DEPTH = 7
CHUNK = 16384
FEW = 64
BLOCK = 2**21
# LightGBM reads what is no larger than this as zero, and puts its own cut around zero exactly there.
ZERO = float(np.float32(1e-35))


@dataclass(frozen=True)
class Part:
    """Hold one table: the tests whose answers make the pattern, the first as its lowest bit, and a row a column."""

    tests: tuple[int, ...]
    columns: tuple[int, ...]
    values: Matrix


@dataclass(frozen=True)
class Tables:
    """Hold the tables of one booster: a row's contributions are sums of what its answers look up."""

    questions: tuple[Question, ...]
    parts: tuple[Part, ...]
    base: float

    def contributions(self, matrix: Matrix) -> Matrix:
        """Return what LightGBM's pred_contrib returns, up to rounding; a row alone equals itself in any batch.

        Shapes: matrix as the booster reads it; one column more than it, the last the expected value.
        """
        answer = np.full((len(matrix), matrix.shape[1] + 1), self.base)
        for start in range(0, len(matrix), CHUNK):
            rows = np.array(matrix[start : start + CHUNK].T, order="C")
            rows[np.abs(rows) <= ZERO] = 0.0
            answer[start : start + CHUNK, :-1] = (self._few(rows) if rows.shape[1] <= FEW else self._many(rows)).T
        return answer

    def _many(self, rows: Matrix) -> Matrix:
        """Go through the parts one by one, all rows at once."""
        found = np.zeros(rows.shape)
        place, looked = np.empty(rows.shape[1], dtype=np.intp), np.empty(rows.shape[1])
        answers = self._answers(rows)
        for part in self.parts:
            place[:] = 0
            for test in reversed(part.tests):
                np.left_shift(place, 1, out=place)
                np.bitwise_or(place, answers[test], out=place)
            for column, values in zip(part.columns, part.values, strict=True):
                np.take(values, place, out=looked, mode="clip")
                found[column] += looked
        return found

    def _few(self, rows: Matrix) -> Matrix:
        """Go through all parts at once, adding in the same order as `_many`, so that the sums are the same bits."""
        if not self.parts:
            return np.zeros(rows.shape)
        flat, count = self._flat, rows.shape[1]
        answers = np.vstack([*self._answers(rows), np.zeros(count, dtype=np.bool_)])
        patterns = np.tensordot(1 << np.arange(MOST_TESTS), answers[flat.tests], axes=(0, 1))
        looked = flat.values[flat.start[:, None] + patterns[flat.part]]
        where = flat.column[:, None] * count + np.arange(count)
        summed = np.bincount(where.ravel(), weights=looked.ravel(), minlength=rows.size)
        return np.asarray(summed.reshape(rows.shape), dtype=np.float64)

    def _answers(self, rows: Matrix) -> list[Answers]:
        filled = np.where(np.isnan(rows), 0.0, rows)
        return [_answer(test, (filled if test.gap == "zero" else rows)[test.column]) for test in self.questions]

    @cached_property
    def _flat(self) -> "_Flat":
        tests = np.full((len(self.parts), MOST_TESTS), len(self.questions))
        for place, part in enumerate(self.parts):
            tests[place, : len(part.tests)] = part.tests
        sizes = np.array([part.values.shape[1] for part in self.parts for _ in part.columns])
        return _Flat(
            tests,
            np.array([place for place, part in enumerate(self.parts) for _ in part.columns]),
            np.array([column for part in self.parts for column in part.columns]),
            np.cumsum(sizes) - sizes,
            np.concatenate([part.values.ravel() for part in self.parts]),
        )


@dataclass(frozen=True)
class _Flat:
    """Hold the parts' tables end to end: of each row of values its part, its column and where it starts."""

    tests: Codes
    part: Codes
    column: Codes
    start: Codes
    values: Numbers


def tables_of(text: str) -> Tables | None:
    """Return the tables of a booster's text, or None where its trees are too deep or of a kind not known here."""
    tests: dict[Question, int] = {}
    roots = read_trees(text, tests)
    if roots is None or any(len(leaf.steps) > MOST_DEPTH for root in roots for leaf in root.leaves):
        return None
    base = sum(leaf.expected for root in roots for leaf in root.leaves)
    cut = [leaves for root in roots for leaves in root.parts(MOST_TESTS) if leaves[0].steps]
    worths = iter(_worths([leaf for leaves in cut for leaf in leaves]))
    asked = tuple(tests)
    return Tables(asked, tuple(_part(leaves, [next(worths) for _ in leaves], asked) for leaves in cut), base)


def _answer(test: Question, values: Numbers) -> Answers:
    if test.levels is not None:
        return np.isin(np.trunc(values), list(test.levels))
    return values > test.threshold if test.gap == "left" else values <= test.threshold


def _part(leaves: Sequence[Leaf], worths: Iterable[Matrix], tests: Sequence[Question]) -> Part:
    asked = tuple(dict.fromkeys(step.test for leaf in leaves for step in leaf.steps))
    columns = tuple(dict.fromkeys(step.column for leaf in leaves for step in leaf.steps))
    bits = (np.arange(2 ** len(asked)) >> np.arange(len(asked))[:, None] & 1).astype(np.bool_)
    left = {test: yes if tests[test].yes_is_left else ~yes for test, yes in zip(asked, bits, strict=True)}
    values = np.zeros((len(columns), 2 ** len(asked)))
    for leaf, worth in zip(leaves, worths, strict=True):
        passed: dict[int, Answers] = {}
        for step in leaf.steps:
            agrees = left[step.test] if step.left else ~left[step.test]
            passed[step.column] = passed[step.column] & agrees if step.column in passed else agrees
        place = np.asarray(sum(one.astype(np.intp) << slot for slot, one in enumerate(passed.values())))
        for column, one in zip(passed, worth, strict=True):
            values[columns.index(column)] += one[place]
    return Part(asked, columns, values)


def _worths(leaves: Sequence[Leaf]) -> list[Matrix]:
    """Return each leaf's contributions by column on its way and pattern of passed columns."""
    shares = [list(leaf.shares.values()) for leaf in leaves]
    found: dict[int, Matrix] = {}
    for size in {len(one) for one in shares}:
        same = [place for place, one in enumerate(shares) if len(one) == size]
        step = max(1, BLOCK // (size * size * 2**size))
        for start in range(0, len(same), step):
            block = same[start : start + step]
            worth = _shapley(np.array([shares[place] for place in block]))
            found |= {place: leaves[place].value * one for place, one in zip(block, worth, strict=True)}
    return [found[place] for place in range(len(leaves))]


def _shapley(shares: Matrix) -> npt.NDArray[np.float64]:
    """Return the Shapley values of leaves worth 1 for each pattern of passed columns.

    A leaf is worth the product over its columns of 1 or 0 where the value is known (passed or not), and of the share of
    rows that pass where it is not. The coefficients of prod(share + passed * t) over the other columns gather the
    coalitions by their size.

    Shapes: leaves by columns; leaves by columns by two to the power of their number, the first column the lowest bit.
    """
    leaves, size = shares.shape
    passed = (np.arange(2**size) >> np.arange(size)[:, None] & 1).astype(np.float64)
    by_size = np.zeros((leaves, size, size, 2**size))
    by_size[:, :, 0] = 1.0
    for other in range(size):
        others = np.flatnonzero(np.arange(size) != other)
        before = by_size[:, others]
        after = before * shares[:, other, None, None, None]
        after[:, :, 1:] += before[:, :, :-1] * passed[other]
        by_size[:, others] = after
    weight = [math.factorial(n) * math.factorial(size - 1 - n) / math.factorial(size) for n in range(size)]
    return np.asarray((passed - shares[:, :, None]) * np.einsum("n,lcnp->lcp", weight, by_size), dtype=np.float64)
