"""Make the table of what was done about warnings."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make what this version adds."""
    op.create_table(
        "warning_acknowledgement",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("warning_id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_warning_acknowledgement"),
    )
    op.create_index("ix_warning_acknowledgement_warning_id", "warning_acknowledgement", ["warning_id"])


def downgrade() -> None:
    """Take away what this version added."""
    op.drop_table("warning_acknowledgement")
