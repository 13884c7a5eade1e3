"""What would help: which changes in the firm's own reach raise its score, and by how much?

Each change is written as rows of evidence and the whole answer is computed again by features and model: no slope, no
linear guess. That nothing is in reach is an answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from data.spec.dated import ParameterSet
from risk.levers import LEVERS, Lever, rows_if
from risk.readers import Language
from risk.reasons import lever_sentence
from risk.scoring import Judged
from risk.wording import read_changes

Events = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, kw_only=True)
class Step:
    """Be one change, or several at once, with the answer that would then be given; gain in points."""

    levers: tuple[str, ...]
    label: str
    rows: int
    score: int
    grade: str
    pd: float
    gain: int


@dataclass(frozen=True, kw_only=True)
class Improvement:
    """Say what would help, best first, and what all of it would come to together."""

    score: int
    grade: str
    pd: float
    steps: tuple[Step, ...]
    together: Step | None
    message: str


def improve(now: Judged, again: Callable[[Events], Judged], events: Events, *, on: date) -> Improvement:
    """Return the changes in reach of one firm that raise its score by the least gain or more.

    Shapes: events hold the firm's own rows; `now` is what the model makes of them and `again` what it makes of others,
        on the same terms; `on` chooses the bounds.
    """
    case = _Case(again, events, on, read_limits(on))
    alone = (case.step((lever,), now) for lever in LEVERS)
    steps = sorted((one for one in alone if one and one.gain >= case.limits["least_gain"]), key=lambda one: -one.gain)
    helpful = {name for one in steps for name in one.levers}
    together = case.step(tuple(lever for lever in LEVERS if lever.name in helpful), now) if len(steps) > 1 else None
    words = read_changes(Language.ZH)
    return Improvement(
        score=now.score,
        grade=now.grade.code,
        pd=now.pd,
        steps=tuple(steps),
        together=together,
        message=words.advice if steps else words.nothing,
    )


def read_limits(on: date) -> dict[str, float]:
    """Return how far each lever reaches on a day, and the least gain worth telling."""
    text = Path(__file__).with_name("levers.yaml").read_text(encoding="utf-8")
    return {name: float(number) for name, number in ParameterSet.parse(text).numbers(on).items()}


@dataclass(frozen=True)
class _Case:
    """Hold what stays the same while levers are pulled."""

    again: Callable[[Events], Judged]
    events: Events
    on: date
    limits: Mapping[str, float]

    def step(self, levers: Sequence[Lever], now: Judged) -> Step | None:
        """Pull the levers one after the other; None where there is nothing to change, or no score may be given then."""
        events, changed = dict(self.events), 0
        for lever in levers:
            rows = self._rows(lever, events)
            if len(rows):
                events[lever.table] = pd.concat([events[lever.table], rows], ignore_index=True)
                changed += len(rows)
        then = self.again(events) if changed else None
        return None if then is None or then.fitness.against is not None else self._told(levers, then, now, changed)

    def _rows(self, lever: Lever, events: Events) -> pd.DataFrame:
        if lever.table not in events or events[lever.table].empty:
            return pd.DataFrame()
        return rows_if(lever, events, self._bound(lever), pd.Timestamp(self.on).as_unit("s"))

    def _bound(self, lever: Lever) -> float:
        return self.limits.get(lever.name, 1.0)

    def _told(self, levers: Sequence[Lever], then: Judged, now: Judged, changed: int) -> Step:
        return Step(
            levers=tuple(lever.name for lever in levers),
            label="；".join(lever_sentence(one.name, self._bound(one), language=Language.ZH) for one in levers),
            rows=changed,
            score=then.score,
            grade=then.grade.code,
            pd=then.pd,
            gain=then.score - now.score,
        )
