"""What did the audit log hold at an instant, and who signed for it?

A checkpoint is a signed note in the form of C2SP tlog-checkpoint: origin, number of leaves, root, then lines of
our own, a blank line, one line per signature. The leaves are the ends of the tenants' chains, in the tenants'
order: how long each is, and its last hash. So trees of two checkpoints are not prefixes of each other; what
connects them is that each chain still passes through both ends.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from data.spec.digests import Digest
from data.spec.errors import Refusal
from data.spec.merkle import inclusion_path, leads_to, tree_root
from data.spec.signatures import Ed25519Signer, Ed25519Verifier

ORIGIN = "lukeping/audit"
ED25519_TYPE = b"\x01"
KEY_HASH = 4
"""Bytes of a key's hash in a signature line (C2SP signed-note)."""


class CheckpointInvalid(Refusal):
    """A checkpoint is not one, is not signed by a known key, or does not fit its heads."""

    code = "checkpoint-invalid"


@dataclass(frozen=True, order=True)
class ChainHead:
    """Say how long a tenant's chain is and how it ends."""

    tenant: str
    seq: int
    hash: str

    @property
    def leaf(self) -> bytes:
        """Return the leaf of this end: canonical JSON, as every row of the log is hashed."""
        said = {"hash": self.hash, "seq": self.seq, "tenant": self.tenant}
        return json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Checkpoint:
    """Say what the log held: how many chains under which root, how many entries in all, when (RFC 3339)."""

    size: int
    root: bytes
    entries: int
    at: str
    alg: str = Digest.SHA256

    def text(self) -> str:
        """Return what is signed."""
        root = base64.b64encode(self.root).decode()
        return f"{ORIGIN}\n{self.size}\n{root}\ndigest {self.alg}\nentries {self.entries}\nat {self.at}\n"


def checkpoint_of(heads: Sequence[ChainHead], *, at: str, alg: str = Digest.SHA256) -> Checkpoint:
    """Return the checkpoint over the ends of all chains."""
    leaves = [head.leaf for head in sorted(heads)]
    entries = sum(head.seq for head in heads)
    return Checkpoint(len(leaves), tree_root(alg, leaves), entries, at, alg)


def path_of(heads: Sequence[ChainHead], tenant: str, *, alg: str) -> tuple[int, list[bytes]]:
    """Return the place of a tenant's end among the leaves, and the hashes from it to the root."""
    ordered = sorted(heads)
    index = next(place for place, head in enumerate(ordered) if head.tenant == tenant)
    return index, inclusion_path(alg, [head.leaf for head in ordered], index)


def check_heads(checkpoint: Checkpoint, heads: Sequence[ChainHead]) -> None:
    """Raise CheckpointInvalid unless these are the ends under the checkpoint's root."""
    if checkpoint_of(heads, at=checkpoint.at, alg=checkpoint.alg) != checkpoint:
        raise CheckpointInvalid("检查点与其所附的链头不符。", help="请核对文件是否完整、是否被改动。")


def check_path(checkpoint: Checkpoint, head: ChainHead, path: Sequence[bytes], *, index: int) -> None:
    """Raise CheckpointInvalid unless the path shows the end under the checkpoint's root."""
    alg, size, root = checkpoint.alg, checkpoint.size, checkpoint.root
    if not leads_to(alg, head.leaf, path, index=index, size=size, root=root):
        raise CheckpointInvalid("链头不在这个检查点之下。", help="请核对所保存的答复是否完整。")


def sign_note(checkpoint: Checkpoint, signers: Iterable[Ed25519Signer]) -> str:
    """Return the signed note, one signature line per key."""
    text = checkpoint.text()
    lines = [_signature_line(signer.verifier, signer.sign(text.encode())) for signer in signers]
    return f"{text}\n{''.join(lines)}"


def key_text(verifier: Ed25519Verifier) -> str:
    """Return a key as auditors pass it on (C2SP signed-note): name, hash, type and public key."""
    public = base64.b64encode(ED25519_TYPE + verifier.public).decode()
    return f"{ORIGIN}+{_key_hash(verifier.public).hex()}+{public}"


def read_key(text: str) -> Ed25519Verifier:
    """Read a key as it is passed on; raise CheckpointInvalid where it is not one of ours."""
    try:
        name, hashed, public = text.strip().split("+", 2)
        raw = base64.b64decode(public, validate=True)
    except (ValueError, binascii.Error):
        name, hashed, raw = "", "", b""
    if name != ORIGIN or raw[:1] != ED25519_TYPE or len(raw) != 33 or hashed != _key_hash(raw[1:]).hex():
        raise CheckpointInvalid("公钥的格式有误。", help="请原样粘贴对方给出的一整行公钥。")
    return Ed25519Verifier(raw[1:])


def read_note(note: str, keys: Sequence[Ed25519Verifier]) -> Checkpoint:
    """Read a signed note; raise CheckpointInvalid unless one of the keys signed it."""
    text, _, signed = note.rpartition("\n\n")
    said, lines = f"{text}\n", signed.splitlines()
    if not any(_signature_line_holds(key, said, line) for key in keys for line in lines):
        raise CheckpointInvalid("检查点没有由已知的密钥签名，或已被改动。", help="请核对公钥与文件。")
    return _read_text(said)


def _read_text(text: str) -> Checkpoint:
    lines = text.splitlines()
    try:
        origin, size, root = lines[:3]
        own: Mapping[str, str] = dict(line.split(" ", 1) for line in lines[3:])
        found = Checkpoint(
            int(size), base64.b64decode(root, validate=True), int(own["entries"]), own["at"], Digest(own["digest"])
        )
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise CheckpointInvalid("检查点的格式有误。", help="请核对文件是否完整。") from None
    if origin != ORIGIN or found.text() != text:
        raise CheckpointInvalid("检查点的格式有误。", help="请核对文件是否完整。")
    return found


def _key_hash(public: bytes) -> bytes:
    return sha256(f"{ORIGIN}\n".encode() + ED25519_TYPE + public).digest()[:KEY_HASH]


def _signature_line(verifier: Ed25519Verifier, signature: bytes) -> str:
    return f"\u2014 {ORIGIN} {base64.b64encode(_key_hash(verifier.public) + signature).decode()}\n"


def _signature_line_holds(key: Ed25519Verifier, said: str, line: str) -> bool:
    try:
        dash, name, signed = line.split(" ")
        raw = base64.b64decode(signed, validate=True)
    except (ValueError, binascii.Error):
        return False
    ours = (dash, name, raw[:KEY_HASH]) == ("\u2014", ORIGIN, _key_hash(key.public))
    return ours and key.verify(said.encode(), raw[KEY_HASH:])
