"""Make the tables of batches of assessments and of quotas."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what this version adds."""
    op.create_table(
        "assessment_batch",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("relative_to", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("worked_at", sa.DateTime()),
        sa.Column("ended_at", sa.DateTime()),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assessment_batch"),
    )
    op.create_index("ix_assessment_batch_state_worked_at", "assessment_batch", ["state", "worked_at"])
    op.create_table(
        "assessment_batch_item",
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("identifier", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("assessment_id", sa.Text()),
        sa.Column("code", sa.Text()),
        sa.PrimaryKeyConstraint("batch_id", "position", name="pk_assessment_batch_item"),
        sa.ForeignKeyConstraint(["batch_id"], ["assessment_batch.id"], name="fk_assessment_batch_item_batch_id"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_assessment_batch_item_assessment_id"),
    )
    op.create_index(
        "ix_assessment_batch_item_batch_id_state", "assessment_batch_item", ["batch_id", "state", "position"]
    )
    op.create_table(
        "rate_bucket",
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("quota", sa.Text(), nullable=False),
        sa.Column("full_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client", "quota", name="pk_rate_bucket"),
    )


def downgrade() -> None:
    """Take away what this version added."""
    op.drop_table("rate_bucket")
    op.drop_index("ix_assessment_batch_item_batch_id_state", table_name="assessment_batch_item")
    op.drop_table("assessment_batch_item")
    op.drop_index("ix_assessment_batch_state_worked_at", table_name="assessment_batch")
    op.drop_table("assessment_batch")
