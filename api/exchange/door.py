"""What does every endpoint receive: the desks, the instant, the idempotency key, the request's fingerprint?"""

import re
from concurrent.futures import Future
from datetime import datetime
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request

from api.desks import Desks
from api.identity import await_desks, guard, guarded_by
from api.problems import IdempotencyKeyMalformed, IdempotencyKeyMissing
from risk.permissions import Scope

KEY = re.compile(r"[\x21-\x7e]{1,128}")


def guarded_router(tag: str, scope: Scope) -> APIRouter:
    """Return a router whose every route demands a token that was granted the scope."""
    return APIRouter(prefix="/v1", tags=[tag], route_class=guarded_by(scope), dependencies=guard(scope))


def _arriving(request: Request) -> Future[Desks]:
    desks: Future[Desks] = request.app.state.desks
    return desks


def _desks(desks: Annotated[Future[Desks], Depends(_arriving)]) -> Desks:
    return await_desks(desks)


def _now(request: Request) -> datetime:
    instant: datetime = request.app.state.clock()
    return instant


async def _fingerprint(request: Request) -> str:
    """Tell requests apart: method, path and the very bytes of the body."""
    head = f"{request.method} {request.url.path}\n".encode()
    return sha256(head + await request.body()).hexdigest()


def _idempotency_key(
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="幂等键（必填）：每次新请求取一个新的随机值；网络出错后用同一个值重发，得到同一个答复。",
            examples=["b8f7c9a2-6d1e-4b7e-9a53-2f1f0c9d8e7a"],
        ),
    ] = None,
) -> str:
    if key is None:
        raise IdempotencyKeyMissing(
            "请求头缺少 Idempotency-Key。", help="请为每次新请求生成一个随机值，重发时保持不变。"
        )
    if not KEY.fullmatch(key):
        raise IdempotencyKeyMalformed("Idempotency-Key 须为 1 至 128 个可见的 ASCII 字符。", help="建议使用 UUID。")
    return key


ArrivingDesks = Annotated[Future[Desks], Depends(_arriving)]
DesksHere = Annotated[Desks, Depends(_desks)]
Now = Annotated[datetime, Depends(_now)]
"""The only clock of the service."""
Fingerprint = Annotated[str, Depends(_fingerprint)]
IdempotencyKey = Annotated[str, Depends(_idempotency_key)]
