"""Which digest covers what is stored, and by which name is it kept?

Every stored hash stands beside the name of its algorithm, so that another one is a setting and not a rewrite.
Nothing here reads or writes: bytes in, text out.
"""

import hashlib
import hmac
from enum import StrEnum


class Digest(StrEnum):
    """Name a digest as it is written beside its hashes."""

    SHA256 = "sha256"
    """FIPS 180-4."""
    SM3 = "sm3"
    """GB/T 32905-2016, GM/T 0004-2012; from the OpenSSL that Python is built with."""


def raw_digest(alg: str, said: bytes) -> bytes:
    """Return the 32 bytes of a digest; raise ValueError for an algorithm that is not in the list."""
    return hashlib.new(Digest(alg), said).digest()


def hex_digest(alg: str, said: bytes) -> str:
    """Return the 64 hexadecimal digits of a digest; raise ValueError for an algorithm that is not in the list."""
    return hashlib.new(Digest(alg), said).hexdigest()


def keyed_reference(key: bytes, value: str, *, alg: str = Digest.SHA256) -> str:
    """Return what stands for a person, a name or a code where the value itself may not: `alg:` and 32 digits.

    Who has the key finds a value's entries again; who has not cannot try all codes. Source: HMAC (RFC 2104).
    """
    return f"{alg}:{hmac.new(key, value.encode(), Digest(alg).value).hexdigest()[:32]}"
