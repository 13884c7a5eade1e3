"""How does a bank cancel a back-test?"""

from fastapi import Response

from api.exchange.back_test_report import BackTestId, BackTestReport, back_test_report
from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.long_work import tell_version
from api.exchange.read_back_test import own_back_test
from api.exchange.versions import IfMatch, PreconditionFailed, PreconditionRequired, check_match
from api.identity import Caller
from api.problems import StoreBusy, TokenMissing, TokenUnknown, refusals
from risk.back_test_words import BackTestEnded, BackTestUnknown
from risk.permissions import Scope

router = guarded_router("样本回溯", Scope.BACKTESTS_WRITE)


@router.delete(
    "/back-tests/{id}",
    operation_id="cancel_back_test",
    summary="取消样本回溯",
    response_description="取消后的进度；已有的分数保留，配额不退还",
    responses=refusals(
        TokenMissing,
        TokenUnknown,
        BackTestUnknown,
        BackTestEnded,
        PreconditionRequired,
        PreconditionFailed,
        StoreBusy,
        parameters=True,
    ),
)
def cancel_back_test(
    id: BackTestId, bank: Caller, desks: DesksHere, now: Now, response: Response, if_match: IfMatch = None
) -> BackTestReport:
    """取消一次样本回溯中尚未评分的各对；须携带 If-Match。

    (Cancel what waits of a back-test.)
    """
    with desks.back_tests.visit(at=now) as visit:
        test = own_back_test(visit, id, bank.code, to_change=True)
        check_match(if_match, test.version)
        test = visit.cancel_back_test(test)
        visit.commit()
    tell_version(response, test)
    return back_test_report(test)
