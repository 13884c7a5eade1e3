"""Does whoever sends a token hold the key that the token is bound to? DPoP, RFC 9449."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from joserfc.errors import JoseError
from joserfc.jwk import Key, import_key

from api.oauth.jose import AHEAD_SECONDS, TokenFault, b64url, check_public, instant, read, text_of, verify

MEMBERS = frozenset({"typ", "alg", "jwk", "kid"})
FRESH_SECONDS = 60
PUBLIC = frozenset({"kty", "crv", "x", "y", "n", "e", "kid", "use", "alg", "key_ops"})


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Hold the thumbprint of the key that was proved, and a mark that may be seen once, until an instant."""

    thumbprint: str
    mark: str
    until: datetime

    def check_key(self, thumbprint: str) -> None:
        """Raise TokenFault unless it is the key that a token is bound to."""
        if not _same(thumbprint, self.thumbprint):
            raise TokenFault("another key")


def check_proof(proof: str, *, method: str, url: str, at: datetime, token: str | None = None) -> Proof:
    """Return what a proof shows for this very request; raise TokenFault.

    `token` is the access token it must go with, None at the token endpoint. That its mark was not seen before is for
    the caller to ask.
    Source: RFC 9449 section 4.3.
    """
    said = read(proof, members=MEMBERS)
    if said.header.get("typ") != "dpop+jwt":
        raise TokenFault("typ")
    key = _key(said.header.get("jwk"))
    verify(proof, key)
    begun, now = instant(said.claims, "iat"), at.timestamp()
    if not now - FRESH_SECONDS <= begun <= now + AHEAD_SECONDS:
        raise TokenFault("iat")
    if said.claims.get("htm") != method or _plain(text_of(said.claims, "htu", most=2_000)) != _plain(url):
        raise TokenFault("request")
    if token is not None and not _same(said.claims.get("ath"), b64url(sha256(token.encode()).digest())):
        raise TokenFault("ath")
    thumbprint = key.thumbprint()
    mark = sha256(f"dpop\n{thumbprint}\n{text_of(said.claims, 'jti')}".encode()).hexdigest()
    return Proof(thumbprint=thumbprint, mark=mark, until=at + timedelta(seconds=FRESH_SECONDS + 2 * AHEAD_SECONDS))


def _key(jwk: object) -> Key:
    if not isinstance(jwk, dict) or not jwk.keys() <= PUBLIC:
        raise TokenFault("jwk")
    try:
        key = import_key(jwk)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise TokenFault("jwk") from error
    check_public(key)
    return key


def _plain(url: str) -> str:
    """Return a URL without query and fragment, scheme and host in lower case."""
    bare = url.partition("#")[0].partition("?")[0]
    scheme, _, rest = bare.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}://{host.lower()}{slash}{path}"


def _same(given: object, wanted: str) -> bool:
    # JSON may hold half a surrogate pair, which no encoding takes.
    return isinstance(given, str) and given.isascii() and hmac.compare_digest(given, wanted)
