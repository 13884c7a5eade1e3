"""Is whatever is done to the audit log found, and by what?"""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import DatabaseError

from data.spec.audit import Action, AuditEvent
from data.spec.digests import Digest
from data.store import Store
from data.store.audit import Anchor, ChainFault, Chaining, Sound, count_entries, read_heads, verify_chain, verify_log
from data.store.orm import AUDIT_EVENT
from tests.data import tampering
from tests.data.tampering import KINDS, SEEN_BY_CHECKPOINTS_ALONE, SEEN_BY_THE_CHAIN, Tamperer, fill, unguard

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
CANARIES = ("王小明", "91370303MA00000007", "淄博测试陶瓷有限公司", "13953312345")


@pytest.fixture
def log(store: Store) -> Store:
    """Return a store whose log was written by one algorithm, then by another."""
    fill(store, Chaining(Digest.SHA256), seed=1)
    fill(store, Chaining(Digest.SM3), seed=2)
    return store


def anchors_of(connection: Connection) -> list[Anchor]:
    """Return what somebody outside holds: the ends of all chains."""
    return [Anchor(head, "检查点 1") for head in read_heads(connection)]


def tampered(log: Store, kind: str, seed: int) -> tuple[bool, bool]:
    """Tamper once and take it back; tell whether it is found with the last checkpoint, and without."""
    with log.work(at=AT) as work:
        connection = work.connection
        anchors = anchors_of(connection)
        unguard(connection)
        getattr(Tamperer(connection, random.Random(seed)), kind)()
        found = verify_log(connection, anchors=anchors), verify_log(connection)
    return isinstance(found[0], ChainFault), isinstance(found[1], ChainFault)


def test_a_log_of_two_algorithms_is_sound(log: Store) -> None:
    with log.work(at=AT, read_only=True) as work:
        found = verify_log(work.connection, anchors=anchors_of(work.connection))
        used = work.connection.execute(select(AUDIT_EVENT.c.alg, func.count()).group_by(AUDIT_EVENT.c.alg)).all()

    assert found == Sound(chains=3, entries=sum(count for _, count in used), anchors=3)
    assert {alg for alg, _ in used} == {"sha256", "sm3"}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", KINDS)
def test_every_tampering_is_found_with_the_last_checkpoint_and_by_the_chain_as_said(
    log: Store, kind: str, seed: int
) -> None:
    assert tampered(log, kind, seed) == (True, kind in SEEN_BY_THE_CHAIN)


@pytest.mark.deep
def test_a_thousand_tamperings(log: Store, figure: Callable[[str, float], None]) -> None:
    chance = random.Random(20260101)
    kinds = [*KINDS, *(chance.choice(KINDS) for _ in range(1000 - len(KINDS)))]

    found = [tampered(log, kind, seed) for seed, kind in enumerate(kinds)]

    figure("tamperings", len(found))
    figure("tamperings_found", sum(with_checkpoint for with_checkpoint, _ in found))
    figure("tamperings_found_without_checkpoint", sum(alone for _, alone in found))
    assert all(with_checkpoint for with_checkpoint, _ in found)
    assert [alone for _, alone in found] == [kind in SEEN_BY_THE_CHAIN for kind in kinds]


def test_an_entry_appended_after_the_last_checkpoint_is_told_from_no_true_one(log: Store) -> None:
    """The limit of any log without a secret: what is said for the first time cannot be compared."""
    with log.work(at=AT) as work:
        anchors = anchors_of(work.connection)
        work.record(event())
        work.commit()
    with log.work(at=AT, read_only=True) as work:
        assert isinstance(verify_log(work.connection, anchors=anchors), Sound)


def test_a_checkpoint_of_long_ago_still_binds_what_came_before_it(log: Store) -> None:
    with log.work(at=AT) as work:
        before = anchors_of(work.connection)
    fill(log, Chaining(), rounds=5, seed=3)
    with log.work(at=AT) as work:
        anchors = [*before, *anchors_of(work.connection)]
        assert isinstance(verify_log(work.connection, anchors=anchors), Sound)
        unguard(work.connection)
        Tamperer(work.connection, random.Random(5)).rewrite()

        assert isinstance(verify_log(work.connection, anchors=anchors), ChainFault)


def test_two_checkpoints_that_say_different_things_of_one_place_are_never_both_believed(log: Store) -> None:
    with log.work(at=AT, read_only=True) as work:
        true = anchors_of(work.connection)
        forged = [Anchor(replace(true[0].head, hash="0" * 64), "检查点 2")]

        for anchors in ([*true, *forged], [*forged, *true]):
            found = verify_log(work.connection, anchors=anchors)
            assert isinstance(found, ChainFault)
            assert "检查点 2" in found.message


def test_one_tenant_is_verified_alone(log: Store) -> None:
    with log.work(at=AT) as work:
        unguard(work.connection)
        work.connection.execute(text("update audit_event set actor = 'x' where tenant = 'bank-a' and seq = 2"))

        assert verify_chain(work.connection, "bank-b") is None
        fault = verify_chain(work.connection, "bank-a")
    assert fault == ChainFault("bank-a", 2, "审计记录的内容与其校验值不符")


