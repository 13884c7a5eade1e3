"""Which words tell of a batch of assessments?"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from api.clock import SHANGHAI
from api.exchange.report import Frozen
from api.exchange.words import CleanText, Day
from api.problem_words import TITLES
from data.spec.access import Purpose
from data.spec.batches import AssessmentBatch, BatchItem, BatchState, BatchWish, ItemState
from risk.assessment import STATUS_LABELS
from risk.batches import BatchResult

MOST_ENTERPRISES = 1_000
"""Enterprises of a batch, at most."""

POLL_SECONDS = 5
"""So long a client had better wait before it looks again."""

STATE_LABELS: Mapping[BatchState, str] = {
    BatchState.QUEUED: "排队中",
    BatchState.RUNNING: "进行中",
    BatchState.FINISHED: "已完成",
    BatchState.CANCELLED: "已取消",
    BatchState.FAILED: "因服务故障中止",
}
STATES = "、".join(f"{state} {label}" for state, label in STATE_LABELS.items())

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


class BatchCounts(Frozen):
    """一批企业的家数。"""

    wanted: int = Field(description="申请的家数", examples=[500])
    made: int = Field(description="已有评估的家数（含不予评分）", examples=[320])
    refused: int = Field(description="被拒绝的家数，见 errors_url", examples=[4])
    cancelled: int = Field(description="未及评估即取消的家数", examples=[0])


class BatchReport(Frozen):
    """一批评估的进度。"""

    id: str = Field(description="批次编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    state: Literal["queued", "running", "finished", "cancelled", "failed"] = Field(
        description=f"状态：{STATES}；以后可能新增", examples=["running"]
    )
    state_label: str = Field(description="状态的中文名", examples=["进行中"])
    counts: BatchCounts = Field(description="家数")
    progress: float = Field(description="已了结的比例；单位：/1", examples=[0.648])
    created_at: datetime = Field(description="申请时刻", examples=["2026-01-01T09:30:00+08:00"])
    ended_at: datetime | None = Field(description="结束时刻；null 表示尚未结束", examples=[None])
    result_url: str = Field(description="逐家的评估", examples=["/v1/assessment-batches/019b76da/results"])
    errors_url: str = Field(description="逐家的错误", examples=["/v1/assessment-batches/019b76da/errors"])
    expires_at: datetime = Field(
        description="此后不再可读；评估本身仍可按编号读取", examples=["2026-01-31T09:30:00+08:00"]
    )


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


class BatchErrorReported(Frozen):
    """一批中被拒绝的一家：位置与原因，不含所提交的内容。"""

    position: int = Field(description="在申请中的位置（首家为0）", examples=[7])
    pointer: str = Field(description="所在的 JSON 指针", examples=["/enterprises/7"])
    code: str = Field(description="原因的稳定代码，同单次申请；以后可能新增", examples=["consent-required"])
    title: str = Field(description="原因的中文名", examples=["缺少企业授权"])


class BatchErrorsReport(Frozen):
    """一页错误，依申请中的次序。"""

    items: list[BatchErrorReported] = Field(description="逐家的错误")
    next: str | None = Field(description="下一页的游标；null 表示此刻没有更多", examples=["WzddLmM.c2lnbmF0dXJl"])


def place_of(id: str) -> str:
    """Return the address of a batch."""
    return f"/v1/assessment-batches/{id}"


def batch_report(batch: AssessmentBatch) -> BatchReport:
    """Tell how far a batch is."""
    return BatchReport(
        id=batch.id,
        state=batch.state.value,
        state_label=STATE_LABELS[batch.state],
        counts=BatchCounts(
            wanted=batch.wanted,
            made=batch.counts.get(ItemState.MADE, 0),
            refused=batch.counts.get(ItemState.REFUSED, 0),
            cancelled=batch.counts.get(ItemState.CANCELLED, 0),
        ),
        progress=round(1 - batch.waiting / batch.wanted, 4),
        created_at=batch.created_at.astimezone(SHANGHAI),
        ended_at=None if batch.ended_at is None else batch.ended_at.astimezone(SHANGHAI),
        result_url=f"{place_of(batch.id)}/results",
        errors_url=f"{place_of(batch.id)}/errors",
        expires_at=batch.expires_at.astimezone(SHANGHAI),
    )


def result_report(result: BatchResult) -> BatchResultReported:
    """Tell one assessment of a batch in short."""
    told = result.assessment
    return BatchResultReported(
        position=result.position,
        assessment_id=result.assessment_id,
        assessment_url=f"/v1/assessments/{result.assessment_id}",
        readable=told is not None,
        status=told.status.value if told else None,
        status_label=STATUS_LABELS[told.status] if told else "企业授权已止，不能读取",
        code=told.code if told else None,
        score=told.score if told else None,
        grade=told.grade if told else None,
        valid_until=told.valid_until if told else None,
    )


def error_report(item: BatchItem) -> BatchErrorReported:
    """Tell why one enterprise of a batch was refused."""
    code = item.code or "fault"
    return BatchErrorReported(
        position=item.position,
        pointer=f"/enterprises/{item.position}",
        code=code,
        title=TITLES.get(code, "请求被拒绝"),
    )
