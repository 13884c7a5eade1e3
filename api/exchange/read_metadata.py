"""Where does a client find what it must know to get a token? RFC 8414 and the keys that sign tokens."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import Field

from api.exchange.door import DesksHere
from api.exchange.report import Frozen
from api.identity import issuer_of
from api.oauth.jose import ALGORITHMS
from api.problems import PUBLIC, refusals
from risk.permissions import Scope

router = APIRouter(tags=["身份"])


class MetadataReport(Frozen):
    """授权服务的元数据（RFC 8414）。"""

    issuer: str = Field(description="签发者", examples=["https://lukeping.example.gov.cn"])
    token_endpoint: str = Field(description="令牌端点", examples=["https://lukeping.example.gov.cn/oauth/token"])
    jwks_uri: str = Field(description="令牌公钥的地址", examples=["https://lukeping.example.gov.cn/oauth/jwks"])
    scopes_supported: list[str] = Field(description="权限", examples=[["assessments:read"]])
    grant_types_supported: list[str] = Field(description="授权方式", examples=[["client_credentials"]])
    response_types_supported: list[str] = Field(description="没有浏览器流程，故为空", examples=[[]])
    token_endpoint_auth_methods_supported: list[str] = Field(description="认证方式", examples=[["private_key_jwt"]])
    token_endpoint_auth_signing_alg_values_supported: list[str] = Field(description="断言的算法", examples=[["ES256"]])
    dpop_signing_alg_values_supported: list[str] = Field(description="持有证明的算法", examples=[["ES256"]])


class KeysReport(Frozen):
    """签发令牌的公钥（JWKS，RFC 7517）。"""

    keys: list[dict[str, Any]] = Field(description="公钥", examples=[[{"kty": "EC", "crv": "P-256"}]])


@router.get(
    "/.well-known/oauth-authorization-server",
    operation_id="read_metadata",
    summary="授权服务的元数据",
    responses=refusals(body_length=True),
    openapi_extra=PUBLIC,
)
def read_metadata(request: Request) -> MetadataReport:
    """返回令牌端点、所支持的算法与权限。

    (Return the authorization server's metadata, RFC 8414.)
    """
    issuer = issuer_of(request)
    return MetadataReport(
        issuer=issuer,
        token_endpoint=f"{issuer}/oauth/token",
        jwks_uri=f"{issuer}/oauth/jwks",
        scopes_supported=[str(scope) for scope in Scope],
        grant_types_supported=["client_credentials"],
        response_types_supported=[],
        token_endpoint_auth_methods_supported=["private_key_jwt"],
        token_endpoint_auth_signing_alg_values_supported=list(ALGORITHMS),
        dpop_signing_alg_values_supported=list(ALGORITHMS),
    )


@router.get(
    "/oauth/jwks",
    operation_id="read_token_keys",
    summary="签发令牌的公钥",
    responses=refusals(body_length=True),
    openapi_extra=PUBLIC,
)
def read_token_keys(desks: DesksHere) -> KeysReport:
    """返回验证访问令牌的公钥；轮换时新旧两把并存。

    (Return the keys that access tokens are verified with.)
    """
    return KeysReport(keys=[key.as_dict(private=False) for key in desks.signing.public.keys])
