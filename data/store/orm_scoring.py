"""Which SQL tables hold batches of assessments, and how much each client has asked?"""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, Table, Text

from data.store.orm import METADATA, Instant

ASSESSMENT_BATCH = Table(
    "assessment_batch",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("relative_to", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("worked_at", Instant),
    Column("ended_at", Instant),
    Column("expires_at", Instant, nullable=False),
    Index("ix_assessment_batch_state_worked_at", "state", "worked_at"),
)
"""`attempts` counts the tries at the item in hand: one that ends the process is not tried for ever."""

ASSESSMENT_BATCH_ITEM = Table(
    "assessment_batch_item",
    METADATA,
    Column("batch_id", Text, ForeignKey("assessment_batch.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("identifier", Text),
    Column("state", Text, nullable=False),
    Column("assessment_id", Text, ForeignKey("assessment.id")),
    Column("code", Text),
    Index("ix_assessment_batch_item_batch_id_state", "batch_id", "state", "position"),
)
"""`identifier` is blank once nothing more is to be done with it; the assessment names its enterprise itself."""

RATE_BUCKET = Table(
    "rate_bucket",
    METADATA,
    Column("client", Text, primary_key=True),
    Column("quota", Text, primary_key=True),
    Column("full_at", BigInteger, nullable=False),
)
"""Since when (microseconds of the epoch) a client's quota will be whole again, if it asks nothing more."""
