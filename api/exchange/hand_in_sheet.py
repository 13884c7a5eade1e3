"""How does a party hand in its sheet, sealed until the last one is in?"""

from typing import Annotated

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from api.exchange.application_report import (
    ApplicationReport,
    ByPerson,
    Number,
    actor_of,
    application_report,
    headers_of,
)
from api.exchange.door import DesksHere, Fingerprint, IdempotencyKey, Now, guarded_router
from api.exchange.once import Sending, answer_once
from api.exchange.open_application import ADDING
from api.exchange.words import CleanText, Day, LongText
from api.identity import Caller
from api.problems import refusals
from risk.joint.application import ApplicationUnknown
from risk.joint.permissions import NoSheetOfYours
from risk.joint.sheets import ExpertNeeded, NotchesWithoutEvidence, SheetMalformed
from risk.joint.states import MoveNotPossible
from risk.permissions import Scope

ROUTE = "POST /v1/applications/sheets"

router = guarded_router("联合评价", Scope.APPLICATIONS_WRITE)

Mark = Annotated[int, Field(strict=True, ge=0, le=100)]


class MarksGiven(BaseModel):
    """六个方面的分数，0 至 100 的整数。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    innovation: Mark = Field(description="创新能力", examples=[70])
    growth: Mark = Field(description="成长性", examples=[65])
    solvency: Mark = Field(description="偿债能力", examples=[60])
    stability: Mark = Field(description="经营稳定", examples=[70])
    credit: Mark = Field(description="信用记录", examples=[80])
    industry_fit: Mark = Field(description="产业契合", examples=[75])


class ExpertSigned(BaseModel):
    """行业专家的附页；贷款超过规定金额时，科技局的评价表须附。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: CleanText = Field(description="专家姓名", examples=["（示例）"])
    field: CleanText = Field(description="专业领域", examples=["先进陶瓷"])
    signed_on: Day = Field(description="签名日", examples=["2025-12-30"])
    opinion: LongText = Field(description="意见", examples=["工艺成熟，市场明确。"])


class SheetRequest(ByPerson):
    """一方的评价表；交后不改，最后一份交齐时各方同时看到。"""

    marks: MarksGiven = Field(description="六个方面的分数")
    words: LongText | None = Field(default=None, description="文字意见", examples=["订单充足"])
    notches: int = Field(
        default=0, strict=True, ge=-9, le=9, description="移动模型等级几级，正为上调；上调须引用证据", examples=[0]
    )
    evidence: list[Annotated[str, Field(max_length=128, pattern=r"^[a-z_]+/[0-9A-Za-z-]+/[0-9]+$")]] = Field(
        default_factory=list, max_length=50, description="引用的证据行：表/批次/行号", examples=[["patent/B000003/12"]]
    )
    saw_model: bool = Field(default=False, strict=True, description="给分之前是否看过模型结果", examples=[False])
    expert: ExpertSigned | None = Field(default=None, description="专家附页")

    def raw(self) -> dict[str, object]:
        """Return the sheet as the house reads it from any door."""
        return self.model_dump(mode="json", exclude={"person", "capacity"}, exclude_none=True)


@router.post(
    "/applications/{number}/sheets",
    operation_id="hand_in_sheet",
    status_code=201,
    summary="交评价表",
    response_model=ApplicationReport,
    responses=refusals(
        *ADDING,
        ApplicationUnknown,
        NoSheetOfYours,
        SheetMalformed,
        NotchesWithoutEvidence,
        ExpertNeeded,
        MoveNotPossible,
        consent=True,
        body=True,
    ),
)
def hand_in_sheet(
    sheet: SheetRequest,
    number: Number,
    party: Caller,
    desks: DesksHere,
    now: Now,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
) -> Response:
    """背对背交评价表：交齐之前各方互不可见，最后一份交齐时连同模型结果同时开启。

    (Hand in the party's sheet; all are opened at once with the last one.)
    """
    by, on = actor_of(party, sheet), now.date()
    sending = Sending(tenant=party.code, route=ROUTE, key=key, fingerprint=fingerprint)
    with desks.joint.visit(at=now) as visit:
        return answer_once(
            visit,
            sending,
            lambda: (201, application_report(visit.hand_in(number, sheet.raw(), by=by, on=on)).model_dump_json()),
            headers=headers_of,
        )
