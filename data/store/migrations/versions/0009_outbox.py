"""Make the tables of what institutions are told of."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what this version adds."""
    op.create_table(
        "outbox_event",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "seq", name="pk_outbox_event"),
        sa.UniqueConstraint("id", name="uq_outbox_event_id"),
    )
    op.create_table(
        "outbox_head",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name="pk_outbox_head"),
    )


def downgrade() -> None:
    """Take away what this version added."""
    op.drop_table("outbox_head")
    op.drop_table("outbox_event")
