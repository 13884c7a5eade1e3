"""How is an answer begun, and how does a score get into it?"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from data.spec.access import Access, Purpose
from data.spec.errors import DayInFuture
from data.spec.identifiers import Identifier
from models.card import ModelCard
from models.fitted import Model
from risk.assessment import Assessment, RelativeTo, Status
from risk.limits import read_scoring_limits
from risk.readers import Language
from risk.receipt import plain_receipt
from risk.scoring import Judged, Terms
from risk.unscored import put_standing
from risk.wording import read_facts

DEMONSTRATION_NOTE = "演示数据：企业与代码均为虚构，指标只说明流程走得通，不说明模型的实际效果。"
ADVISORY_NOTE = "本评估仅供授信参考，由银行独立决策。"

CARD_OF = {
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

    `demonstration` tells whether the store asked is a demonstration store; `relative_to` what the points are measured
    against; `product` which product of the loan ledger is asked for, where one is.
    """

    id: str
    identifier: Identifier
    tenant: str
    actor: str
    purpose: Purpose
    as_of: date
    at: datetime
    demonstration: bool
    relative_to: RelativeTo = RelativeTo.POPULATION
    product: str | None = None

    @property
    def own_loan(self) -> str | None:
        """Return what stands for the loan being judged: one without a number yet, or none when monitoring."""
        return None if self.purpose is Purpose.MONITORING else ""

    @property
    def terms(self) -> Terms:
        """Return the terms on which a score is given."""
        return Terms(on=self.as_of, relative_to=self.relative_to, product=self.product)

    def check_day(self) -> None:
        """Refuse a day that has not come yet; raise DayInFuture."""
        if self.as_of > self.at.date():
            raise DayInFuture(
                f"{self.as_of}还没有到来，本库的今天是{self.at.date()}。", help="请改用今天或更早的日期。"
            )


def live_model(champions: Champions, question: Question) -> tuple[str, Model, ModelCard] | None:
    """Return the model that may answer; no demonstration model, and none of too few defaults, judges a real firm."""
    live = champions.champion(CARD_OF[question.purpose])
    if live is None or question.demonstration:
        return live
    return live if live[2].live_use and not live[2].purpose.demonstration else None


def begin(question: Question, enterprise_name: str, access: Access) -> Assessment:
    """Return the answer before anything is judged."""
    basis, made_on = access.basis, question.at.date()
    return Assessment(
        id=question.id,
        status=Status.NOT_SCORED,
        enterprise_name=enterprise_name,
        identifier=str(question.identifier),
        as_of=question.as_of,
        made_at=question.at,
        valid_until=made_on + timedelta(days=read_scoring_limits(made_on).valid_days),
        purpose=question.purpose,
        product=question.product,
        demonstration=question.demonstration,
        notes=(*((DEMONSTRATION_NOTE,) if question.demonstration else ()), ADVISORY_NOTE),
        consent_id=getattr(basis, "consent_id", None),
        consent_version=getattr(basis, "version", None),
        categories=None if access.categories is None else tuple(sorted(access.categories)),
        receipt=plain_receipt({}, {}),
    )


def put_score(begun: Assessment, judged: Judged) -> Assessment:
    """Return the answer with what the model was shown, and its score, unless the score may not be given."""
    fitness = judged.fitness
    shown = replace(
        begun,
        model=judged.model,
        coverage=fitness.coverage,
        support=None if fitness.support is None else str(fitness.support),
        values=judged.values,
        missing=judged.missing,
        fingerprints=judged.fingerprints,
        receipt=judged.receipt,
        notes=(*begun.notes, *fitness.notes),
    )
    return _scored(shown, judged) if fitness.against is None else put_standing(shown, fitness.against)


def _scored(shown: Assessment, judged: Judged) -> Assessment:
    """Return the answer with its score, points and reasons; the reasons cite no rows yet."""
    note = judged.reference.note
    told = (read_facts(Language.ZH).notes[note],) if note else ()
    return replace(
        shown,
        status=Status.SCORED,
        score=judged.score,
        grade=judged.grade.code,
        grade_label=judged.grade.label,
        pd=judged.pd,
        pd_low=judged.pd_low,
        pd_high=judged.pd_high,
        interval=judged.interval,
        reference=judged.reference,
        groups=judged.groups,
        lines=judged.lines,
        reasons_for=judged.reasons_for,
        reasons_against=judged.reasons_against,
        contributions=judged.contributions,
        notes=(*shown.notes, *told),
    )
