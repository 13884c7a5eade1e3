"""What does a bank receive of an assessment?

All groups with their exact sum, at most five features each way, and 其他 per group (decision 19). The report
is the door's own type: what the house knows of an assessment beyond it does not leave the house.
"""

from collections.abc import Iterable
from datetime import date, datetime
from math import fsum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from data.spec.table import GROUP_LABELS, Group
from risk.assessment import (
    REMARK_LABELS,
    STATUS_LABELS,
    Assessment,
    GroupPoints,
    Reason,
    ReasonPart,
    Remark,
    Source,
)
from risk.unscored import STANDINGS

SHOWN_EACH_WAY = 5
CODES = "，".join(f"{code} {standing.label}" for code, standing in STANDINGS.items())
KINDS = "，".join(f"{kind} {label}" for kind, label in REMARK_LABELS.items())
ADVICE = "本评估仅供授信参考，是否放款、额度与价格由银行自行决定。"


class Frozen(BaseModel):
    """Part of an answer: frozen once written."""

    model_config = ConfigDict(frozen=True)


class EnterpriseReported(Frozen):
    """所评估的企业。"""

    scheme: str = Field(description="标识体系", examples=["uscc"])
    value: str = Field(description="标识", examples=["91370303MA3C000004"])
    name: str = Field(description="企业名称", examples=["淄博示例陶瓷科技有限公司（演示）"])


class SourceReported(Frozen):
    """事实出自哪份名单的哪一行。"""

    list_label: str = Field(description="名单", examples=["专利"])
    file: str = Field(description="来源文件", examples=["专利清单2025.xlsx"])
    batch_id: str = Field(description="入库批次", examples=["20260101-001"])
    file_row: int = Field(description="文件中的行号（首行为1）", examples=[128])
    known_on: date = Field(description="最早可知的日期", examples=["2025-03-18"])


class PartReported(Frozen):
    """合为一条理由的各项指标之一。"""

    feature: str = Field(description="指标名，见 /v1/catalogue", examples=["invoice_sales_12m"])
    label: str = Field(description="指标的中文名", examples=["近12个月销项金额"])
    value: float | None = Field(description="指标值，单位见 unit；null 表示未知", examples=[5200000.0])
    unit: str = Field(description="指标的单位", examples=["元"])
    points: float = Field(description="对分数的影响；单位：分，正为加分", examples=[2.1])
    missing: str | None = Field(default=None, description="未知的原因，五种之一", examples=["not_reported"])


class ReferenceReported(Frozen):
    """分值的参照：各项分值都是与它相比的结果。"""

    asked: Literal["population", "cutoff", "peers"] = Field(description="所要求的参照", examples=["peers"])
    kind: Literal["population", "peers", "industry", "cutoff"] = Field(
        description="实际所用的参照；同行业同阶段企业过少时改用同行业 industry 或总体 population", examples=["industry"]
    )
    label: str = Field(description="参照在分值中的名称", examples=["同业平均分"])
    score: float = Field(description="参照自身的分值；单位：分", examples=[604.2])
    firms: int = Field(description="参照所依据的企业数；单位：家", examples=[412])
    grade: str | None = Field(description="分数线所属的等级", examples=["A"])


class ReasonReported(Frozen):
    """一条理由对分数的影响：一项指标，或说明同一件事的几项指标。"""

    feature: str = Field(description="指标名，见 /v1/catalogue", examples=["rnd_intensity_latest"])
    label: str = Field(description="指标的中文名", examples=["研发投入强度"])
    group: str = Field(description="所属方面", examples=["rnd"])
    value: float | None = Field(description="指标值，单位见 unit；null 表示未知", examples=[0.062])
    unit: str = Field(description="指标的单位", examples=["/1"])
    points: float = Field(description="对分数的影响，parts 各项的合计；单位：分，正为加分", examples=[6.4])
    typical: float | None = Field(
        default=None, description="参照企业的中位数，是/否项为“是”的比例；null 表示不足20家", examples=[0.045]
    )
    sentence: str = Field(description="一句话的理由", examples=["研发投入强度为6.2%，与较低的违约概率相关。"])
    missing: str | None = Field(default=None, description="未知的原因，五种之一", examples=["not_reported"])
    sources: list[SourceReported] = Field(default_factory=list, description="来源行")
    parts: list[PartReported] = Field(default_factory=list, description="合为一条理由的各项指标；单独一项时为空")


class GroupReported(Frozen):
    """一个方面的合计；others 为未逐项列出的部分，points = 已列各项 + others。"""

    group: str = Field(description="方面", examples=["rnd"])
    label: str = Field(description="方面的中文名", examples=["研发投入"])
    points: float = Field(description="合计；单位：分", examples=[8.1])
    others: float = Field(description="其他：该方面未在理由中逐项列出的部分；单位：分", examples=[1.7])


