"""Make the tables of clients and of the tokens that were seen."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make what this version adds."""
    op.create_table(
        "client",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.Column("networks", sa.Text(), nullable=False),
        sa.Column("subject", ROW_ID, nullable=True),
        sa.Column("registered_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["institution"], ["institution.code"], name="fk_client_institution"),
        sa.ForeignKeyConstraint(["subject"], ["enterprise.id"], name="fk_client_subject"),
        sa.PrimaryKeyConstraint("id", name="pk_client"),
    )
    op.create_index("ix_client_institution", "client", ["institution"])
    op.create_table(
        "seen_token",
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name="pk_seen_token"),
    )
    op.create_index("ix_seen_token_until", "seen_token", ["until"])


def downgrade() -> None:
    """Take away what this version added."""
    op.drop_table("seen_token")
    op.drop_table("client")
