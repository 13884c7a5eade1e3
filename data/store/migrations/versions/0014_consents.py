"""Give consents what was signed, by whom their state was changed, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what this version adds."""
    op.add_column("consent", sa.Column("details", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take away what this version added."""
    with op.batch_alter_table("consent") as table:
        table.drop_column("details")
