"""How does a bank cancel a batch?"""

from fastapi import Response

from api.exchange.batch_report import BatchId, BatchReport, batch_report
from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.long_work import tell_version
from api.exchange.read_batch import own_batch
from api.exchange.versions import IfMatch, PreconditionFailed, PreconditionRequired, check_match
from api.identity import Caller
from api.problems import StoreBusy, TokenMissing, TokenUnknown, refusals
from risk.batches import BatchEnded, BatchUnknown
from risk.permissions import Scope

router = guarded_router("批量评估", Scope.ASSESSMENTS_WRITE)


@router.delete(
    "/assessment-batches/{id}",
    operation_id="cancel_batch",
    summary="取消批量评估",
    response_description="取消后的进度；已作出的评估保留",
    responses=refusals(
        TokenMissing,
        TokenUnknown,
        BatchUnknown,
        BatchEnded,
        PreconditionRequired,
        PreconditionFailed,
        StoreBusy,
        parameters=True,
    ),
)
def cancel_batch(
    id: BatchId, bank: Caller, desks: DesksHere, now: Now, response: Response, if_match: IfMatch = None
) -> BatchReport:
    """取消一批中尚未评估的企业；须携带 If-Match。

    (Cancel what waits of a batch.)
    """
    with desks.scoring.batches.visit(at=now) as visit:
        batch = own_batch(visit, id, bank.code, to_change=True)
        check_match(if_match, batch.version)
        batch = visit.cancel_batch(batch)
        visit.commit()
    tell_version(response, batch)
    return batch_report(batch)
