"""Does the store keep what it is given, whole, and say it back as it was?"""

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, insert, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from data.intake.name_words import normalise_name
from data.spec.access import Access, ConsentBasis, Purpose, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.errors import EnterpriseUnknown
from data.spec.identifiers import Identifier, Scheme
from data.spec.tables import TABLES
from data.store import Store, Work
from data.store.audit import verify_chain
from data.store.batches import Batch, QuarantinedRow, add_enterprises, find_batch, next_batch_id, write_batch
from data.store.engine import is_sound_for_wal, open_engine
from data.store.frames import dtypes
from data.store.migrations.running import configuration, downgrade, head_revision, upgrade
from data.store.names import add_names
from data.store.orm import AUDIT_EVENT, AUDIT_HEAD, METADATA
from data.store.reads import find_enterprise, read_batches, read_enterprises, read_events, read_quarantine
from data.store.store import StoreExists, StoreMissing, StoreOutdated, StoreUnsound
from tests.stores import brought_back

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
BUREAU = bureau_access("test", at=AT)
CODE = "91370303MA00000007"


def event(tenant: str = "bureau", object_id: str = "x") -> AuditEvent:
    return AuditEvent(tenant=tenant, actor="test", action=Action.BATCH_LOADED, object_id=object_id, at=AT)


def bank(**changes: object) -> Access:
    given = {"tenant": "bank-a", "actor": "clerk", "purpose": Purpose.PRE_LOAN, "basis": ConsentBasis("C1", 1)}
    return Access(**(given | {"at": AT, "categories": frozenset()} | changes))  # type: ignore[arg-type]


def batch(work: Work, **changes: object) -> Batch:
    given: dict[str, object] = {"id": next_batch_id(work), "list": "loan", "source": "贷款台账", "file_name": "a.xlsx"}
    given |= {"file_sha256": "0" * 64, "recorded_at": AT, "known_on": None, "rows_read": 1, "kept": 1}
    given |= {"already_known": 0, "repeated": 0, "skipped": 0, "quarantined": 0}
    return Batch(**(given | changes))  # type: ignore[arg-type]


def reports(enterprise_id: int, batch_id: str, **changes: object) -> pd.DataFrame:
    table = TABLES["annual_report"]
    given: dict[str, object] = dict.fromkeys(dtypes(table), None)
    given |= {"enterprise_id": enterprise_id, "record_key": "2023", "happened_on": "2023-12-31", "owner": "bureau"}
    given |= {"known_on": "2024-05-01", "known_basis": "filed", "batch_id": batch_id, "file_row": 3, "withdrawn": False}
    given |= {"year": "2023-12-31", "revenue": 1234567.89, "profit": -0.01} | changes
    return pd.DataFrame([given]).astype(dtypes(table))


def seed(work: Work, **changes: object) -> int:
    number = add_enterprises(work, Scheme.USCC, {CODE: "enterprise"})[CODE]
    one = batch(work)
    write_batch(work, one, {"annual_report": reports(number, one.id, **changes)}, [], audit=event())
    return number


def test_tables_of_the_migrations_are_those_declared(store: Store) -> None:
    with store.work(at=AT) as work:
        context = MigrationContext.configure(work.connection, opts={"compare_type": True})

        assert compare_metadata(context, METADATA) == []


def test_there_is_one_head_and_every_revision_can_be_taken_back() -> None:
    heads = ScriptDirectory.from_config(configuration()).get_heads()
    with open_engine("sqlite://").connect() as connection:
        upgrade(connection)
        downgrade(connection)
        left = connection.scalars(text("select name from sqlite_master where type = 'table'")).all()
        upgrade(connection)

    assert len(heads) == 1
    assert set(left) <= {"alembic_version", "sqlite_sequence"}


@pytest.mark.parametrize("name", sorted(METADATA.tables))
def test_every_table_can_be_made_on_postgresql(name: str) -> None:
    ddl = str(CreateTable(METADATA.tables[name]).compile(dialect=postgresql.dialect()))

    assert f"CREATE TABLE {name}" in ddl


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        *[("3.6.23", False), ("3.7.0", False), ("3.40.1", False), ("3.44.5", False), ("3.44.6", True)],
        *[("3.45.0", False), ("3.50.6", False), ("3.50.7", True), ("3.51.0", False), ("3.51.2", False)],
        *[("3.51.3", True), ("3.53.4", True)],
    ],
)
def test_the_log_is_trusted_only_where_sqlite_is_sound(version: str, sound: bool) -> None:
    assert is_sound_for_wal(version) is sound


