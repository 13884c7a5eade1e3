"""How far is a batch, and what came of it?"""

from fastapi import Response

from api.exchange.batch_report import (
    BatchId,
    BatchReport,
    BatchResultsReport,
    batch_report,
    error_report,
    place_of,
    result_report,
)
from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.long_work import ItemErrorsReport, tell_version
from api.exchange.paging import USUAL, CursorGiven, CursorInvalid, Cursors, Limit
from api.identity import Caller
from api.problems import StoreBusy, TokenMissing, TokenUnknown, refusals
from api.scoring_desk import BatchVisit
from data.spec.batches import AssessmentBatch
from risk.batches import BatchUnknown
from risk.permissions import Scope

router = guarded_router("批量评估", Scope.ASSESSMENTS_READ)

READING = refusals(TokenMissing, TokenUnknown, BatchUnknown, StoreBusy, parameters=True)
LISTING = refusals(TokenMissing, TokenUnknown, BatchUnknown, CursorInvalid, StoreBusy, parameters=True)


@router.get(
    "/assessment-batches/{id}",
    operation_id="read_batch",
    summary="查询批量评估的进度",
    response_description="进度；答复头 ETag 为取消时所需的版本，未结束时另有 Retry-After",
    responses=READING,
)
def read_batch(id: BatchId, bank: Caller, desks: DesksHere, now: Now, response: Response) -> BatchReport:
    """查询本机构一批评估的状态与家数。

    (Tell how far a batch of this institution's own is.)
    """
    with desks.scoring.batches.visit(at=now) as visit:
        batch = own_batch(visit, id, bank.code)
    tell_version(response, batch)
    return batch_report(batch)


@router.get(
    "/assessment-batches/{id}/results",
    operation_id="read_batch_results",
    summary="读取批量评估的结果",
    response_description="已有的评估，依申请中的次序；未结束时可反复从最后的游标续读",
    responses=LISTING,
)
def read_batch_results(
    id: BatchId, bank: Caller, desks: DesksHere, now: Now, limit: Limit = USUAL, cursor: CursorGiven = None
) -> BatchResultsReport:
    """逐页读取一批中已有的评估；企业授权已止的只列编号。

    (List the assessments of a batch; where the consent has ended only the id.)
    """
    cursors = Cursors(desks.secret, tenant=bank.code, route=f"{place_of(id)}/results")
    after = cursors.last_number(cursor, before=-1)
    with desks.scoring.batches.visit(at=now) as visit:
        found = visit.read_results(own_batch(visit, id, bank.code), after=after, limit=limit)
        visit.commit()
    following = cursors.write(found[-1].position) if len(found) == limit else None
    return BatchResultsReport(items=[result_report(one) for one in found], next=following)


@router.get(
    "/assessment-batches/{id}/errors",
    operation_id="read_batch_errors",
    summary="读取批量评估的错误",
    response_description="被拒绝的企业在申请中的位置与原因，不含所提交的内容",
    responses=LISTING,
)
def read_batch_errors(
    id: BatchId, bank: Caller, desks: DesksHere, now: Now, limit: Limit = USUAL, cursor: CursorGiven = None
) -> ItemErrorsReport:
    """逐页读取一批中被拒绝的企业：位置与原因代码。

    (List what was refused of a batch: position and code, never the input.)
    """
    cursors = Cursors(desks.secret, tenant=bank.code, route=f"{place_of(id)}/errors")
    after = cursors.last_number(cursor, before=-1)
    with desks.scoring.batches.visit(at=now) as visit:
        found = visit.read_errors(own_batch(visit, id, bank.code), after=after, limit=limit)
    following = cursors.write(found[-1].position) if len(found) == limit else None
    return ItemErrorsReport(items=[error_report(one) for one in found], next=following)


def own_batch(visit: BatchVisit, id: str, tenant: str, *, to_change: bool = False) -> AssessmentBatch:
    """Return a batch of the tenant's own; raise BatchUnknown."""
    batch = visit.read_batch(id, tenant=tenant, to_change=to_change)
    if batch is None:
        raise BatchUnknown("本机构没有这个编号的批次，或已过可读的期限。", help="请核对编号，或重新申请。")
    return batch
