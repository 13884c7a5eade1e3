"""Who is asking? A bound token of a registered client, or a demonstration's own; nobody else gets past the door."""

import re
import secrets
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from hashlib import sha256
from typing import Annotated, Any, ClassVar

from fastapi import Depends, Request, Response, Security
from fastapi.openapi.models import OAuthFlowClientCredentials, OAuthFlows
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer, OAuth2
from starlette.concurrency import run_in_threadpool

from api.bearer import Sent, credentials, identify_client
from api.desks import Desks, Institution
from api.problems import ServiceUnready, TokenUnknown
from api.rates import within_quota
from data.spec.acting import acting_for
from risk.permissions import LABELS, Relation, Scope, relation

PUBLIC_PATHS = frozenset(
    {
        "/health/live",
        "/health/ready",
        "/docs",
        "/docs/oauth2-redirect",
        "/redoc",
        "/openapi.json",
        "/static-offline-docs",
        "/oauth/token",
        "/oauth/jwks",
        "/.well-known/oauth-authorization-server",
    }
)
"""What may be read without a token; a test holds every other route to be guarded."""

TOKEN = re.compile(r"lk_[A-Za-z0-9_-]{43}")

PATIENCE_SECONDS = 60
"""So long a request waits for a service that still starts."""

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="demonstration",
    description="仅演示库：建库时写在状态目录的随机令牌；请求头 Authorization: Bearer <令牌>。",
)
OAUTH = OAuth2(
    auto_error=False,
    scheme_name="client",
    flows=OAuthFlows(
        clientCredentials=OAuthFlowClientCredentials(
            tokenUrl="/oauth/token", scopes={str(scope): label for scope, label in LABELS.items()}
        )
    ),
    description="客户端凭据（private_key_jwt）换取五分钟的令牌，以 DPoP 绑定密钥：请求头 Authorization: DPoP <令牌> "
    "与 DPoP: <持有证明>。",
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
            institution = await run_in_threadpool(identify, request)
            request.state.relation = relation(institution.role, self.scope, granted=institution.granted)
            request.state.institution = institution
            with acting_for(tenant_of(institution, request.state.relation)):
                return await within_quota(handle, request, institution, self.scope)

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


def identify(request: Request) -> Institution:
    """Return for whom a request asks; raise one of the refusals of a token or its proof."""
    sent = sent_by(request)
    scheme, token = credentials(sent.authorization)
    if scheme == "dpop":
        return identify_client(await_desks(request.app.state.desks), sent, token)
    institution = None
    if TOKEN.fullmatch(token):
        institution = await_desks(request.app.state.desks).institutions.find_by_token(token_hash(token))
    if institution is None:
        raise TokenUnknown("令牌不属于任何机构，或已作废。", help="请向科技局核对令牌。")
    return institution


def sent_by(request: Request) -> Sent:
    """Return what a guard looks at. The sender's address is the connection's own: headers can be made up."""
    issuer = issuer_of(request)
    return Sent(
        authorization=request.headers.getlist("authorization"),
        proofs=request.headers.getlist("dpop"),
        method=request.method,
        url=issuer + request.url.path,
        issuer=issuer,
        peer=request.client.host if request.client else None,
        at=request.app.state.pace(),
    )


def issuer_of(request: Request) -> str:
    """Return the service's public address: the one configured, else the one the request came to."""
    configured: str | None = request.app.state.public_url
    return configured or str(request.base_url).rstrip("/")


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


def guard(scope: Scope) -> list[Any]:  # FastAPI's own type for what Security returns.
    """Say in OpenAPI that a token with the scope is needed; the guard itself is the route class."""
    return [Security(OAUTH, scopes=[str(scope)]), Security(BEARER)]
