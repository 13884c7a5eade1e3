"""Keep what the ledger tells of a loan's guarantee fee and premium, and of filing as early-stage R&D credit."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; money is whole fen."""
    op.add_column("loan", sa.Column("guarantee_fee_rate", sa.Double()))
    op.add_column("loan", sa.Column("premium", sa.BigInteger()))
    op.add_column("loan", sa.Column("is_early_rnd_credit", sa.Boolean()))


def downgrade() -> None:
    """Take them away again."""
    for name in ("is_early_rnd_credit", "premium", "guarantee_fee_rate"):
        op.drop_column("loan", name)