@pytest.mark.parametrize(
    "garbage",
    [
        "update audit_event set at = 'yesterday' where seq = 2",
        "update audit_event set at = '2026-01-01 08:00:00' where seq = 2",
        "update audit_event set at = '2026-01-01T08:00:00.000000' where seq = 2",
        "update audit_event set at = 7 where seq = 2",
        "update audit_event set actor = x'ff00' where seq = 2",
        "update audit_event set seq = 'two' where seq = 2",
        "update audit_event set alg = x'00' where seq = 2",
    ],
)
def test_what_is_no_entry_at_all_is_a_fault_and_no_crash(log: Store, garbage: str) -> None:
    with log.work(at=AT) as work:
        unguard(work.connection)
        work.connection.execute(text(garbage))

        found = verify_log(work.connection)
    assert isinstance(found, ChainFault)
    assert found.seq == 2


@pytest.mark.parametrize(
    "change",
    [
        "update audit_event set actor = 'x'",
        "delete from audit_event",
        "insert or replace into audit_event select tenant, seq, at, 'x', action, object, payload_canonical, prev, hash,"
        " alg from audit_event where seq = 1",
        "update audit_head set seq = seq - 1",
        "update audit_head set seq = seq + 2",
        "update audit_head set tenant = 'x', seq = seq + 1",
        "delete from audit_head",
        "insert or replace into audit_head select tenant, 1, hash from audit_head",
    ],
)
def test_the_database_refuses_to_change_what_was_written(log: Store, change: str) -> None:
    with log.work(at=AT) as work, pytest.raises(DatabaseError, match=r"append-only|only grows"):
        work.connection.execute(text(change))


def test_progress_is_told_of_every_entry(log: Store) -> None:
    told: list[int] = []
    with log.work(at=AT, read_only=True) as work:
        verify_log(work.connection, told=told.append)

        assert sum(told) == count_entries(work.connection)


def event(**changes: object) -> AuditEvent:
    given: dict[str, object] = {"tenant": "bank-a", "actor": "clerk", "action": Action.ASSESSMENT_READ}
    return AuditEvent(**(given | {"object_id": "x", "at": AT} | changes))  # type: ignore[arg-type]


def test_persons_stand_in_the_log_as_references_that_only_the_key_finds(store: Store) -> None:
    store._chaining = Chaining(key=b"k" * 32)
    with store.work(at=AT) as work:
        for canary in CANARIES:
            work.record(event(actor=f"cli:{canary}", details={"reason": work.refer(canary)}))
        work.commit()
        rows = work.connection.execute(select(AUDIT_EVENT).where(AUDIT_EVENT.c.tenant == "bank-a")).all()

    written = repr(rows)
    assert not any(canary in written for canary in CANARIES)
    assert [row.actor for row in rows] == [f"cli:{Chaining(key=b'k' * 32).refer(canary)}" for canary in CANARIES]
    assert rows[0].actor != f"cli:{Chaining(key=b'l' * 32).refer(CANARIES[0])}"


@pytest.mark.deep
def test_a_million_entries_are_verified_in_a_minute(store: Store, figure: Callable[[str, float], None]) -> None:
    """The time is a figure; that all entries were followed is the assertion."""
    import time

    write_chain(store, 1_000_000)
    began = time.monotonic()
    with store.work(at=AT, read_only=True) as work:
        found = verify_log(work.connection)

    figure("audit_verify_million_seconds", round(time.monotonic() - began, 1))
    assert isinstance(found, Sound)
    assert found.entries >= 1_000_000


def write_chain(store: Store, entries: int) -> None:
    """Write a long chain at once, as the store would entry by entry."""
    from data.store.audit import GENESIS, row_hash
    from data.store.orm import AUDIT_HEAD

    row = {"tenant": "bank-z", "at": AT, "actor": "bank-z", "action": "assessment.read", "object": "x" * 36}
    row |= {"payload_canonical": '{"feature":"patent_invention_grants_3y"}', "alg": "sha256", "hash": GENESIS}
    with store.work(at=AT) as work:
        for first in range(0, entries, 10_000):
            rows = []
            for seq in range(first + 1, min(first + 10_000, entries) + 1):
                row = row | {"seq": seq, "prev": row["hash"]}
                row |= {"hash": row_hash(row)}
                rows.append(row)
            work.connection.execute(insert(AUDIT_EVENT), rows)
        work.connection.execute(insert(AUDIT_HEAD).values(tenant="bank-z", seq=entries, hash=row["hash"]))
        work.commit()


def test_the_kinds_of_tampering_are_all_named() -> None:
    ways = {name for name in vars(tampering.Tamperer) if not name.startswith("_")}

    assert ways == set(KINDS)
    assert not set(SEEN_BY_THE_CHAIN) & set(SEEN_BY_CHECKPOINTS_ALONE)
