"""Which SQL tables hold where events are sent, and what became of each sending?"""

from sqlalchemy import Column, Integer, Table, Text

from data.store.orm import METADATA, ROW_ID, Instant

WEBHOOK = Table(
    "webhook",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("types", Text, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("failing_since", Instant),
    Column("failures", Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
)
"""`position` is the number of the last event that was delivered or not wanted; keys follow from id and generation."""

DELIVERY = Table(
    "delivery",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("webhook_id", Text, nullable=False, index=True),
    Column("event_id", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("status", Integer),
    Column("milliseconds", Integer, nullable=False),
    Column("failure", Text),
    Column("next_at", Instant),
)
"""Every sending and what came of it; no bodies."""
