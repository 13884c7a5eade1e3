"""What does an access token say, and is one ours? at+jwt, RFC 9068, bound by RFC 9449."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from joserfc import jwt

from api.oauth.jose import TokenFault, check_times, choose, read, text_of, verify
from api.oauth.keys import SigningKeys

MEMBERS = frozenset({"alg", "typ", "kid"})
TYPE = "at+jwt"
LASTS_SECONDS = 300
"""Five minutes: a client that was revoked is also looked up at each request."""


@dataclass(frozen=True, kw_only=True)
class AccessToken:
    """Hold what a token grants: to which client, which scopes, bound to the key of which thumbprint."""

    client: str
    scopes: frozenset[str]
    thumbprint: str


def issue(granted: AccessToken, keys: SigningKeys, *, issuer: str, id: str, at: datetime) -> str:
    """Sign a token."""
    now = int(at.timestamp())
    claims = {
        "iss": issuer,
        "aud": issuer,
        "sub": granted.client,
        "client_id": granted.client,
        "scope": " ".join(sorted(granted.scopes)),
        "iat": now,
        "exp": now + LASTS_SECONDS,
        "jti": id,
        "cnf": {"jkt": granted.thumbprint},
    }
    header = {"alg": "ES256", "typ": TYPE, "kid": keys.current.kid}
    return jwt.encode(header, claims, keys.current, algorithms=["ES256"])


def check_access_token(token: str, keys: SigningKeys, *, issuers: Collection[str], at: datetime) -> AccessToken:
    """Return what a token of ours grants; raise TokenFault."""
    said = read(token, members=MEMBERS)
    if said.header.get("typ") != TYPE or said.header.get("alg") != "ES256":
        raise TokenFault("typ")
    verify(token, choose(keys.public, said.header.get("kid")))
    claims = said.claims
    if claims.get("iss") not in issuers or claims.get("aud") != claims["iss"]:
        raise TokenFault("issuer")
    check_times(claims, at, longest=LASTS_SECONDS)
    bound = claims.get("cnf")
    if not isinstance(bound, dict) or claims.get("sub") != claims.get("client_id"):
        raise TokenFault("binding")
    return AccessToken(
        client=text_of(claims, "client_id", most=64),
        scopes=frozenset(text_of(claims, "scope", most=2_000).split()),
        thumbprint=text_of(bound, "jkt", most=64),
    )
