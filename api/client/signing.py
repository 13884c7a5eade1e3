"""What does a machine sign: an assertion for each token, a proof for each request?

Every part is an argument, so that a test vector can be made of fixed ones.
"""

import base64
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from joserfc import jws, jwt
from joserfc.jwk import Key

ALGORITHMS: Mapping[str, str] = {"EC": "ES256", "RSA": "PS256", "OKP": "Ed25519"}
ASSERTION_KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 60


def assertion(key: Key, *, client_id: str, audience: str, at: int, id: str) -> str:
    """Return a client assertion (RFC 7523); `at` in seconds since 1970, `id` never used before."""
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": at,
        "exp": at + ASSERTION_SECONDS,
        "jti": id,
    }
    return signed({"typ": "JWT", "alg": ALGORITHMS[key.key_type], "kid": key.kid}, claims, key)


def proof(key: Key, *, method: str, url: str, at: int, id: str, token: str | None = None) -> str:
    """Return a proof of possession (RFC 9449) for one request; with `token` the access token it goes with."""
    claims: dict[str, Any] = {"htm": method, "htu": url.partition("?")[0], "iat": at, "jti": id}
    if token is not None:
        claims["ath"] = base64.urlsafe_b64encode(sha256(token.encode()).digest()).decode().rstrip("=")
    public = {
        name: value for name, value in key.as_dict(private=False).items() if name in ("kty", "crv", "x", "y", "n", "e")
    }
    return signed({"typ": "dpop+jwt", "alg": ALGORITHMS[key.key_type], "jwk": public}, claims, key)


def signed(header: dict[str, Any], claims: dict[str, Any], key: Key) -> str:
    """Sign claims."""
    registry = jws.JWSRegistry(algorithms=[header["alg"]])
    return jwt.encode(header, claims, key, algorithms=[header["alg"]], registry=registry)
