"""How does an enterprise object, and how is it answered in time?"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Path, Response
from pydantic import BaseModel, ConfigDict, Field

from api.assessment_id import new_id
from api.desks import Desks
from api.exchange.consent_report import AskingHere
from api.exchange.door import DesksHere, Fingerprint, IdempotencyKey, Now, guarded_router
from api.exchange.links import leads_to
from api.exchange.once import Sending, answer_once
from api.exchange.paging import CursorGiven, CursorInvalid, Cursors, Limit
from api.exchange.report import Frozen
from api.exchange.versions import IfMatch, PreconditionFailed, PreconditionRequired, check_match, etag
from api.exchange.words import CleanText
from api.identity import Caller
from api.objection_desk import ObjectionShown, ObjectionVisit
from api.problems import (
    CREATING,
    StoreBusy,
    TokenMissing,
    TokenUnknown,
    refusals,
)
from risk.consent_words import Asking
from risk.objection_words import (
    STATE_LABELS,
    CalendarEnded,
    NotYourObjection,
    ObjectionAnswered,
    ObjectionKind,
    ObjectionState,
    ObjectionUnknown,
    ObjectUnknown,
)
from risk.permissions import Scope

router = guarded_router("异议", Scope.OBJECTIONS_WRITE)
reading = guarded_router("异议", Scope.OBJECTIONS_READ)

ObjectionId = Annotated[
    str,
    Path(
        description="异议编号",
        max_length=64,
        pattern=r"^[0-9A-Za-z-]+$",
        examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"],
    ),
]
Words = Annotated[str, Field(strict=True, min_length=1, max_length=1000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]


class ObjectionRequest(BaseModel):
    """对一份评估或授权提出异议。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["assessment", "consent"] = Field(
        description="对什么：assessment 评估、consent 授权", examples=["assessment"]
    )
    object: CleanText = Field(description="评估或授权的编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    words: Words = Field(description="异议的理由，至多1000字", examples=["专利年费已按期缴纳，名单有误。"])


class AnswerRequest(BaseModel):
    """对异议的答复。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Literal["upheld", "rejected"] = Field(description="upheld 成立、rejected 不成立", examples=["upheld"])
    words: Words = Field(description="答复，至多1000字", examples=["经核实，名单已更正。"])


class ObjectionReport(Frozen):
    """一件异议现在的状况与法定期限。"""

    id: str = Field(description="异议编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    version: int = Field(description="版本，与 ETag 一致", examples=[1])
    kind: str = Field(description="对什么", examples=["assessment"])
    object: str = Field(description="评估或授权的编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    words: str = Field(description="理由", examples=["专利年费已按期缴纳，名单有误。"])
    state: str = Field(description="状态", examples=["received"])
    state_label: str = Field(description="状态的中文名", examples=["已受理，核实中"])
    answer: str = Field(description="答复", examples=[""])
    received_at: datetime = Field(description="受理的时刻", examples=["2026-01-01T09:30:00+08:00"])
    verify_by: date = Field(description="核实期限：三个工作日（山东省社会信用条例第39条）", examples=["2026-01-07"])
    answer_by: date = Field(description="答复期限：二十日（征信业管理条例第25条）", examples=["2026-01-21"])
    overdue: bool = Field(description="是否已过其中较早的期限仍未办结", examples=[False])


class ObjectionsReport(Frozen):
    """可见的异议，按编号。"""

    items: list[ObjectionReport] = Field(description="异议")
    next: str | None = Field(description="下一页的游标；null 表示已读完", examples=[None])


@router.post(
    "/objections",
    operation_id="object_to",
    status_code=201,
    summary="提出异议",
    response_model=ObjectionReport,
    responses=leads_to(201, "read_objection", "withdraw_objection")
    | refusals(
        *CREATING,
        ObjectUnknown,
        NotYourObjection,
        CalendarEnded,
        body=True,
    ),
)
def object_to(
    wanted: ObjectionRequest,
    bank: Caller,
    by: AskingHere,
    desks: DesksHere,
    now: Now,
    key: IdempotencyKey,
    fingerprint: Fingerprint,
) -> Response:
    """企业（或机构代为）对评估或授权提出异议；办理期间读取该评估会注明“异议处理中”。

    (Object to an assessment or a consent; the legal days begin.)
    """
    sending = Sending(tenant=bank.code, route="POST /v1/objections", key=key, fingerprint=fingerprint)
    with desks.objections.visit(at=now) as visit:

        def make() -> tuple[int, str]:
            made = visit.object_to(ObjectionKind(wanted.kind), wanted.object, wanted.words, id=new_id(now), by=by)
            return 201, _report(made).model_dump_json()

        return answer_once(visit, sending, make, headers=_place)


@router.post(
    "/objections/{id}/answer",
    operation_id="answer_objection",
    summary="答复异议",
    responses=refusals(
        TokenMissing,
        TokenUnknown,
        ObjectionUnknown,
        NotYourObjection,
        ObjectionAnswered,
        PreconditionRequired,
        PreconditionFailed,
        StoreBusy,
        body=True,
    ),
)
def answer_objection(
    told: AnswerRequest,
    id: ObjectionId,
    by: AskingHere,
    desks: DesksHere,
    now: Now,
    response: Response,
    seen: IfMatch = None,
) -> ObjectionReport:
    """科技局答复异议，并告知提出的一方。

    (Answer an objection, as the bureau.)
    """
    upheld = told.outcome == "upheld"
    return _moved(
        desks, id, by, seen, now, response, lambda visit: visit.answer(id, upheld=upheld, words=told.words, by=by)
    )


@router.delete(
    "/objections/{id}",
    operation_id="withdraw_objection",
    summary="撤回异议",
    responses=refusals(
        TokenMissing,
        TokenUnknown,
        ObjectionUnknown,
        NotYourObjection,
        ObjectionAnswered,
        PreconditionRequired,
        PreconditionFailed,
        StoreBusy,
        parameters=True,
    ),
)
def withdraw_objection(
    id: ObjectionId, by: AskingHere, desks: DesksHere, now: Now, response: Response, seen: IfMatch = None
) -> ObjectionReport:
    """提出的一方撤回异议；记录保留。

    (Take an objection back.)
    """
    return _moved(desks, id, by, seen, now, response, lambda visit: visit.withdraw(id, by=by))


@reading.get(
    "/objections",
    operation_id="list_objections",
    summary="列出异议",
    responses=refusals(TokenMissing, TokenUnknown, CursorInvalid, StoreBusy, parameters=True),
)
def list_objections(
    by: AskingHere, desks: DesksHere, now: Now, cursor: CursorGiven = None, limit: Limit = 50
) -> ObjectionsReport:
    """机构看自己提出的，企业看关于自己的，科技局看全部；逾期未办结的标出。

    (List objections; those overdue are marked.)
    """
    cursors = Cursors(desks.secret, tenant=by.tenant, route="/v1/objections")
    after = cursors.last_text(cursor)
    with desks.objections.visit(at=now) as visit:
        found = visit.list_all(by=by, after=after, limit=limit)
        visit.commit()
    items = [_report(one) for one in found]
    return ObjectionsReport(items=items, next=cursors.write(items[-1].id) if len(items) == limit else None)


@reading.get(
    "/objections/{id}",
    operation_id="read_objection",
    summary="读取异议",
    responses=refusals(TokenMissing, TokenUnknown, ObjectionUnknown, StoreBusy, parameters=True),
)
def read_objection(id: ObjectionId, by: AskingHere, desks: DesksHere, now: Now, response: Response) -> ObjectionReport:
    """读取一件异议的状况与期限。

    (Read an objection.)
    """
    with desks.objections.visit(at=now) as visit:
        found = _report(visit.read(id, by=by))
        visit.commit()
    response.headers.update(etag(found.version))
    return found


def _moved(  # What two endpoints were handed.
    desks: Desks,
    id: str,
    by: Asking,
    seen: str | None,
    now: datetime,
    response: Response,
    move: Callable[[ObjectionVisit], ObjectionShown],
) -> ObjectionReport:
    with desks.objections.visit(at=now) as visit:
        check_match(seen, visit.read(id, by=by).version)
        moved = _report(move(visit))
        visit.commit()
    response.headers.update(etag(moved.version))
    return moved


def _report(one: ObjectionShown) -> ObjectionReport:
    return ObjectionReport(**vars(one), state_label=STATE_LABELS[ObjectionState(one.state)])


def _place(body: str) -> dict[str, str]:
    made = ObjectionReport.model_validate_json(body)
    return {"Location": f"/v1/objections/{made.id}", **etag(made.version)}
