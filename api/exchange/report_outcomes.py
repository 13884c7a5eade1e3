"""How does a bank report what became of a loan: the labels of the next model?"""

from typing import Annotated, Literal

from fastapi import Path, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from api.exchange.door import DesksHere, Fingerprint, IdempotencyKey, Now, guarded_router
from api.exchange.once import Sending, answer_once
from api.exchange.report_loan import REFUSED, Money, TakenReport
from api.exchange.signed import ReportedHere
from api.exchange.words import Day
from api.identity import Caller
from risk.permissions import Scope

ROUTE = "POST /v1/loans/outcomes"

router = guarded_router("贷款", Scope.LOANS_WRITE)

LoanNumber = Annotated[
    str, Path(description="本行借据号", max_length=64, pattern=r"^[0-9A-Za-z_-]+$", examples=["JX2026-000123"])
]


class MonthTold(BaseModel):
    """一个月末的状况；同一个月再次报送而内容不同，是更正。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    month_end: Day = Field(description="月末日期", examples=["2026-03-31"])
    days_past_due: int = Field(strict=True, ge=0, le=20_000, description="逾期天数", examples=[0])
    five_class: Literal["normal", "mention", "substandard", "doubtful", "loss"] | None = Field(
        default=None, description="五级分类：正常、关注、次级、可疑、损失", examples=["normal"]
    )
    balance: Money | None = Field(default=None, description="贷款余额（元）", examples=["4000000.00"])
    overdue_amount: Money | None = Field(default=None, description="逾期金额（元）", examples=["0.00"])


class EventTold(BaseModel):
    """一项变动。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: Literal[
        "renewal",
        "extension",
        "refinancing",
        "restructuring",
        "relief",
        "guarantee_payout",
        "write_off",
        "sale",
        "insolvency",
        "settlement",
        "recovery",
    ] = Field(
        description="无还本续贷、展期、借新还旧、重组、延期还本付息、代偿、核销、转让、破产受理、结清、追偿收回",
        examples=["guarantee_payout"],
    )
    occurred_on: Day = Field(description="发生日期", examples=["2026-06-15"])
    amount: Money | None = Field(default=None, description="涉及金额（元）", examples=["1600000.00"])
    relief_days: int | None = Field(default=None, strict=True, ge=0, le=3_660, description="宽限天数", examples=[90])
    is_distressed: bool | None = Field(default=None, strict=True, description="是否因财务困难", examples=[False])


class OutcomesRequest(BaseModel):
    """一笔贷款的月末状况与变动。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    months: list[MonthTold] = Field(default=[], max_length=120, description="各月末的状况")
    events: list[EventTold] = Field(default=[], max_length=50, description="变动")

    @model_validator(mode="after")
    def _something(self) -> "OutcomesRequest":
        if not self.months and not self.events:
            raise PydanticCustomError("nothing_told", "nothing")
        return self


@router.post(
    "/loans/{loan_no}/outcomes",
    operation_id="report_outcomes",
    status_code=201,
    summary="报送贷后结果",
    response_model=TakenReport,
    responses=REFUSED,
)
def report_outcomes(  # noqa: PLR0913 # What FastAPI hands an endpoint.
    wanted: OutcomesRequest,
    loan_no: LoanNumber,
    bank: Caller,
    desks: DesksHere,
    now: Now,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
    reported: ReportedHere,
) -> Response:
    """报送月末逾期、五级分类，以及续贷、展期、代偿、核销、追偿等变动；可签名。有一项不合要求则全部不保存。

    (Report what became of a loan; all of it is kept, or nothing.)
    """
    months, events = ([one.model_dump() for one in part] for part in (wanted.months, wanted.events))
    sending = Sending(tenant=bank.code, route=ROUTE, key=key, fingerprint=fingerprint)
    with desks.lending.visit(at=now) as visit:

        def make() -> tuple[int, str]:
            taken = visit.report_outcomes(loan_no, months, events, tenant=bank.code, reported=reported)
            return 201, TakenReport(**{**vars(taken), "batches": list(taken.batches)}).model_dump_json()

        return answer_once(visit, sending, make)
