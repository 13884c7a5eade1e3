"""Make the table of what reviewers said of explanations."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make what this version adds."""
    op.create_table(
        "explanation_review",
        sa.Column("place", ROW_ID, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("assessment_id", sa.Text(), nullable=False),
        sa.Column("enterprise_id", ROW_ID, nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("correction_id", sa.Text(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_explanation_review_assessment_id"),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name="fk_explanation_review_enterprise_id"),
        sa.PrimaryKeyConstraint("place", name="pk_explanation_review"),
        sa.UniqueConstraint("id", "feature", name="uq_explanation_review_id"),
    )
    op.create_index("ix_explanation_review_assessment_id", "explanation_review", ["assessment_id"])


def downgrade() -> None:
    """Take away what this version added."""
    op.drop_table("explanation_review")
