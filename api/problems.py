"""Which shape does every error have? RFC 9457, in Chinese, with a stable code and never the input."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from api.problem_words import DETAILS, KNOWN_STEPS, TITLES
from data.spec.errors import Refusal
from risk.back_test_words import BackTestQuotaExceeded
from risk.permissions import ScopeMissing
from risk.quotas import AbnormalUsage, QuotaExceeded, ReducedCapacity

Declared = dict[int | str, dict[str, Any]]
MEDIA_TYPE = "application/problem+json"
ALGORITHMS = 'algs="ES256 PS256 Ed25519 EdDSA"'
CHALLENGES: Mapping[str, str] = {
    "token-missing": f"DPoP {ALGORITHMS}",
    "token-unknown": 'Bearer realm="lukeping", error="invalid_token"',
    "token-invalid": f'DPoP error="invalid_token", {ALGORITHMS}',
    "proof-invalid": f'DPoP error="invalid_dpop_proof", {ALGORITHMS}',
}
"""What a client is told in WWW-Authenticate (RFC 9449 section 7.1)."""


class Fault(BaseModel):
    """Point to one part of the request that is not as it should be."""

    model_config = ConfigDict(frozen=True)

    pointer: str = Field(description="出错处的 JSON 指针（RFC 6901）", examples=["/enterprise/value"])
    code: str = Field(description="出错的原因，稳定的英文代码", examples=["missing"])


class Problem(BaseModel):
    """一次未能完成的请求：所有错误都是这个样子（RFC 9457）。"""

    model_config = ConfigDict(frozen=True, title="Problem")

    type: str = Field(description="错误种类的稳定标识", examples=["urn:lukeping:problem:enterprise-unknown"])
    title: str = Field(description="错误种类（中文）", examples=["没有这家企业"])
    status: int = Field(description="HTTP 状态码", examples=[404])
    code: str = Field(description="错误种类的稳定代码；新增代码不算破坏兼容", examples=["enterprise-unknown"])
    detail: str = Field(description="这一次错在哪里、怎样才行（中文）", examples=["请核对统一社会信用代码。"])
    interaction_id: str = Field(
        description="这一次交互的编号，报障时请一并告知", examples=["7f0c2a52-0b0e-4a58-9d1c-0f2a3d4b5c6d"]
    )
    errors: list[Fault] = Field(default_factory=list, description="逐处的错误；不含所提交的内容")


class TokenMissing(Refusal):
    """No bearer token came with the request."""

    code = "token-missing"
    status = 401


class TokenUnknown(Refusal):
    """The bearer token belongs to no institution."""

    code = "token-unknown"
    status = 401


class TokenInvalid(Refusal):
    """The access token is not ours, has ended, or its client has."""

    code = "token-invalid"
    status = 401


class ProofInvalid(Refusal):
    """The proof of possession is missing, does not fit, or was used before."""

    code = "proof-invalid"
    status = 401


class AddressNotAllowed(Refusal):
    """The client is bound to networks, and the request came from elsewhere."""

    code = "address-not-allowed"
    status = 403


class IdempotencyKeyMissing(Refusal):
    """A request that creates something came without an idempotency key."""

    code = "idempotency-key-missing"
    status = 400


class IdempotencyKeyMalformed(Refusal):
    """The idempotency key is empty, too long or not plain ASCII."""

    code = "idempotency-key-malformed"
    status = 400


class IdempotencyKeyReused(Refusal):
    """The idempotency key was used with another request."""

    code = "idempotency-key-reused"
    status = 422


class IdempotencyKeyInFlight(Refusal):
    """A request with this idempotency key is still being answered."""

    code = "idempotency-key-in-flight"
    status = 409


class AssessmentUnknown(Refusal):
    """The institution has no assessment by this id; whether another has is not said."""

    code = "assessment-unknown"
    status = 404


class ModelNotFound(Refusal):
    """No model on the shelf bears this name."""

    code = "model-not-found"
    status = 404


class StoreBusy(Refusal):
    """The store cannot take the request now."""

    code = "store-busy"
    status = 503


CREATING = (
    TokenMissing,
    TokenUnknown,
    IdempotencyKeyMissing,
    IdempotencyKeyMalformed,
    IdempotencyKeyReused,
    IdempotencyKeyInFlight,
    StoreBusy,
)
"""What every request that creates something may be refused with."""

PLAIN: Mapping[int, tuple[str, str]] = {
    400: ("body-unreadable", "请求体不是可读的 JSON（UTF-8）。"),
    404: ("not-found", "请对照接口文档核对地址。"),
    405: ("method-not-allowed", "请对照接口文档核对方法。"),
    413: ("body-too-large", "请求体不得超过 1 MB。"),
}


def interaction_id(request: Request) -> str:
    """Return the id of this interaction."""
    return str(request.scope.get("interaction_id", ""))


def problem_response(
    code: str,
    status: int,
    detail: str,
    *,
    interaction: str,
    errors: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Write one problem."""
    problem = Problem(
        type=f"urn:lukeping:problem:{code}",
        title=TITLES.get(code, "请求被拒绝"),
        status=status,
        code=code,
        detail=detail,
        interaction_id=interaction,
        errors=list(errors),
    )
    return Response(problem.model_dump_json(), status, dict(headers or {}), media_type=MEDIA_TYPE)


