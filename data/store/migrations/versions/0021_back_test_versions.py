"""Back-tests have versions, as batches have: what is cancelled rests on the one that was read."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what there is stands in its first version."""
    op.add_column("back_test", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("back_test", "version")
