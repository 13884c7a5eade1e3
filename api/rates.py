"""How much may this client still ask, and what do the headers of its answers say of it?

The quota is taken before anything of a request is read, and is kept in the store: it holds for all instances of the
service together. Who asks is known by the token, never by an address that a header tells.
"""

from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from data.spec.errors import Refusal
from risk.quotas import AbnormalUsage, Allowance, QuotaExceeded, quota_of

if TYPE_CHECKING:
    from fastapi import Request, Response

    from api.desks import Desks, Institution
    from risk.permissions import Scope

    Handler = Callable[[Request], Awaitable[Response]]

ANSWER_HEADERS = "answer_headers"
"""Where in a request's scope stand the headers that its answer gets, whatever it is."""

IN_VAIN = "consent-required"
"""The refusal, beside every 404, of what was asked in vain."""


async def within_quota(handle: "Handler", request: "Request", institution: "Institution", scope: "Scope") -> "Response":
    """Answer where the client's quota allows it, and count what it asked in vain.

    Raises QuotaExceeded, AbnormalUsage, ReducedCapacity.
    """
    desks: Future[Desks] = request.app.state.desks
    rates, pace = desks.result().scoring.rates, request.app.state.pace
    client = client_of(institution)
    given = await run_in_threadpool(rates.admit, client, quota_of(scope), now=pace())
    request.scope.setdefault(ANSWER_HEADERS, {}).update(headers_of(given))
    check(given)
    try:
        return await handle(request)
    except Refusal as refusal:
        if refusal.status == HTTPStatus.NOT_FOUND or refusal.code == IN_VAIN:
            at = request.app.state.clock()
            await run_in_threadpool(rates.note_miss, client, tenant=institution.code, at=at, now=pace())
        raise


def client_of(institution: "Institution") -> str:
    """Name who is counted: the machine that asks, in a demonstration its institution."""
    return institution.client or institution.code


def headers_of(given: Allowance) -> Mapping[str, str]:
    """Return the headers of draft-ietf-httpapi-ratelimit-headers, and when to come again."""
    limit, taking = given.limit, given.taking
    wait = given.abnormal_seconds or (0 if taking.granted else taking.seconds_to_one)
    return {
        "RateLimit-Policy": f'"{given.quota}";q={limit.requests};w={limit.seconds}',
        "RateLimit": f'"{given.quota}";r={taking.remaining};t={taking.seconds_to_full}',
        **({"Retry-After": str(max(wait, 1))} if wait else {}),
    }


def check(given: Allowance) -> None:
    """Raise AbnormalUsage or QuotaExceeded where the request may not go on."""
    if given.abnormal_seconds:
        raise AbnormalUsage(
            "近期多次询问不存在、未授权或他人的材料，已暂停作答。",
            help="请核对所用的标识与授权，并按 Retry-After 稍后再试。",
        )
    if not given.taking.granted:
        raise QuotaExceeded("请求次数已达上限。", help="请按 Retry-After 稍后用同一个幂等键重发。")
