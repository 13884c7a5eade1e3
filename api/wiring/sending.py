"""How is one event sent? Standard Webhooks: an id, an instant, a signature by each live key, a thin body."""

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import httpx2
from standardwebhooks import Webhook as Signer

from api.secret import webhook_secret
from api.target_guard import Resolve, Target, TargetRefused, check_target
from data.store.announced import Announced
from data.store.webhooks import Webhook
from risk.delivering import Sent

TIMEOUT_SECONDS = 10.0
"""One sending takes at most so long as a whole: a limit on each step would let a receiver that drips bytes go on."""
ANSWER_LIMIT = 10_000
"""Bytes of an answer that are read at most."""


def message(webhook: Webhook, event: Announced, *, secret: bytes, at: datetime) -> tuple[dict[str, str], bytes]:
    """Return headers and body of one sending; during a rotation both keys sign."""
    body = json.dumps(
        {
            "type": event.type,
            "timestamp": event.at.isoformat(),
            "data": {"id": event.id, "object": event.object_id, "seq": event.seq},
        },
        separators=(",", ":"),
    )
    live = [one for one in (webhook.generation, webhook.generation - 1) if one > 0]
    # The library takes a time for UTC whatever its zone says.
    stamp = at.astimezone(UTC)
    signatures = [Signer(webhook_secret(secret, webhook.id, one)).sign(event.id, stamp, body) for one in live]
    headers = {
        "Content-Type": "application/json",
        "Accept-Encoding": "identity",
        "webhook-id": event.id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
    return headers, body.encode()


class Sender:
    """Send over the network: to the very address that was looked at, without redirects or proxies."""

    def __init__(
        self,
        secret: bytes,
        *,
        resolve: Resolve,
        local: bool,
        transport: httpx2.AsyncBaseTransport | None = None,
        ticks: Callable[[], float] = time.monotonic,
        seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._secret, self._resolve, self._local, self._ticks = secret, resolve, local, ticks
        self._transport, self._seconds = transport, seconds

    def __call__(self, webhook: Webhook, event: Announced, *, at: datetime) -> Sent:
        """Send one event."""
        began = self._ticks()
        headers, body = message(webhook, event, secret=self._secret, at=at)
        status, failure = None, None
        try:
            target = check_target(webhook.url, resolve=self._resolve, local=self._local)
            status = asyncio.run(self._post(target, headers, body))
        except TargetRefused as refusal:
            failure = refusal.code
        except (TimeoutError, httpx2.TimeoutException):
            failure = "timeout"
        except httpx2.HTTPError:
            failure = "unreachable"
        return Sent(status=status, failure=failure, milliseconds=round((self._ticks() - began) * 1000))

    async def _post(self, target: Target, headers: dict[str, str], body: bytes) -> int:
        named, extensions = {**headers, "Host": target.named}, {"sni_hostname": target.host}
        async with (
            asyncio.timeout(self._seconds),
            httpx2.AsyncClient(
                timeout=None, trust_env=False, follow_redirects=False, transport=self._transport
            ) as http,
            http.stream("POST", target.place, headers=named, content=body, extensions=extensions) as answer,
        ):
            read = 0
            async for part in answer.aiter_raw():
                read += len(part)
                if read > ANSWER_LIMIT:
                    break
            return answer.status_code
