"""What is the answer about one enterprise on one day?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Protocol

import pandas as pd
from pydantic import TypeAdapter

from data.spec.access import Access, Purpose
from data.spec.audit import Action, AuditEvent
from data.spec.errors import DayInFuture
from data.spec.identifiers import Identifier
from data.spec.tables import TABLES
from data.store.assessments import read_assessment as read_stored
from data.store.assessments import write_assessment
from data.store.reads import Enterprise, read_batches, read_events
from data.store.work import Work
from models.card import ModelCard
from models.fitted import Model
from risk import consent, standing, startup
from risk.assessment import Assessment, Status
from risk.scoring import Judged, judge
from risk.sources import Sources

VALID_DAYS = 90
"""An assessment supports a filing for so many days (method.md 9)."""

DEMONSTRATION_NOTE = "演示数据：企业与代码均为虚构，指标只说明流程走得通，不说明模型的实际效果。"
ADVISORY_NOTE = "本评估仅供授信参考，由银行独立决策。"

CARD_OF: Mapping[Purpose, str] = {
    Purpose.PRE_LOAN: "application",
    Purpose.GUARANTEE: "application",
    Purpose.JOINT_EVALUATION: "application",
    Purpose.MONITORING: "behaviour",
}
"""The consent's purpose selects the card (method.md 2)."""


class Champions(Protocol):
    """Know which model answers for a card."""

    def champion(self, card: str) -> tuple[str, Model, ModelCard] | None:
        """Return the champion's name, the model and its card; None where no model is live."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Ask about one enterprise: who, for which institution, for what purpose, as of which day, at which instant.

    `demonstration` tells whether the store asked is a demonstration store.
    """

    id: str
    identifier: Identifier
    tenant: str
    actor: str
    purpose: Purpose
    as_of: date
    at: datetime
    demonstration: bool

    @property
    def own_loan(self) -> str | None:
        """Return what stands for the loan being judged: one without a number yet, or none when monitoring."""
        return None if self.purpose is Purpose.MONITORING else ""


def assess(work: Work, question: Question, champions: Champions) -> Assessment:
    """Answer the question, keep the answer as given, and record that it was given; never commits.

    Raises EnterpriseUnknown, DayInFuture, ConsentRequired, ConsentExpired, ConsentRevoked.
    """
    if question.as_of > question.at.date():
        raise DayInFuture(
            f"{question.as_of}还没有到来，本库的今天是{question.at.date()}。", help="请改用今天或更早的日期。"
        )
    enterprise, access = consent.authorise(
        work,
        question.identifier,
        tenant=question.tenant,
        actor=question.actor,
        purpose=question.purpose,
        at=question.at,
    )
    answer = _answer(work, question, enterprise, access, champions)
    _keep(work, answer, enterprise, access)
    return answer


def read_assessment(work: Work, id: str, *, access: Access) -> Assessment | None:
    """Return an assessment as it was given to this tenant, and record the reading; None where there is none."""
    stored = read_stored(work, id, access=access)
    if stored is None:
        return None
    work.record(_audit(access, Action.ASSESSMENT_READ, id))
    return _form().validate_python(stored.body)


def _answer(work: Work, question: Question, enterprise: Enterprise, access: Access, champions: Champions) -> Assessment:
    readable = [name for name, table in TABLES.items() if access.categories is None or table.group in access.categories]
    events = read_events(work, readable, access=access, enterprises=[enterprise.id])
    blank = _blank(question, enterprise, access)
    refused = standing.why_not_scored(events, question.as_of)
    if refused is not None:
        return replace(blank, status=refused.status, code=refused.code, message=refused.message)
    live = champions.champion(CARD_OF[question.purpose])
    if live is None or not _usable(live[2], question):
        return startup.answer(blank, events, enterprise.id)
    spine = _spine(enterprise, question)
    judged = next(iter(judge(live, events, spine, on=question.as_of)))
    return _scored(blank, judged, Sources(read_batches(work), events, enterprise.id, question.as_of, question.own_loan))


def _usable(card: ModelCard, question: Question) -> bool:
    """Tell whether the model may judge this store's enterprises: no demonstration model judges a real one."""
    return question.demonstration or (card.live_use and not card.purpose.demonstration)


def _spine(enterprise: Enterprise, question: Question) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "enterprise_id": [enterprise.id],
            "as_of": pd.to_datetime([question.as_of]).as_unit("s"),
            "own_loan": [question.own_loan],
        }
    )


def _blank(question: Question, enterprise: Enterprise, access: Access) -> Assessment:
    basis = access.basis
    return Assessment(
        id=question.id,
        status=Status.NOT_SCORED,
        enterprise_name=enterprise.name,
        identifier=str(question.identifier),
        as_of=question.as_of,
        made_at=question.at,
        valid_until=question.at.date() + timedelta(days=VALID_DAYS),
        purpose=question.purpose,
        demonstration=question.demonstration,
        notes=(*((DEMONSTRATION_NOTE,) if question.demonstration else ()), ADVISORY_NOTE),
        consent_id=getattr(basis, "consent_id", None),
        consent_version=getattr(basis, "version", None),
    )


def _scored(blank: Assessment, judged: Judged, sources: Sources) -> Assessment:
    return replace(
        blank,
        status=Status.SCORED,
        score=judged.score,
        grade=judged.grade.code,
        grade_label=judged.grade.label,
        pd=judged.pd,
        pd_low=judged.pd_low,
        pd_high=judged.pd_high,
        interval=judged.interval,
        model=judged.model,
        groups=judged.groups,
        lines=judged.lines,
        reasons_for=tuple(sources.cite(reason) for reason in judged.reasons_for),
        reasons_against=tuple(sources.cite(reason) for reason in judged.reasons_against),
        contributions=judged.contributions,
        values=judged.values,
    )


def _keep(work: Work, answer: Assessment, enterprise: Enterprise, access: Access) -> None:
    write_assessment(
        work,
        id=answer.id,
        enterprise_id=enterprise.id,
        access=access,
        made_at=answer.made_at,
        body=_form().dump_python(answer, mode="json"),
        audit=_audit(access, Action.ASSESSMENT_MADE, answer.id),
    )


def _audit(access: Access, action: Action, object_id: str) -> AuditEvent:
    return AuditEvent(tenant=access.tenant, actor=access.actor, action=action, object_id=object_id, at=access.at)


@cache
def _form() -> TypeAdapter[Assessment]:
    return TypeAdapter(Assessment)
