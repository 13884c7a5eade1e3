"""How is a request that creates something answered once, however often it is sent?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import Response

from api.desks import RememberedAnswer, Remembering
from api.problems import IdempotencyKeyReused


@dataclass(frozen=True, kw_only=True)
class Sending:
    """Tell one sending of a request: by whom, to which route, under which key, with which bytes."""

    tenant: str
    route: str
    key: str
    fingerprint: str


def answer_once(
    visit: Remembering,
    sending: Sending,
    make: Callable[[], tuple[int, str]],
    *,
    headers: Callable[[str], Mapping[str, str]] = lambda body: {},
) -> Response:
    """Return what was answered under the key before, or make an answer (status, JSON) and keep it with all it rests on.

    `headers` derives the answer's headers from its body, so that a replay has them too. One transaction (decision 15).
    Raises IdempotencyKeyReused where the key came with other bytes.
    """
    answer = visit.find_answer(tenant=sending.tenant, route=sending.route, key=sending.key)
    if answer is None:
        status, body = make()
        answer = RememberedAnswer(fingerprint=sending.fingerprint, status=status, body=body)
        visit.remember_answer(tenant=sending.tenant, route=sending.route, key=sending.key, answer=answer)
        visit.commit()
    if answer.fingerprint != sending.fingerprint:
        raise IdempotencyKeyReused("这个幂等键已用于另一个请求。", help="新请求请换用新的幂等键。")
    return Response(answer.body, answer.status, dict(headers(answer.body)), media_type="application/json")
