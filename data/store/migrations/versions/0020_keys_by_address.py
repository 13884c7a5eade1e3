"""Keep where a client publishes its keys, and when they were fetched and last asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; a client whose keys were handed over has none of them."""
    op.add_column("client", sa.Column("jwks_uri", sa.Text()))
    op.add_column("client", sa.Column("keys_fetched_at", sa.DateTime()))
    op.add_column("client", sa.Column("keys_tried_at", sa.DateTime()))


def downgrade() -> None:
    """Take them away again."""
    for name in ("keys_tried_at", "keys_fetched_at", "jwks_uri"):
        op.drop_column("client", name)
