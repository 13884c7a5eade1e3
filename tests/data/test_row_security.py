"""Does PostgreSQL itself keep tenants apart, when a query forgets to?"""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import MetaData, func, insert, select, text, update
from sqlalchemy.exc import DatabaseError

from data.spec.access import Access, ConsentBasis, Purpose
from data.spec.acting import acting_for, acting_tenant
from data.spec.audit import Action, AuditEvent
from data.spec.events import EventType, ExchangeEvent
from data.spec.identifiers import Scheme
from data.store import Store
from data.store.assessments import read_assessment, write_assessment
from data.store.audit import Sound, verify_log
from data.store.batches import add_enterprises
from data.store.engine import open_engine
from data.store.idempotency import StoredAnswer, find_answer, remember_answer
from data.store.orm import ASSESSMENT, AUDIT_EVENT, EVIDENCE, IDEMPOTENT_ANSWER, METADATA
from data.store.orm_applications import APPLICATION, APPLICATION_MOVE
from data.store.orm_exchange import OUTBOX_EVENT
from data.store.tenancy import conditions, secure
from tests.postgresql import Postgres

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
CODE = "91370303MA00000007"
KINDS = ("assessment", "answer", "audit", "outbox", "application")


@pytest.fixture(scope="session")
def secured(postgres: Postgres) -> str:
    name = postgres.database()
    Store.create(postgres.url(name), at=AT, demonstration_today=date(2026, 1, 1)).close()
    return name


@pytest.fixture
def database(postgres: Postgres, secured: str) -> str:
    return postgres.database(template=secured)


@pytest.fixture
def store(postgres: Postgres, database: str) -> Iterator[Store]:
    """Return a store opened by the role of the service, with an assessment of each of two banks."""
    opened = Store.open(postgres.url(database, user="service"))
    _fill(opened)
    yield opened
    opened.close()


def _fill(opened: Store) -> None:
    with opened.work(at=AT) as work:
        number = add_enterprises(work, Scheme.USCC, {CODE: "enterprise"})[CODE]
        for bank in ("bank-a", "bank-b"):
            audit = AuditEvent(tenant=bank, actor=bank, action=Action.ASSESSMENT_MADE, object_id="x", at=AT)
            own = access(bank)
            write_assessment(work, id=f"of-{bank}", enterprise_id=number, access=own, made_at=AT, body={}, audit=audit)
            remember_answer(work, bank, "/v1/assessments", "k", answer=StoredAnswer("f", 201, "{}"))
            work.announce(ExchangeEvent(tenant=bank, type=EventType.ASSESSMENT_MADE, object_id="x", at=AT))
        for id, parties in ((1, {"bank": "bank-a", "guarantor": "g"}), (2, {"bank": "bank-b", "guarantor": None})):
            row = {"id": id, "enterprise_id": number, "product": "p", "version": 1}
            work.connection.execute(insert(APPLICATION).values(row | parties))
            move = {"application_id": id, "version": 1, "move": "open", "state": "s", "tenant": "bureau"}
            move |= {"role": "r", "actor": "a", "made_at": AT, "made_on": AT.date(), "details": "{}"}
            work.connection.execute(insert(APPLICATION_MOVE).values(move))
        work.commit()


def access(tenant: str) -> Access:
    return Access(tenant=tenant, actor="clerk", purpose=Purpose.PRE_LOAN, basis=ConsentBasis("C1", 1), at=AT)


def seen(store: Store, tenant: str | None) -> dict[str, set[str]]:
    """Ask without naming a tenant, as a query that forgot to; return whose rows come back."""
    asked = {
        "assessment": select(ASSESSMENT.c.tenant),
        "answer": select(IDEMPOTENT_ANSWER.c.tenant),
        "audit": select(AUDIT_EVENT.c.tenant),
        "outbox": select(OUTBOX_EVENT.c.tenant),
        "application": select(APPLICATION.c.bank),
    }
    with acting_for(tenant), store.work(at=AT, read_only=True) as work:
        return {name: set(work.connection.scalars(query)) for name, query in asked.items()}


@pytest.mark.parametrize("tenant", ["bank-a", "bank-b"])
def test_a_query_that_forgot_its_tenant_sees_the_callers_rows_alone(store: Store, tenant: str) -> None:
    assert seen(store, tenant) == {name: {tenant} for name in KINDS}


def test_a_tenant_without_rows_sees_none(store: Store) -> None:
    assert all(rows == set() for rows in seen(store, "bank-z").values())


def test_the_house_sees_all_under_its_duty(store: Store) -> None:
    found = seen(store, None)

    assert found["assessment"] == {"bank-a", "bank-b"}
    assert found["audit"] == {"bank-a", "bank-b", "bureau"}


def test_a_guarantor_sees_the_application_it_is_party_to_and_its_moves(store: Store) -> None:
    with acting_for("g"), store.work(at=AT, read_only=True) as work:
        applications = work.connection.scalars(select(APPLICATION.c.id)).all()
        moves = work.connection.scalars(select(APPLICATION_MOVE.c.application_id)).all()

    assert (applications, moves) == ([1], [1])


