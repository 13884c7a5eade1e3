"""How does an institution have events sent to it, and see what became of each sending?"""

from datetime import datetime
from typing import Annotated

from fastapi import Path, Response
from pydantic import BaseModel, ConfigDict, Field

from api.assessment_id import new_id
from api.exchange.door import DesksHere, Fingerprint, IdempotencyKey, Now, guarded_router
from api.exchange.links import leads_to
from api.exchange.once import Sending, answer_once
from api.exchange.paging import Limit
from api.exchange.report import Frozen
from api.exchange.versions import IfMatch, PreconditionFailed, PreconditionRequired, check_match, etag
from api.exchange.words import CleanText
from api.identity import Caller
from api.problems import (
    CREATING,
    StoreBusy,
    TokenMissing,
    TokenUnknown,
    refusals,
)
from api.secret import webhook_secret
from api.target_guard import TargetRefused
from api.webhook_desk import EventTypeUnknown, WebhookShown, WebhookUnknown
from data.spec.events import EventType
from risk.permissions import Scope

router = guarded_router("事件", Scope.WEBHOOKS_WRITE)
reading = guarded_router("事件", Scope.EVENTS_READ)

WebhookId = Annotated[
    str,
    Path(
        description="推送地址的编号",
        max_length=64,
        pattern=r"^[0-9A-Za-z-]+$",
        examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"],
    ),
]
Url = Annotated[str, Field(strict=True, min_length=8, max_length=500)]
TYPES = "、".join(EventType)


class WebhookRequest(BaseModel):
    """登记一个推送地址。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Url = Field(description="公网上的 https 地址", examples=["https://bank.example.com/lukeping"])
    types: list[CleanText] = Field(
        default=[], max_length=50, description=f"只要这些种类的事件；空为全部：{TYPES}", examples=[["consent.revoked"]]
    )


class WebhookChange(BaseModel):
    """变更推送地址；不填的不变。"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Url | None = Field(
        default=None, description="公网上的 https 地址", examples=["https://bank.example.com/lukeping"]
    )
    types: list[CleanText] | None = Field(
        default=None, max_length=50, description="事件的种类", examples=[["consent.revoked"]]
    )
    active: bool | None = Field(default=None, strict=True, description="true 继续推送、false 暂停", examples=[True])


class WebhookReport(Frozen):
    """一个推送地址现在的状况；从登记之后的第一件事起推送。"""

    id: str = Field(description="编号", examples=["019b76da-5c00-7a31-8f3e-0c2f4d5e6a7b"])
    version: int = Field(description="版本，与 ETag 一致", examples=[1])
    url: str = Field(description="地址", examples=["https://bank.example.com/lukeping"])
    types: list[str] = Field(description="事件的种类；空为全部", examples=[["consent.revoked"]])
    state: str = Field(description="active 推送中、paused 已暂停、disabled 连续送不到而停用", examples=["active"])
    position: int = Field(description="已送到（或不需要）的最后一个编号", examples=[17])
    failures: int = Field(description="连续失败的次数", examples=[0])
    next_at: datetime = Field(description="下次推送的时刻", examples=["2026-01-01T09:30:00+08:00"])


class WebhookMade(WebhookReport):
    """新的推送地址或新的密钥；密钥只在这里给出一次。"""

    secret: str = Field(
        description="验证签名的密钥（Standard Webhooks）", examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"]
    )


class WebhooksReport(Frozen):
    """本机构的推送地址。"""

    items: list[WebhookReport] = Field(description="推送地址")


class DeliveryReport(Frozen):
    """一次推送的结果；不含正文。"""

    event: str = Field(description="事件编号", examples=["msg_3f2a91"])
    seq: int = Field(description="事件的连续编号", examples=[17])
    attempt: int = Field(description="第几次", examples=[1])
    at: datetime = Field(description="时刻", examples=["2026-01-01T09:30:00+08:00"])
    status: int | None = Field(description="对方的 HTTP 状态码；null 表示没有答复", examples=[200])
    milliseconds: int = Field(description="用时（毫秒）", examples=[120])
    failure: str | None = Field(
        description="没有答复的原因：timeout、unreachable、target-refused", examples=["timeout"]
    )
    next_at: datetime | None = Field(description="下次重试的时刻", examples=["2026-01-01T09:30:05+08:00"])


class DeliveriesReport(Frozen):
    """最近的推送，最后的在前。"""

    items: list[DeliveryReport] = Field(description="推送")


LEADS_TO = leads_to(201, "read_webhook", "list_deliveries", "change_webhook", "remove_webhook")
CHANGING = (WebhookUnknown, PreconditionRequired, PreconditionFailed, StoreBusy)


@router.post(
    "/webhooks",
    operation_id="add_webhook",
    status_code=201,
    summary="登记推送地址",
    response_model=WebhookMade,
    responses=LEADS_TO | refusals(*CREATING, TargetRefused, EventTypeUnknown, body=True),
)
def add_webhook(
    wanted: WebhookRequest, bank: Caller, desks: DesksHere, now: Now, key: IdempotencyKey, fingerprint: Fingerprint
) -> Response:
    """登记推送地址，得到验证签名的密钥；推送采用 Standard Webhooks，正文只有编号。

    (Add a receiver of events; its key is shown here once.)
    """
    sending = Sending(tenant=bank.code, route="POST /v1/webhooks", key=key, fingerprint=fingerprint)
    with desks.webhooks.visit(at=now) as visit:

        def make() -> tuple[int, str]:
            made = visit.add(wanted.url, tuple(wanted.types), id=new_id(now), tenant=bank.code, at=now)
            return 201, _kept(made)

        return _with_secret(answer_once(visit, sending, make), desks.secret)