class LineReported(Frozen):
    """不属于任何指标的分值：基准、校准、取整、上下限。"""

    name: str = Field(description="名称", examples=["base"])
    label: str = Field(description="中文名", examples=["基准分"])
    points: float = Field(description="分值；单位：分", examples=[612.3])


class ModelReported(Frozen):
    """作答的模型。"""

    id: str = Field(description="模型编号", examples=["application-20260101"])
    card: str = Field(description="卡：application 申请卡、behaviour 行为卡、start_up 启动卡", examples=["application"])
    label: str = Field(description="中文名", examples=["申请卡"])
    horizon_months: int | None = Field(description="违约概率的期限；单位：月", examples=[18])
    trained_on: date | None = Field(description="训练数据截止日", examples=["2026-01-01"])
    demonstration: bool = Field(description="是否由演示数据训练", examples=[True])


class ConsentReported(Frozen):
    """作答所依据的企业授权。"""

    id: str = Field(description="授权编号", examples=["01JGZ3"])
    version: int = Field(description="授权版本", examples=[1])


class RemarkReported(Frozen):
    """对来源的一条提示：迟到、未更新、没有、不一或未授权。"""

    kind: str = Field(description=f"种类：{KINDS}；以后可能新增", examples=["late"])
    kind_label: str = Field(description="种类的中文名", examples=["名单迟到"])
    label: str = Field(description="名单、事项或数据类别", examples=["财务年报"])
    sentence: str = Field(description="一句话的提示", examples=["《财务年报》中没有这家企业，有关指标为未知。"])
    newest_on: date | None = Field(default=None, description="名单或企业最新到哪一天", examples=["2023-12-31"])
    due_on: date | None = Field(default=None, description="应到的日期", examples=["2025-06-30"])


class AssessmentReport(Frozen):
    """一份评估：分数、等级、违约概率与区间、各方面的分值与理由。

    lines 与 groups 的 points 之和恒等于 score。
    """

    id: str = Field(description="评估编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    status: Literal["scored", "not_scored", "in_default", "uncalibrated"] = Field(
        description="答复的种类；以后可能新增", examples=["scored"]
    )
    status_label: str = Field(description="答复种类的中文名", examples=["已评分"])
    code: str | None = Field(description=f"没有分数时的原因代码：{CODES}；以后可能新增", examples=["no-evidence"])
    message: str = Field(description="没有分数时的说明", examples=["库中没有这家企业的任何材料。"])
    help: str = Field(default="", description="没有分数时，怎样才会有", examples=["请先导入企业名录及相关名单。"])
    enterprise: EnterpriseReported = Field(description="企业")
    as_of: date = Field(description="评估日：只用了这一天之前已知的材料", examples=["2025-12-31"])
    made_at: datetime = Field(description="作答时刻", examples=["2026-01-01T09:30:00+08:00"])
    valid_until: date = Field(description="有效期至", examples=["2026-03-31"])
    purpose: str = Field(description="用途", examples=["pre_loan"])
    product: str | None = Field(default=None, description="所审的贷款产品；null 表示未指明", examples=["lukedai"])
    demonstration: bool = Field(description="是否演示数据：企业与数字均为虚构", examples=[True])
    score: int | None = Field(description="信用分，300—900；单位：分", examples=[634])
    grade: str | None = Field(description="等级", examples=["A"])
    grade_label: str = Field(description="等级的说明", examples=["较低风险"])
    pd: float | None = Field(description="model.horizon_months 个月内的违约概率；单位：/1", examples=[0.012])
    pd_low: float | None = Field(description="违约概率区间下限；单位：/1", examples=[0.008])
    pd_high: float | None = Field(description="违约概率区间上限；单位：/1", examples=[0.019])
    interval: str = Field(description="区间的方法与水平", examples=["80% 聚类自助法"])
    coverage: float | None = Field(
        default=None, description="模型所用指标中已知的比例（不适用的不计）；单位：/1", examples=[0.91]
    )
    support: str | None = Field(
        default=None,
        description="训练样本的支持：inside 充分，thin 稀疏（区间已放宽），outside 超出（不予评分）；null 为未检查",
        examples=["inside"],
    )
    model: ModelReported | None = Field(description="作答的模型")
    reference: ReferenceReported | None = Field(description="分值的参照")
    lines: list[LineReported] = Field(description="不属于指标的分值")
    groups: list[GroupReported] = Field(description="各方面的分值")
    reasons_for: list[ReasonReported] = Field(description="加分的主要理由，至多五项")
    reasons_against: list[ReasonReported] = Field(description="减分的主要理由，至多五项")
    remarks: list[RemarkReported] = Field(
        default_factory=list, description="来源状况：迟到、未更新、没有、不一、未授权"
    )
    notes: list[str] = Field(description="阅读须知")
    consent: ConsentReported | None = Field(description="所依据的企业授权")
    advice: str = Field(default=ADVICE, description="使用声明", examples=[ADVICE])


