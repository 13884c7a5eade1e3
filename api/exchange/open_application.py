"""How does a bank open an application for a joint evaluation?"""

from typing import Literal

from fastapi import Response
from pydantic import Field

from api.exchange.application_report import ApplicationReport, ByPerson, actor_of, application_report, headers_of
from api.exchange.door import DesksHere, Fingerprint, IdempotencyKey, Now, guarded_router
from api.exchange.links import leads_to
from api.exchange.once import Sending, answer_once
from api.exchange.try_policy import FactsTold, texts_of
from api.exchange.words import CleanText, Day, EnterpriseNamed
from api.identity import Caller
from api.problems import CREATING, refusals
from data.spec.errors import DayInFuture, EnterpriseUnknown
from risk.joint.permissions import NotYourMove
from risk.joint.told import Wanted
from risk.joint.words import Guarantee
from risk.permissions import Scope
from risk.policies.facts import FactMalformed, FactUnknown
from risk.policies.product import ProductUnknown

ROUTE = "POST /v1/applications"

router = guarded_router("联合评价", Scope.APPLICATIONS_WRITE)

ADDING = (
    *CREATING,
    NotYourMove,
    DayInFuture,
    FactUnknown,
    FactMalformed,
)
"""What every request may be refused with that adds to an application."""


class ApplicationRequest(ByPerson):
    """银行为一家企业申请一项政策产品的联合评价。"""

    enterprise: EnterpriseNamed = Field(description="哪一家企业")
    product: CleanText = Field(description="产品代码，见 /v1/products", examples=["lukedai"])
    guarantee: Literal["none", "individual", "bulk"] = Field(
        default="none",
        description="担保方式：none 无担保、individual 逐笔担保、bulk 批量担保（见贷即保）",
        examples=["none"],
    )
    guarantor: CleanText | None = Field(default=None, description="担保机构代码；无担保不填", examples=[None])
    purpose: CleanText = Field(description="用途说明", examples=["中试线扩建"])
    facts: FactsTold = Field(
        max_length=100,
        description="贷款的 amount、term_months、rate、loan_use、collateral 与其他事实；写法同 /v1/policy-trials",
        examples=[
            {"amount": "200万", "term_months": 12, "rate": "3.6%", "loan_use": "transformation", "collateral": "无"}
        ],
    )
    on: Day | None = Field(default=None, description="申请日（YYYY-MM-DD）；缺省为今天", examples=["2025-12-31"])


@router.post(
    "/applications",
    operation_id="open_application",
    status_code=201,
    summary="提出联合评价申请",
    response_model=ApplicationReport,
    responses=leads_to(201, "read_application", "read_opening", "move_application", "hand_in_sheet", name="number")
    | refusals(*ADDING, EnterpriseUnknown, ProductUnknown, consent=True, body=True),
)
def open_application(
    wanted: ApplicationRequest,
    bank: Caller,
    desks: DesksHere,
    now: Now,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
) -> Response:
    """银行提出申请（草稿）；企业须已授权银行与担保机构参与联合评价。提交及以后各步见 moves。

    (A bank opens an application as a draft.)
    """
    asked = Wanted(
        identifier=wanted.enterprise.identifier(),
        product=wanted.product,
        guarantee=Guarantee(wanted.guarantee),
        guarantor=wanted.guarantor,
        purpose=wanted.purpose,
        texts=texts_of(wanted.facts),
    )
    by, on = actor_of(bank, wanted), wanted.on or now.date()
    sending = Sending(tenant=bank.code, route=ROUTE, key=key, fingerprint=fingerprint)
    with desks.joint.visit(at=now) as visit:
        return answer_once(
            visit,
            sending,
            lambda: (201, application_report(visit.open(asked, by=by, on=on)).model_dump_json()),
            headers=headers_of,
        )
