"""Which enterprises' names are near a name that none of them bears?

Names that share rare pairs of characters are looked up first; only those few are compared letter by letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from data.intake.name_words import core, normalise_name

Ints = np.ndarray[Any, np.dtype[np.int64]]
MOST = 5
"""So many candidates are shown to who decides."""

WHOLLY = 100.0
"""How alike a name is to itself."""

LOOKED_AT = 60
"""So many names that share the most, and the rarest, pairs are compared letter by letter."""

LEAST = 60.0
"""Names less alike than this, out of 100, are no candidates."""

COMMONEST = 0.05
"""Pairs in more than this share of all names tell nothing."""

RAREST = 12
"""So many of a name's rarest pairs are looked up; the others point at ever more names, and tell less."""

_PLANES = 1 << 21
"""One more than the highest character."""


class Why(StrEnum):
    """Say why an enterprise is a candidate."""

    SAME_NAME = "same-name"
    SUCCESSOR = "successor"
    SAME_CORE = "same-core"
    ONE_CHARACTER = "one-character"
    ALIKE = "alike"


WHY_LABELS = {
    Why.SAME_NAME: "名为或曾名为此",
    Why.SUCCESSOR: "合并后存续的企业",
    Why.SAME_CORE: "只有地名或组织形式不同",
    Why.ONE_CHARACTER: "相差一个字",
    Why.ALIKE: "相近",
}


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Name an enterprise that may be meant: under which of its names, how alike (0 to 100), and why."""

    enterprise_id: int
    name: str
    score: float
    why: Why


class Resemblance:
    """Find the names nearest to any name among many."""

    def __init__(self, names: pd.DataFrame) -> None:
        """Index names; names has enterprise_id, name and normalised."""
        once = names.drop_duplicates(["enterprise_id", "normalised"])
        self._ids: list[int] = once["enterprise_id"].tolist()
        self._names: list[str] = once["name"].tolist()
        self._said: list[str] = once["normalised"].tolist()
        self._cores = [core(said) for said in self._said]
        pairs, places = _pairs(self._said)
        order = np.lexsort((places, pairs))
        self._places = places[order]
        self._pairs, self._starts, counts = np.unique(pairs[order], return_index=True, return_counts=True)
        self._ends = self._starts + counts
        self._weights = np.log((len(self._said) + 1) / counts)
        self._weights[counts > max(8, COMMONEST * len(self._said))] = 0.0

    def candidates(self, name: str) -> tuple[Candidate, ...]:
        """Return the enterprises whose names are most like a name, the nearest first, at most MOST."""
        said = normalise_name(name)
        near = self._near(said)
        own = core(said)
        found = process.extract(
            own, [self._cores[place] for place in near], scorer=fuzz.ratio, score_cutoff=LEAST, limit=3 * MOST
        )
        ranked = [self._candidate(said, own, int(near[place]), score) for _, score, place in found]
        ranked.sort(key=lambda one: (-one.score, one.enterprise_id))
        best: dict[int, Candidate] = {}
        for candidate in ranked:
            best.setdefault(candidate.enterprise_id, candidate)
        return tuple(best.values())[:MOST]

    def _near(self, said: str) -> Ints:
        """Return the places of the names that share most with a name, each pair weighing as much as it is rare."""
        wanted = np.unique(_pairs([said])[0])
        met = np.searchsorted(self._pairs, wanted)
        wanted, met = wanted[met < self._pairs.size], met[met < self._pairs.size]
        met = met[(self._pairs[met] == wanted) & (self._weights[met] > 0)]
        if not met.size:
            return np.array([], dtype="int64")
        met = met[np.argsort(-self._weights[met], kind="stable")[:RAREST]]
        pieces = [self._places[self._starts[one] : self._ends[one]] for one in met]
        weights = np.repeat(self._weights[met], [piece.size for piece in pieces])
        totals = np.bincount(np.concatenate(pieces), weights=weights, minlength=len(self._said))
        shared = np.flatnonzero(totals)
        return shared[np.argsort(-totals[shared], kind="stable")[:LOOKED_AT]]

    def _candidate(self, said: str, own: str, place: int, score: float) -> Candidate:
        theirs = self._said[place]
        if theirs == said:
            why = Why.SAME_NAME
        elif self._cores[place] == own:
            why = Why.SAME_CORE
        else:
            one = Levenshtein.distance(theirs, said, score_cutoff=1) <= 1
            why = Why.ONE_CHARACTER if one else Why.ALIKE
        whole = fuzz.ratio(theirs, said)
        return Candidate(
            enterprise_id=self._ids[place], name=self._names[place], score=round((score + whole) / 2, 1), why=why
        )


def _pairs(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """List each text's pairs of neighbours, and of characters with one between them, and where they stand.

    A wrong character spoils the pairs that hold it, and leaves the pair around it.
    """
    letters = np.frombuffer("".join(texts).encode("utf-32-le"), dtype="uint32").astype("int64")
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    found: list[tuple[Ints, Ints]] = []
    for gap in (1, 2):
        together = owners[:-gap] == owners[gap:]
        pairs = (letters[:-gap] * _PLANES + letters[gap:]) * 2 + gap - 1
        found.append((pairs[together], owners[:-gap][together]))
    pairs = np.concatenate([pair for pair, _ in found])
    places = np.concatenate([place for _, place in found])
    return pairs, places
