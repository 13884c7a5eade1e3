"""How is the audit log examined, and anchored outside the database?"""

import json
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from api.audit_desk import AuditEntry, ChainUnknown, CheckpointTaken, HeldHead, LogVerified
from api.clock import now
from api.wiring.acting import person
from api.wiring.checkpoint_files import Anchored, CheckpointFiles, SigningKeys, read_held
from api.wiring.visits import visit
from data.spec.access import BUREAU
from data.spec.audit import Action, AuditEvent
from data.spec.checkpoints import checkpoint_of, key_text, path_of, read_key
from data.spec.digests import Digest
from data.spec.progress import Progress
from data.store import Store
from data.store.audit import Anchor, ChainFault, count_entries, read_heads, verify_log
from data.store.audit_reads import StoredEntry, read_entries
from data.store.institutions import find_institution

if TYPE_CHECKING:
    from api.settings import Settings


class Auditing:
    """Examine one store's log; checkpoints and keys are files of the state folder."""

    def __init__(self, store: Store, settings: "Settings") -> None:
        self._store, self._digest = store, Digest(settings.digest)
        self._files, self._keys = CheckpointFiles(settings.checkpoints), SigningKeys(settings.audit_keys)

    def now(self) -> datetime:
        """Return the instant by the store's clock."""
        return now(self._store.today)

    def take(self, *, at: datetime) -> CheckpointTaken:
        """Sign the ends of all chains and write them to files that were not there before."""
        with self._store.work(at=at, read_only=True) as work:
            heads = read_heads(work.connection)
        made = checkpoint_of(heads, at=at.isoformat(timespec="seconds"), alg=self._digest)
        path = self._files.write(made, heads, self._keys.live())
        return CheckpointTaken(path=path, chains=made.size, entries=made.entries, at=made.at, keys=self._told_keys())

    def take_if_grown(self, *, at: datetime) -> CheckpointTaken | None:
        """Take a checkpoint unless the latest says the same already."""
        newest = self._newest()
        with self._store.work(at=at, read_only=True) as work:
            heads = read_heads(work.connection)
        return None if newest and list(newest.heads) == heads else self.take(at=at)

    def verify(
        self, *, checkpoint: Path | None, tenant: str | None, key: str | None, progress: Progress
    ) -> LogVerified:
        """Follow the log through every checkpoint that is kept, and one that is given.

        Raises CheckpointInvalid, ChainUnknown.
        With `key` only checkpoints that this key signed are believed: whoever examines brings it along.
        """
        began = time.monotonic()
        keys = self._keys.verifiers() if key is None else [read_key(key)]
        # Files first: what they hold is then surely in the reading of the database that follows.
        held = [read_held(path, keys) for path in [*self._files.all(), *([checkpoint] if checkpoint else [])]]
        anchors = [Anchor(head, one.name) for one in held for head in one.heads]
        with self._store.work(at=now(self._store.today), read_only=True) as work:
            if tenant is not None and find_institution(work, tenant) is None:
                raise _unknown()
            progress.stage("核对审计链", count_entries(work.connection, tenant))
            found = verify_log(work.connection, tenant=tenant, anchors=anchors, told=progress.advance)
        seconds = round(time.monotonic() - began, 1)
        if isinstance(found, ChainFault):
            return LogVerified(
                entries=0, chains=0, checkpoints=len(held), seconds=seconds,
                tenant=found.tenant, seq=found.seq, message=found.message,
            )  # fmt: skip
        return LogVerified(entries=found.entries, chains=found.chains, checkpoints=len(held), seconds=seconds)

    def rotate(self) -> str:
        """Make a new signing key beside the present one; return it as auditors pass it on."""
        return key_text(self._keys.make().verifier)

    def latest(self, tenant: str) -> HeldHead | None:
        """Return the latest checkpoint with a tenant's end in it; None where none holds it yet."""
        newest = self._newest()
        own = [head for head in newest.heads if head.tenant == tenant] if newest else []
        if newest is None or not own:
            return None
        index, path = path_of(newest.heads, tenant, alg=newest.checkpoint.alg)
        return HeldHead(
            note=newest.note,
            tenant=tenant,
            seq=own[0].seq,
            hash=own[0].hash,
            index=index,
            path=tuple(step.hex() for step in path),
            keys=self._told_keys(),
        )

    def entries(self, tenant: str, *, after: int, most: int, reader: str | None, at: datetime) -> Sequence[AuditEntry]:
        """Return a tenant's entries after a number, oldest first; raise ChainUnknown.

        Who reads another's entries is written into that other's log; who reads its own is not, or the log would
        grow by being read to its end.
        """
        foreign = tenant != (reader or BUREAU)
        with visit(self._store, at) as work:
            if find_institution(work, tenant) is None:
                raise _unknown()
            found = [_told(row) for row in read_entries(work, tenant, after=after, most=most)]
            if foreign:
                work.record(
                    AuditEvent(
                        tenant=tenant,
                        actor=reader or person(),
                        action=Action.AUDIT_READ,
                        object_id=tenant,
                        at=at,
                        details={"after": after},
                    )
                )
                work.commit()
        return found

    def _newest(self) -> Anchored | None:
        paths = self._files.all()
        return read_held(paths[-1], self._keys.verifiers()) if paths else None

    def _told_keys(self) -> tuple[str, ...]:
        return tuple(key_text(signer.verifier) for signer in self._keys.live())


def _unknown() -> ChainUnknown:
    return ChainUnknown("没有这家机构的审计链。", help="请核对机构代码；科技局的代码是 bureau。")


def _told(row: StoredEntry) -> AuditEntry:
    return AuditEntry(
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        action=row.action,
        object_id=row.object_id,
        details=json.loads(row.payload),
        hash=row.hash,
        alg=row.alg,
    )
