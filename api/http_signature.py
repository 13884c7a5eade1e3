"""Who signed this very message, and is it whole? RFC 9421 with a digest of the content (RFC 9530).

A signature is the sender's choice; what was verified is kept with the raw bytes, for whoever doubts a report later.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from http_message_signatures import (
    HTTPMessageVerifier,
    HTTPSignatureAlgorithm,
    HTTPSignatureKeyResolver,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

from data.spec.errors import Refusal

COVERED = ("@method", "@target-uri", "content-digest")
"""What a signature must cover at the least, beside authorization and idempotency key where they are sent."""
LONGEST = timedelta(seconds=60)
TAG = "lukeping-report"
ALGORITHMS: Mapping[type[Key], type[HTTPSignatureAlgorithm]] = {
    ECKey: algorithms.ECDSA_P256_SHA256,
    OKPKey: algorithms.ED25519,
    RSAKey: algorithms.RSA_PSS_SHA512,
}


class SignatureInvalid(Refusal):
    """A message came with a signature that does not hold."""

    code = "signature-invalid"
    status = 400


@dataclass(frozen=True, kw_only=True)
class Message:
    """Be a request as the library reads one."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class SignedMessage:
    """Keep what was verified: algorithm, key, the signature's own words, and the raw bytes it covers."""

    algorithm: str
    key_id: str
    signature_input: str
    signature: str
    raw: bytes


_KEY_ID = re.compile(r'keyid="([^"\\]{1,128})"')


class _OneKey(HTTPSignatureKeyResolver):
    """Know one key, by the name that the signature gives it, and no private one: nothing is signed here."""

    def __init__(self, key: Key) -> None:
        self._key = key

    def resolve_public_key(self, key_id: str) -> Any:
        """Return the key as the library's cryptography takes it."""
        return self._key.raw_value


def is_signed(headers: Mapping[str, str]) -> bool:
    """Tell whether a message says that it is signed."""
    return "signature" in headers or "signature-input" in headers


def named_key(headers: Mapping[str, str]) -> str | None:
    """Return which key a message says it is signed by, in a signature or not; before anybody believes it."""
    found = _KEY_ID.search(headers.get("signature-input", ""))
    return found[1] if found else None


def verified_message(message: Message, keys: KeySet) -> SignedMessage | None:
    """Return what a message's signature shows, None where it carries none; raise SignatureInvalid.

    The signature must be by one of the client's keys, under the tag of reports, at most a minute old, and cover
    method, address and content, with authorization and idempotency key where those are sent.
    Source: RFC 9421, RFC 9530, FAPI 2.0 HTTP Signatures.
    """
    headers = {name.lower(): value for name, value in message.headers.items()}
    if not is_signed(headers):
        return None
    name = named_key(headers)
    key = next((one for one in keys.keys if name is not None and one.kid == name), None)
    if key is None:
        raise _invalid()
    sent = tuple(name for name in ("authorization", "idempotency-key") if name in headers)
    verifier = HTTPMessageVerifier(signature_algorithm=ALGORITHMS[type(key)], key_resolver=_OneKey(key))
    try:
        verifier.verify(
            message, max_age=LONGEST, expect_tag=TAG, require_components=(*COVERED, *sent), body=message.body
        )
    except (HTTPMessageSignaturesException, ValueError, KeyError) as error:
        raise _invalid() from error
    return SignedMessage(
        algorithm=ALGORITHMS[type(key)].algorithm_id,
        key_id=str(key.kid),
        signature_input=headers.get("signature-input", ""),
        signature=headers.get("signature", ""),
        raw=message.body,
    )


def _invalid() -> SignatureInvalid:
    return SignatureInvalid(
        "报文签名无效。",
        help="须用登记的公钥对应的私钥签名，覆盖 @method、@target-uri、content-digest"
        "（及所携带的 authorization、idempotency-key），tag 为 lukeping-report，created 不早于一分钟前。",
    )
