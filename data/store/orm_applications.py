"""Which SQL tables hold applications, their history, their sheets and their books?

Everything is added, nothing changed, but the version at the head of an application.
"""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Integer, Table, Text

from data.store.orm import METADATA, ROW_ID, Instant

APPLICATION = Table(
    "application",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("enterprise_id", ROW_ID, ForeignKey("enterprise.id"), nullable=False, index=True),
    Column("product", Text, nullable=False),
    Column("bank", Text, nullable=False),
    Column("guarantor", Text),
    Column("version", Integer, nullable=False),
)
"""`version` counts the moves: who acts says which version was seen."""

APPLICATION_MOVE = Table(
    "application_move",
    METADATA,
    Column("application_id", ROW_ID, ForeignKey("application.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("move", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_on", Date, nullable=False),
    Column("details", Text, nullable=False),
)
"""`state` is the one that the move led to; `details` is JSON, amounts as text."""

APPLICATION_SHEET = Table(
    "application_sheet",
    METADATA,
    Column("application_id", ROW_ID, ForeignKey("application.id"), primary_key=True),
    Column("party", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("handed_in_at", Instant, nullable=False),
    Column("saw_model", Boolean, nullable=False),
    Column("body", Text, nullable=False),
)

APPLICATION_ENTRY = Table(
    "application_entry",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("application_id", ROW_ID, ForeignKey("application.id"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("party", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("booked_on", Date, nullable=False),
)
"""The books: whole fen, never negative; `version` is the move that booked it."""
