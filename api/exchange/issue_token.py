"""How does a client get an access token? OAuth 2.0 client credentials, private_key_jwt, DPoP."""

from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from api.assessment_id import new_id
from api.bearer import Sent, check_address
from api.desks import Desks
from api.exchange.door import DesksHere
from api.exchange.report import Frozen
from api.identity import sent_by
from api.oauth.access import LASTS_SECONDS, AccessToken, issue
from api.oauth.assertion import KIND, check_assertion, claimed_client
from api.oauth.jose import TokenFault
from api.oauth.proof import Proof, check_proof
from api.problems import AddressNotAllowed, Declared, ServiceUnready, StoreBusy, refusals
from data.spec.clients import Client
from risk.client_keys import KeysUnavailable

router = APIRouter(prefix="/oauth", tags=["身份"])

PARAMETERS = frozenset({"grant_type", "client_assertion_type", "client_assertion", "client_id", "scope", "resource"})
LONGEST = 20_000
"""Bytes of a request for a token."""


class TokenRefused(Exception):  # An answer of RFC 6749, not a fault of ours.
    """Carry an error of RFC 6749 section 5.2, and a code of our own where its words are too few."""

    def __init__(self, error: str, description: str, status: int = 400, code: str | None = None) -> None:
        self.error, self.description, self.status, self.code = error, description, status, code
        super().__init__(error)


class TokenReport(Frozen):
    """一枚访问令牌（RFC 6749、RFC 9449）。"""

    access_token: str = Field(
        description="访问令牌（at+jwt），绑定持有证明的密钥", examples=["eyJhbGciOiJFUzI1NiJ9.e30.c2ln"]
    )
    token_type: Literal["DPoP"] = Field(default="DPoP", description="令牌种类", examples=["DPoP"])
    expires_in: int = Field(description="有效期；单位：秒", examples=[LASTS_SECONDS])
    scope: str = Field(description="所授权限，以空格分隔", examples=["assessments:read assessments:write"])


class TokenErrorReport(Frozen):
    """未能发放令牌（RFC 6749 第 5.2 节）；不含所提交的内容。"""

    error: str = Field(description="错误代码", examples=["invalid_client"])
    error_description: str = Field(description="说明（中文）", examples=["客户端断言无效。"])
    code: str | None = Field(
        default=None,
        description="更细的代码，没有时省略：keys-unavailable 表示登记的公钥地址没有给出可用的公钥，稍后可重试",
        examples=["keys-unavailable"],
    )


FORM: dict[str, Any] = {
    "security": [],
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "client_assertion_type", "client_assertion"],
                    "properties": {
                        "grant_type": {"type": "string", "const": "client_credentials", "description": "授权方式"},
                        "client_assertion_type": {"type": "string", "const": KIND, "description": "断言种类"},
                        "client_assertion": {"type": "string", "description": "客户端私钥签名的断言（RFC 7523）"},
                        "scope": {"type": "string", "description": "所要的权限，以空格分隔；缺省为登记的全部"},
                    },
                }
            }
        },
    },
    "parameters": [
        {
            "name": "DPoP",
            "in": "header",
            "required": True,
            "schema": {"type": "string"},
            "description": "持有证明（RFC 9449）",
        }
    ],
}
REFUSED: Declared = {
    **refusals(ServiceUnready, StoreBusy),
    400: {"model": TokenErrorReport, "description": "请求、权限或持有证明不合要求"},
    401: {"model": TokenErrorReport, "description": "客户端断言无效"},
    403: {"model": TokenErrorReport, "description": "来源地址不在登记的网段内"},
}


async def _form(request: Request) -> dict[str, str]:
    """Read a form whose every parameter is known and comes once."""
    raw = await request.body()
    if len(raw) > LONGEST:
        raise TokenRefused("invalid_request", "请求过长。")
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise TokenRefused("invalid_request", "请求体须为 application/x-www-form-urlencoded。")
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError as error:
        raise TokenRefused("invalid_request", "请求体无法读取。") from error
    if len({name for name, _ in pairs}) < len(pairs) or not {name for name, _ in pairs} <= PARAMETERS:
        raise TokenRefused("invalid_request", "参数重复，或有不认识的参数。")
    return dict(pairs)


