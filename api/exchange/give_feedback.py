"""How does a bank say what it did with an assessment, and how does the bureau see it in sum?"""

from datetime import datetime
from typing import Literal

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from api.assessment_id import new_id
from api.exchange.door import DesksHere, Fingerprint, IdempotencyKey, Now, guarded_router
from api.exchange.once import Sending, answer_once
from api.exchange.read_assessment import AssessmentId
from api.exchange.report import Frozen
from api.exchange.words import CleanText
from api.identity import Caller
from api.problems import (
    CREATING,
    AssessmentUnknown,
    refusals,
)
from risk.lending_words import Told
from risk.permissions import Scope

ROUTE = "POST /v1/assessments/feedback"

router = guarded_router("反馈", Scope.FEEDBACK_WRITE)


class FeedbackRequest(BaseModel):
    """本行的最终决定是否与评估一致，以及理由；决定与理由属于本行。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decision: Literal["followed", "overridden"] = Field(
        description="followed 与评估一致、overridden 未采纳", examples=["overridden"]
    )
    code: CleanText = Field(
        description="理由代码：followed 时 agreed、deciding、supporting；overridden 时 own_rating、newer_facts、"
        "added_security、field_visit、data_doubted、policy",
        examples=["own_rating"],
    )
    words: CleanText | None = Field(default=None, description="补充说明，至多64字", examples=["本行评级高一档"])


class FeedbackReport(Frozen):
    """收到的反馈。"""

    id: str = Field(description="反馈编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    assessment_id: str = Field(description="评估编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    decision: str = Field(description="决定", examples=["overridden"])
    code: str = Field(description="理由代码", examples=["own_rating"])
    given_at: datetime = Field(description="收到的时刻", examples=["2026-01-01T09:30:00+08:00"])


@router.post(
    "/assessments/{id}/feedback",
    operation_id="give_feedback",
    status_code=201,
    summary="反馈采纳情况",
    response_model=FeedbackReport,
    responses=refusals(
        *CREATING,
        AssessmentUnknown,
        body=True,
    ),
)
def give_feedback(
    wanted: FeedbackRequest,
    id: AssessmentId,
    bank: Caller,
    desks: DesksHere,
    now: Now,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
) -> Response:
    """报送本行对一份评估的采纳情况；同一份评估以最后一次为准。

    (Say whether the bank's decision followed the assessment, and why.)
    """
    sending = Sending(tenant=bank.code, route=ROUTE, key=key, fingerprint=fingerprint)
    with desks.lending.visit(at=now) as visit:

        def make() -> tuple[int, str]:
            own = new_id(now)
            told = Told(decision=wanted.decision, code=wanted.code, words=wanted.words or "")
            given_at = visit.give_feedback(id, told, tenant=bank.code, id=own)
            if given_at is None:
                raise AssessmentUnknown("本机构没有这个编号的评估。", help="请核对编号。")
            report = FeedbackReport(
                id=own, assessment_id=id, decision=wanted.decision, code=wanted.code, given_at=given_at
            )
            return 201, report.model_dump_json()

        return answer_once(visit, sending, make)
