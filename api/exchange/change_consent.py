"""How is a consent confirmed, refused or taken back?"""

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from api.desks import Desks
from api.exchange.consent_report import AskingHere, ConsentId, ConsentReport, consent_report
from api.exchange.door import DesksHere, Now, guarded_router
from api.exchange.versions import IfMatch, PreconditionFailed, PreconditionRequired, check_match, etag
from api.exchange.words import CleanText
from api.problems import StoreBusy, TokenMissing, TokenUnknown, refusals
from risk.consent_words import Asking, ConsentEnded, ConsentMove, ConsentUnknown, NotYourConsent
from risk.permissions import Scope

router = guarded_router("授权", Scope.CONSENTS_WRITE)

REFUSED = (
    TokenMissing,
    TokenUnknown,
    ConsentUnknown,
    NotYourConsent,
    ConsentEnded,
    PreconditionRequired,
    PreconditionFailed,
    StoreBusy,
)


class ReasonTold(BaseModel):
    """为什么。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: CleanText | None = Field(default=None, description="原因，至多64字", examples=["不再申请贷款"])


@router.post(
    "/consents/{id}/authorise",
    operation_id="authorise_consent",
    summary="企业确认授权",
    responses=refusals(*REFUSED, body=True),
)
def authorise_consent(
    told: ReasonTold,
    id: ConsentId,
    by: AskingHere,
    desks: DesksHere,
    now: Now,
    response: Response,
    seen: IfMatch = None,
) -> ConsentReport:
    """企业确认一份等待中的授权，此刻起有效。

    (The enterprise confirms an awaiting consent.)
    """
    return _moved(desks, id, ConsentMove.AUTHORISE, by, told.reason or "", seen, now, response)


@router.post(
    "/consents/{id}/reject",
    operation_id="reject_consent",
    summary="拒绝授权",
    responses=refusals(*REFUSED, body=True),
)
def reject_consent(
    told: ReasonTold,
    id: ConsentId,
    by: AskingHere,
    desks: DesksHere,
    now: Now,
    response: Response,
    seen: IfMatch = None,
) -> ConsentReport:
    """拒绝一份等待中的授权。

    (Refuse an awaiting consent.)
    """
    return _moved(desks, id, ConsentMove.REJECT, by, told.reason or "", seen, now, response)


@router.delete(
    "/consents/{id}", operation_id="revoke_consent", summary="撤回授权", responses=refusals(*REFUSED, parameters=True)
)
def revoke_consent(
    id: ConsentId, by: AskingHere, desks: DesksHere, now: Now, response: Response, seen: IfMatch = None
) -> ConsentReport:
    """撤回授权：下一次请求起不再作答，开始删除期限的计时；审计记录保留。

    (Take a consent back; the next request is refused.)
    """
    return _moved(desks, id, ConsentMove.REVOKE, by, "", seen, now, response)


def _moved(  # noqa: PLR0913 # What three endpoints were handed.
    desks: Desks,
    id: str,
    move: ConsentMove,
    by: Asking,
    reason: str,
    seen: str | None,
    now: Now,
    response: Response,
) -> ConsentReport:
    with desks.consents.visit(at=now) as visit:
        check_match(seen, visit.read(id, by=by).consent.version)
        moved = consent_report(visit.move(id, move, by=by, reason=reason))
        visit.commit()
    response.headers.update(etag(moved.version))
    return moved
