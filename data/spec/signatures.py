"""Who signed these bytes, by which algorithm and key?

A signature is always kept with its algorithm and key id. We sign by Ed25519 (RFC 8032) alone; signatures by SM2
(GB/T 32918) are verified only: the library is pure Python and not constant-time, which endangers a private key,
never a public one.
"""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = "ed25519"
SM2_SM3 = "sm2-sm3"
SM2_USER = b"1234567812345678"
"""The user id that signers take unless they agreed on another (GM/T 0009-2012 section 10)."""


class Verifier(Protocol):
    """Check signatures of one key."""

    @property
    def alg(self) -> str:
        """Name the algorithm."""

    @property
    def key_id(self) -> str:
        """Name the key."""

    def verify(self, said: bytes, signature: bytes) -> bool:
        """Tell whether this key signed these bytes."""


class Signer(Protocol):
    """Sign with one key."""

    @property
    def verifier(self) -> Verifier:
        """Return what checks this key's signatures."""

    def sign(self, said: bytes) -> bytes:
        """Return the signature of these bytes."""


@dataclass(frozen=True)
class Ed25519Verifier:
    """Check signatures of one Ed25519 key; `public` is its 32 bytes."""

    public: bytes
    alg: str = ED25519

    @property
    def key_id(self) -> str:
        """Name the key by the first half of its sha256."""
        return sha256(self.public).hexdigest()[:32]

    def verify(self, said: bytes, signature: bytes) -> bool:
        """Tell whether this key signed these bytes."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, said)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Ed25519Signer:
    """Sign with one Ed25519 key; `secret` is its 32 bytes."""

    secret: bytes

    def __repr__(self) -> str:
        return f"Ed25519Signer({self.verifier.key_id})"

    @cached_property
    def verifier(self) -> Ed25519Verifier:
        """Return what checks this key's signatures."""
        return Ed25519Verifier(Ed25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw())

    def sign(self, said: bytes) -> bytes:
        """Return the signature of these bytes, 64 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self.secret).sign(said)


@dataclass(frozen=True)
class Sm2Verifier:
    """Check signatures of one SM2 key over SM3; `public` is the point, uncompressed (0x04, x, y)."""

    public: bytes
    user: bytes = SM2_USER
    alg: str = SM2_SM3

    @property
    def key_id(self) -> str:
        """Name the key by the first half of its sha256."""
        return sha256(self.public).hexdigest()[:32]

    def verify(self, said: bytes, signature: bytes) -> bool:
        """Tell whether this key signed these bytes; the signature is DER, as GM/T 0009-2012 has it."""
        from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
        from gmalg import SM2

        try:
            r, s = decode_dss_signature(signature)
            halves = r.to_bytes(32, "big"), s.to_bytes(32, "big")
            # One form only: a second encoding of the same numbers is another signature, and is refused.
            if encode_dss_signature(r, s) != signature:
                return False
            return bool(SM2(pk=self.public, uid=self.user).verify(said, *halves))
        except (ValueError, OverflowError):
            return False
