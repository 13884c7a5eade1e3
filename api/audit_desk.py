"""What may the doors ask of the audit log?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from data.spec.errors import Refusal
from data.spec.progress import Progress


class ChainUnknown(Refusal):
    """No institution whose entries the caller may see has this code."""

    code = "audit-chain-unknown"
    status = 404


class CheckpointMissing(Refusal):
    """No checkpoint holds the institution's chain yet."""

    code = "checkpoint-missing"
    status = 404


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """Tell one entry of an institution's chain; `details` has neither names nor codes nor values."""

    seq: int
    at: datetime
    actor: str
    action: str
    object_id: str
    details: Mapping[str, str | int | None]
    hash: str
    alg: str


@dataclass(frozen=True, kw_only=True)
class HeldHead:
    """Carry what an institution keeps of a checkpoint: the signed note, its own chain's end, the way to the root."""

    note: str
    tenant: str
    seq: int
    hash: str
    index: int
    path: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CheckpointTaken:
    """Say which checkpoint was written where, over how much."""

    path: Path
    chains: int
    entries: int
    at: str
    keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LogVerified:
    """Say what was followed, and the first fault: `message` is None where everything holds."""

    entries: int
    chains: int
    checkpoints: int
    seconds: float
    tenant: str | None = None
    seq: int | None = None
    message: str | None = None


class AuditDesk(Protocol):
    """Examine the audit log, anchor it outside the database, and show institutions their part of it."""

    def latest(self, tenant: str) -> HeldHead | None:
        """Return the latest checkpoint with a tenant's end in it; None where none holds it yet."""

    def entries(self, tenant: str, *, after: int, most: int, reader: str | None, at: datetime) -> Sequence[AuditEntry]:
        """Return a tenant's entries after a number, oldest first; raise ChainUnknown.

        `reader` is the institution that reads, None whoever works at this terminal for the bureau; who reads
        another's entries is written into that other's log.
        """

    def now(self) -> datetime:
        """Return the instant by the store's clock."""

    def take(self, *, at: datetime) -> CheckpointTaken:
        """Sign the ends of all chains and write them to files that were not there before."""

    def take_if_grown(self, *, at: datetime) -> CheckpointTaken | None:
        """Take a checkpoint unless the latest says the same already."""

    def verify(
        self, *, checkpoint: Path | None, tenant: str | None, key: str | None, progress: Progress
    ) -> LogVerified:
        """Follow the log through every checkpoint that is kept, and one that is given; raise CheckpointInvalid."""

    def rotate(self) -> str:
        """Make a new signing key beside the present one; return it as auditors pass it on."""
