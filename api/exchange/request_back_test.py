"""How does a bank ask how firms would have been scored on past days?"""

from fastapi import Response

from api.assessment_id import new_id
from api.exchange.back_test_report import BackTestReport, BackTestRequest, back_test_report, place_of
from api.exchange.door import DesksHere, Fingerprint, IdempotencyKey, Now, guarded_router
from api.exchange.links import leads_to
from api.exchange.long_work import POLL_SECONDS
from api.exchange.once import Sending, answer_once
from api.identity import Caller
from api.problems import CREATING, refusals
from risk.back_test_words import BackTestQuotaExceeded
from risk.permissions import Scope

ROUTE = "POST /v1/back-tests"

router = guarded_router("样本回溯", Scope.BACKTESTS_WRITE)


@router.post(
    "/back-tests",
    operation_id="request_back_test",
    status_code=202,
    summary="申请样本回溯",
    response_model=BackTestReport,
    response_description="已受理；请按 Location 查询进度，间隔见 Retry-After",
    responses=leads_to(202, "read_back_test", "read_back_test_results", "read_back_test_errors", "cancel_back_test")
    | refusals(
        *CREATING,
        BackTestQuotaExceeded,
        body=True,
    ),
)
def request_back_test(
    wanted: BackTestRequest, bank: Caller, desks: DesksHere, now: Now, key: IdempotencyKey, fingerprint: Fingerprint
) -> Response:
    """受理至多一万对（企业、日期），随后逐对以当日之前已知的材料评分；不收任何结果，不给理由。

    (Accept up to ten thousand pairs; each is scored by what was known before its day.)
    """
    sending = Sending(tenant=bank.code, route=ROUTE, key=key, fingerprint=fingerprint)
    with desks.back_tests.visit(at=now) as visit:

        def make() -> tuple[int, str]:
            named = [(one.enterprise.text(), one.as_of) for one in wanted.pairs]
            opened = visit.open_back_test(new_id(now), named, wanted.wish(), tenant=bank.code)
            return 202, back_test_report(opened).model_dump_json()

        return answer_once(visit, sending, make, headers=_headers)


def _headers(body: str) -> dict[str, str]:
    id = BackTestReport.model_validate_json(body).id
    return {"Location": place_of(id), "Retry-After": str(POLL_SECONDS)}
