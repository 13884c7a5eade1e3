"""What surrounds every answer? An interaction id, safe headers, a cap on the body, and a net under faults."""

import re
import time
from uuid import uuid4

import structlog
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import fault_response, plain_response
from api.rates import ANSWER_HEADERS

BODY_LIMIT = 1_000_000
"""Bytes a body may have, counted as they come in: a header may lie, a chunked body has none."""

INTERACTION_HEADER = "x-fapi-interaction-id"
INTERACTION = re.compile(r"[0-9A-Za-z-]{8,64}")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
DOCS_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'"
)
"""The documents' pages carry inline scripts of their own; nothing of ours stands on them."""


class Envelope:
    """Wrap the app: the outermost layer that knows of a request."""

    def __init__(self, app: ASGIApp, log: "structlog.typing.FilteringBoundLogger") -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever happens within."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = Exchange(scope, receive, send)
        try:
            if _told_length(scope) > BODY_LIMIT:  # Nothing of it is read.
                await plain_response(413, interaction=exchange.interaction)(scope, receive, exchange.send)
            else:
                await self._app(scope, exchange.receive, exchange.send)
        except ClientDisconnect:
            self._log.info("disconnected", **exchange.told())
        except Exception as fault:
            self._log.error("fault", exc_info=fault, **exchange.told())
            if exchange.status is None:
                await fault_response(interaction=exchange.interaction)(scope, receive, exchange.send)
        else:
            self._log.info("answered", **exchange.told())


class Exchange:
    """Follow one request: what came in, what went out."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._bytes = 0
        self._began = time.monotonic()
        self.status: int | None = None
        self.interaction = scope["interaction_id"] = _interaction_of(scope)

    async def receive(self) -> Message:
        """Hand a piece of the body on, until there is too much of it."""
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        if self._bytes > BODY_LIMIT:
            raise HTTPException(413)
        return message

    async def send(self, message: Message) -> None:
        """Put the headers on the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers[INTERACTION_HEADER] = self.interaction
            headers.update(self._scope.get(ANSWER_HEADERS, {}))
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if self._scope["path"] in ("/docs", "/redoc"):
                headers["Content-Security-Policy"] = DOCS_POLICY
        await self._send(message)

    def told(self) -> dict[str, str | int | None]:
        """Say what the log may know: the route's template, never a query or a body."""
        route = getattr(self._scope.get("route"), "path", "-")
        return {
            "interaction_id": self.interaction,
            "method": self._scope["method"],
            "route": route,
            "status": self.status,
            "milliseconds": round((time.monotonic() - self._began) * 1000),
        }


def _told_length(scope: Scope) -> int:
    """Return the length that a request says it has, 0 where it says none or nonsense: what comes is counted anyway."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0


def _interaction_of(scope: Scope) -> str:
    """Take the sender's id where it is one, else a new one."""
    for name, value in scope["headers"]:
        if name == INTERACTION_HEADER.encode() and INTERACTION.fullmatch(value.decode("latin-1")):
            return str(value.decode("latin-1"))
    return str(uuid4())