def test_whoever_connects_without_saying_who_acts_sees_nothing(postgres: Postgres, store: Store, database: str) -> None:
    import psycopg

    with psycopg.connect(host=str(postgres.folder), user="service", dbname=database) as connection:
        for name in conditions(METADATA):
            assert connection.execute(f"select count(*) from {name}").fetchone() == (0,)  # type: ignore[call-overload]


def test_another_tenants_rows_cannot_be_changed_deleted_or_added(store: Store) -> None:
    with acting_for("bank-a"), store.work(at=AT) as work:
        changed = work.connection.execute(update(ASSESSMENT).values(body="[]"))
        assert changed.rowcount == 1
        assert work.connection.execute(text("delete from idempotent_answer where tenant = 'bank-b'")).rowcount == 0
        with pytest.raises(DatabaseError, match="row-level security"):
            remember_answer(work, "bank-b", "/v1/assessments", "k2", answer=StoredAnswer("f", 201, "{}"))


def test_a_row_cannot_be_given_to_another_tenant(store: Store) -> None:
    with acting_for("bank-a"), store.work(at=AT) as work, pytest.raises(DatabaseError, match="row-level security"):
        work.connection.execute(update(ASSESSMENT).values(tenant="bank-b"))


def test_a_pooled_connection_forgets_for_whom_it_acted(store: Store) -> None:
    assert seen(store, "bank-a")["assessment"] == {"bank-a"}
    assert seen(store, "bank-b")["assessment"] == {"bank-b"}
    with store._engine.connect() as connection:
        setting = text("select current_setting('app.tenant', true)")
        assert connection.scalar(setting) in ("", None)


def test_a_units_own_functions_work_as_before(store: Store) -> None:
    with acting_for("bank-a"), store.work(at=AT) as work:
        assert read_assessment(work, "of-bank-a", access=access("bank-a")) is not None
        assert read_assessment(work, "of-bank-b", access=access("bank-b")) is None
        assert find_answer(work, "bank-a", "/v1/assessments", "k") is not None
        with work.under_duty():
            assert read_assessment(work, "of-bank-b", access=access("bank-b")) is not None
        assert read_assessment(work, "of-bank-b", access=access("bank-b")) is None


def test_what_a_request_tells_others_is_logged_and_put_out_for_them(store: Store) -> None:
    with acting_for("bank-a"), store.work(at=AT) as work:
        for tenant in ("bank-a", "bank-b", "bureau"):
            work.record(AuditEvent(tenant=tenant, actor="bank-a", action=Action.LOAN_FILED, object_id="x", at=AT))
            work.announce(ExchangeEvent(tenant=tenant, type=EventType.APPLICATION_MOVED, object_id="x", at=AT))
        work.commit()
        assert set(work.connection.scalars(select(AUDIT_EVENT.c.tenant))) == {"bank-a"}

    with store.work(at=AT, read_only=True) as work:
        assert verify_log(work.connection) == Sound(chains=3, entries=6, anchors=0)
        assert work.connection.scalar(select(func.count()).select_from(OUTBOX_EVENT)) == 5


@pytest.mark.parametrize(
    "change",
    [
        "update audit_event set actor = 'x'",
        "delete from audit_event",
        "truncate audit_event",
        "drop table audit_event",
        "alter table audit_event disable trigger all",
        "alter table audit_event disable row level security",
        "alter table audit_event no force row level security",
        "drop policy tenant_only on audit_event",
        "delete from audit_head",
        "truncate audit_head",
        "set session_replication_role = replica",
        "set row_security = off; select * from assessment",
    ],
)
def test_the_services_role_is_refused_what_it_never_does(store: Store, change: str) -> None:
    with store.work(at=AT) as work, pytest.raises(DatabaseError, match=r"permission denied|must be owner|row-level"):
        work.connection.exec_driver_sql(change)


def test_securing_again_changes_nothing_and_reaches_tables_made_later(postgres: Postgres, database: str) -> None:
    engine = open_engine(postgres.url(database))
    later = MetaData()
    later.reflect(engine, only=["assessment"])
    with engine.connect() as connection:
        connection.execute(text("create table later (id int primary key, tenant text not null)"))
        later.reflect(connection, only=["later"])
        secure(connection, METADATA)
        secure(connection, later)
        policies = connection.execute(text("select tablename, count(*) as number from pg_policies group by 1"))
        found = {row.tablename: row.number for row in policies}
    engine.dispose()

    assert found == dict.fromkeys([*conditions(METADATA), "later"], 1)


def test_every_table_that_names_a_tenant_is_under_a_policy() -> None:
    """Rows of evidence have owners too, but what a consent opens of them only the readers know."""
    named = {"tenant", "grantee", "bank", "guarantor"}
    tables = {name: table for name, table in METADATA.tables.items() if name not in EVIDENCE}
    owned = {name for name, table in tables.items() if named & set(table.c.keys())}

    assert owned <= set(conditions(METADATA))


def test_acting_ends_with_the_request() -> None:
    with acting_for("bank-a"), acting_for("bank-b"):
        assert acting_tenant() == "bank-b"
    assert acting_tenant() is None
