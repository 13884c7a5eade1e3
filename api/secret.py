"""Which secret does this installation keep, and which keys follow from it?"""

import base64
import hmac
import os
import secrets
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

LENGTH = 32
"""Bytes."""


def keep_secret(path: Path) -> bytes:
    """Return the installation's secret; make it (mode 0600) where there is none. Every process reads the same file."""
    if not path.exists():
        made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        made.touch(mode=0o600, exist_ok=False)
        made.write_bytes(secrets.token_bytes(LENGTH))
        # A link is there whole or not at all, and of two processes that make one the first wins.
        with suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_bytes()


def derive_key(secret: bytes, purpose: str) -> bytes:
    """Return the key of one purpose: who learns one learns no other.

    Source: HKDF-Expand with one block (RFC 5869 section 2.3), the secret being random already.
    """
    return hmac.digest(secret, purpose.encode() + b"\x01", sha256)


def webhook_secret(secret: bytes, id: str, generation: int) -> str:
    """Return a receiver's key of one generation, as it is handed over: nothing of it is stored."""
    return "whsec_" + base64.b64encode(derive_key(secret, f"webhook:{id}:{generation}")).decode()
