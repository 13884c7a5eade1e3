"""Is a signed token what it claims to be? All cryptography is joserfc's; here stands what is demanded of it."""

import base64
import binascii
import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

ALGORITHMS = ("ES256", "PS256", "Ed25519", "EdDSA")
"""What FAPI 2.0 allows; EdDSA is the older name of what Ed25519 says in full (RFC 9864)."""

KINDS: Mapping[str, type[Key]] = {"ES256": ECKey, "PS256": RSAKey, "Ed25519": OKPKey, "EdDSA": OKPKey}
LONGEST = 8_000
"""Characters of a token."""
AHEAD_SECONDS = 10
"""So far a sender's clock may run ahead (FAPI 2.0 section 5.3.2.1)."""
SMALLEST_RSA = 2048
LONGEST_NAME = 128
"""Characters of a key's id."""

# The library says at every use that EdDSA is the older name; banks' libraries write it still.
warnings.filterwarnings("ignore", message="EdDSA is deprecated", category=SecurityWarning)


class TokenFault(Exception):
    """Say what is wrong with a token, for the log and tests; whoever sent it learns the kind of token alone."""


@dataclass(frozen=True)
class Read:
    """Hold what a token says before anybody believes it."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]


def read(token: str, *, members: frozenset[str]) -> Read:
    """Take a compact JWS apart; raise TokenFault where its form, or a member of its header, is not expected."""
    parts = token.split(".")
    if len(token) > LONGEST or len(parts) != 3 or not all(parts):
        raise TokenFault("form")
    header, claims = _object(parts[0]), _object(parts[1])
    if not header.keys() <= members:
        raise TokenFault("header member")
    if header.get("alg") not in ALGORITHMS:
        raise TokenFault("alg")
    return Read(header, claims)


def verify(token: str, key: Key) -> None:
    """Raise TokenFault unless the key signed the token, with an algorithm of the key's own kind."""
    algorithm = str(read(token, members=frozenset({"alg", "typ", "kid", "jwk"})).header["alg"])
    if not isinstance(key, KINDS[algorithm]):
        raise TokenFault("key kind")
    try:
        jws.deserialize_compact(token, key, algorithms=[algorithm])
    except (JoseError, ValueError) as error:
        raise TokenFault("signature") from error


def public_keys(text: str) -> KeySet:
    """Read a JWKS of public signing keys; raise TokenFault for a private, weak, unsuitable or nameless one."""
    try:
        document = json.loads(text)
        keys = KeySet.import_key_set(document)
    except (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise TokenFault("key set") from error
    if not 1 <= len(keys.keys) <= 8:
        raise TokenFault("number of keys")
    for key in keys.keys:
        check_public(key)
        _check_use(key)
    names = [key.kid for key in keys.keys]
    if len(keys.keys) > 1 and (None in names or len(set(names)) < len(names)):
        raise TokenFault("key ids")
    return keys


def check_public(key: Key) -> None:
    """Raise TokenFault unless it is a public key of an allowed kind and strength."""
    if isinstance(key, RSAKey):
        strong = key.raw_value.key_size >= SMALLEST_RSA
    else:
        strong = isinstance(key, ECKey | OKPKey) and key.curve_name in ("P-256", "Ed25519")
    if key.is_private or not strong:
        raise TokenFault("key")


def _check_use(key: Key) -> None:
    """Raise TokenFault where what a key says of itself keeps it from being named, or from verifying a signature."""
    said = key.as_dict(private=False)
    name, algorithm = said.get("kid"), said.get("alg")
    named = name is None or (isinstance(name, str) and 0 < len(name) <= LONGEST_NAME and name.isprintable())
    fits = algorithm is None or isinstance(key, KINDS.get(str(algorithm), ()))
    if not named or not fits or said.get("use", "sig") != "sig" or "verify" not in said.get("key_ops", ("verify",)):
        raise TokenFault("use of key")


def choose(keys: KeySet, kid: object) -> Key:
    """Return the key that a header names; a single key need not be named. Raise TokenFault where there is none."""
    if kid is None and len(keys.keys) == 1:
        return keys.keys[0]
    for key in keys.keys:
        if kid is not None and key.kid == kid:
            return key
    raise TokenFault("kid")


def check_times(claims: Mapping[str, Any], at: datetime, *, longest: int) -> None:
    """Raise TokenFault unless the token holds at this instant, and for `longest` seconds at most."""
    now = at.timestamp()
    begun, ends = instant(claims, "iat", now), instant(claims, "exp")
    if ends <= now or begun > now + AHEAD_SECONDS or instant(claims, "nbf", now) > now + AHEAD_SECONDS:
        raise TokenFault("time")
    if ends - min(begun, now + AHEAD_SECONDS) > longest + AHEAD_SECONDS:
        raise TokenFault("lifetime")


def instant(claims: Mapping[str, Any], name: str, missing: float | None = None) -> float:
    """Return a claim in seconds since 1970; raise TokenFault where it is no whole number of them."""
    value = claims.get(name, missing)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e11:
        raise TokenFault(name)
    return float(value)


def text_of(claims: Mapping[str, Any], name: str, *, most: int = 512) -> str:
    """Return a claim that is a short text; raise TokenFault."""
    value = claims.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most or not value.isprintable():
        raise TokenFault(name)
    return value


def b64url(raw: bytes) -> str:
    """Write bytes as JOSE does."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _object(part: str) -> dict[str, Any]:
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
        if b64url(raw) != part:
            raise TokenFault("encoding")
        said = json.loads(raw, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, binascii.Error, RecursionError) as error:
        raise TokenFault("encoding") from error
    if not isinstance(said, dict):
        raise TokenFault("no object")
    return said


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise TokenFault("member twice")
    return dict(pairs)


def _no_number(name: str) -> float:
    raise TokenFault(name)
