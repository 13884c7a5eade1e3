"""Where do checkpoints and the keys that sign them lie? In files, so that the database cannot change them.

`000001.checkpoint` is the signed note, `000001.heads` its leaves, one a line. A name once given is never written
again. What an institution keeps of the exchange's answer is read by the same reader.
"""

import json
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from data.spec.checkpoints import (
    ChainHead,
    Checkpoint,
    CheckpointInvalid,
    check_heads,
    check_path,
    read_note,
    sign_note,
)
from data.spec.signatures import Ed25519Signer, Ed25519Verifier

LIVE = 2
"""Keys that sign side by side, so that who knows only the older one still believes the newer note."""
KEY_LENGTH = 32
"""Bytes."""
NOTE, HEADS, KEY, PUBLIC = ".checkpoint", ".heads", ".key", ".pub"


@dataclass(frozen=True)
class Anchored:
    """Carry a checkpoint that was believed, and the ends of chains that it holds."""

    name: str
    note: str
    checkpoint: Checkpoint
    heads: tuple[ChainHead, ...]


class SigningKeys:
    """Keep numbered keys in a folder (0700); the latest ones sign, all of them verify."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def live(self) -> list[Ed25519Signer]:
        """Return the keys that sign, the newest first; make one where there is none."""
        found = _numbered(self._folder, KEY)[-LIVE:]
        return [Ed25519Signer(path.read_bytes()) for path in reversed(found)] or [self.make()]

    def verifiers(self) -> list[Ed25519Verifier]:
        """Return every key that ever signed, as its public half."""
        return [Ed25519Verifier(path.read_bytes()) for path in _numbered(self._folder, PUBLIC)]

    def make(self) -> Ed25519Signer:
        """Make a new key beside those that are there."""
        signer = Ed25519Signer(secrets.token_bytes(KEY_LENGTH))
        made = _put_next(self._folder, PUBLIC, signer.verifier.public)
        _put(made.with_suffix(KEY), signer.secret)
        return signer


class CheckpointFiles:
    """Keep numbered checkpoints in a folder (0700)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> list[Path]:
        """Return the notes, oldest first."""
        return _numbered(self._folder, NOTE)

    def write(self, checkpoint: Checkpoint, heads: Sequence[ChainHead], signers: Sequence[Ed25519Signer]) -> Path:
        """Write a checkpoint under the next number; its heads first, so that no note stands without them."""
        lines = b"".join(head.leaf + b"\n" for head in sorted(heads))
        made = _put_next(self._folder, HEADS, lines)
        note = made.with_suffix(NOTE)
        _put(note, sign_note(checkpoint, signers).encode())
        return note


def read_held(path: Path, keys: Sequence[Ed25519Verifier]) -> Anchored:
    """Read a checkpoint with its heads beside it, or an institution's answer kept as JSON.

    Raises CheckpointInvalid where it is not signed by one of the keys, or its heads are not under its root.
    """
    name = f"检查点 {path.name}"
    try:
        text = path.read_text(encoding="utf-8")
        if text.startswith("{"):
            return _read_answer(name, json.loads(text), keys)
        checkpoint = read_note(text, keys)
        heads = [ChainHead(**json.loads(line)) for line in path.with_suffix(HEADS).read_text("utf-8").splitlines()]
    except (OSError, ValueError, TypeError, KeyError):
        raise CheckpointInvalid(
            f"{path.name} 或其链头无法读取。", help="检查点由 .checkpoint 与 .heads 两个文件组成，请一并提供。"
        ) from None
    check_heads(checkpoint, heads)
    return Anchored(name, text, checkpoint, tuple(heads))


def _read_answer(name: str, told: dict[str, object], keys: Sequence[Ed25519Verifier]) -> Anchored:
    note, path = str(told["note"]), told["path"]
    head = ChainHead(str(told["tenant"]), int(str(told["seq"])), str(told["hash"]))
    if not isinstance(path, list):
        raise TypeError("path must be a list")
    checkpoint = read_note(note, keys)
    check_path(checkpoint, head, [bytes.fromhex(step) for step in path], index=int(str(told["index"])))
    return Anchored(name, note, checkpoint, (head,))


def _numbered(folder: Path, suffix: str) -> list[Path]:
    return sorted((path for path in folder.glob(f"*{suffix}") if path.stem.isdigit()), key=lambda path: int(path.stem))


def _put_next(folder: Path, suffix: str, content: bytes) -> Path:
    """Write under the first number that nobody took, also where two processes write at once."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    taken = _numbered(folder, suffix)
    number = int(taken[-1].stem) if taken else 0
    while True:
        number += 1
        with suppress(FileExistsError):
            _put(path := folder / f"{number:06d}{suffix}", content)
            return path


def _put(path: Path, content: bytes) -> None:
    """Write a whole new file (0600) that survives a power cut; raise FileExistsError where the name is taken."""
    made = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(made, path)
    finally:
        made.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
