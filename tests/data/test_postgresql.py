"""Does the store keep its word on PostgreSQL too?"""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from data.spec.audit import Action, AuditEvent
from data.spec.digests import Digest
from data.store import Store
from data.store.audit import Anchor, ChainFault, Chaining, Sound, read_heads, verify_log
from data.store.engine import open_engine
from data.store.migrations.running import downgrade, upgrade
from data.store.orm import AUDIT_EVENT, METADATA
from data.store.store import StoreExists, StoreOutdated
from tests.data import test_records, test_store
from tests.data.tampering import KINDS, SEEN_BY_THE_CHAIN, Tamperer, fill, unguard
from tests.postgresql import Postgres

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
SAME = [
    test_store.test_what_is_not_committed_is_not_kept,
    test_store.test_a_read_only_unit_keeps_nothing,
    test_store.test_rows_come_back_as_they_were_written_to_the_fen,
    test_store.test_a_table_of_which_nothing_is_known_is_empty_with_its_dtypes,
    test_store.test_full_and_empty_frames_have_the_same_dtypes,
    test_store.test_only_enterprises_asked_for_are_read_however_many,
    test_store.test_a_file_is_found_again_by_its_hash_list_and_day,
    test_store.test_an_enterprise_is_found_by_code_under_its_latest_name,
    test_store.test_an_unknown_enterprise_is_refused,
    test_store.test_each_tenant_has_a_sound_chain_of_its_own,
    test_store.test_a_failed_work_leaves_no_trace_in_the_log,
    test_store.test_tables_of_the_migrations_are_those_declared,
    test_records.test_an_assessment_is_another_tenants_secret,
]
"""Sentences of the embedded store that must hold here word for word."""


@pytest.fixture(scope="session")
def made(postgres: Postgres) -> str:
    """Make the tables once; each test gets a copy of the database."""
    name = postgres.database()
    Store.create(postgres.url(name), at=AT, demonstration_today=date(2026, 1, 1)).close()
    return name


@pytest.fixture
def store(postgres: Postgres, made: str) -> Iterator[Store]:
    opened = Store.open(postgres.url(postgres.database(template=made)))
    yield opened
    opened.close()


@pytest.fixture
def log(store: Store) -> Store:
    fill(store, Chaining(Digest.SHA256), seed=1)
    fill(store, Chaining(Digest.SM3), seed=2)
    return store


@pytest.mark.parametrize("sentence", SAME, ids=lambda one: one.__name__)
def test_what_holds_on_sqlite_holds_here(store: Store, sentence: Callable[[Store], None]) -> None:
    sentence(store)


def test_every_revision_can_be_taken_back_and_made_again(postgres: Postgres) -> None:
    engine = open_engine(postgres.url(postgres.database()))
    with engine.connect() as connection:
        upgrade(connection)
        downgrade(connection)
        names = text("select table_name from information_schema.tables where table_schema = 'public'")
        left = set(connection.scalars(names))
        functions = connection.scalar(text("select count(*) from pg_proc where pronamespace = 'public'::regnamespace"))
        upgrade(connection)
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA) == []
    engine.dispose()

    assert left <= {"alembic_version"}
    assert functions == 0


def test_a_store_is_made_once_and_an_older_one_is_refused_until_it_is_upgraded(postgres: Postgres, made: str) -> None:
    url = postgres.url(postgres.database(template=made))
    with pytest.raises(StoreExists):
        Store.create(url, at=AT)
    engine = open_engine(url)
    with engine.connect() as connection:
        downgrade(connection, "-1")
    engine.dispose()
    with pytest.raises(StoreOutdated):
        Store.open(url)

    Store.upgrade(url)

    Store.open(url).close()


def test_two_writers_at_once_leave_one_sound_chain_per_tenant(store: Store) -> None:
    def write(writer: str) -> None:
        for number in range(25):
            with store.work(at=AT) as work:
                for tenant in ("bank-a", "bank-b") if writer == "one" else ("bank-b", "bank-a"):
                    work.record(
                        AuditEvent(
                            tenant=tenant, actor=writer, action=Action.ASSESSMENT_READ, object_id=str(number), at=AT
                        )
                    )
                work.commit()

    with store.work(at=AT) as work:
        for tenant in ("bank-a", "bank-b"):
            work.record(AuditEvent(tenant=tenant, actor="x", action=Action.TOKEN_ISSUED, object_id="x", at=AT))
        work.commit()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, ("one", "other")))

    with store.work(at=AT, read_only=True) as work:
        found = verify_log(work.connection)
        actors = work.connection.scalars(select(AUDIT_EVENT.c.actor).where(AUDIT_EVENT.c.tenant == "bank-a")).all()
    assert found == Sound(chains=3, entries=1 + 2 * 51, anchors=0)
    assert sorted(actors) == ["one"] * 25 + ["other"] * 25 + ["x"]


def test_what_is_written_while_the_log_is_verified_is_no_fault(log: Store) -> None:
    with log.work(at=AT, read_only=True) as work:
        anchors = [Anchor(head, "检查点 1") for head in read_heads(work.connection)]
        fill(log, Chaining(), seed=3)

        assert [anchor.head for anchor in anchors] == read_heads(work.connection)
        assert isinstance(verify_log(work.connection, anchors=anchors), Sound)


def tampered(log: Store, kind: str, seed: int) -> tuple[bool, bool]:
    with log.work(at=AT) as work:
        anchors = [Anchor(head, "检查点 1") for head in read_heads(work.connection)]
        unguard(work.connection)
        getattr(Tamperer(work.connection, random.Random(seed)), kind)()
        found = verify_log(work.connection, anchors=anchors), verify_log(work.connection)
    return isinstance(found[0], ChainFault), isinstance(found[1], ChainFault)


def test_a_superuser_without_triggers_is_found_here_too(log: Store) -> None:
    found = {kind: tampered(log, kind, seed) for seed, kind in enumerate(KINDS)}

    assert found == {kind: (True, kind in SEEN_BY_THE_CHAIN) for kind in KINDS}


@pytest.mark.parametrize(
    "change",
    [
        "update audit_event set actor = 'x'",
        "delete from audit_event",
        "truncate audit_event",
        "update audit_head set seq = seq - 1",
        "update audit_head set seq = seq + 2",
        "delete from audit_head",
        "truncate audit_head",
    ],
)
def test_triggers_refuse_to_change_what_was_written(log: Store, change: str) -> None:
    with log.work(at=AT) as work, pytest.raises(DatabaseError, match=r"append-only|only grows"):
        work.connection.execute(text(change))
