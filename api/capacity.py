"""How many requests are answered at once, and how long may one take?

Endpoints share a few threads. What comes when all are taken is told at once to come again, instead of waiting in a
queue that only grows; and nobody waits for an answer longer than the deadline.
"""

import asyncio
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import refusal_response
from risk.quotas import ReducedCapacity

COUNTED = "/v1/"


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Say how many requests may be in hand at once, and after how many seconds one is given up."""

    at_once: int = 64
    deadline_seconds: float = 30.0


class Capacity:
    """Let only so many requests in, and answer 503 for those that come beyond, or take too long."""

    def __init__(self, app: ASGIApp, terms: Terms) -> None:
        self._app, self._terms = app, terms
        self._working: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or say that there is no room for it."""
        if scope["type"] != "http" or not scope["path"].startswith(COUNTED):
            await self._app(scope, receive, send)
        elif len(self._working) >= self._terms.at_once:
            await _refuse("服务正忙。", scope, receive, send)
        else:
            await self._within_deadline(scope, receive, send)

    async def _within_deadline(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _Answer(send)
        task = asyncio.create_task(self._run(scope, receive, answer))
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        done, _ = await asyncio.wait({task}, timeout=self._terms.deadline_seconds)
        if done or answer.begun:
            await task
            return
        # A thread cannot be stopped: what it does is kept or not as ever, and still counts as in hand until it ends.
        answer.given_up = True
        task.add_done_callback(_heard)
        await _refuse("服务未能在时限内答复。", scope, receive, send)

    async def _run(self, scope: Scope, receive: Receive, answer: "_Answer") -> None:
        await self._app(scope, receive, answer.send)


class _Answer:
    """Pass an answer on until it is given up."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun, self.given_up = False, False

    async def send(self, message: Message) -> None:
        if not self.given_up:
            self.begun = True
            await self._send(message)


def _heard(task: "asyncio.Task[None]") -> None:
    """Take note of a fault that came too late to be told, so that the loop does not complain of it."""
    if not task.cancelled():
        task.exception()


async def _refuse(message: str, scope: Scope, receive: Receive, send: Send) -> None:
    refusal = ReducedCapacity(message, help="请按 Retry-After 稍后用同一个幂等键重发。")
    response = refusal_response(refusal, interaction=str(scope.get("interaction_id", "")))
    await response(scope, receive, send)
