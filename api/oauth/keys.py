"""With which keys does this installation sign its tokens?"""

import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from joserfc.jwk import ECKey, KeySet

KEPT = 2
"""Keys that verify: the one that signs, and the one before it until its last token has ended."""


@dataclass(frozen=True)
class SigningKeys:
    """Hold the private keys, the one that signs first."""

    keys: tuple[ECKey, ...]

    @property
    def current(self) -> ECKey:
        """Return the key that signs."""
        return self.keys[0]

    @cached_property
    def public(self) -> KeySet:
        """Return what others verify with."""
        return KeySet([ECKey.import_key(key.as_dict(private=False)) for key in self.keys])


def keep_signing_keys(path: Path) -> SigningKeys:
    """Return the installation's keys; make a first one (mode 0600) where there is none."""
    if not path.exists():
        # A link is there whole or not at all, and of two processes that make one the first wins.
        made = _written(path, (new_key(),))
        with suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return SigningKeys(tuple(ECKey.import_key(one) for one in json.loads(path.read_text(encoding="utf-8"))["keys"]))


def rotate_signing_keys(path: Path) -> SigningKeys:
    """Sign with a new key from now on; the last one verifies still."""
    kept = keep_signing_keys(path)
    _written(path, (new_key(), *kept.keys)[:KEPT]).replace(path)
    return keep_signing_keys(path)


def new_key() -> ECKey:
    """Return a new key, named by its thumbprint."""
    return ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)


def _written(path: Path, keys: tuple[ECKey, ...]) -> Path:
    made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    made.touch(mode=0o600, exist_ok=False)
    made.write_text(json.dumps({"keys": [key.as_dict(private=True) for key in keys]}), encoding="utf-8")
    return made
