"""What do a booster's trees ask of a row, by which ways do they lead to leaves, and what are those worth?"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

# LightGBM's decision_type: one bit for a category, one for the side of a gap, two for what counts as a gap.
_CATEGORY, _GAP_TO_LEFT, _GAP = 1, 2, 12
_NO_GAP, _GAP_IS_NAN = 0, 8


@dataclass(frozen=True)
class Question:
    """Ask one question of a row: on which side of the threshold is its value, or is its level one of these?

    A gap goes "left" or "right" as LightGBM learned it, or is read as "zero" where training saw none.
    """

    column: int
    threshold: float
    gap: str
    levels: frozenset[int] | None = None

    @property
    def yes_is_left(self) -> bool:
        """Tell which way an answer goes: a comparison with a gap is false, so the question is turned to suit it.

        A gap that goes left is asked "above the threshold?", every other test "not above?" or "one of the levels?".
        """
        return self.gap != "left"


@dataclass(frozen=True)
class Step:
    """Hold one step of a way: the test by its number, the side taken, and the share of training rows that took it."""

    test: int
    column: int
    left: bool
    share: float


@dataclass(frozen=True)
class Leaf:
    """Hold the way from the root to one leaf, and what the leaf gives."""

    value: float
    steps: tuple[Step, ...]

    @property
    def expected(self) -> float:
        """Return what the leaf gives to the expected value: its value times the share of rows that reach it."""
        return self.value * math.prod(step.share for step in self.steps)

    @property
    def shares(self) -> dict[int, float]:
        """Return for each column on the way the share of rows that its steps let through."""
        found: dict[int, float] = {}
        for step in self.steps:
            found[step.column] = found.get(step.column, 1.0) * step.share
        return found


@dataclass(frozen=True)
class Node:
    """Hold one inner node with its leaves, left ones first, and its children that are inner nodes."""

    leaves: tuple[Leaf, ...]
    children: tuple["Node", ...]
    bare: tuple[Leaf, ...]

    @property
    def tests(self) -> set[int]:
        """Return the numbers of the tests on the ways to its leaves."""
        return {step.test for leaf in self.leaves for step in leaf.steps}

    def parts(self, most: int) -> Iterator[tuple[Leaf, ...]]:
        """Yield its leaves in parts, each the largest whose tests are at most so many."""
        if len(self.tests) <= most:
            yield self.leaves
            return
        if self.bare:
            yield self.bare
        for child in self.children:
            yield from child.parts(most)


def read_trees(text: str, tests: dict[Question, int]) -> list[Node] | None:
    """Return the roots of a booster's trees, numbering their tests; None where they are of a kind not known here.

    Raises KeyError where the text is no booster's.
    """
    if "\naverage_output" in text:
        return None
    roots = [_tree(block, tests) for block in text.split("\nTree=")[1:]]
    return None if None in roots else [root for root in roots if root is not None]


def _tree(block: str, tests: dict[Question, int]) -> Node | None:
    said = dict(line.split("=", 1) for line in block.split("\n\n")[0].splitlines()[1:])
    words = {name: words.split() for name, words in said.items()}
    if said.get("is_linear", "0") != "0":
        return None
    if len(words["leaf_value"]) == 1:
        alone = (Leaf(float(words["leaf_value"][0]), ()),)
        return Node(alone, (), alone)
    asked = [_test(words, node) for node in range(len(words["split_feature"]))]
    if None in asked:
        return None
    for test in asked:
        tests.setdefault(test, len(tests)) if test is not None else None
    return _Reader(words, [(tests[test], test.column) for test in asked if test is not None]).node(0, ())


def _test(words: Mapping[str, list[str]], node: int) -> Question | None:
    column, kind = int(words["split_feature"][node]), int(words["decision_type"][node])
    threshold, gap = float(words["threshold"][node]), kind & _GAP
    if kind & _CATEGORY:
        return Question(column, 0.0, "right", _levels(words, int(threshold)))
    if gap not in (_NO_GAP, _GAP_IS_NAN):
        return None
    return Question(column, threshold, "zero" if gap == _NO_GAP else "left" if kind & _GAP_TO_LEFT else "right")


def _levels(words: Mapping[str, list[str]], place: int) -> frozenset[int]:
    first, end = (int(words["cat_boundaries"][at]) for at in (place, place + 1))
    bits = [int(word) for word in words["cat_threshold"][first:end]]
    return frozenset(32 * at + bit for at, word in enumerate(bits) for bit in range(32) if word >> bit & 1)


@dataclass(frozen=True)
class _Reader:
    """Walk one tree; a child below zero is a leaf, counted from -1."""

    words: Mapping[str, list[str]]
    asked: list[tuple[int, int]]

    def node(self, number: int, way: tuple[Step, ...]) -> Node:
        leaves: list[Leaf] = []
        children: list[Node] = []
        bare: list[Leaf] = []
        for side in ("left_child", "right_child"):
            child = int(self.words[side][number])
            share = self._rows(child) / self._rows(number)
            steps = (*way, Step(*self.asked[number], side == "left_child", share))
            if child < 0:
                bare.append(Leaf(float(self.words["leaf_value"][~child]), steps))
                leaves.append(bare[-1])
            else:
                children.append(self.node(child, steps))
                leaves.extend(children[-1].leaves)
        return Node(tuple(leaves), tuple(children), tuple(bare))

    def _rows(self, number: int) -> int:
        return int(self.words["internal_count"][number] if number >= 0 else self.words["leaf_count"][~number])
