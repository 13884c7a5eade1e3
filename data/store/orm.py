"""Which SQL tables hold what the house knows?

Tables of evidence are generated from `data.spec.tables`, so that a column is declared once. Types stay
portable between SQLite and PostgreSQL.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

from data.spec.table import Column as Declared
from data.spec.table import Kind
from data.spec.table import Table as Evidence
from data.spec.tables import TABLES

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ROW_ID = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column of type INTEGER."""


class Instant(TypeDecorator[datetime]):
    """Keep an instant as UTC without a zone; hand it back with one."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into naive UTC."""
        return None if value is None else naive_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn naive UTC into an aware instant."""
        return None if value is None else value.replace(tzinfo=UTC)


def naive_utc(at: datetime) -> datetime:
    """Return the instant in UTC without a zone; an instant without a zone is a fault."""
    if at.tzinfo is None:
        raise ValueError("an instant must carry a time zone")
    return at.astimezone(UTC).replace(tzinfo=None)


SQL_TYPES: dict[Kind, TypeEngine[Any]] = {
    Kind.TEXT: Text(),
    Kind.CODE: Text(),
    Kind.USCC: Text(),
    Kind.DATE: Date(),
    Kind.YEAR: Date(),
    Kind.INTEGER: BigInteger(),
    Kind.NUMBER: Double(),
    Kind.MONEY: BigInteger(),
    Kind.FLAG: Boolean(),
}

ENTERPRISE = Table(
    "enterprise",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("kind", Text, nullable=False),
)

IDENTIFIER = Table(
    "identifier",
    METADATA,
    Column("scheme", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("enterprise_id", ROW_ID, ForeignKey("enterprise.id"), nullable=False, index=True),
)

ENTERPRISE_NAME = Table(
    "enterprise_name",
    METADATA,
    Column("enterprise_id", ROW_ID, ForeignKey("enterprise.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("normalised", Text, nullable=False, index=True),
    Column("since", Date, primary_key=True),
)
"""A name that an enterprise returns to stands twice."""

BATCH = Table(
    "batch",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("list", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", Text, nullable=False, index=True),
    Column("recorded_at", Instant, nullable=False),
    Column("known_on", Date),
    Column("rows_read", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
    Column("already_known", Integer, nullable=False),
    Column("repeated", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("quarantined", Integer, nullable=False),
)

QUARANTINE = Table(
    "quarantine",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("batch_id", Text, ForeignKey("batch.id"), nullable=False, index=True),
    Column("file_row", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Column("columns", Text),
    Column("suggestion", Text),
)
"""`columns` names the bad cells' headers, as a JSON list; both are blank in rows set aside before 0004."""

BATCH_REVERSAL = Table(
    "batch_reversal",
    METADATA,
    Column("batch_id", Text, ForeignKey("batch.id"), primary_key=True),
    Column("reverses", Text, ForeignKey("batch.id"), nullable=False, index=True),
    Column("reason", Text, nullable=False),
)
"""Which batch takes which other back; a reversal may itself be taken back."""

NAME_TOLD = Table(
    "name_told",
    METADATA,
    Column("batch_id", Text, ForeignKey("batch.id"), primary_key=True),
    Column("enterprise_id", ROW_ID, ForeignKey("enterprise.id"), primary_key=True, index=True),
    Column("name", Text, primary_key=True),
)
"""Which batches told a name; one that only batches taken back told is nobody's name any more."""

