"""How is a value kept so that only who holds the key can read it, and nobody can change it?

The name of the algorithm stands before what it sealed. Two ciphers: AES-256-GCM, and SM4-GCM (GB/T 32907-2016,
RFC 8998) where national algorithms are demanded. Randomness comes from the caller.
"""

from enum import StrEnum

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm
from cryptography.hazmat.primitives.ciphers.algorithms import AES, SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

NONCE = 12
TAG = 16
"""Bytes."""


class Sealing(StrEnum):
    """Name a cipher as it is written before what it sealed."""

    AES_256_GCM = "aes-256-gcm"
    SM4_GCM = "sm4-gcm"


KEY_LENGTH = {Sealing.AES_256_GCM: 32, Sealing.SM4_GCM: 16}
"""Bytes."""


def seal(alg: Sealing, key: bytes, said: bytes, *, nonce: bytes, bound: bytes = b"") -> str:
    """Return `alg:nonce:sealed` in hexadecimal; `bound` is not hidden, but must be the same to open.

    A nonce serves once under one key. Raises ValueError for a key or nonce of another length.
    """
    if len(nonce) != NONCE:
        raise ValueError(f"a nonce has {NONCE} bytes")
    encryptor = Cipher(_cipher(alg, key), GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bound)
    sealed = encryptor.update(said) + encryptor.finalize() + encryptor.tag
    return f"{alg}:{nonce.hex()}:{sealed.hex()}"


def unseal(key: bytes, sealed: str, *, bound: bytes = b"") -> bytes:
    """Return what was sealed; raise ValueError where it was changed, bound to something else, or under another key."""
    alg, nonce, text = sealed.split(":")
    raw = bytes.fromhex(text)
    decryptor = Cipher(_cipher(Sealing(alg), key), GCM(bytes.fromhex(nonce), raw[-TAG:])).decryptor()
    decryptor.authenticate_additional_data(bound)
    try:
        return decryptor.update(raw[:-TAG]) + decryptor.finalize()
    except InvalidTag:
        raise ValueError("not what was sealed") from None


def _cipher(alg: Sealing, key: bytes) -> CipherAlgorithm:
    if len(key) != KEY_LENGTH[alg]:
        raise ValueError(f"a key of {alg} has {KEY_LENGTH[alg]} bytes")
    return SM4(key) if alg is Sealing.SM4_GCM else AES(key)