def report_of(answer: Assessment) -> AssessmentReport:
    """Tell a bank what it may see of the assessment."""
    shown_for, shown_against = answer.reasons_for[:SHOWN_EACH_WAY], answer.reasons_against[:SHOWN_EACH_WAY]
    scheme, colon, value = answer.identifier.partition(":")
    consent = ConsentReported(id=answer.consent_id, version=answer.consent_version or 0) if answer.consent_id else None
    return AssessmentReport(
        id=answer.id,
        status=answer.status.value,
        status_label=STATUS_LABELS[answer.status],
        code=answer.code,
        message=answer.message,
        help=answer.help,
        enterprise=EnterpriseReported(
            scheme=scheme if colon else "uscc", value=value or scheme, name=answer.enterprise_name
        ),
        as_of=answer.as_of,
        made_at=answer.made_at,
        valid_until=answer.valid_until,
        purpose=answer.purpose,
        product=answer.product,
        demonstration=answer.demonstration,
        score=answer.score,
        grade=answer.grade,
        grade_label=answer.grade_label,
        pd=answer.pd,
        pd_low=answer.pd_low,
        pd_high=answer.pd_high,
        interval=answer.interval,
        coverage=answer.coverage,
        support=answer.support,
        model=_model(answer),
        reference=_reference(answer),
        lines=[LineReported(name=line.name, label=line.label, points=line.points) for line in answer.lines],
        groups=[_group(group, [*shown_for, *shown_against]) for group in answer.groups],
        reasons_for=[_reason(reason) for reason in shown_for],
        reasons_against=[_reason(reason) for reason in shown_against],
        remarks=[_remark(remark) for remark in answer.remarks or ()],
        notes=list(answer.notes),
        consent=consent,
    )


def others_of(group: GroupPoints, shown: Iterable[Reason]) -> float:
    """Return what the group adds beyond the reasons told one by one."""
    return fsum([group.points, *(-reason.points for reason in shown if reason.group == group.group)])


def _group(group: GroupPoints, shown: Iterable[Reason]) -> GroupReported:
    return GroupReported(group=group.group, label=group.label, points=group.points, others=others_of(group, shown))


def _model(answer: Assessment) -> ModelReported | None:
    model = answer.model
    if model is None:
        return None
    return ModelReported(
        id=model.id,
        card=model.card,
        label=model.label,
        horizon_months=model.horizon_months,
        trained_on=model.trained_on,
        demonstration=model.demonstration,
    )


def _reference(answer: Assessment) -> ReferenceReported | None:
    told = answer.reference
    if told is None:
        return None
    return ReferenceReported(
        asked=told.asked.value,
        kind=told.kind,
        label=next((line.label for line in answer.lines if line.name == "base"), ""),
        score=told.score,
        firms=told.firms,
        grade=told.grade or None,
    )


def _reason(reason: Reason) -> ReasonReported:
    return ReasonReported(
        feature=reason.feature,
        label=reason.label,
        group=reason.group,
        value=reason.value,
        unit=reason.unit,
        points=reason.points,
        typical=reason.typical,
        sentence=reason.sentence,
        missing=reason.missing,
        sources=[_source(source) for source in reason.sources],
        parts=[_part(part) for part in reason.parts],
    )


def _part(part: ReasonPart) -> PartReported:
    return PartReported(
        feature=part.feature,
        label=part.label,
        value=part.value,
        unit=part.unit,
        points=part.points,
        missing=part.missing,
    )


def _remark(remark: Remark) -> RemarkReported:
    return RemarkReported(
        kind=remark.kind.value,
        kind_label=REMARK_LABELS[remark.kind],
        label=remark.label,
        sentence=remark.sentence,
        newest_on=remark.newest_on,
        due_on=remark.due_on,
    )


def _source(source: Source) -> SourceReported:
    return SourceReported(
        list_label=source.list_label,
        file=source.file,
        batch_id=source.batch_id,
        file_row=source.file_row,
        known_on=source.known_on,
    )


def group_names() -> dict[str, str]:
    """Return every group and its Chinese name."""
    return {group.value: GROUP_LABELS[group] for group in Group}
