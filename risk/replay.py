"""Is a past answer given again by what was known and by the model that gave it; and if not, what differs?

The rows recorded before the answer are read again; features, model, calibration and scale are run again; every part
is compared with what was kept.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from data.spec.audit import Action, AuditEvent
from data.store.enterprise_events import read_enterprise_events
from data.store.work import Work
from features.catalogue import FEATURES
from models.card import ModelCard
from models.fitted import Model
from models.refusals import ModelDamaged, ModelUnknown
from risk import startup
from risk.answering import begin
from risk.assess import answer_from
from risk.assessment import Assessment
from risk.fitness import Baseline, baseline_beside
from risk.freshness import read_freshness
from risk.receipt import PARTS
from risk.reopening import Reopened, reopen

TOLERANCE = 1e-6
"""Points, contributions and probabilities are compared at this distance (decisions.md 24)."""

PLAIN: Mapping[str, str] = {"status": "结论", "code": "原因代码", "score": "分数", "grade": "等级"}
NUMBERS: Mapping[str, str] = {"pd": "违约概率", "pd_low": "区间下限", "pd_high": "区间上限"}
MAPPINGS: Mapping[str, str] = {"values": "特征取值", "contributions": "各项分值", "missing": "缺失原因"}
EQUAL = "按当时入库的材料与当时的模型重算，与所存答复完全一致。"


class Shelf(Protocol):
    """Read any model that ever answered."""

    def load(self, name: str) -> tuple[Model, ModelCard]:
        """Return a model by name; raise ModelUnknown, ModelDamaged."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Name one part of an answer that is not the same again, with both sides."""

    part: str
    label: str
    kept: object
    again: object


@dataclass(frozen=True, kw_only=True)
class Replay:
    """Say whether an answer is given again, and each part that differs."""

    assessment_id: str
    enterprise_name: str
    as_of: date
    recorded_before: datetime
    equal: bool
    message: str
    differences: tuple[Difference, ...]


def replay(work: Work, id: str, shelf: Shelf, *, tenant: str, actor: str, demonstration: bool) -> Replay | None:
    """Give a past answer again and compare; record that it was done, never commit. None where there is no such answer.

    Raises ConsentRequired, ConsentExpired, ConsentRevoked.
    """
    past = reopen(work, id, tenant=tenant, actor=actor, demonstration=demonstration)
    if past is None:
        return None
    found = tuple(_differences(work, past, shelf))
    work.record(
        AuditEvent(tenant=tenant, actor=actor, action=Action.ASSESSMENT_REPLAYED, object_id=id, at=past.access.at)
    )
    return Replay(
        assessment_id=id,
        enterprise_name=past.stored.enterprise_name,
        as_of=past.stored.as_of,
        recorded_before=past.recorded_before,
        equal=not found,
        message=EQUAL
        if not found
        else "重算与所存答复有" + "、".join(dict.fromkeys(one.label for one in found)) + "不同。",
        differences=found,
    )


def compare(kept: Assessment, again: Assessment) -> Iterator[Difference]:
    """Yield each part of an answer that differs: values exactly, points and probabilities within TOLERANCE."""
    for part, label in PLAIN.items():
        if getattr(kept, part) != getattr(again, part):
            yield Difference(part=part, label=label, kept=getattr(kept, part), again=getattr(again, part))
    for part, label in NUMBERS.items():
        if not _near(getattr(kept, part), getattr(again, part)):
            yield Difference(part=part, label=label, kept=getattr(kept, part), again=getattr(again, part))
    for part, label in PARTS.items():
        if kept.receipt.get(part) != again.receipt.get(part):
            yield Difference(
                part=f"receipt.{part}", label=label, kept=kept.receipt.get(part), again=again.receipt.get(part)
            )
    yield from _remark_differences(kept, again)
    for part, label in MAPPINGS.items():
        yield from _mapping_differences(part, label, getattr(kept, part), getattr(again, part))


def _remark_differences(kept: Assessment, again: Assessment) -> Iterator[Difference]:
    """Compare what was said of the sources; an answer older than such remarks said nothing."""
    if kept.remarks is not None and kept.remarks != again.remarks:
        yield Difference(part="remarks", label="来源状况", kept=kept.remarks, again=again.remarks)


def _mapping_differences(
    part: str, label: str, kept: Mapping[str, object], again: Mapping[str, object]
) -> Iterator[Difference]:
    exact = part != "contributions"
    for name in {**kept, **again}:
        old, new = kept.get(name), again.get(name)
        if old != new if exact else not _near(old, new):
            said = FEATURES[name].label if name in FEATURES else name
            yield Difference(part=f"{part}.{name}", label=f"{label}（{said}）", kept=old, again=new)


def _near(old: object, new: object) -> bool:
    if not isinstance(old, int | float) or not isinstance(new, int | float):
        return old == new
    return math.isclose(old, new, rel_tol=0, abs_tol=TOLERANCE)


def _differences(work: Work, past: Reopened, shelf: Shelf) -> Iterator[Difference]:
    if past.categories != (None if past.stored.categories is None else frozenset(past.stored.categories)):
        yield Difference(
            part="categories", label="授权范围", kept=past.stored.categories, again=sorted(past.categories or ())
        )
    champions = _Then(past, shelf)
    try:
        champions.champion("")
    except (ModelUnknown, ModelDamaged) as fault:
        yield Difference(part="model", label="模型", kept=past.stored.model and past.stored.model.id, again=str(fault))
        return
    gone = [name for name in past.stored.fingerprints if name not in FEATURES]
    if gone:
        yield Difference(part="declarations", label="特征声明", kept=gone, again="目录中已没有这些特征")
        return
    yield from compare(past.stored, _answer_again(work, past, champions))


def _answer_again(work: Work, past: Reopened, champions: "_Then") -> Assessment:
    events = read_enterprise_events(work, past.enterprise.id, access=past.looking, recorded_before=past.recorded_before)
    begun = begin(past.question, past.stored.enterprise_name, past.looking)
    freshness = read_freshness(work, as_of=past.question.as_of, recorded_before=past.recorded_before)
    return answer_from(events, begun, past.question, past.enterprise.id, champions, freshness)


@dataclass(frozen=True)
class _Then:
    """Answer with the model of the time, whatever the card; with none where none answered."""

    past: Reopened
    shelf: Shelf

    def champion(self, card: str) -> tuple[str, Model, ModelCard] | None:
        reference = self.past.stored.model
        if reference is None or reference.id == startup.CARD.id:
            return None
        model, described = self.shelf.load(reference.id)
        return reference.id, model, described

    def baseline(self, name: str) -> Baseline | None:
        """Return the card that stood beside the model."""
        return baseline_beside(self.shelf, name)
