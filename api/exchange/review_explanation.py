"""How do the bureau's reviewers judge the reasons of an assessment, and how does the bank see it?"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from api.assessment_id import new_id
from api.clock import SHANGHAI
from api.exchange.door import DesksHere, Fingerprint, IdempotencyKey, Now, guarded_router
from api.exchange.once import Sending, answer_once
from api.exchange.read_assessment import AssessmentId
from api.exchange.report import Frozen
from api.exchange.words import CleanText
from api.identity import Caller
from api.problems import (
    CREATING,
    AssessmentUnknown,
    StoreBusy,
    TokenMissing,
    TokenUnknown,
    refusals,
)
from risk.objection_words import CalendarEnded
from risk.permissions import Scope
from risk.review_words import VERDICT_LABELS, JudgedReason, Judgement, ReasonNotGiven, Verdict

ROUTE = "POST /v1/assessments/explanation-reviews"
MOST_REASONS = 20
VERDICTS = "、".join(f"{verdict} {label}" for verdict, label in VERDICT_LABELS.items())

router = guarded_router("反馈", Scope.REVIEWS_WRITE)
reading = guarded_router("反馈", Scope.ASSESSMENTS_READ)

StaffNumber = Annotated[str, Field(strict=True, min_length=1, max_length=32, pattern=r"^[0-9A-Za-z_-]+$")]


class JudgementRequest(BaseModel):
    """对一条理由的复核意见。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    feature: CleanText = Field(description="理由的指标名，须为评估所列", examples=["operations_leverage_ratio_2y"])
    verdict: Literal["confirmed", "evidence_wrong", "wording_misleading", "incomplete"] = Field(
        description=f"意见：{VERDICTS}", examples=["evidence_wrong"]
    )
    words: CleanText | None = Field(default=None, description="说明，至多64字", examples=["年报已更正"])


class ReviewRequest(BaseModel):
    """科技局复核人员对一份评估各条理由的意见；再次复核以最后一次为准，先前的保留。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reviewer: StaffNumber = Field(description="复核人员的工号，不填姓名", examples=["R-07"])
    judgements: list[JudgementRequest] = Field(
        min_length=1, max_length=MOST_REASONS, description="各条理由的意见，每条理由一次"
    )


class ReasonJudged(Frozen):
    """一条理由现在的复核状态。"""

    feature: str = Field(description="理由的指标名", examples=["operations_leverage_ratio_2y"])
    label: str = Field(description="指标的中文名", examples=["资产负债率"])
    verdict: Literal["confirmed", "evidence_wrong", "wording_misleading", "incomplete"] = Field(
        description="意见", examples=["evidence_wrong"]
    )
    verdict_label: str = Field(description="意见的中文名", examples=["依据有误"])
    words: str = Field(description="说明", examples=["年报已更正"])
    correcting: bool = Field(description="是否已为此启动更正", examples=[True])
    reviewed_at: datetime = Field(description="复核的时刻", examples=["2026-01-01T09:30:00+08:00"])


class ReviewReport(Frozen):
    """收到的复核意见。"""

    id: str = Field(description="复核编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    assessment_id: str = Field(description="评估编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    reviewer: str = Field(description="复核人员的工号", examples=["R-07"])
    correction_id: str | None = Field(
        description="为更正依据而启动的异议编号；没有“依据有误”的为 null",
        examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"],
    )
    reasons: list[ReasonJudged] = Field(description="各条理由")


class ReviewsReport(Frozen):
    """一份评估各条理由的复核状态；没有列出的尚未复核。"""

    assessment_id: str = Field(description="评估编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    reasons: list[ReasonJudged] = Field(description="各条理由")


@router.post(
    "/assessments/{id}/explanation-reviews",
    operation_id="review_explanation",
    status_code=201,
    summary="复核评估的理由",
    response_model=ReviewReport,
    responses=refusals(
        *CREATING,
        AssessmentUnknown,
        ReasonNotGiven,
        CalendarEnded,
        body=True,
    ),
)
def review_explanation(
    wanted: ReviewRequest,
    id: AssessmentId,
    bureau: Caller,
    desks: DesksHere,
    now: Now,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
) -> Response:
    """科技局逐条复核任一机构的评估所列的理由；“依据有误”同时启动更正，机构可见状态。

    (Judge the reasons of an assessment, as the bureau; wrong evidence opens a correction.)
    """
    sending = Sending(tenant=bureau.code, route=ROUTE, key=key, fingerprint=fingerprint)
    with desks.reviews.visit(at=now) as visit:

        def make() -> tuple[int, str]:
            own = new_id(now)
            told = _judgements(wanted)
            found = visit.review(id, told, id=own, correction_id=new_id(now), reviewer=wanted.reviewer)
            if found is None:
                raise AssessmentUnknown("没有这个编号的评估。", help="请核对编号。")
            return 201, _review(own, id, wanted.reviewer, found).model_dump_json()

        return answer_once(visit, sending, make)


@reading.get(
    "/assessments/{id}/explanation-reviews",
    operation_id="read_explanation_reviews",
    summary="读取理由的复核状态",
    responses=refusals(TokenMissing, TokenUnknown, AssessmentUnknown, StoreBusy, consent=True, parameters=True),
)
def read_explanation_reviews(id: AssessmentId, bank: Caller, desks: DesksHere, now: Now) -> ReviewsReport:
    """读取本机构一份评估各条理由的复核状态；同读取说明一样须有企业授权。

    (Read how the reasons of an assessment of this institution's own stand judged.)
    """
    with desks.reviews.visit(at=now) as visit:
        found = visit.read_reviews(id, tenant=bank.code)
        if found is None:
            raise AssessmentUnknown("本机构没有这个编号的评估。", help="请核对编号。")
        visit.commit()
    return ReviewsReport(assessment_id=id, reasons=[_reason(one) for one in found])


def _judgements(wanted: ReviewRequest) -> list[Judgement]:
    return [
        Judgement(feature=one.feature, verdict=Verdict(one.verdict), words=one.words or "") for one in wanted.judgements
    ]


def _review(id: str, assessment_id: str, reviewer: str, found: Sequence[JudgedReason]) -> ReviewReport:
    opened = [one.correction_id for one in found if one.correction_id]
    return ReviewReport(
        id=id,
        assessment_id=assessment_id,
        reviewer=reviewer,
        correction_id=opened[0] if opened else None,
        reasons=[_reason(one) for one in found],
    )


def _reason(one: JudgedReason) -> ReasonJudged:
    return ReasonJudged(
        feature=one.feature,
        label=one.label,
        verdict=one.verdict.value,
        verdict_label=VERDICT_LABELS[one.verdict],
        words=one.words,
        correcting=one.correction_id is not None,
        reviewed_at=one.reviewed_at.astimezone(SHANGHAI),
    )
