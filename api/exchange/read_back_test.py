"""How far is a back-test, and what came of it?"""

from fastapi import Response

from api.back_test_desk import BackTestVisit
from api.exchange.back_test_report import (
    BackTestId,
    BackTestReport,
    PairsReport,
    back_test_report,
    error_report,
    pair_report,
    place_of,
)
from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.long_work import ItemErrorsReport, tell_version
from api.exchange.paging import USUAL, CursorGiven, CursorInvalid, Cursors, Limit
from api.identity import Caller
from api.problems import StoreBusy, TokenMissing, TokenUnknown, refusals
from data.spec.back_tests import BackTest
from risk.back_test_words import BackTestUnknown
from risk.permissions import Scope

router = guarded_router("样本回溯", Scope.BACKTESTS_WRITE)

READING = refusals(TokenMissing, TokenUnknown, BackTestUnknown, StoreBusy, parameters=True)
LISTING = refusals(TokenMissing, TokenUnknown, BackTestUnknown, CursorInvalid, StoreBusy, parameters=True)


@router.get(
    "/back-tests/{id}",
    operation_id="read_back_test",
    summary="查询样本回溯的进度",
    response_description="进度；答复头 ETag 为取消时所需的版本，未结束时另有 Retry-After",
    responses=READING,
)
def read_back_test(id: BackTestId, bank: Caller, desks: DesksHere, now: Now, response: Response) -> BackTestReport:
    """查询本机构一次样本回溯的状态与对数。

    (Tell how far a back-test of this institution's own is.)
    """
    with desks.back_tests.visit(at=now) as visit:
        test = own_back_test(visit, id, bank.code)
    tell_version(response, test)
    return back_test_report(test)


@router.get(
    "/back-tests/{id}/results",
    operation_id="read_back_test_results",
    summary="读取样本回溯的分数",
    response_description="已有的分数，依申请中的次序；未结束时可反复从最后的游标续读",
    responses=LISTING,
)
def read_back_test_results(
    id: BackTestId, bank: Caller, desks: DesksHere, now: Now, limit: Limit = USUAL, cursor: CursorGiven = None
) -> PairsReport:
    """逐页读取已有的分数；企业授权已止的留空。

    (List the scores of a back-test; blank where the consent has ended.)
    """
    cursors = Cursors(desks.secret, tenant=bank.code, route=f"{place_of(id)}/results")
    after = cursors.last_number(cursor, before=-1)
    with desks.back_tests.visit(at=now) as visit:
        found = visit.read_results(own_back_test(visit, id, bank.code), after=after, limit=limit)
        visit.commit()
    following = cursors.write(found[-1].position) if len(found) == limit else None
    return PairsReport(items=[pair_report(one) for one in found], next=following)


@router.get(
    "/back-tests/{id}/errors",
    operation_id="read_back_test_errors",
    summary="读取样本回溯的错误",
    response_description="被拒绝的各对在申请中的位置与原因，不含所提交的内容",
    responses=LISTING,
)
def read_back_test_errors(
    id: BackTestId, bank: Caller, desks: DesksHere, now: Now, limit: Limit = USUAL, cursor: CursorGiven = None
) -> ItemErrorsReport:
    """逐页读取被拒绝的各对：位置与原因代码。

    (List what was refused of a back-test: position and code, never the input.)
    """
    cursors = Cursors(desks.secret, tenant=bank.code, route=f"{place_of(id)}/errors")
    after = cursors.last_number(cursor, before=-1)
    with desks.back_tests.visit(at=now) as visit:
        found = visit.read_errors(own_back_test(visit, id, bank.code), after=after, limit=limit)
    following = cursors.write(found[-1].position) if len(found) == limit else None
    return ItemErrorsReport(items=[error_report(one) for one in found], next=following)


def own_back_test(visit: BackTestVisit, id: str, tenant: str, *, to_change: bool = False) -> BackTest:
    """Return a back-test of the tenant's own; raise BackTestUnknown."""
    test = visit.read_back_test(id, tenant=tenant, to_change=to_change)
    if test is None:
        raise BackTestUnknown("本机构没有这个编号的样本回溯，或已过可读的期限。", help="请核对编号，或重新申请。")
    return test