HEADER_MAPPING = Table(
    "header_mapping",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("list", Text, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("header", Text, nullable=False),
    Column("meaning", Text),
    Column("recorded_at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
)
"""What a source's header was confirmed to mean; the last record counts, and one without meaning forgets."""

DOUBTFUL_NAME = Table(
    "doubtful_name",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("list", Text, nullable=False),
    Column("names_key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("former_name", Text),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_doubtful_name_list_names_key", "list", "names_key", unique=True),
)
"""A name of one list that no rule gives to one enterprise; `version` counts the decisions about it."""

NAME_CANDIDATE = Table(
    "name_candidate",
    METADATA,
    Column("doubt_id", ROW_ID, ForeignKey("doubtful_name.id"), primary_key=True),
    Column("enterprise_id", ROW_ID, ForeignKey("enterprise.id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("score", Double, nullable=False),
    Column("why", Text, nullable=False),
)

NAME_DECISION = Table(
    "name_decision",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("doubt_id", ROW_ID, ForeignKey("doubtful_name.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("enterprise_id", ROW_ID, ForeignKey("enterprise.id")),
    Column("actor", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Index("ix_name_decision_doubt_id_version", "doubt_id", "version", unique=True),
)
"""Decisions are added, never changed; of one name the last holds. No enterprise: none of them is meant."""

DOUBTFUL_ROW = Table(
    "doubtful_row",
    METADATA,
    Column("batch_id", Text, ForeignKey("batch.id"), primary_key=True),
    Column("file_row", Integer, primary_key=True),
    Column("doubt_id", ROW_ID, ForeignKey("doubtful_name.id"), nullable=False, index=True),
    Column("draft", Text, nullable=False),
    Column("taken_batch_id", Text, ForeignKey("batch.id")),
)
"""A row whose enterprise a person decides, as it was read; taken in by a batch, or waiting."""

NAME_MATCH = Table(
    "name_match",
    METADATA,
    Column("batch_id", Text, ForeignKey("batch.id"), primary_key=True),
    Column("file_row", Integer, primary_key=True),
    Column("enterprise_id", ROW_ID, ForeignKey("enterprise.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("decision_id", ROW_ID, ForeignKey("name_decision.id"), index=True),
)
"""On what basis a row that came by name was given to its enterprise, where it was not the very name."""

WARNING_ACKNOWLEDGEMENT = Table(
    "warning_acknowledgement",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("warning_id", Text, nullable=False, index=True),
    Column("tenant", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
)
"""What an institution did about a warning; records are added, never changed, and of each institution the last holds."""

SETTING = Table(
    "setting",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

INSTITUTION = Table(
    "institution",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
)

TOKEN = Table(
    "token",
    METADATA,
    Column("token_hash", Text, primary_key=True),
    Column("institution", Text, ForeignKey("institution.code"), nullable=False, index=True),
    Column("issued_at", Instant, nullable=False),
)

CONSENT = Table(
    "consent",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("enterprise_id", ROW_ID, ForeignKey("enterprise.id"), nullable=False),
    Column("grantee", Text, nullable=False),
    Column("purposes", Text, nullable=False),
    Column("categories", Text, nullable=False),
    Column("permissions", Text, nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_to", Instant, nullable=False),
    Column("status", Text, nullable=False),
    Column("details", Text),
    Index("ix_consent_grantee_enterprise_id", "grantee", "enterprise_id"),
)

ASSESSMENT = Table(
    "assessment",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("duty", Text),
    Column("consent_id", Text),
    Column("consent_version", Integer),
    Column("enterprise_id", ROW_ID, ForeignKey("enterprise.id"), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_assessment_tenant_enterprise_id", "tenant", "enterprise_id"),
)

IDEMPOTENT_ANSWER = Table(
    "idempotent_answer",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("route", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("fingerprint", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("answered_at", Instant, nullable=False),
)

AUDIT_EVENT = Table(
    "audit_event",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("payload_canonical", Text, nullable=False),
    Column("prev", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("alg", Text, nullable=False),
)

AUDIT_HEAD = Table(
    "audit_head",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", Text, nullable=False),
)
"""The end of each tenant's chain: locked while appending, and a cut tail is seen against it."""


def _own_column(name: str, declared: Declared) -> Column[object]:
    return Column(name, SQL_TYPES[declared.kind], nullable=not declared.required)


def _evidence_table(table: Evidence) -> Table:
    # recorded_at is the batch's instant, and so stands in the batch, once.
    return Table(
        table.name,
        METADATA,
        Column("row_id", ROW_ID, primary_key=True),
        Column("enterprise_id", ROW_ID, ForeignKey("enterprise.id"), nullable=False, index=True),
        Column("record_key", Text, nullable=False),
        Column("happened_on", Date),
        Column("ended_on", Date),
        Column("known_on", Date, nullable=False),
        Column("known_basis", Text, nullable=False),
        Column("batch_id", Text, ForeignKey("batch.id"), nullable=False),
        Column("file_row", Integer, nullable=False),
        Column("owner", Text, nullable=False),
        Column("origin_loan", Text),
        Column("withdrawn", Boolean, nullable=False),
        *(_own_column(name, declared) for name, declared in table.columns.items()),
    )


EVIDENCE = {table.name: _evidence_table(table) for table in TABLES.values()}
"""The SQL table of every table of evidence."""