def test_a_file_is_opened_with_full_safety(tmp_path: Path) -> None:
    store = Store.create(f"sqlite:///{tmp_path}/a/store.db", at=AT)

    with store.work(at=AT) as work:
        pragmas = {
            name: work.connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "synchronous", "busy_timeout")
        }
    assert pragmas == {"foreign_keys": 1, "synchronous": 2, "busy_timeout": 30_000}
    assert "FULL" in store.journal
    store.close()


def test_a_store_is_made_once_and_opened_often(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    Store.create(url, at=AT, demonstration_today=date(2026, 1, 1)).close()

    with pytest.raises(StoreExists):
        Store.create(url, at=AT)
    opened = Store.open(url)
    assert (opened.demonstration, opened.today, opened.sandbox) == (True, date(2026, 1, 1), False)
    opened.close()


def test_a_sandbox_says_so_whenever_it_is_opened(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    Store.create(url, at=AT, demonstration_today=date(2026, 1, 1), sandbox=True).close()

    opened = Store.open(url)

    assert (opened.demonstration, opened.sandbox) == (True, True)
    opened.close()


def test_a_store_that_is_not_there_is_refused_and_not_made(tmp_path: Path) -> None:
    path = tmp_path / "none.db"

    with pytest.raises(StoreMissing):
        Store.open(f"sqlite:///{path}")

    assert not path.exists()


def test_an_empty_database_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()

    with pytest.raises(StoreMissing):
        Store.open(f"sqlite:///{tmp_path}/empty.db")


def test_a_store_of_another_version_is_refused_until_it_is_upgraded(tmp_path: Path) -> None:
    url, keep = f"sqlite:///{tmp_path}/store.db", tmp_path / "kept.db"
    Store.create(url, at=AT, demonstration_today=date(2026, 1, 1)).close()
    brought_back(url, "0019")
    with pytest.raises(StoreOutdated) as refused:
        Store.open(url)

    done = Store.upgrade(url, keep=keep)

    assert "lukeping upgrade" in str(refused.value.help)
    assert (done.before, done.after, done.kept) == ("0019", head_revision(), keep)
    upgraded = Store.open(url)
    assert upgraded.today == date(2026, 1, 1)
    upgraded.close()
    with pytest.raises(StoreOutdated):
        Store.open(f"sqlite:///{keep}")


def test_a_store_of_this_version_is_left_alone(tmp_path: Path) -> None:
    url, keep = f"sqlite:///{tmp_path}/store.db", tmp_path / "kept.db"
    Store.create(url, at=AT).close()

    done = Store.upgrade(url, keep=keep)

    assert (done.before, done.kept, keep.exists()) == (head_revision(), None, False)


def test_what_a_later_program_wrote_is_neither_opened_nor_upgraded(tmp_path: Path) -> None:
    url, keep = f"sqlite:///{tmp_path}/store.db", tmp_path / "kept.db"
    store = Store.create(url, at=AT)
    with store.work(at=AT) as work:
        work.connection.execute(text("update alembic_version set version_num = '9999'"))
        work.commit()
    store.close()

    for attempt in (lambda: Store.open(url), lambda: Store.upgrade(url, keep=keep)):
        with pytest.raises(StoreOutdated) as refused:
            attempt()
        assert "更新的程序" in str(refused.value.help)
    assert not keep.exists()


def test_a_log_written_by_a_sound_sqlite_is_refused_on_an_unsound_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/store.db"
    Store.create(url, at=AT).close()
    header = bytearray((tmp_path / "store.db").read_bytes())
    header[18:20] = b"\x02\x02"
    (tmp_path / "store.db").write_bytes(header)
    monkeypatch.setattr("data.store.store.is_sound_for_wal", lambda version: False)

    with pytest.raises(StoreUnsound):
        Store.open(url)


def test_what_is_not_committed_is_not_kept(store: Store) -> None:
    with store.work(at=AT) as work:
        seed(work)

    with store.work(at=AT) as work:
        assert read_batches(work).empty
        assert read_enterprises(work, access=BUREAU).empty


def test_a_read_only_unit_keeps_nothing(store: Store) -> None:
    with store.work(at=AT, read_only=True) as work, pytest.raises(RuntimeError):
        work.commit()


def test_rows_come_back_as_they_were_written_to_the_fen(store: Store) -> None:
    with store.work(at=AT) as work:
        number = seed(work)
        work.commit()

    with store.work(at=AT) as work:
        row = read_events(work, ["annual_report"], access=BUREAU)["annual_report"].iloc[0]
    assert row["enterprise_id"] == number
    assert row["revenue"] == 1234567.89
    assert row["profit"] == -0.01
    assert np.isnan(row["assets"])
    assert row["happened_on"] == pd.Timestamp(2023, 12, 31)
    assert pd.isna(row["ended_on"])
    assert row["recorded_at"] == pd.Timestamp(2026, 1, 1, 8)
    assert row["known_basis"] == "filed"
    assert not row["withdrawn"]


def test_a_table_of_which_nothing_is_known_is_empty_with_its_dtypes(store: Store) -> None:
    with store.work(at=AT) as work:
        frames = read_events(work, TABLES, access=BUREAU)

    for name, frame in frames.items():
        assert len(frame) == 0
        assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == dtypes(TABLES[name])
    assert list(frames) == list(TABLES)


def test_full_and_empty_frames_have_the_same_dtypes(store: Store) -> None:
    with store.work(at=AT) as work:
        seed(work)
        frame = read_events(work, ["annual_report"], access=BUREAU)["annual_report"]

    assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == dtypes(TABLES["annual_report"])


@pytest.mark.parametrize(
    ("access", "owner", "seen"),
    [
        (BUREAU, "bank-b", 1),
        (bank(), "bank-a", 1),
        (bank(), "bank-b", 0),
        (bank(), "bureau", 0),
        (bank(categories=frozenset({"operations"})), "bureau", 1),
        (bank(categories=frozenset({"patents"})), "bureau", 0),
        (bank(categories=None), "bureau", 1),
    ],
)
def test_a_tenant_sees_its_own_rows_and_what_its_basis_opens(
    store: Store, access: Access, owner: str, seen: int
) -> None:
    with store.work(at=AT) as work:
        seed(work, owner=owner)

        assert len(read_events(work, ["annual_report"], access=access)["annual_report"]) == seen


def test_only_enterprises_asked_for_are_read_however_many(store: Store) -> None:
    with store.work(at=AT) as work:
        number = seed(work)
        ask = {"few": [number], "few_others": [number + 1], "many": range(1, 1000), "many_others": range(2, 1000)}
        found = {
            name: len(read_events(work, ["annual_report"], access=BUREAU, enterprises=set(wanted))["annual_report"])
            for name, wanted in ask.items()
        }

    assert found == {"few": 1, "few_others": 0, "many": 1, "many_others": 0}


@pytest.mark.parametrize(("before", "seen"), [(AT, 0), (AT.replace(hour=9), 1)])
def test_replay_sees_only_what_was_recorded_before(store: Store, before: datetime, seen: int) -> None:
    with store.work(at=AT) as work:
        seed(work)
        frame = read_events(work, ["annual_report"], access=BUREAU, recorded_before=before)["annual_report"]

    assert len(frame) == seen


def test_a_file_is_found_again_by_its_hash_list_and_day(store: Store) -> None:
    with store.work(at=AT) as work:
        written = batch(work, known_on=date(2025, 1, 1))
        write_batch(work, written, {}, [QuarantinedRow(file_row=4, code="c", message="因", raw="{}")], audit=event())

        assert find_batch(work, list="loan", file_sha256="0" * 64, known_on=date(2025, 1, 1)) == written
        assert find_batch(work, list="loan", file_sha256="0" * 64, known_on=None) is None
        assert find_batch(work, list="patent", file_sha256="0" * 64, known_on=date(2025, 1, 1)) is None
        assert read_quarantine(work, written.id)["file_row"].tolist() == [4]
        assert len(read_quarantine(work)) == 1
        assert next_batch_id(work) == "B000002"


def test_an_enterprise_is_found_by_code_under_its_latest_name(store: Store) -> None:
    names = {
        "name": ["旧名", "新名"],
        "normalised": ["旧名", "新名"],
        "since": pd.to_datetime(["2020-01-01", "2024-01-01"]),
    }
    with store.work(at=AT) as work:
        number = add_enterprises(work, Scheme.USCC, {CODE: "enterprise"})[CODE]
        told = pd.DataFrame({"enterprise_id": number} | names)
        add_names(work, "", told.iloc[:0], told)

        found = find_enterprise(work, Identifier(Scheme.USCC, CODE), access=BUREAU)
        listed = read_enterprises(work, access=BUREAU)
    assert (found.id, found.name, found.kind) == (number, "新名", "enterprise")
    assert listed.to_dict("records") == [
        {"enterprise_id": number, "name": "新名", "scheme": "uscc", "value": CODE, "kind": "enterprise"}
    ]


def test_an_unknown_enterprise_is_refused(store: Store) -> None:
    with store.work(at=AT) as work, pytest.raises(EnterpriseUnknown):
        find_enterprise(work, Identifier(Scheme.USCC, CODE), access=BUREAU)


def test_the_log_cannot_be_changed_through_sql(store: Store) -> None:
    with store.work(at=AT) as work:
        for change in ("update audit_event set actor = 'other'", "delete from audit_event"):
            with pytest.raises(Exception, match="append-only"):
                work.connection.execute(text(change))


def chain(store: Store) -> None:
    with store.work(at=AT) as work:
        for tenant in ("bureau", "bank-a", "bureau"):
            work.record(event(tenant))
        work.commit()


def test_each_tenant_has_a_sound_chain_of_its_own(store: Store) -> None:
    chain(store)

    with store.work(at=AT) as work:
        counts = {row.tenant: row.seq for row in work.connection.execute(select(AUDIT_HEAD))}
        assert counts == {"bureau": 3, "bank-a": 1}
        assert verify_chain(work.connection, "bureau") is None
        assert verify_chain(work.connection, "nobody") is None


@pytest.mark.parametrize(
    "tampering",
    [
        "update audit_event set actor = 'other' where tenant = 'bureau' and seq = 2",
        "update audit_event set payload_canonical = '{}x' where tenant = 'bureau' and seq = 1",
        "update audit_event set at = '2026-01-01 08:00:00.000001' where tenant = 'bureau' and seq = 3",
        "delete from audit_event where tenant = 'bureau' and seq = 2",
        "delete from audit_event where tenant = 'bureau' and seq = 3",
    ],
)
def test_a_changed_log_is_caught_even_without_its_triggers(store: Store, tampering: str) -> None:
    chain(store)
    with store.work(at=AT) as work:
        for change in ("update", "delete"):
            work.connection.execute(text(f"drop trigger audit_event_no_{change}"))
        work.connection.execute(text(tampering))

        assert verify_chain(work.connection, "bureau") is not None


def test_a_failed_work_leaves_no_trace_in_the_log(store: Store) -> None:
    with store.work(at=AT) as work:
        work.record(event())
    with store.work(at=AT) as work:
        assert work.connection.scalar(select(func.count()).select_from(AUDIT_EVENT)) == 1


def test_a_row_of_no_batch_is_refused_by_the_database(store: Store) -> None:
    with store.work(at=AT) as work, pytest.raises(Exception, match="FOREIGN KEY"):
        work.connection.execute(insert(METADATA.tables["identifier"]).values(scheme="uscc", value="x", enterprise_id=9))


def test_names_of_an_older_store_are_written_alike_anew() -> None:
    said = ["淄博市 甲（集团）有限责任公司", "山东省乙股份公司", "ＡＢ·丙有限公司。"]
    with open_engine("sqlite://").connect() as connection:
        upgrade(connection, "0002")
        connection.execute(text("insert into enterprise (id, kind) values (1, 'enterprise')"))
        for name in said:
            row = {"name": name, "old": name.lower()}
            connection.execute(text("insert into enterprise_name values (1, :name, :old, '2020-01-01')"), row)
        connection.commit()
        upgrade(connection)
        rows = connection.execute(text("select name, normalised, since from enterprise_name")).all()
        downgrade(connection, "0002")
        left = connection.scalars(text("select name from enterprise_name")).all()

    assert {row.name: row.normalised for row in rows} == {name: normalise_name(name) for name in said}
    assert {row.since for row in rows} == {"2020-01-01"}
    assert sorted(left) == sorted(said)
