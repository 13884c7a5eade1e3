"""How does a bank ask for assessments of many enterprises at once?"""

from fastapi import Response

from api.assessment_id import new_id
from api.exchange.batch_report import BatchReport, BatchRequest, batch_report, place_of
from api.exchange.door import DesksHere, Fingerprint, IdempotencyKey, Now, guarded_router
from api.exchange.links import leads_to
from api.exchange.long_work import POLL_SECONDS
from api.exchange.once import Sending, answer_once
from api.identity import Caller
from api.problems import CREATING, refusals
from data.spec.errors import DayInFuture
from risk.permissions import Scope

ROUTE = "POST /v1/assessment-batches"

router = guarded_router("批量评估", Scope.ASSESSMENTS_WRITE)


@router.post(
    "/assessment-batches",
    operation_id="request_batch",
    status_code=202,
    summary="申请批量评估",
    response_model=BatchReport,
    response_description="已受理；请按 Location 查询进度，间隔见 Retry-After",
    responses=leads_to(202, "read_batch", "read_batch_results", "read_batch_errors", "cancel_batch")
    | refusals(
        *CREATING,
        DayInFuture,
        body=True,
    ),
)
def request_batch(
    wanted: BatchRequest, bank: Caller, desks: DesksHere, now: Now, key: IdempotencyKey, fingerprint: Fingerprint
) -> Response:
    """受理至多一千家企业的评估，随后逐家进行；每家与单次申请一样核对授权、留痕、保存，互不影响。

    (Accept up to a thousand enterprises; each is assessed as a single request would be.)
    """
    sending = Sending(tenant=bank.code, route=ROUTE, key=key, fingerprint=fingerprint)
    with desks.scoring.batches.visit(at=now) as visit:

        def make() -> tuple[int, str]:
            named = [one.text() for one in wanted.enterprises]
            opened = visit.open_batch(new_id(now), named, wanted.wish(now.date()), tenant=bank.code)
            return 202, batch_report(opened).model_dump_json()

        return answer_once(visit, sending, make, headers=_headers)


def _headers(body: str) -> dict[str, str]:
    id = BatchReport.model_validate_json(body).id
    return {"Location": place_of(id), "Retry-After": str(POLL_SECONDS)}