OURS = frozenset(
    {
        "model-damaged",
        "model-unknown",
        "model-not-live",
        "feature-mismatch",
        "demonstration-model",
        "store-missing",
        "store-outdated",
        "store-unsound",
    }
)
"""Refusals that say something of the service, not of the request: to a bank they are one, and not its fault."""


class ServiceUnready(Refusal):
    """The service itself lacks what an answer needs."""

    code = "service-unready"
    status = 503


def refusal_response(refusal: Refusal, *, interaction: str) -> Response:
    """Write a refusal as a problem."""
    if refusal.code in OURS:
        refusal = ServiceUnready("服务暂不能作答。", help="请稍后再试；若仍如此，请把交互编号告知科技局。")
    detail = DETAILS.get(refusal.code) or f"{refusal.message}{refusal.help}"
    headers = {"WWW-Authenticate": CHALLENGES[refusal.code]} if refusal.code in CHALLENGES else {}
    if refusal.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "2"
    if isinstance(refusal, BackTestQuotaExceeded):
        headers["Retry-After"] = str(refusal.wait_seconds)
    return problem_response(refusal.code, refusal.status, detail, interaction=interaction, headers=headers)


def fault_response(*, interaction: str) -> Response:
    """Write a fault as a problem that says nothing of its cause."""
    return problem_response("fault", 500, "请稍后再试；若仍如此，请把交互编号告知科技局。", interaction=interaction)


def install(app: FastAPI) -> None:
    """Give every error of the app the one shape."""
    app.add_exception_handler(Refusal, _answer_refusal)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_plain)


def _answer_refusal(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return refusal_response(refusal, interaction=interaction_id(request))


def _answer_invalid(request: Request, invalid: Exception) -> Response:
    assert isinstance(invalid, RequestValidationError)
    faults = [
        Fault(pointer=_pointer(error["loc"]), code=str(error["type"]).replace("_", "-")) for error in invalid.errors()
    ]
    return problem_response(
        "request-invalid",
        422,
        "请按 errors 中逐处列出的位置修改后重新提交。",
        interaction=interaction_id(request),
        errors=faults[:20],
    )


def _pointer(place: Sequence[int | str]) -> str:
    """Write a place as a JSON pointer; names that are not ours are blotted out."""
    steps = [str(step) if step in KNOWN_STEPS or type(step) is int else "*" for step in place[1:]]
    return "".join(f"/{step}" for step in steps)


def _answer_plain(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return plain_response(error.status_code, interaction=interaction_id(request), headers=error.headers)


def plain_response(status: int, *, interaction: str, headers: Mapping[str, str] | None = None) -> Response:
    """Write what the framework itself refuses as a problem."""
    code, detail = PLAIN.get(status, ("refused", "请求被拒绝。"))
    return problem_response(code, status, detail, interaction=interaction, headers=headers)


CONSENT = (
    (403, "consent-required"),
    (403, "consent-expired"),
    (403, "consent-revoked"),
    (403, "consent-history"),
    (403, "permission-required"),
    (429, "consent-used-up"),
)
"""The refusals of `risk.consent`, by status and code: importing them would bring frames into the door."""


GUARDING = (TokenInvalid, ProofInvalid, AddressNotAllowed, ScopeMissing, QuotaExceeded, AbnormalUsage, ReducedCapacity)
"""What the guard of a route may answer beside a missing or unknown token."""


def refusals(
    *kinds: type[Refusal],
    consent: bool = False,
    body: bool = False,
    parameters: bool = False,
    body_length: bool = False,
) -> Declared:
    """Declare what an operation may answer instead: its refusals, and those of consent, body and parameters.

    A guarded operation declares TokenMissing, and with it that a token may lack the scope, or its quota be spent.
    """
    codes = [(kind.status, kind.code) for kind in kinds]
    codes += [(kind.status, kind.code) for kind in GUARDING] if TokenMissing in kinds else []
    codes += CONSENT if consent else ()
    codes += [(400, "body-unreadable"), (413, "body-too-large")] if body else []
    codes += [(413, "body-too-large")] if body_length else []
    codes += [(422, "request-invalid")] if body or parameters else []
    codes += [(500, "fault")]
    by_status: Declared = {}
    for status in sorted({status for status, _ in codes}):
        by_status[status] = _declared(status, [code for own, code in codes if own == status])
    return by_status


PUBLIC: dict[str, Any] = {"security": []}
"""Says in OpenAPI that no token is asked for."""


def _declared(status: int, codes: Sequence[str]) -> dict[str, Any]:
    titles = "；".join(f"{TITLES.get(code, code)}（{code}）" for code in codes)
    examples = {code: {"summary": TITLES.get(code, code), "value": _example(code, status)} for code in codes}
    return {
        "description": titles,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
    }


def _example(code: str, status: int) -> dict[str, object]:
    return {
        "type": f"urn:lukeping:problem:{code}",
        "title": TITLES.get(code, "请求被拒绝"),
        "status": status,
        "code": code,
        "detail": DETAILS.get(code, TITLES.get(code, "")),
        "interaction_id": "7f0c2a52-0b0e-4a58-9d1c-0f2a3d4b5c6d",
        "errors": [],
    }
