"""Why is an enterprise's score not what it was: which evidence moved it, and what is model, calibration or scale?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from data.spec.errors import Refusal
from data.store.enterprise_events import read_enterprise_events
from data.store.work import Work
from features.catalogue import FEATURES
from features.engine import compute_with_reasons
from features.spine import spine_row
from models.bridge import Bridge, Side, bridge
from risk.assessment import Assessment, Status
from risk.evidence import explain_assessment
from risk.freshness import read_freshness
from risk.lineage import EvidenceRow, Lineage, flag_of, rests_on_others
from risk.readers import Language
from risk.reasons import moved_sentence
from risk.reopening import Reopened, reopen
from risk.replay import Shelf

PARTS: Mapping[str, str] = {
    "model": "模型更换",
    "calibration": "校准更换",
    "scale": "分值刻度更换",
    "consent": "未授权不计分",
    "product": "产品截距",
    "margin": "审慎边际",
    "bounds": "上下限",
    "rounding": "取整",
}


BESIDE = ("consent", "product")
"""Lines of an answer that the models' own bridge does not know."""


class NotComparable(Refusal):
    """The two answers cannot be bridged: not of one enterprise, or one has no score."""

    code = "assessments-not-comparable"


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Tell one feature's part: its values, its points, rows that entered the value and rows that left it."""

    feature: str
    label: str
    sentence: str
    points: float
    before: float | None
    after: float | None
    entered: tuple[EvidenceRow, ...]
    left: tuple[EvidenceRow, ...]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Carry points that belong to no feature: model, calibration, scale, margin, bounds, rounding."""

    name: str
    label: str
    points: float


@dataclass(frozen=True, kw_only=True)
class Change:
    """Lead from one score to another; the points of moved and parts sum to after - before within 1e-9.

    Every feature that moved the score is told, with the rows that entered its value and those that left it.

    The bridge is the models' own; what is not counted for want of consent, and the product, are parts beside it.
    """

    enterprise_name: str
    identifier: str
    before_id: str
    after_id: str
    before_on: date
    after_on: date
    before: int
    after: int
    moved: tuple[Moved, ...]
    parts: tuple[Part, ...]


def explain_change(
    work: Work, before_id: str, after_id: str, shelf: Shelf, *, tenant: str, actor: str, demonstration: bool
) -> Change | None:
    """Bridge two answers given to this tenant about one enterprise; None where it has not both. Never commits.

    Raises NotComparable, ModelUnknown, ModelDamaged, ConsentRequired, ConsentExpired, ConsentRevoked.
    """
    before, after = (
        reopen(work, one, tenant=tenant, actor=actor, demonstration=demonstration) for one in (before_id, after_id)
    )
    if before is None or after is None:
        return None
    _check_comparable(before.stored, after.stored)
    found = _bridge(work, before, after, shelf)
    strongest = sorted((name for name in found.data if found.data[name]), key=lambda name: -abs(found.data[name]))
    teller = _Teller(work, before, after, found)
    lines = {"model": found.model, "calibration": found.calibration, "scale": found.scale, **found.lines}
    beside = {name: _line(after.stored, name) - _line(before.stored, name) for name in BESIDE}
    old, new = before.stored.score or 0, after.stored.score or 0
    lines |= beside
    lines["rounding"] += (new - old) - (found.after - found.before) - sum(beside.values())
    return Change(
        enterprise_name=after.stored.enterprise_name,
        identifier=after.stored.identifier,
        before_id=before_id,
        after_id=after_id,
        before_on=before.stored.as_of,
        after_on=after.stored.as_of,
        before=old,
        after=new,
        moved=tuple(teller.moved(name) for name in strongest),
        parts=tuple(Part(name=name, label=label, points=lines[name]) for name, label in PARTS.items()),
    )


def _line(stored: Assessment, name: str) -> float:
    """Return the points of a line of an answer, 0 where it has none."""
    return sum(line.points for line in stored.lines if line.name == name)


def _check_comparable(before: Assessment, after: Assessment) -> None:
    if before.identifier != after.identifier:
        raise NotComparable("两份评估不是同一家企业的。", help="请选同一家企业的两份评估。")
    for one in (before, after):
        if one.status is not Status.SCORED or one.model is None:
            raise NotComparable(f"评估 {one.id} 没有分数，无从比较。", help="请选两份有分数的评估。")


def _bridge(work: Work, before: Reopened, after: Reopened, shelf: Shelf) -> Bridge:
    old, new = _side(before, shelf), _side(after, shelf)
    return bridge(old, new, seen_before=_seen(work, after, old.model.features))


def _side(past: Reopened, shelf: Shelf) -> Side:
    reference = past.stored.model
    if reference is None:
        raise NotComparable(f"评估 {past.stored.id} 没有分数，无从比较。")
    model, card = shelf.load(reference.id)
    return Side(model=model, X=_row(past.stored.values, model.features), scale=card.scale, margin=card.margin)


def _row(values: Mapping[str, float | None], names: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame([[values[name] for name in names]], columns=list(names), dtype="float64")


def _seen(work: Work, past: Reopened, names: tuple[str, ...]) -> pd.DataFrame:
    """Return the later answer's evidence as the earlier model reads it: kept values, and others worked out."""
    absent = [FEATURES[name] for name in names if name not in past.stored.values]
    values = dict(past.stored.values)
    if absent:
        events = read_enterprise_events(
            work, past.enterprise.id, access=past.looking, recorded_before=past.recorded_before
        )
        asked = past.question
        spine = spine_row(past.enterprise.id, as_of=asked.as_of, own_loan=asked.own_loan)
        late = read_freshness(work, as_of=asked.as_of, recorded_before=past.recorded_before).late_tables
        worked = compute_with_reasons(absent, events, spine, late=late)[0].iloc[0]
        values |= {str(name): float(value) for name, value in worked.items()}
    return _row(values, names)


@dataclass(frozen=True)
class _Teller:
    """Tell what moved a feature, with the rows behind it."""

    work: Work
    before: Reopened
    after: Reopened
    found: Bridge

    def moved(self, name: str) -> Moved:
        old, new = self._rows(self.before, name), self._rows(self.after, name)
        before, after = (_shown(name, one.stored.values.get(name)) for one in (self.before, self.after))
        return Moved(
            feature=name,
            label=FEATURES[name].label if name in FEATURES else name,
            sentence=moved_sentence(name, before, after, self.found.data[name], language=Language.ZH),
            points=self.found.data[name],
            before=before,
            after=after,
            entered=tuple(row for key, row in new.items() if key not in old),
            left=tuple(row for key, row in old.items() if key not in new),
        )

    def _rows(self, past: Reopened, name: str) -> dict[tuple[str, str, int], EvidenceRow]:
        if name not in FEATURES:
            return {}
        asked = past.question
        evidence = explain_assessment(
            self.work,
            past.stored.id,
            name,
            tenant=asked.tenant,
            actor=asked.actor,
            demonstration=asked.demonstration,
        )
        return {} if evidence is None else {_key(row): row for row in _counted(evidence.lineage)}


def _shown(name: str, value: float | None) -> float | None:
    """Return a value as it may be told: a bare flag where it derives from other firms."""
    withheld = name in FEATURES and rests_on_others(FEATURES[name].tables)
    return flag_of(value) if withheld else value


def _counted(lineage: Lineage) -> Iterator[EvidenceRow]:
    yield from lineage.counted
    for each in lineage.inputs:
        yield from _counted(each)


def _key(row: EvidenceRow) -> tuple[str, str, int]:
    return row.table, row.batch_id, row.file_row
