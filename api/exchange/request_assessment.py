"""How does a bank ask for an assessment?"""

from fastapi import Response

from api.assessment_id import new_id
from api.desks import RememberedAnswer, Visit
from api.exchange.door import DesksHere, Fingerprint, IdempotencyKey, Now, guarded_router
from api.exchange.report import AssessmentReport, report_of
from api.exchange.words import AssessmentRequest
from api.identity import Caller
from api.problems import (
    IdempotencyKeyInFlight,
    IdempotencyKeyMalformed,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    ServiceUnready,
    StoreBusy,
    TokenMissing,
    TokenUnknown,
    refusals,
)
from data.spec.errors import DayInFuture, EnterpriseUnknown

ROUTE = "POST /v1/assessments"

router = guarded_router("评估")


@router.post(
    "/assessments",
    operation_id="request_assessment",
    status_code=201,
    summary="申请一次评估",
    response_model=AssessmentReport,
    response_description="评估；不予评分的企业同样是 201，见 status 与 code",
    responses=refusals(
        TokenMissing,
        TokenUnknown,
        EnterpriseUnknown,
        DayInFuture,
        IdempotencyKeyMissing,
        IdempotencyKeyMalformed,
        IdempotencyKeyReused,
        IdempotencyKeyInFlight,
        ServiceUnready,
        StoreBusy,
        consent=True,
        body=True,
    ),
)
def request_assessment(
    wanted: AssessmentRequest, bank: Caller, desks: DesksHere, now: Now, key: IdempotencyKey, fingerprint: Fingerprint
) -> Response:
    """评估一家已授权的企业，返回分数、等级、违约概率、区间与理由；同一幂等键重发得到同一答复。

    (Assess one enterprise that has consented; a replay under the same key gets the same answer.)
    """
    with desks.assessments.visit(at=now) as visit:
        answer = visit.find_answer(tenant=bank.code, route=ROUTE, key=key)
        if answer is None:
            made = visit.assess(
                wanted.enterprise.identifier(),
                institution=bank,
                purpose=wanted.wanted_purpose(),
                as_of=wanted.as_of or now.date(),
                id=new_id(now),
                relative_to=wanted.wanted_reference(),
            )
            answer = RememberedAnswer(fingerprint=fingerprint, status=201, body=report_of(made).model_dump_json())
            _keep(visit, bank.code, key, answer)
    return _replay(answer, fingerprint)


def _keep(visit: Visit, tenant: str, key: str, answer: RememberedAnswer) -> None:
    """Remember the answer and commit it with all it rests on: one transaction (decision 15)."""
    visit.remember_answer(tenant=tenant, route=ROUTE, key=key, answer=answer)
    visit.commit()


def _replay(answer: RememberedAnswer, fingerprint: str) -> Response:
    if answer.fingerprint != fingerprint:
        raise IdempotencyKeyReused("这个幂等键已用于另一个请求。", help="新请求请换用新的幂等键。")
    report = AssessmentReport.model_validate_json(answer.body)
    return Response(
        answer.body, answer.status, {"Location": f"/v1/assessments/{report.id}"}, media_type="application/json"
    )
