"""How does an institution read an assessment told in its own words, in Chinese or in English?"""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import Query
from pydantic import Field

from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.read_assessment import AssessmentId
from api.exchange.report import Frozen
from api.identity import Caller
from api.problems import AssessmentUnknown, TokenMissing, TokenUnknown, refusals
from risk.assessment import Explanation, Told
from risk.permissions import Scope
from risk.readers import Language

router = guarded_router("评估", Scope.ASSESSMENTS_READ)

Wanted = Annotated[Literal["zh", "en"], Query(description="语言：zh 中文、en 英文", examples=["zh"])]


class SentenceReported(Frozen):
    """一条理由。"""

    feature: str = Field(
        description="指标名；几项合为一条时为其中最强的一项", examples=["operations_leverage_ratio_2y"]
    )
    points: float = Field(description="对分数的影响；单位：分，正为加分", examples=[-6.2])
    sentence: str = Field(
        description="理由",
        examples=["资产负债率为85.2%，高于总体中位数55.0%；负债水平偏高与较高的违约概率相关（-6.2分）。"],
    )


class NeutralReported(Frozen):
    """一个方面未逐项列出的部分：只计入总分。"""

    group: str = Field(description="方面", examples=["rnd"])
    points: float = Field(description="合计；单位：分", examples=[1.7])
    sentence: str = Field(description="说明", examples=["研发投入另有3项合计+1.7分，只计入总分，不作方向性说明。"])


class UnknownReported(Frozen):
    """一项未知的指标：为什么未知；未知不作为减分理由。"""

    feature: str = Field(description="指标名", examples=["rnd_intensity_2y"])
    sentence: str = Field(description="说明", examples=["研发投入强度未报送，不作为减分理由。"])


class ExplanationReport(Frozen):
    """一份评估的说明：与评估同一批事实与分值，按读者的身份与语言措辞。

    reasons_for、reasons_against 与 neutral 的 points 之和等于各方面分值之和。
    """

    assessment_id: str = Field(description="评估编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    audience: Literal["bank", "bureau", "enterprise"] = Field(description="为谁措辞", examples=["bank"])
    language: Literal["zh", "en"] = Field(description="语言", examples=["zh"])
    reference: str = Field(
        description="分值相对于什么", examples=["各项分值相对于制造业企业（604.2分）：正为高于参照，负为低于参照。"]
    )
    note: str = Field(
        description="所用参照与所要求的不同时，说明原因", examples=["同行业同阶段的可比企业过少，改与同行业企业比较。"]
    )
    reasons_for: list[SentenceReported] = Field(description="加分的主要理由，至多五条")
    reasons_against: list[SentenceReported] = Field(description="减分的主要理由，至多五条")
    neutral: list[NeutralReported] = Field(description="各方面其余部分，每个方面一条")
    unknown: list[UnknownReported] = Field(description="未知的指标")


@router.get(
    "/assessments/{id}/explanation",
    operation_id="read_explanation",
    summary="读一份评估的说明",
    response_description="按本机构的身份与所选语言措辞的说明",
    responses=refusals(
        TokenMissing,
        TokenUnknown,
        AssessmentUnknown,
        consent=True,
        parameters=True,
    ),
)
def read_explanation(
    id: AssessmentId, bank: Caller, desks: DesksHere, now: Now, language: Wanted = "zh"
) -> ExplanationReport:
    """读本机构申请过的一份评估的说明：事实、参照、分值与当初给出的一致，措辞只说相关，不说因果。

    (Read an assessment of this institution's own told in sentences, in Chinese or in English.)
    """
    with desks.assessments.visit(at=now) as visit:
        told = visit.explain_assessment(id, institution=bank, language=Language(language))
        if told is None:
            raise AssessmentUnknown("本机构没有这个编号的评估。", help="请核对编号，或重新申请评估。")
        # Reading an explanation is reading the assessment: the audit event says who saw it, and when.
        visit.commit()
    return _report(told)


def _report(told: Explanation) -> ExplanationReport:
    return ExplanationReport(
        assessment_id=told.assessment_id,
        audience=told.audience.value,
        language=told.language.value,
        reference=told.reference,
        note=told.note,
        reasons_for=_sentences(told.reasons_for),
        reasons_against=_sentences(told.reasons_against),
        neutral=[NeutralReported(group=one.about, points=one.points, sentence=one.sentence) for one in told.neutral],
        unknown=[UnknownReported(feature=one.about, sentence=one.sentence) for one in told.unknown],
    )


def _sentences(told: Sequence[Told]) -> list[SentenceReported]:
    return [SentenceReported(feature=one.about, points=one.points, sentence=one.sentence) for one in told]
