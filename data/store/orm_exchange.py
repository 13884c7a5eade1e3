"""Which SQL tables hold what the exchange tells others?"""

from sqlalchemy import Column, Integer, Table, Text

from data.store.orm import METADATA, Instant

OUTBOX_EVENT = Table(
    "outbox_event",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
"""What each institution is told of, numbered without a gap: a reader asks for what came after a number."""

OUTBOX_HEAD = Table(
    "outbox_head",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
)
"""The last number given out to each institution: locked while numbering, so that numbers are committed in order."""

CONSENT_END = Table(
    "consent_end",
    METADATA,
    Column("consent_id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("announced_at", Instant, nullable=False),
)
"""Of which consents it was told that their days, or their waiting, are over: once each, whoever tells it."""
