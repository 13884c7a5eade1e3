"""Who is asking? A bearer token names an institution; nobody else gets past the door."""

import re
import secrets
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from hashlib import sha256
from typing import Annotated, Any, ClassVar

from fastapi import Depends, Request, Response, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.concurrency import run_in_threadpool

from api.desks import Desks, Institution
from api.problems import ServiceUnready, TokenMissing, TokenUnknown
from data.spec.acting import acting_for
from risk.permissions import Relation, Scope, relation

PUBLIC_PATHS = frozenset(
    {
        "/health/live",
        "/health/ready",
        "/docs",
        "/docs/oauth2-redirect",
        "/redoc",
        "/openapi.json",
        "/static-offline-docs",
    }
)
"""What may be read without a token; a test holds every other route to be guarded."""

TOKEN = re.compile(r"lk_[A-Za-z0-9_-]{43}")

PATIENCE_SECONDS = 60
"""So long a request waits for a service that still starts."""

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="机构令牌",
    description="每家机构一枚随机令牌，建库时只显示一次；请求头 Authorization: Bearer <令牌>。",
)


def new_token() -> str:
    """Return a random token of 256 bits."""
    return f"lk_{secrets.token_urlsafe(32)}"


def token_hash(token: str) -> str:
    """Return what is kept of a token: it is random, so a plain sha256 cannot be searched."""
    return sha256(token.encode()).hexdigest()


class GuardedRoute(APIRoute):
    """Let a request in only with the token of an institution, before anything of its body is read.

    The token is looked up in a short reading of its own: a thread that held the one transaction while it
    waits for a second thread could starve the service.
    """

    scope: ClassVar[Scope]
    """What the token must have been granted."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler behind the guard."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            desks: Future[Desks] = request.app.state.desks
            institution = await run_in_threadpool(identify, desks, request.headers.get("authorization"))
            request.state.relation = relation(institution.role, self.scope, granted=institution.granted)
            request.state.institution = institution
            with acting_for(tenant_of(institution, request.state.relation)):
                return await handle(request)

        return guarded


def tenant_of(institution: Institution, seen: Relation) -> str | None:
    """Return whose rows alone the request sees; None where its relation reaches beyond its own."""
    return None if seen in (Relation.DUTY, Relation.SUBJECT) else institution.code


def guarded_by(scope: Scope) -> type[GuardedRoute]:
    """Return the class of routes that demand this scope."""
    return type("GuardedRoute", (GuardedRoute,), {"scope": scope})


def await_desks(desks: Future[Desks]) -> Desks:
    """Wait for the desks: the service listens before it has read its libraries. Raises ServiceUnready."""
    try:
        return desks.result(timeout=PATIENCE_SECONDS)
    except TimeoutError:
        raise ServiceUnready("服务仍在启动。", help="请稍后用同一个幂等键重发。") from None


def identify(desks: Future[Desks], authorization: str | None) -> Institution:
    """Return the institution that the header's token belongs to; raise TokenMissing or TokenUnknown."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenMissing("请求没有携带机构令牌。", help="请在请求头加入 Authorization: Bearer <令牌>。")
    institution = None
    if TOKEN.fullmatch(token):
        institution = await_desks(desks).institutions.find_by_token(token_hash(token))
    if institution is None:
        raise TokenUnknown("令牌不属于任何机构，或已作废。", help="请向科技局核对令牌。")
    return institution


def _institution(request: Request) -> Institution:
    found: Institution = request.state.institution
    return found


def _relation(request: Request) -> Relation:
    found: Relation = request.state.relation
    return found


Caller = Annotated[Institution, Depends(_institution)]
"""The institution that asks, in an endpoint of a guarded route."""

CallerRelation = Annotated[Relation, Depends(_relation)]
"""Whose rows the one who asks sees here."""


def guard(scope: Scope) -> Any:  # FastAPI's own type for what Security returns.
    """Say in OpenAPI that a token with the scope is needed; the guard itself is the route class."""
    return Security(BEARER, scopes=[str(scope)])