async def _told(request: Request) -> "dict[str, str] | TokenRefused":
    try:
        return await _form(request)
    except TokenRefused as refused:
        return refused


@router.post(
    "/token",
    operation_id="issue_token",
    summary="换取访问令牌",
    response_model=TokenReport,
    responses=REFUSED,
    openapi_extra=FORM,
)
def issue_token(request: Request, desks: DesksHere, form: Annotated[Any, Depends(_told)]) -> Response:
    """客户端用私钥签名的断言与持有证明换取五分钟的访问令牌；断言与证明各只能用一次。

    (Exchange a signed assertion and a proof of possession for an access token of five minutes.)
    """
    try:
        if isinstance(form, TokenRefused):
            raise form
        report = _issued(desks, sent_by(request), form)
    except TokenRefused as refused:
        said = TokenErrorReport(error=refused.error, error_description=refused.description, code=refused.code)
        return Response(said.model_dump_json(exclude_none=True), refused.status, media_type="application/json")
    return Response(report.model_dump_json(), media_type="application/json", headers={"Pragma": "no-cache"})


def _issued(desks: Desks, sent: Sent, form: dict[str, str]) -> TokenReport:
    if form.get("grant_type") != "client_credentials":
        raise TokenRefused("unsupported_grant_type", "只支持 client_credentials。")
    client = _client(desks, sent, form)
    proof = _proof(desks, sent)
    scopes = _scopes(client, form.get("scope", ""))
    granted = AccessToken(client=client.id, scopes=scopes, thumbprint=proof.thumbprint)
    token = issue(granted, desks.signing, issuer=sent.issuer, id=new_id(sent.at), at=sent.at)
    return TokenReport(access_token=token, expires_in=LASTS_SECONDS, scope=" ".join(sorted(scopes)))


def _client(desks: Desks, sent: Sent, form: dict[str, str]) -> Client:
    """Return the client whose assertion it is; every reason of failure looks alike from outside."""
    failed = TokenRefused("invalid_client", "客户端断言无效，或客户端未登记。", 401)
    if form.get("client_assertion_type") != KIND or sent.authorization:
        raise failed
    try:
        assertion = form.get("client_assertion", "")
        claimed, kid = claimed_client(assertion)
        client = desks.clients.find_client(claimed)
        if client is None or client.revoked_at is not None or form.get("client_id", client.id) != client.id:
            raise failed
        audiences = (sent.issuer, f"{sent.issuer}/oauth/token")
        keys = desks.clients.find_keys(client, kid=kid, at=sent.at)
        asserted = check_assertion(assertion, keys, client=client.id, audiences=audiences, at=sent.at)
        check_address(client, sent.peer)
    except TokenFault:
        raise failed from None
    except AddressNotAllowed as refusal:
        raise TokenRefused("unauthorized_client", refusal.message, 403) from refusal
    except KeysUnavailable as refusal:
        raise TokenRefused("invalid_client", str(refusal), 401, refusal.code) from refusal
    if not desks.clients.take_once(asserted.mark, until=asserted.until, at=sent.at):
        raise failed
    return client


def _proof(desks: Desks, sent: Sent) -> Proof:
    failed = TokenRefused("invalid_dpop_proof", "持有证明无效，或已经用过。")
    if len(sent.proofs) != 1:
        raise failed
    try:
        proof = check_proof(sent.proofs[0], method=sent.method, url=sent.url, at=sent.at)
    except TokenFault:
        raise failed from None
    if not desks.clients.take_once(proof.mark, until=proof.until, at=sent.at):
        raise failed
    return proof


def _scopes(client: Client, asked: str) -> frozenset[str]:
    wanted = frozenset(asked.split()) or client.scopes
    if not wanted <= client.scopes:
        raise TokenRefused("invalid_scope", "所要的权限超出登记的范围。")
    return wanted
