"""Make the tables of back-tests."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make what this version adds."""
    op.create_table(
        "back_test",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("basis_kind", sa.Text(), nullable=False),
        sa.Column("basis_sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("worked_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_back_test"),
    )
    op.create_index("ix_back_test_state_worked_at", "back_test", ["state", "worked_at"])
    op.create_table(
        "back_test_pair",
        sa.Column("back_test_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("enterprise_id", ROW_ID, nullable=True),
        sa.Column("score", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["back_test_id"], ["back_test.id"], name="fk_back_test_pair_back_test_id"),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name="fk_back_test_pair_enterprise_id"),
        sa.PrimaryKeyConstraint("back_test_id", "position", name="pk_back_test_pair"),
    )
    op.create_index(
        "ix_back_test_pair_back_test_id_state", "back_test_pair", ["back_test_id", "state", "position"]
    )


def downgrade() -> None:
    """Take away what this version added."""
    op.drop_table("back_test_pair")
    op.drop_table("back_test")
