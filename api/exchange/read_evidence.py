"""How does a bank see the rows behind one value of its assessment?"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.read_assessment import AssessmentId
from api.exchange.report import Frozen
from api.identity import Caller
from api.problems import AssessmentUnknown, StoreBusy, TokenMissing, TokenUnknown, refusals
from risk.lineage import SAID_OF_AGREEMENT, Evidence, EvidenceRow, FeatureUnknown, Lineage
from risk.permissions import Scope

router = guarded_router("评估", Scope.ASSESSMENTS_READ)

ROWS_SHOWN = 200
MOST_ROWS = 5_000

FeatureName = Annotated[
    str,
    Path(
        description="指标名，见 /v1/catalogue 与评估的 reasons",
        max_length=80,
        pattern=r"^[0-9A-Za-z_-]+$",
        examples=["patent_invention_grants_3y"],
    ),
]
RowLimit = Annotated[
    int,
    Query(ge=1, le=MOST_ROWS, description="每项指标至多列出的计入行与未计入行数，取最近的", examples=[ROWS_SHOWN]),
]


class CellReported(Frozen):
    """来源行中的一格。"""

    name: str = Field(description="列名", examples=["event"])
    label: str = Field(description="列的中文名", examples=["法律状态"])
    value: str | float | None = Field(description="所存的值；null 表示空", examples=["granted"])
    text: str = Field(description="按名单的写法", examples=["授权"])


class ReplacedBy(Frozen):
    """取代该行的版本。"""

    batch_id: str = Field(description="入库批次", examples=["B000012"])
    file_row: int = Field(description="文件中的行号（首行为1）", examples=[7])


class EvidenceRowReported(Frozen):
    """一个来源行：出自哪份文件的第几行，是否计入，为什么。"""

    list_label: str = Field(description="名单", examples=["专利法律状态"])
    file: str = Field(description="来源文件", examples=["专利法律状态2025.xlsx"])
    batch_id: str = Field(description="入库批次", examples=["B000007"])
    file_row: int = Field(description="文件中的行号（首行为1）", examples=[128])
    happened_on: date | None = Field(description="事实发生或开始的日期", examples=["2024-05-01"])
    ended_on: date | None = Field(description="状态不再有效的首日；null 表示未止", examples=[None])
    known_on: date | None = Field(description="最早可知的日期", examples=["2024-05-20"])
    recorded_at: datetime = Field(description="入库的时刻（UTC）", examples=["2026-01-01T01:30:00Z"])
    cells: list[CellReported] = Field(description="指标所看的各列与区分记录的各列")
    code: str = Field(
        description="是否计入的稳定代码：counted 计入，其余为未计入的原因；以后可能新增", examples=["superseded"]
    )
    why: str = Field(description="是否计入的说明", examples=["已被后来的版本取代"])
    superseded_by: ReplacedBy | None = Field(
        default=None, description="取代该行的版本，或终止它的记录；仅在 code 为 superseded 或 not-in-force 时有"
    )


class LineageReported(Frozen):
    """一个数值的来历：直接统计的指标列出来源行，推算的指标列出所依据的各项。"""

    feature: str = Field(description="指标名", examples=["patent_invention_grants_3y"])
    label: str = Field(description="中文名", examples=["近三年发明专利授权数"])
    unit: str = Field(description="单位", examples=["项"])
    value: float | None = Field(description="按来源行逐条重算的数值；null 表示未知", examples=[3])
    missing: str | None = Field(default=None, description="未知的原因，五种之一", examples=["not_reported"])
    how: str = Field(
        description="取哪些行、如何成为数值；推算的指标为算式",
        examples=["取《专利法律状态》，“专利类型”为发明专利，“法律状态”为授权，评估日前3年内，计条数"],
    )
    fingerprint: str = Field(description="声明的指纹（sha256）", examples=["3b1f…"])
    withheld: bool = Field(
        description="由其他企业的非公开数据推算：数值只作有（1）无（0），不列来源行", examples=[False]
    )
    counted_rows: int = Field(description="计入的行数", examples=[3])
    other_rows: int = Field(description="看到而未计入的行数", examples=[2])
    counted: list[EvidenceRowReported] = Field(description="计入的行，最近的在前")
    others: list[EvidenceRowReported] = Field(description="看到而未计入的行及原因，最近的在前")
    inputs: list["LineageReported"] = Field(description="所依据的各项指标")


class EvidenceReport(Frozen):
    """一份评估中一个数值的来历，只用评估之前已入库、评估日之前已知的行。"""

    assessment_id: str = Field(description="评估编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    enterprise: str = Field(description="企业名称", examples=["淄博示例陶瓷科技有限公司（演示）"])
    as_of: date = Field(description="评估日", examples=["2025-12-31"])
    recorded_before: datetime = Field(description="只用此刻之前已入库的行", examples=["2026-01-01T01:30:00Z"])
    value: float | None = Field(description="按来源行逐条重算的数值", examples=[3])
    stored_value: float | None = Field(description="评估当时所存的数值", examples=[3])
    agrees: bool | None = Field(description="两者是否逐位一致；null 表示没有可供比对的数值", examples=[True])
    agreement: str = Field(description="一致与否的说明", examples=[SAID_OF_AGREEMENT[True]])
    declaration_changed: bool = Field(description="指标的声明在评估之后是否改过", examples=[False])
    notes: list[str] = Field(description="须知", examples=[["企业未授权该类数据，来源行不予展示。"]])
    lineage: LineageReported = Field(description="数值的来历")
    demonstration: bool = Field(description="是否演示数据：企业与数字均为虚构", examples=[True])


@router.get(
    "/assessments/{id}/evidence/{feature}",
    operation_id="read_evidence",
    summary="查看一个数值的来源行",
    response_description="计入的行、看到而未计入的行及原因、重算的数值",
    responses=refusals(
        TokenMissing,
        TokenUnknown,
        AssessmentUnknown,
        FeatureUnknown,
        StoreBusy,
        consent=True,
        parameters=True,
    ),
)
def read_evidence(
    id: AssessmentId, feature: FeatureName, bank: Caller, desks: DesksHere, now: Now, limit: RowLimit = ROWS_SHOWN
) -> EvidenceReport:
    """列出本机构一份评估中某项指标的来源行：文件、行号、日期、是否计入及原因；推算的指标逐层列出。

    (Trace one value of this institution's own assessment to the rows behind it.)
    """
    found = desks.evidence.of_assessment(id, feature, institution=bank, at=now)
    if found is None:
        raise AssessmentUnknown("本机构没有这个编号的评估。", help="请核对编号，或重新申请评估。")
    return _report(found, limit)


def _report(found: Evidence, limit: int) -> EvidenceReport:
    assert found.assessment_id is not None
    assert found.recorded_before is not None
    return EvidenceReport(
        assessment_id=found.assessment_id,
        enterprise=found.enterprise_name,
        as_of=found.as_of,
        recorded_before=found.recorded_before,
        value=found.value,
        stored_value=found.stored_value,
        agrees=found.agrees,
        agreement=SAID_OF_AGREEMENT[found.agrees],
        declaration_changed=found.declaration_changed,
        notes=list(found.notes),
        lineage=_lineage(found.lineage, limit),
        demonstration=found.demonstration,
    )


def _lineage(told: Lineage, limit: int) -> LineageReported:
    return LineageReported(
        feature=told.feature,
        label=told.label,
        unit=told.unit,
        value=told.value,
        missing=told.missing,
        how=told.how,
        fingerprint=told.fingerprint,
        withheld=told.withheld,
        counted_rows=len(told.counted),
        other_rows=len(told.others),
        counted=_rows(told.counted, limit),
        others=_rows(told.others, limit),
        inputs=[_lineage(each, limit) for each in told.inputs],
    )


def _rows(rows: Sequence[EvidenceRow], limit: int) -> list[EvidenceRowReported]:
    return [_row(row) for row in rows[:limit]]


def _row(row: EvidenceRow) -> EvidenceRowReported:
    replaced = row.superseded_by
    return EvidenceRowReported(
        list_label=row.list_label,
        file=row.file,
        batch_id=row.batch_id,
        file_row=row.file_row,
        happened_on=row.happened_on,
        ended_on=row.ended_on,
        known_on=row.known_on,
        recorded_at=row.recorded_at,
        cells=[CellReported(name=one.name, label=one.label, value=one.value, text=one.text) for one in row.cells],
        code=row.code,
        why=row.why,
        superseded_by=None if replaced is None else ReplacedBy(batch_id=replaced[0], file_row=replaced[1]),
    )
