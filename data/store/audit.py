"""Who did what, in an order that cannot be changed unseen?

Each tenant has a chain of its own: an event's hash covers the canonical JSON of its whole row, the hash
of the event before it and the algorithm's name among its columns. So the algorithm may change along a chain.
"""

import json
import secrets
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Text, func, insert, select, type_coerce, update

from data.spec.audit import AuditEvent
from data.spec.checkpoints import ChainHead
from data.spec.digests import Digest, hex_digest, keyed_reference
from data.store.orm import AUDIT_EVENT, AUDIT_HEAD

GENESIS = "0" * 64
AT_ONCE = 5_000
"""Rows of the log in memory while it is verified."""


@dataclass(frozen=True)
class Chaining:
    """Say how new events are written: by which digest, and under which key persons are referred to.

    Without a key of the installation's references are made that nobody finds again.
    """

    digest: Digest = Digest.SHA256
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def refer(self, value: str) -> str:
        """Return what may stand in the log for a person, a name, a code or free text."""
        return keyed_reference(self.key, value, alg=self.digest)

    def actor(self, actor: str) -> str:
        """Return an actor without the person: what follows the door's name becomes a reference.

        >>> Chaining().actor("bank-a")
        'bank-a'
        """
        door, colon, person = actor.partition(":")
        return f"{door}:{self.refer(person)}" if colon else actor


@dataclass(frozen=True)
class ChainFault:
    """Say where a tenant's chain stops being true; seq 0: not at one entry."""

    tenant: str
    seq: int
    message: str


@dataclass(frozen=True)
class Anchor:
    """Carry what somebody outside the database holds: how a chain stood once, and who says so."""

    head: ChainHead
    told_by: str


@dataclass(frozen=True)
class Sound:
    """Say how much of the log was followed without a fault."""

    chains: int
    entries: int
    anchors: int


def append_events(connection: Connection, events: Sequence[AuditEvent], chaining: Chaining) -> None:
    """Chain the events to their tenants' heads, in the order given."""
    tenants = sorted({event.tenant for event in events})
    if len(tenants) > 1:
        # In one order for all: two writers that each wait for the other's second head would wait for ever.
        heads = select(AUDIT_HEAD.c.tenant).where(AUDIT_HEAD.c.tenant.in_(tenants))
        connection.execute(heads.order_by(AUDIT_HEAD.c.tenant).with_for_update()).all()
    for event in events:
        _append(connection, event, chaining)


