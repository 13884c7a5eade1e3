"""Which words tell of a batch of assessments?"""

from datetime import date
from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from api.exchange.long_work import NO_LONGER_READABLE, ItemErrorReported, LongWorkReport, how_far, item_error
from api.exchange.report import Frozen
from api.exchange.words import CleanText, Day
from data.spec.access import Purpose
from data.spec.batches import AssessmentBatch, BatchItem, BatchWish
from risk.assessment import STATUS_LABELS
from risk.batches import BatchResult

MOST_ENTERPRISES = 1_000
"""Enterprises of a batch, at most."""

BatchId = Annotated[
    str,
    Path(
        description="批次编号（申请批量评估时返回的 id）",
        max_length=64,
        pattern=r"^[0-9A-Za-z-]+$",
        examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"],
    ),
]


class EnterpriseOfBatch(BaseModel):
    """指明一批中的一家企业；标识有误的只计入该批的错误，不影响其他企业。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scheme: Literal["uscc", "cumcm2020c", "jinan"] = Field(
        default="uscc", description="标识体系；统一社会信用代码为 uscc", examples=["uscc"]
    )
    value: CleanText = Field(description="标识；uscc 为18位统一社会信用代码", examples=["91370303MA3C000004"])

    def text(self) -> str:
        """Return the identifier as one text, unchecked."""
        return f"{self.scheme}:{self.value}"


class BatchRequest(BaseModel):
    """申请评估一批企业。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enterprises: list[EnterpriseOfBatch] = Field(
        min_length=1, max_length=MOST_ENTERPRISES, description=f"企业，1 至 {MOST_ENTERPRISES} 家"
    )
    purpose: Literal["pre_loan", "monitoring", "guarantee", "joint_evaluation"] = Field(
        default="pre_loan",
        description="用途，须在每家企业授权之内：pre_loan 贷前、monitoring 贷后、"
        "guarantee 担保、joint_evaluation 联合评价",
        examples=["monitoring"],
    )
    as_of: Day | None = Field(
        default=None, description="评估日（YYYY-MM-DD）：只用这一天之前已知的材料；缺省为今天", examples=["2025-12-31"]
    )
    relative_to: Literal["population", "cutoff", "peers"] = Field(
        default="population",
        description="理由的参照：population 总体、cutoff 上一等级的分数线、peers 同行业同阶段企业",
        examples=["population"],
    )

    def wish(self, today: date) -> BatchWish:
        """Return what is wanted of every enterprise."""
        return BatchWish(purpose=Purpose(self.purpose), as_of=self.as_of or today, relative_to=self.relative_to)


class BatchReport(LongWorkReport):
    """一批评估的进度；过了可读的期限，评估本身仍可按编号读取。"""


class BatchResultReported(Frozen):
    """一批中的一份评估：编号与结论，全文见 assessment_url。"""

    position: int = Field(description="在申请中的位置（首家为0）", examples=[12])
    assessment_id: str = Field(description="评估编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    assessment_url: str = Field(description="评估全文的地址", examples=["/v1/assessments/019b76da"])
    readable: bool = Field(description="此刻能否读取；企业授权已止的不能，结论留空", examples=[True])
    status: Literal["scored", "not_scored", "in_default", "uncalibrated"] | None = Field(
        description="答复的种类；以后可能新增", examples=["scored"]
    )
    status_label: str = Field(description="答复种类的中文名", examples=["已评分"])
    code: str | None = Field(description="没有分数时的原因代码；以后可能新增", examples=["no-evidence"])
    score: int | None = Field(description="信用分，300—900；单位：分", examples=[634])
    grade: str | None = Field(description="等级", examples=["A"])
    valid_until: date | None = Field(description="有效期至", examples=["2026-03-31"])


class BatchResultsReport(Frozen):
    """一页评估，依申请中的次序。"""

    items: list[BatchResultReported] = Field(description="逐家的评估")
    next: str | None = Field(description="下一页的游标；null 表示此刻没有更多", examples=["WzEyXQ.c2lnbmF0dXJl"])


def place_of(id: str) -> str:
    """Return the address of a batch."""
    return f"/v1/assessment-batches/{id}"


def batch_report(batch: AssessmentBatch) -> BatchReport:
    """Tell how far a batch is."""
    return BatchReport(**how_far(batch, place_of(batch.id)))


def result_report(result: BatchResult) -> BatchResultReported:
    """Tell one assessment of a batch in short."""
    told = result.assessment
    return BatchResultReported(
        position=result.position,
        assessment_id=result.assessment_id,
        assessment_url=f"/v1/assessments/{result.assessment_id}",
        readable=told is not None,
        status=told.status.value if told else None,
        status_label=STATUS_LABELS[told.status] if told else NO_LONGER_READABLE,
        code=told.code if told else None,
        score=told.score if told else None,
        grade=told.grade if told else None,
        valid_until=told.valid_until if told else None,
    )


def error_report(item: BatchItem) -> ItemErrorReported:
    """Tell why one enterprise of a batch was refused."""
    return item_error(item.position, item.code, of="enterprises")
