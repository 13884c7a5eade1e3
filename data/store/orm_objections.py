"""Which SQL table holds what enterprises object to?"""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, Table, Text

from data.store.orm import METADATA, Instant

OBJECTION = Table(
    "objection",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("tenant", Text, nullable=False, index=True),
    Column("enterprise_id", BigInteger().with_variant(Integer, "sqlite"), ForeignKey("enterprise.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("object", Text, nullable=False, index=True),
    Column("words", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("verify_by", Date, nullable=False),
    Column("answer_by", Date, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", Text, nullable=False),
)
"""Versions of objections: a change is a new one; `tenant` is who brought it in."""