def _append(connection: Connection, event: AuditEvent, chaining: Chaining) -> None:
    head = connection.execute(
        select(AUDIT_HEAD.c.seq, AUDIT_HEAD.c.hash).where(AUDIT_HEAD.c.tenant == event.tenant).with_for_update()
    ).first()
    seq, previous = (1, GENESIS) if head is None else (head.seq + 1, head.hash)
    row: dict[str, object] = {
        "tenant": event.tenant,
        "seq": seq,
        "at": event.at,
        "actor": chaining.actor(event.actor),
        "action": str(event.action),
        "object": event.object_id,
        "payload_canonical": canonical(dict(event.details)),
        "prev": previous,
        "alg": str(chaining.digest),
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


def row_hash(row: Mapping[str, object]) -> str:
    """Hash everything a row says, its own hash apart, by the algorithm that it names.

    Raises ValueError or TypeError for a row that cannot have been written here.
    """
    at = row["at"]
    if not isinstance(at, datetime):
        raise TypeError("at must be an instant")
    said = {name: value for name, value in row.items() if name != "hash"}
    said["at"] = at.astimezone(UTC).isoformat(timespec="microseconds")
    return hex_digest(str(row["alg"]), canonical(said).encode())


def read_heads(connection: Connection) -> list[ChainHead]:
    """Return the ends of all chains, as they stand together."""
    rows = connection.execute(select(AUDIT_HEAD.c.tenant, AUDIT_HEAD.c.seq, AUDIT_HEAD.c.hash))
    return sorted(ChainHead(row.tenant, row.seq, row.hash) for row in rows)


def verify_chain(connection: Connection, tenant: str, *, anchors: Sequence[Anchor] = ()) -> ChainFault | None:
    """Follow a tenant's chain from its beginning to its head; None where every link holds."""
    found = verify_log(connection, tenant=tenant, anchors=anchors)
    return found if isinstance(found, ChainFault) else None


def verify_log(
    connection: Connection,
    *,
    tenant: str | None = None,
    anchors: Sequence[Anchor] = (),
    told: Callable[[int], None] = lambda _entries: None,
) -> Sound | ChainFault:
    """Follow every chain, or one tenant's, through its anchors to its head; return the first fault.

    An entry of no chain, a chain without entries and an anchor that no chain passes through are faults too.
    Rows are streamed; `told` hears how many more were followed.
    """
    heads = {head.tenant: head for head in read_heads(connection)}
    anchored = {anchor.head.tenant for anchor in anchors}
    tenants = sorted({*connection.scalars(select(AUDIT_EVENT.c.tenant).distinct()), *heads, *anchored})
    entries = 0
    for one in tenants if tenant is None else [tenant]:
        own = [anchor for anchor in anchors if anchor.head.tenant == one]
        found = _follow(connection, one, heads.get(one), own, told)
        if isinstance(found, ChainFault):
            return found
        entries += found
    return Sound(len(tenants) if tenant is None else 1, entries, len(anchors))


def count_entries(connection: Connection, tenant: str | None = None) -> int:
    """Return how many entries the log, or one tenant's part of it, has."""
    count = select(func.count()).select_from(AUDIT_EVENT)
    return int(connection.scalar(count if tenant is None else count.where(AUDIT_EVENT.c.tenant == tenant)) or 0)


def _follow(
    connection: Connection,
    tenant: str,
    head: ChainHead | None,
    anchors: Sequence[Anchor],
    told: Callable[[int], None],
) -> int | ChainFault:
    """Follow one chain; return its length or its first fault."""
    waiting: dict[int, list[Anchor]] = {}
    for anchor in anchors:
        waiting.setdefault(anchor.head.seq, []).append(anchor)
    previous, seq = GENESIS, 0
    with closing(_rows(connection, tenant)) as rows:
        for seq, row in enumerate(rows, start=1):
            wrong = _wrong(row, seq, previous)
            if wrong:
                return ChainFault(tenant, seq, wrong)
            previous = row["hash"]
            belied = next((one for one in waiting.pop(seq, ()) if one.head.hash != previous), None)
            if belied is not None:
                return ChainFault(tenant, seq, f"审计链曾被改写：与{belied.told_by}所记不符")
            if seq % AT_ONCE == 0:
                told(AT_ONCE)
    told(seq % AT_ONCE)
    wrong = _wrong_end(seq, previous, head, waiting)
    return seq if wrong is None else ChainFault(tenant, seq + 1, wrong)


def _wrong(row: Mapping[str, Any], seq: int, previous: str) -> str | None:
    """Say what is wrong with the entry that should come next; None where nothing is."""
    if row["seq"] != seq:
        return f"缺少这一条审计记录，其后为第 {row['seq']} 条"
    if row["prev"] != previous:
        return "审计记录没有接在前一条之后"
    try:
        whole = row["hash"] == row_hash({**row, "at": _instant(row["at"])})
    except (ValueError, TypeError):
        return "审计记录不是本系统所写的样子"
    return None if whole else "审计记录的内容与其校验值不符"


def _wrong_end(seq: int, last: str, head: ChainHead | None, waiting: Mapping[int, Sequence[Anchor]]) -> str | None:
    """Say what is wrong with where a chain ends; None where nothing is."""
    if waiting:
        longest = waiting[max(waiting)][0]
        return f"审计链被截短：{longest.told_by}记有 {longest.head.seq} 条"
    if head is None:
        return "这些审计记录不在任何链上（没有链头）" if seq else None
    if (head.seq, head.hash) != (seq, last):
        return f"审计链的末尾与链头不符：链头记有 {head.seq} 条"
    return None


def _rows(connection: Connection, tenant: str) -> Generator[Mapping[str, Any]]:
    """Stream a tenant's entries; the instant as the database has it, so that a text that is none can be told."""
    at = type_coerce(AUDIT_EVENT.c.at, Text).label("at")
    columns = [column if column.name != "at" else at for column in AUDIT_EVENT.c]
    query = select(*columns).where(AUDIT_EVENT.c.tenant == tenant).order_by(AUDIT_EVENT.c.seq)
    with connection.execute(query, execution_options={"yield_per": AT_ONCE}) as rows:
        for row in rows:
            yield row._asdict()


def _instant(kept: object) -> datetime:
    """Read an instant in the one form in which it is written; raise ValueError or TypeError."""
    if isinstance(kept, str):
        at = datetime.fromisoformat(kept)
        if at.isoformat(sep=" ", timespec="microseconds") != kept:
            raise ValueError("not the written form of an instant")
        kept = at
    if not isinstance(kept, datetime):
        raise TypeError("not an instant")
    return kept.replace(tzinfo=UTC)
