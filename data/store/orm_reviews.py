"""Which SQL table holds what reviewers said of explanations?"""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from data.store.orm import METADATA, ROW_ID, Instant

EXPLANATION_REVIEW = Table(
    "explanation_review",
    METADATA,
    Column("place", ROW_ID, primary_key=True),
    Column("id", Text, nullable=False),
    Column("feature", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("assessment_id", Text, ForeignKey("assessment.id"), nullable=False, index=True),
    Column("enterprise_id", BigInteger().with_variant(Integer, "sqlite"), ForeignKey("enterprise.id"), nullable=False),
    Column("verdict", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("reviewer", Text, nullable=False),
    Column("correction_id", Text),
    Column("reviewed_at", Instant, nullable=False),
    UniqueConstraint("id", "feature", name="uq_explanation_review_id"),
)
"""One row a reason judged, `place` in the order in which they came: of a reason the last counts. `tenant` is whose
assessment it is, so that it sees what was said of its own.
"""
