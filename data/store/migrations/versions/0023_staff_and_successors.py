"""Annual reports tell of staff; the register, of who took over an enterprise that merged."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("annual_report", sa.Column("staff", sa.BigInteger()))
    op.add_column("enterprise_registration", sa.Column("successor", sa.Text()))


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("enterprise_registration", "successor")
    op.drop_column("annual_report", "staff")
