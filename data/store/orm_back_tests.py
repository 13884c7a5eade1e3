"""Which SQL tables hold back-tests and their pairs?"""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, Table, Text

from data.store.orm import METADATA, Instant

BACK_TEST = Table(
    "back_test",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("card", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("basis_kind", Text, nullable=False),
    Column("basis_sha256", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("worked_at", Instant),
    Column("ended_at", Instant),
    Column("expires_at", Instant, nullable=False),
    Index("ix_back_test_state_worked_at", "state", "worked_at"),
)
"""`attempts` counts the tries at the pair in hand; the basis is the bank's own, by kind and its document's hash."""

BACK_TEST_PAIR = Table(
    "back_test_pair",
    METADATA,
    Column("back_test_id", Text, ForeignKey("back_test.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("as_of", Date, nullable=False),
    Column("identifier", Text),
    Column("state", Text, nullable=False),
    Column("enterprise_id", BigInteger().with_variant(Integer, "sqlite"), ForeignKey("enterprise.id")),
    Column("score", Text),
    Column("code", Text),
    Index("ix_back_test_pair_back_test_id_state", "back_test_id", "state", "position"),
)
"""`identifier` is blank once nothing more is to be done with it; `score` is JSON without reasons."""
