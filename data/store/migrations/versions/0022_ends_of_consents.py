"""A consent's end by its own days is told once: kept is of which it was."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "consent_end",
        sa.Column("consent_id", sa.Text(), primary_key=True),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("announced_at", sa.DateTime(), nullable=False),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("consent_end")
