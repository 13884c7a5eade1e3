"""How are consents read?"""

from fastapi import Response
from pydantic import Field

from api.exchange.consent_report import AskingHere, ConsentId, ConsentReport, consent_report, version_report
from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.paging import CursorGiven, CursorInvalid, Cursors, Limit
from api.exchange.report import Frozen
from api.exchange.versions import etag
from api.problems import StoreBusy, TokenMissing, TokenUnknown, refusals
from risk.consent_words import ConsentUnknown
from risk.permissions import Scope

router = guarded_router("授权", Scope.CONSENTS_READ)


class ConsentsReport(Frozen):
    """可见的授权，按编号。"""

    items: list[ConsentReport] = Field(description="授权")
    next: str | None = Field(description="下一页的游标；null 表示已读完", examples=[None])


class ConsentHistory(Frozen):
    """一份授权的全部版本，从最早起。"""

    versions: list[ConsentReport] = Field(description="各版本")


@router.get(
    "/consents",
    operation_id="list_consents",
    summary="列出授权",
    responses=refusals(TokenMissing, TokenUnknown, CursorInvalid, StoreBusy, parameters=True),
)
def list_consents(
    by: AskingHere, desks: DesksHere, now: Now, cursor: CursorGiven = None, limit: Limit = 50
) -> ConsentsReport:
    """银行、担保机构看授予自己的，企业看自己授出的，科技局依职责看全部。

    (List the consents that are yours to see.)
    """
    cursors = Cursors(desks.secret, tenant=by.tenant, route="/v1/consents")
    after = cursors.last_text(cursor)
    with desks.consents.visit(at=now) as visit:
        found = visit.list_all(by=by, after=after, limit=limit)
        visit.commit()
    items = [consent_report(one) for one in found]
    return ConsentsReport(items=items, next=cursors.write(items[-1].id) if len(items) == limit else None)


@router.get(
    "/consents/{id}",
    operation_id="read_consent",
    summary="读取一份授权",
    responses=refusals(TokenMissing, TokenUnknown, ConsentUnknown, StoreBusy, parameters=True),
)
def read_consent(id: ConsentId, by: AskingHere, desks: DesksHere, now: Now, response: Response) -> ConsentReport:
    """读取一份授权现在的状况；到期按此刻比较得出。

    (Read a consent as it stands at this instant.)
    """
    with desks.consents.visit(at=now) as visit:
        found = consent_report(visit.read(id, by=by))
        visit.commit()
    response.headers.update(etag(found.version))
    return found


@router.get(
    "/consents/{id}/history",
    operation_id="read_consent_history",
    summary="授权的历次变动",
    responses=refusals(TokenMissing, TokenUnknown, ConsentUnknown, StoreBusy, parameters=True),
)
def read_consent_history(id: ConsentId, by: AskingHere, desks: DesksHere, now: Now) -> ConsentHistory:
    """列出一份授权的全部版本：谁、何时、为什么。

    (Read every version of a consent.)
    """
    with desks.consents.visit(at=now) as visit:
        now_shown = visit.read(id, by=by)
        versions = visit.history(id, by=by)
        visit.commit()
    return ConsentHistory(versions=[version_report(one, now_shown.enterprise_name) for one in versions])