@router.post(
    "/webhooks/{id}/keys",
    operation_id="rotate_webhook_key",
    status_code=201,
    summary="更换推送的密钥",
    response_model=WebhookMade,
    responses=refusals(*CREATING, WebhookUnknown, body=True),
)
def rotate_webhook_key(
    id: WebhookId, bank: Caller, desks: DesksHere, now: Now, key: IdempotencyKey, fingerprint: Fingerprint
) -> Response:
    """更换密钥：此后每次推送同时以新旧两把密钥签名，再换一次旧的即失效。

    (Rotate a receiver's key; two keys sign.)
    """
    sending = Sending(tenant=bank.code, route="POST /v1/webhooks/keys", key=key, fingerprint=fingerprint)
    with desks.webhooks.visit(at=now) as visit:
        answer = answer_once(visit, sending, lambda: (201, _kept(visit.rotate(id, tenant=bank.code))))
        return _with_secret(answer, desks.secret)


@router.patch(
    "/webhooks/{id}",
    operation_id="change_webhook",
    summary="变更、暂停或恢复推送",
    responses=refusals(TokenMissing, TokenUnknown, TargetRefused, EventTypeUnknown, *CHANGING, body=True),
)
def change_webhook(  # What FastAPI hands an endpoint.
    wanted: WebhookChange,
    id: WebhookId,
    bank: Caller,
    desks: DesksHere,
    now: Now,
    response: Response,
    seen: IfMatch = None,
) -> WebhookReport:
    """变更地址或种类，暂停，或在停用后恢复；恢复后从停下的地方继续，没有遗漏。

    (Change, pause or resume a receiver; it goes on where it stopped.)
    """
    types = None if wanted.types is None else tuple(wanted.types)
    with desks.webhooks.visit(at=now) as visit:
        check_match(seen, visit.read(id, tenant=bank.code).version)
        changed = visit.change(id, tenant=bank.code, url=wanted.url, types=types, active=wanted.active, at=now)
        visit.commit()
    response.headers.update(etag(changed.version))
    return _report(changed)


@router.delete(
    "/webhooks/{id}",
    operation_id="remove_webhook",
    status_code=204,
    summary="取消推送地址",
    responses=refusals(TokenMissing, TokenUnknown, *CHANGING, parameters=True),
)
def remove_webhook(id: WebhookId, bank: Caller, desks: DesksHere, now: Now, seen: IfMatch = None) -> None:
    """取消推送地址；事件仍可读取。

    (End a receiver; events may still be read.)
    """
    with desks.webhooks.visit(at=now) as visit:
        check_match(seen, visit.read(id, tenant=bank.code).version)
        visit.remove(id, tenant=bank.code)
        visit.commit()


@reading.get(
    "/webhooks",
    operation_id="list_webhooks",
    summary="列出推送地址",
    responses=refusals(TokenMissing, TokenUnknown, StoreBusy),
)
def list_webhooks(bank: Caller, desks: DesksHere, now: Now) -> WebhooksReport:
    """列出本机构的推送地址。

    (List the institution's receivers.)
    """
    with desks.webhooks.visit(at=now) as visit:
        return WebhooksReport(items=[_report(one) for one in visit.list_all(tenant=bank.code)])


@reading.get(
    "/webhooks/{id}",
    operation_id="read_webhook",
    summary="读取推送地址",
    responses=refusals(TokenMissing, TokenUnknown, WebhookUnknown, StoreBusy, parameters=True),
)
def read_webhook(id: WebhookId, bank: Caller, desks: DesksHere, now: Now, response: Response) -> WebhookReport:
    """读取一个推送地址的状况。

    (Read a receiver.)
    """
    with desks.webhooks.visit(at=now) as visit:
        found = visit.read(id, tenant=bank.code)
    response.headers.update(etag(found.version))
    return _report(found)


@reading.get(
    "/webhooks/{id}/deliveries",
    operation_id="list_deliveries",
    summary="推送的记录",
    responses=refusals(TokenMissing, TokenUnknown, WebhookUnknown, StoreBusy, parameters=True),
)
def list_deliveries(id: WebhookId, bank: Caller, desks: DesksHere, now: Now, limit: Limit = 50) -> DeliveriesReport:
    """列出最近的推送：何时、第几次、对方如何答复、何时重试。

    (List the latest sendings.)
    """
    with desks.webhooks.visit(at=now) as visit:
        found = visit.deliveries(id, tenant=bank.code, limit=limit)
    return DeliveriesReport(
        items=[
            DeliveryReport(
                **{name: value for name, value in vars(one).items() if name != "event_id"}, event=one.event_id
            )
            for one in found
        ]
    )


def _report(one: WebhookShown) -> WebhookReport:
    told = {name: value for name, value in vars(one).items() if name not in ("generation", "types")}
    return WebhookReport(**told, types=list(one.types))


class _Kept(WebhookReport):
    """一次登记或换钥的答复，不含密钥：幂等重发时再推出。"""

    generation: int


def _kept(one: WebhookShown) -> str:
    """Return what is remembered of an answer: the key itself is kept nowhere."""
    return _Kept(**_report(one).model_dump(), generation=one.generation).model_dump_json()


def _with_secret(answer: Response, secret: bytes) -> Response:
    """Return the answer with the key, which follows from what was remembered."""
    kept = _Kept.model_validate_json(bytes(answer.body))
    told = WebhookMade(
        **kept.model_dump(exclude={"generation"}), secret=webhook_secret(secret, kept.id, kept.generation)
    )
    headers = {"Location": f"/v1/webhooks/{kept.id}", **etag(kept.version)}
    return Response(told.model_dump_json(), answer.status_code, headers, media_type="application/json")
