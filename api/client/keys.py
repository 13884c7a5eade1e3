"""Which key does a bank's machine sign with, and what of it does the bureau register?"""

import json
from pathlib import Path

from joserfc.jwk import ECKey, Key, import_key


def new_key() -> Key:
    """Return a new P-256 key, named by its thumbprint."""
    return ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)


def write_key(key: Key, path: str | Path) -> None:
    """Keep the private key in a file for its owner alone; raise FileExistsError rather than replace one."""
    place = Path(path)
    place.touch(mode=0o600, exist_ok=False)
    place.write_text(json.dumps(key.as_dict(private=True)), encoding="utf-8")


def read_key(path: str | Path) -> Key:
    """Read a private key (JWK)."""
    return import_key(json.loads(Path(path).read_text(encoding="utf-8")))


def public_jwks(key: Key) -> str:
    """Return what is handed to the bureau: the public key as a JWKS."""
    return json.dumps({"keys": [key.as_dict(private=False)]})
