"""When do events that another list tells end a state, or let it hold again?

A version of a state is visible for a span of days; it is cut where its last event changes. Both tables keep their
own rules of what is visible, so that an event which is corrected, taken back or of the loan being judged ends nothing.
"""

from dataclasses import dataclass, replace

import numpy as np

from data.spec.table import Ending
from features.sight import Book, Bools, Sight, spread
from features.windows import NEVER, Ints


@dataclass(frozen=True)
class _Pairs:
    """Hold which event, by its place among those heard, is visible beside which state, and in which span."""

    state: Ints
    event: Ints
    start: Ints
    end: Ints


def until_told(book: Book, sight: Sight, told: Book, heard: Sight) -> Sight:
    """Return the sight of a table's states, each cut into the spans in which one event, or none, decides its end.

    `told` and `heard` are the book and the sight of the events; both sights are of the same part of the spine.
    """
    ending = book.table.ended_by
    assert ending is not None
    ends, decides = _words(told, ending)
    pairs = _pairs(book, sight, told, heard, np.flatnonzero(decides[heard.row]), on=ending.on)
    if not len(pairs.state):
        return sight
    state, start, end = _pieces(sight, pairs)
    last = _last_event(pairs, state, start, end)
    newer = (last >= 0) & (told.known[heard.row[last]] >= book.known[sight.row[state]])
    said = np.where(ends[heard.row[last]], heard.happened[last], NEVER)
    return _cut(sight, state, start, end, np.where(newer, said, sight.ended[state]))


def _words(told: Book, ending: Ending) -> tuple[Bools, Bools]:
    """Tell of each row of the events' book whether it ends a state, and whether it says anything of an end."""
    code, places = told.codes(ending.column)
    ends, resumes = (np.isin(code, [places.get(word, -2) for word in words]) for words in (ending.ends, ending.resumes))
    return ends, ends | resumes


def _pairs(book: Book, sight: Sight, told: Book, heard: Sight, events: Ints, *, on: str) -> _Pairs:
    """Find the events of each state that are visible together with it, by the states' order."""
    code, places = book.codes(on)
    theirs = _codes_in(book, told, heard.row[events], on)
    events, theirs = events[theirs >= 0], theirs[theirs >= 0]
    keys = heard.viewer[events] * len(places) + theirs
    order = np.argsort(keys, kind="stable")
    events, keys = events[order], keys[order]
    known = np.flatnonzero(code[sight.row] >= 0)
    own = sight.viewer[known] * len(places) + code[sight.row[known]]
    place, which = spread(np.searchsorted(keys, own, "left"), np.searchsorted(keys, own, "right"))
    state, event = known[which], events[place]
    # An event that is announced for a day to come decides nothing before that day is over.
    start = np.maximum(sight.start[state], np.maximum(heard.start[event], heard.happened[event]))
    end = np.minimum(sight.end[state], heard.end[event])
    met = start < end
    return _Pairs(state[met], event[met], start[met], end[met])


def _codes_in(book: Book, told: Book, rows: Ints, on: str) -> Ints:
    """Return, for rows of the events' book, the code that the states' book gives the same text; -1 for none."""
    code, own = told.codes(on)
    texts, places = list(own), book.codes(on)[1]
    wanted, which = np.unique(code[rows], return_inverse=True)
    found = [places.get(texts[one], -1) if one >= 0 else -1 for one in wanted.tolist()]
    return np.array(found, dtype=np.int64)[which]


def _pieces(sight: Sight, pairs: _Pairs) -> tuple[Ints, Ints, Ints]:
    """Return state, start and end of the spans between the days on which a state or one of its events comes or goes."""
    touched = np.unique(pairs.state)
    state = np.concatenate([pairs.state, pairs.state, touched, touched])
    day = np.concatenate([pairs.start, pairs.end, sight.start[touched], sight.end[touched]])
    order = np.lexsort((day, state))
    state, day = state[order], day[order]
    inside = (state[1:] == state[:-1]) & (day[1:] > day[:-1])
    return state[:-1][inside], day[:-1][inside], day[1:][inside]


def _last_event(pairs: _Pairs, state: Ints, start: Ints, end: Ints) -> Ints:
    """Return the last event visible in each span, -1 where there is none; events are heard in their order."""
    low, high = (np.searchsorted(pairs.state, state, side) for side in ("left", "right"))
    pair, piece = spread(low, high)
    covers = (pairs.start[pair] <= start[piece]) & (pairs.end[pair] >= end[piece])
    last = np.full(len(state), -1)
    np.maximum.at(last, piece[covers], pairs.event[pair[covers]])
    return last


def _cut(sight: Sight, state: Ints, start: Ints, end: Ints, ended: Ints) -> Sight:
    """Put the spans in the places of the versions that they are of."""
    times = np.ones(len(sight.row), np.int64)
    touched, counts = np.unique(state, return_counts=True)
    times[touched] = counts
    place = np.repeat(np.arange(len(times)), times)
    pieces = np.isin(place, touched)
    columns = {name: getattr(sight, name)[place] for name in ("viewer", "row", "happened", "ended", "start", "end")}
    for name, values in (("start", start), ("end", end), ("ended", ended)):
        columns[name][pieces] = values
    return replace(sight, **columns)
