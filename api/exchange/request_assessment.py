"""How does a bank ask for an assessment?"""

from fastapi import Response

from api.assessment_id import new_id
from api.exchange.door import DesksHere, Fingerprint, IdempotencyKey, Now, guarded_router
from api.exchange.links import leads_to
from api.exchange.once import Sending, answer_once
from api.exchange.report import AssessmentReport, report_of
from api.exchange.words import AssessmentRequest
from api.identity import Caller
from api.problems import (
    CREATING,
    ServiceUnready,
    refusals,
)
from data.spec.errors import DayInFuture, EnterpriseUnknown
from risk.permissions import Scope

ROUTE = "POST /v1/assessments"

router = guarded_router("评估", Scope.ASSESSMENTS_WRITE)


@router.post(
    "/assessments",
    operation_id="request_assessment",
    status_code=201,
    summary="申请一次评估",
    response_model=AssessmentReport,
    response_description="评估；不予评分的企业同样是 201，见 status 与 code",
    responses=leads_to(
        201, "read_assessment", "read_explanation", "read_validity", "give_feedback", "review_explanation"
    )
    | refusals(
        *CREATING,
        EnterpriseUnknown,
        DayInFuture,
        ServiceUnready,
        consent=True,
        body=True,
    ),
)
def request_assessment(
    wanted: AssessmentRequest, bank: Caller, desks: DesksHere, now: Now, key: IdempotencyKey, fingerprint: Fingerprint
) -> Response:
    """评估一家已授权的企业，返回分数、等级、违约概率、区间与理由；同一幂等键重发得到同一答复。

    企业的授权不含 explanation:read 的，只给分数；不含 indicators:read 的，理由不列指标值与来源行。

    (Assess one enterprise that has consented; a replay under the same key gets the same answer.)
    """
    sending = Sending(tenant=bank.code, route=ROUTE, key=key, fingerprint=fingerprint)
    with desks.assessments.visit(at=now) as visit:

        def make() -> tuple[int, str]:
            made = visit.assess(
                wanted.enterprise.identifier(),
                institution=bank,
                purpose=wanted.wanted_purpose(),
                as_of=wanted.as_of or now.date(),
                id=new_id(now),
                relative_to=wanted.wanted_reference(),
                product=wanted.product,
            )
            return 201, report_of(made).model_dump_json()

        return answer_once(visit, sending, make, headers=_location)


def _location(body: str) -> dict[str, str]:
    return {"Location": f"/v1/assessments/{AssessmentReport.model_validate_json(body).id}"}
