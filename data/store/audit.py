"""Who did what, in an order that cannot be changed unseen?

Each tenant has a chain of its own: an event's hash covers the canonical JSON of its whole row, the hash
of the event before it among its columns.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select, update

from data.spec.audit import AuditEvent
from data.store.orm import AUDIT_EVENT, AUDIT_HEAD

ALGORITHM = "sha256"
GENESIS = "0" * 64


@dataclass(frozen=True)
class ChainFault:
    """Say where a tenant's chain stops being true."""

    tenant: str
    seq: int
    message: str


def append_events(connection: Connection, events: Sequence[AuditEvent]) -> None:
    """Chain the events to their tenants' heads, in the order given."""
    for event in events:
        _append(connection, event)


def _append(connection: Connection, event: AuditEvent) -> None:
    head = connection.execute(
        select(AUDIT_HEAD.c.seq, AUDIT_HEAD.c.hash).where(AUDIT_HEAD.c.tenant == event.tenant).with_for_update()
    ).first()
    seq, previous = (1, GENESIS) if head is None else (head.seq + 1, head.hash)
    row: dict[str, object] = {
        "tenant": event.tenant,
        "seq": seq,
        "at": event.at,
        "actor": event.actor,
        "action": str(event.action),
        "object": event.object_id,
        "payload_canonical": canonical(dict(event.details)),
        "prev": previous,
        "alg": ALGORITHM,
    }
    digest = row_hash(row)
    connection.execute(insert(AUDIT_EVENT).values(**row, hash=digest))
    if head is None:
        connection.execute(insert(AUDIT_HEAD).values(tenant=event.tenant, seq=seq, hash=digest))
    else:
        connection.execute(update(AUDIT_HEAD).where(AUDIT_HEAD.c.tenant == event.tenant).values(seq=seq, hash=digest))


def canonical(value: object) -> str:
    """Write a value of texts, whole numbers and None as its one JSON form (RFC 8785 for such values)."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def row_hash(row: dict[str, object]) -> str:
    """Hash everything a row says, its own hash apart."""
    at = row["at"]
    if not isinstance(at, datetime):
        raise TypeError("at must be an instant")
    said = {name: value for name, value in row.items() if name != "hash"}
    said["at"] = at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def verify_chain(connection: Connection, tenant: str) -> ChainFault | None:
    """Follow a tenant's chain from its beginning to its head; None where every link holds."""
    previous, seq = GENESIS, 0
    rows = connection.execute(select(AUDIT_EVENT).where(AUDIT_EVENT.c.tenant == tenant).order_by(AUDIT_EVENT.c.seq))
    for row in rows.mappings():
        seq += 1
        if row["seq"] != seq:
            return ChainFault(tenant, seq, "缺少这一条审计记录")
        if row["prev"] != previous or row["hash"] != row_hash(dict(row)):
            return ChainFault(tenant, seq, "审计记录的内容与其校验值不符")
        previous = row["hash"]
    head = connection.execute(select(AUDIT_HEAD).where(AUDIT_HEAD.c.tenant == tenant)).first()
    if (head.seq, head.hash) != (seq, previous) if head else seq > 0:
        return ChainFault(tenant, seq + 1, "审计链的末尾与链头不符")
    return None
