"""How does a bank report a loan that it granted?"""

from decimal import Decimal
from typing import Annotated, Literal

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from api.exchange.door import DesksHere, Fingerprint, IdempotencyKey, Now, guarded_router
from api.exchange.links import leads_to
from api.exchange.once import Sending, answer_once
from api.exchange.report import Frozen
from api.exchange.signed import ReportedHere
from api.exchange.words import CleanText, Day, EnterpriseNamed
from api.http_signature import SignatureInvalid
from api.identity import Caller
from api.problems import CREATING, refusals
from data.spec.errors import EnterpriseUnknown
from risk.client_keys import KeysUnavailable
from risk.permissions import Scope

ROUTE = "POST /v1/loans"

router = guarded_router("贷款", Scope.LOANS_WRITE)

LoanNo = Annotated[str, Field(strict=True, min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_-]+$")]
Money = Annotated[Decimal, Field(strict=False, ge=0, le=Decimal("1e12"), decimal_places=2, allow_inf_nan=False)]
Share = Annotated[Decimal, Field(strict=False, ge=0, le=1, max_digits=9, decimal_places=8, allow_inf_nan=False)]


class LoanRequest(BaseModel):
    """一笔已发放的贷款；同一借据号再次报送是更正，旧值保留。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enterprise: EnterpriseNamed = Field(description="贷给哪一家企业")
    loan_no: LoanNo = Field(description="本行借据号；只在本行内唯一", examples=["JX2026-000123"])
    product: Literal["lukedai", "rd_loan", "ordinary", "ip_pledge"] = Field(
        description="产品：lukedai 鲁科贷、rd_loan 科技研发贷、ordinary 一般流动资金贷款、ip_pledge 知识产权质押贷",
        examples=["lukedai"],
    )
    applied_on: Day = Field(description="申请日期", examples=["2025-11-20"])
    amount: Money = Field(description="贷款金额（元，至多两位小数）", examples=["4000000.00"])
    undrawn: Money | None = Field(default=None, description="未提用额度（元）", examples=["0.00"])
    rate: Share | None = Field(default=None, description="年利率", examples=["0.0385"])
    disbursed_on: Day = Field(description="放款日期", examples=["2025-12-01"])
    matures_on: Day = Field(description="到期日期", examples=["2026-11-30"])
    repayment: Literal["bullet", "instalments"] | None = Field(
        default=None, description="还款方式：bullet 到期还本、instalments 等额还款", examples=["bullet"]
    )
    use: CleanText | None = Field(default=None, description="用途", examples=["采购原材料"])
    security: Literal["credit", "guarantee", "collateral", "ip_pledge"] | None = Field(
        default=None,
        description="担保方式：credit 信用、guarantee 保证、collateral 抵押、ip_pledge 知识产权质押",
        examples=["credit"],
    )
    coverage_share: Share | None = Field(default=None, description="风险补偿覆盖比例", examples=["0.70"])
    guarantor_share: Share | None = Field(default=None, description="担保机构分担比例", examples=["0.40"])
    filed_on: Day | None = Field(default=None, description="备案日期", examples=["2025-12-20"])
    renewal_of: LoanNo | None = Field(default=None, description="续贷的原借据号", examples=["JX2024-000077"])
    settled_on: Day | None = Field(default=None, description="结清日期", examples=["2026-11-30"])


class TakenReport(Frozen):
    """报送的结果：按中心台账同样的规则核对、入库，成为下一个模型的样本。"""

    loan_no: str = Field(description="借据号", examples=["JX2026-000123"])
    kept: int = Field(description="新入库的记录数", examples=[2])
    already_known: int = Field(description="库中已有、内容相同的记录数", examples=[0])
    batches: list[str] = Field(description="入库批次", examples=[["B000210"]])


REFUSED = refusals(
    *CREATING,
    EnterpriseUnknown,
    SignatureInvalid,
    KeysUnavailable,
    consent=True,
    body=True,
)


@router.post(
    "/loans",
    operation_id="report_loan",
    status_code=201,
    summary="报送一笔贷款",
    response_model=TakenReport,
    responses=leads_to(201, "read_loan", "report_outcomes", name="loan_no") | REFUSED,
)
def report_loan(
    wanted: LoanRequest,
    bank: Caller,
    desks: DesksHere,
    now: Now,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
    reported: ReportedHere,
) -> Response:
    """报送已发放的贷款；须有企业含“报送结果”的授权。可另附 RFC 9421 签名，原文与签名一并留存。

    (Report a granted loan; a second report of the number is a correction.)
    """
    told = wanted.model_dump(exclude={"enterprise", "applied_on"})
    sending = Sending(tenant=bank.code, route=ROUTE, key=key, fingerprint=fingerprint)
    with desks.lending.visit(at=now) as visit:

        def make() -> tuple[int, str]:
            taken = visit.report_loan(
                wanted.enterprise.identifier(), told, wanted.applied_on, tenant=bank.code, reported=reported
            )
            return 201, TakenReport(**{**vars(taken), "batches": list(taken.batches)}).model_dump_json()

        return answer_once(visit, sending, make, headers=lambda _: {"Location": f"/v1/loans/{wanted.loan_no}"})
