"""How does a bank learn whether an assessment still holds?"""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.read_assessment import AssessmentId
from api.exchange.report import Frozen
from api.identity import Caller
from api.problems import AssessmentUnknown, StoreBusy, TokenMissing, TokenUnknown, refusals
from risk.permissions import Scope
from risk.validity import VALIDITY_LABELS

router = guarded_router("评估", Scope.ASSESSMENTS_READ)

STATUSES = "、".join(f"{status} {label}" for status, label in VALIDITY_LABELS.items())


class ValidityReport(Frozen):
    """一份评估此刻是否仍然有效；支持备案的评估须已评分，且为 valid。"""

    assessment_id: str = Field(description="评估编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    status: Literal["valid", "expired", "superseded", "withdrawn"] = Field(
        description=f"状态：{STATUSES}；以后可能新增", examples=["valid"]
    )
    status_label: str = Field(description="状态的中文名", examples=["有效"])
    code: str | None = Field(
        description="不再有效的原因代码，如 assessment-expired、consent-revoked、severe-warning；以后可能新增",
        examples=["consent-revoked"],
    )
    reason: str = Field(description="不再有效的原因", examples=["企业已撤回对贵机构的授权。"])
    valid_until: date = Field(description="作出时所定的有效期，含当日", examples=["2026-03-31"])
    ended_on: date | None = Field(description="不再有效的日期，知道时才有", examples=["2026-02-10"])
    superseded_by: str | None = Field(description="更新的评估的编号", examples=["019b7c11-2a00-7d10-9e01-5b7c8d9e0f1a"])
    checked_at: datetime = Field(description="核对的时刻", examples=["2026-01-01T09:30:00+08:00"])


@router.get(
    "/assessments/{id}/validity",
    operation_id="read_validity",
    summary="核对评估是否仍然有效",
    response_description="有效、过期、被更新的评估取代或失效，及原因",
    responses=refusals(TokenMissing, TokenUnknown, AssessmentUnknown, StoreBusy, parameters=True),
)
def read_validity(id: AssessmentId, bank: Caller, desks: DesksHere, now: Now) -> ValidityReport:
    """核对本机构一份评估此刻是否仍然有效；授权已止的评估同样答复，不含企业的任何材料。

    (Tell whether an assessment of this institution's own still holds.)
    """
    found = desks.scoring.validity.read(id, tenant=bank.code, at=now)
    if found is None:
        raise AssessmentUnknown("本机构没有这个编号的评估。", help="请核对编号，或重新申请评估。")
    return ValidityReport(
        assessment_id=found.assessment_id,
        status=found.status.value,
        status_label=VALIDITY_LABELS[found.status],
        code=found.code,
        reason=found.reason,
        valid_until=found.valid_until,
        ended_on=found.ended_on,
        superseded_by=found.superseded_by,
        checked_at=found.checked_at,
    )
