"""Is it this client that asks for a token? private_key_jwt, RFC 7523."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from joserfc.jwk import KeySet

from api.oauth.jose import AHEAD_SECONDS, TokenFault, check_times, choose, read, text_of, verify

MEMBERS = frozenset({"alg", "typ", "kid"})
TYPES = (None, "JWT", "client-authentication+jwt")
LONGEST_SECONDS = 300
KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, kw_only=True)
class Asserted:
    """Hold a mark that may be seen once, until an instant."""

    mark: str
    until: datetime


def claimed_client(assertion: str) -> tuple[str, object]:
    """Return whom an assertion says it is of, and by which key, before anybody believes it; raise TokenFault."""
    said = read(assertion, members=MEMBERS)
    return text_of(said.claims, "sub", most=64), said.header.get("kid")


def check_assertion(assertion: str, keys: KeySet, *, client: str, audiences: Collection[str], at: datetime) -> Asserted:
    """Return what an assertion shows of a client; raise TokenFault.

    That its mark was not seen before is for the caller to ask. Source: RFC 7523 section 3, FAPI 2.0 section 5.3.2.1.
    """
    said = read(assertion, members=MEMBERS)
    if said.header.get("typ") not in TYPES:
        raise TokenFault("typ")
    verify(assertion, choose(keys, said.header.get("kid")))
    if (said.claims.get("iss"), said.claims.get("sub")) != (client, client):
        raise TokenFault("client")
    aud = said.claims.get("aud")
    only = aud[0] if isinstance(aud, list) and len(aud) == 1 else aud
    if not isinstance(only, str) or only not in audiences:
        raise TokenFault("aud")
    check_times(said.claims, at, longest=LONGEST_SECONDS)
    mark = sha256(f"assertion\n{client}\n{text_of(said.claims, 'jti')}".encode()).hexdigest()
    return Asserted(mark=mark, until=at + timedelta(seconds=LONGEST_SECONDS + 2 * AHEAD_SECONDS))
