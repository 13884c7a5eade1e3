"""Is a signed report known for whole and its sender's, and any change of it seen?"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

from api.http_signature import TAG, Message, SignatureInvalid, verified_message

URL = "https://lukeping.example/v1/loans"
BODY = b'{"days_past_due": 31}'
COVERED = ("@method", "@target-uri", "content-digest", "idempotency-key", "authorization")
KINDS = {
    "EC": (lambda: ECKey.generate_key("P-256", auto_kid=True), algorithms.ECDSA_P256_SHA256),
    "OKP": (lambda: OKPKey.generate_key("Ed25519", auto_kid=True), algorithms.ED25519),
    "RSA": (lambda: RSAKey.generate_key(2048, auto_kid=True), algorithms.RSA_PSS_SHA512),
}


@dataclass
class Sent:
    """Be a request on its way."""

    method: str = "POST"
    url: str = URL
    headers: dict[str, str] = field(default_factory=lambda: {"Idempotency-Key": "k-1", "Authorization": "DPoP t"})
    body: bytes = BODY


class Signing(HTTPSignatureKeyResolver):
    def __init__(self, key: Key) -> None:
        self._key: Any = key

    def resolve_private_key(self, key_id: str) -> Any:
        return self._key.private_key


def sign(key: Key, algorithm: Any, **changes: Any) -> Message:
    """Sign a request as a bank would, changed as told."""
    sent = Sent()
    given = {
        "key_id": key.kid,
        "created": datetime.now(UTC),
        "tag": TAG,
        "covered_component_ids": COVERED,
        "body": BODY,
    }
    HTTPMessageSigner(signature_algorithm=algorithm, key_resolver=Signing(key)).sign(sent, **(given | changes))
    return Message(method=sent.method, url=sent.url, headers=sent.headers, body=sent.body)


@pytest.fixture(scope="module")
def key() -> Key:
    return KINDS["EC"][0]()


def public(key: Key) -> KeySet:
    return KeySet([type(key).import_key(key.as_dict(private=False))])


@pytest.mark.parametrize("kind", KINDS)
def test_a_signed_message_is_kept_with_its_bytes(kind: str) -> None:
    make, algorithm = KINDS[kind]
    key = make()

    kept = verified_message(sign(key, algorithm), public(key))

    assert kept is not None
    assert (kept.raw, kept.key_id, kept.algorithm) == (BODY, key.kid, algorithm.algorithm_id)
    assert kept.signature
    assert "content-digest" in kept.signature_input


def test_a_key_without_an_id_goes_by_its_thumbprint(key: Key) -> None:
    bare = ECKey.import_key({name: key.as_dict(private=False)[name] for name in ("kty", "crv", "x", "y")})
    signed = sign(key, algorithms.ECDSA_P256_SHA256, key_id=bare.thumbprint())

    kept = verified_message(signed, KeySet([bare]))

    assert kept is not None
    assert kept.key_id == bare.thumbprint()


def test_a_message_without_a_signature_is_none_of_it(key: Key) -> None:
    assert verified_message(Message(method="POST", url=URL, headers={}, body=BODY), public(key)) is None


def header(name: str, value: str) -> Callable[[Message], Message]:
    return lambda message: replace(message, headers={**message.headers, name: value})


CHANGES: dict[str, Callable[[Message], Message]] = {
    "body": lambda message: replace(message, body=b'{"days_past_due": 0}'),
    "body and digest": lambda message: replace(
        sign_again(message),
        headers={**message.headers, "Content-Digest": sign_again(message).headers["Content-Digest"]},
    ),
    "address": lambda message: replace(message, url="https://lukeping.example/v1/other"),
    "method": lambda message: replace(message, method="PUT"),
    "idempotency key": header("Idempotency-Key", "k-2"),
    "token": header("Authorization", "DPoP other"),
    "signature gone": lambda message: replace(
        message, headers={name: value for name, value in message.headers.items() if name != "Signature"}
    ),
    "its words gone": lambda message: replace(
        message, headers={name: value for name, value in message.headers.items() if name != "Signature-Input"}
    ),
    "signature no base64": header("Signature", "pyhms=:x:"),
}


def sign_again(message: Message) -> Message:
    """Return another body with a digest of its own."""
    other = sign(KINDS["EC"][0](), KINDS["EC"][1])
    return replace(other, body=b'{"days_past_due": 0}')


@pytest.mark.parametrize("name", CHANGES)
def test_any_change_is_seen(key: Key, name: str) -> None:
    message = sign(key, algorithms.ECDSA_P256_SHA256)

    with pytest.raises(SignatureInvalid):
        verified_message(CHANGES[name](message), public(key))


@pytest.mark.parametrize(
    "changes",
    [
        {"tag": "other"},
        {"tag": None},
        {"created": datetime.now(UTC) - timedelta(minutes=10)},
        {"covered_component_ids": ("@method", "@target-uri", "content-digest")},
        {"covered_component_ids": ("@method", "@target-uri", "idempotency-key", "authorization"), "body": None},
    ],
    ids=["another tag", "no tag", "old", "key and token not covered", "content not covered"],
)
def test_a_signature_that_says_less_is_refused(key: Key, changes: dict[str, Any]) -> None:
    with pytest.raises(SignatureInvalid):
        verified_message(sign(key, algorithms.ECDSA_P256_SHA256, **changes), public(key))


def test_a_strangers_signature_is_refused_even_under_a_known_name(key: Key) -> None:
    stranger = ECKey.generate_key("P-256", {"kid": key.kid})

    for signed in (sign(stranger, algorithms.ECDSA_P256_SHA256), sign(KINDS["EC"][0](), algorithms.ECDSA_P256_SHA256)):
        with pytest.raises(SignatureInvalid):
            verified_message(signed, public(key))
