"""Do engine and definition agree on when events of another list end a state, in worlds made to disagree about it?"""

import random
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features import definition, endings, engine
from features.catalogue import FEATURES
from features.spec import Aggregate
from tests.properties import books
from tests.properties.books import LISTS, spine

STATES = tuple(
    one for one in FEATURES.values() if isinstance(one.declaration, Aggregate) and one.declaration.ending is not None
)
TABLES = [table for table in LISTS if table.name in ("patent", "patent_event")]
ENDINGS = ("lapsed", "invalidated", "transferred_out", "restored", "transferred_in", "granted")


def world(seed: int, firms: int) -> dict[str, pd.DataFrame]:
    """Draw patents of few numbers, nearly all granted, and many events that end and restore them.

    In every other world no patent comes from a loan, as in real lists: the events alone may be the judged loan's.
    """
    chance = random.Random(seed)
    events = books.evidence(seed, firms, rows=14, tables=TABLES)
    events["patent_event"]["event"] = [chance.choice(ENDINGS) for _ in range(len(events["patent_event"]))]
    if seed % 2:
        events["patent"]["origin_loan"] = None
    kept = [chance.random() < 0.7 for _ in range(len(events["patent"]))]
    events["patent"].loc[kept, ["ceased_on", "ended_on"]] = pd.NaT
    return events


def asked(seed: int, firms: int) -> pd.DataFrame:
    return spine(books.questions(seed, firms, each=6))


def agree(seed: int, firms: int) -> bool:
    events, questions = world(seed, firms), asked(seed, firms)
    meant = definition.compute(STATES, events, questions).to_numpy()
    alone = [
        engine.compute(STATES, events, questions.iloc[[place]]).to_numpy() for place in range(0, len(questions), 7)
    ]
    said = engine.compute(STATES, events, questions).to_numpy()
    return said.tobytes() == meant.tobytes() and np.concatenate(alone).tobytes() == meant[::7].tobytes()


@given(st.integers(0, 1_000_000))
def test_they_agree_in_any_world(seed: int) -> None:
    assert agree(seed, 4)


def test_events_do_change_every_stock() -> None:
    events, questions = world(1, 60), asked(1, 60)
    without = engine.compute(STATES, {"patent": events["patent"]}, questions)

    same = [name for name in without if without[name].equals(engine.compute(STATES, events, questions)[name])]

    assert same == []


class Told:
    """Be the events' book, but for the days on which its rows were known."""

    def __init__(self, book: Any, shift: int) -> None:
        self._book, self.known = book, book.known + shift

    def __getattr__(self, name: str) -> Any:
        return getattr(self._book, name)


until_told, pairs_of, last_event, words_of = endings.until_told, endings._pairs, endings._last_event, endings._words


def first_event(pairs: Any, state: Any, start: Any, end: Any) -> Any:
    mirrored = endings._Pairs(pairs.state, -pairs.event - 2, pairs.start, pairs.end)
    found = last_event(mirrored, state, start, end)
    return np.where(found == -1, -1, -found - 2)


def never_restored(told: Any, ending: Any) -> Any:
    ends, _ = words_of(told, ending)
    return ends, ends


PLANTED = {
    "events end nothing": ("until_told", lambda book, sight, told, heard: sight),
    "a list of the same day has the word": (
        "until_told",
        lambda book, sight, told, heard: until_told(book, sight, Told(told, -1), heard),
    ),
    "an event always has the word": (
        "until_told",
        lambda book, sight, told, heard: until_told(book, sight, Told(told, 99_999), heard),
    ),
    "the first event decides": ("_last_event", first_event),
    "what was restored stays ended": ("_words", never_restored),
}


@pytest.mark.parametrize("error", PLANTED)
def test_a_planted_error_is_caught(error: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, planted = PLANTED[error]
    for module in (endings, engine):
        monkeypatch.setattr(module, name, planted, raising=module is endings)

    assert not all(agree(seed, 12) for seed in range(3))


def test_without_an_error_those_worlds_agree() -> None:
    assert all(agree(seed, 12) for seed in range(3))
