"""Make the tables of batches taken back and of confirmed headers; let the quarantine say which cells are bad."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make what this version adds, table by table."""
    op.add_column("quarantine", sa.Column("columns", sa.Text()))
    op.add_column("quarantine", sa.Column("suggestion", sa.Text()))
    op.create_table(
        "batch_reversal",
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("reverses", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_batch_reversal_batch_id"),
        sa.ForeignKeyConstraint(["reverses"], ["batch.id"], name="fk_batch_reversal_reverses"),
        sa.PrimaryKeyConstraint("batch_id", name="pk_batch_reversal"),
    )
    op.create_index("ix_batch_reversal_reverses", "batch_reversal", ["reverses"])
    op.create_table(
        "name_told",
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("enterprise_id", ROW_ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name="fk_name_told_batch_id"),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name="fk_name_told_enterprise_id"),
        sa.PrimaryKeyConstraint("batch_id", "enterprise_id", "name", name="pk_name_told"),
    )
    op.create_index("ix_name_told_enterprise_id", "name_told", ["enterprise_id"])
    op.create_table(
        "header_mapping",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("header", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text()),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_header_mapping"),
    )
    op.create_index("ix_header_mapping_list", "header_mapping", ["list"])


def downgrade() -> None:
    """Take away what this version added, in reverse."""
    op.drop_table("header_mapping")
    op.drop_table("name_told")
    op.drop_table("batch_reversal")
    op.drop_column("quarantine", "suggestion")
    op.drop_column("quarantine", "columns")
