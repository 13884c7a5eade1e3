"""Which SQL tables hold clients, and the tokens that were seen?"""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table, Text

from data.store.orm import METADATA, Instant

CLIENT = Table(
    "client",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("institution", Text, ForeignKey("institution.code"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("keys", Text, nullable=False),
    Column("networks", Text, nullable=False),
    Column("subject", BigInteger().with_variant(Integer, "sqlite"), ForeignKey("enterprise.id")),
    Column("registered_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("jwks_uri", Text),
    Column("keys_fetched_at", Instant),
    Column("keys_tried_at", Instant),
)
"""The machines of institutions; keys are replaced, all else but the end is never changed.

Under a `jwks_uri` the keys are those that were last fetched from it.
"""

SEEN_TOKEN = Table(
    "seen_token",
    METADATA,
    Column("mark", Text, primary_key=True),
    Column("until", Instant, nullable=False, index=True),
)
"""Marks of assertions and proofs: a second one with the same key is refused by the database itself."""
