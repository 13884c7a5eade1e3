"""Make the tables of remembered decisions and derived evidence."""

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make what this version adds, table by table."""


def downgrade() -> None:
    """Take away what this version added, in reverse."""
