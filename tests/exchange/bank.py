"""A bank's machine: it signs assertions and proofs as RFC 7523 and RFC 9449 say, or as an attacker would."""

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import count
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

ISSUER = "http://testserver"
TOKEN_URL = f"{ISSUER}/oauth/token"
KIND = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_NUMBERS = count(1)


def new_key() -> ECKey:
    """Return a P-256 key named by its thumbprint."""
    return ECKey.generate_key("P-256", auto_kid=True)


def signed(header: Mapping[str, Any], claims: Mapping[str, Any], key: Key | bytes) -> str:
    """Return a compact JWS with this very header, whatever it says; bytes sign as a shared secret.

    An attacker's library refuses nothing, so the signature is made below joserfc.
    """
    said = f"{part(header)}.{part(claims)}"
    return f"{said}.{text(_signature(said.encode(), key))}"


def _signature(said: bytes, key: Key | bytes) -> bytes:
    if isinstance(key, bytes):
        return hmac.digest(key, said, "sha256")
    if isinstance(key, ECKey):
        r, s = decode_dss_signature(key.private_key.sign(said, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    if isinstance(key, RSAKey):
        return bytes(key.private_key.sign(said, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256()))
    assert isinstance(key, OKPKey)
    return bytes(key.private_key.sign(said))


def unsigned(header: Mapping[str, Any], claims: Mapping[str, Any], signature: str = "") -> str:
    """Return the parts of a token with a signature of one's own making."""
    return f"{part(header)}.{part(claims)}.{signature}"


def part(content: Mapping[str, Any]) -> str:
    """Write one part of a token."""
    return text(json.dumps(content).encode())


def text(raw: bytes) -> str:
    """Write bytes as JOSE does."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def fresh() -> str:
    """Return a jti that was never used."""
    return f"jti-{next(_NUMBERS):08d}"


@dataclass
class Machine:
    """Be one registered client with its own key, and a second key for its proofs."""

    id: str
    at: datetime
    key: Key = field(default_factory=new_key)
    proving: Key = field(default_factory=new_key)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Return an assertion's claims; None takes one away."""
        now = int(self.at.timestamp())
        usual = {"iss": self.id, "sub": self.id, "aud": ISSUER, "iat": now, "exp": now + 120, "jti": fresh()}
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def assertion(self, **changes: Any) -> str:
        """Return an assertion."""
        return signed({"alg": "ES256", "typ": "JWT", "kid": self.key.kid}, self.claims(**changes), self.key)

    def proof_claims(self, method: str, url: str, token: str | None, **changes: Any) -> dict[str, Any]:
        """Return a proof's claims; None takes one away."""
        usual: dict[str, Any] = {"htm": method, "htu": url, "iat": int(self.at.timestamp()), "jti": fresh()}
        if token is not None:
            usual["ath"] = text(sha256(token.encode()).digest())
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def proof_header(self, **changes: Any) -> dict[str, Any]:
        """Return a proof's header; None takes a member away."""
        usual = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.proving.as_dict(private=False)}
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def proof(self, method: str, url: str, token: str | None = None, **changes: Any) -> str:
        """Return a proof of this request."""
        return signed(self.proof_header(), self.proof_claims(method, url, token, **changes), self.proving)

    def form(self, **changes: Any) -> dict[str, str]:
        """Return what is sent to the token endpoint."""
        usual = {
            "grant_type": "client_credentials",
            "client_assertion_type": KIND,
            "client_assertion": changes.pop("client_assertion", None) or self.assertion(),
        }
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def token(self, client: Any, **changes: Any) -> str:
        """Ask for a token, and return it."""
        answer = client.post("/oauth/token", data=self.form(**changes), headers={"DPoP": self.proof("POST", TOKEN_URL)})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def headers(self, method: str, path: str, token: str, **changes: Any) -> dict[str, str]:
        """Return the headers of one request."""
        proof = changes.pop("proof", None) or self.proof(method, ISSUER + path, token, **changes)
        return {"Authorization": f"DPoP {token}", "DPoP": proof}
