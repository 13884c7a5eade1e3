"""Make the tables of applications, their history, sheets and books."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MADE = ("application_entry", "application_sheet", "application_move", "application")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "application",
        _column("id", ROW_ID),
        _column("enterprise_id", ROW_ID),
        _column("product", sa.Text()),
        _column("bank", sa.Text()),
        _column("guarantor", sa.Text(), nullable=True),
        _column("version", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_application"),
        _refers("application", "enterprise_id", "enterprise.id"),
    )
    op.create_index("ix_application_enterprise_id", "application", ["enterprise_id"])
    op.create_table(
        "application_move",
        _column("application_id", ROW_ID),
        _column("version", sa.Integer()),
        *(_column(name, sa.Text()) for name in ("move", "state", "tenant", "role", "actor")),
        _column("made_at", sa.DateTime()),
        _column("made_on", sa.Date()),
        _column("details", sa.Text()),
        sa.PrimaryKeyConstraint("application_id", "version", name="pk_application_move"),
        _refers("application_move", "application_id", "application.id"),
    )
    op.create_table(
        "application_sheet",
        _column("application_id", ROW_ID),
        *(_column(name, sa.Text()) for name in ("party", "tenant", "actor")),
        _column("handed_in_at", sa.DateTime()),
        _column("saw_model", sa.Boolean()),
        _column("body", sa.Text()),
        sa.PrimaryKeyConstraint("application_id", "party", name="pk_application_sheet"),
        _refers("application_sheet", "application_id", "application.id"),
    )
    op.create_table(
        "application_entry",
        _column("id", ROW_ID),
        _column("application_id", ROW_ID),
        _column("version", sa.Integer()),
        *(_column(name, sa.Text()) for name in ("kind", "party")),
        _column("amount", sa.BigInteger()),
        _column("booked_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_application_entry"),
        _refers("application_entry", "application_id", "application.id"),
    )
    op.create_index("ix_application_entry_application_id", "application_entry", ["application_id"])


def downgrade() -> None:
    """Take them away again."""
    for name in MADE:
        op.drop_table(name)


def _column(name: str, kind: sa.types.TypeEngine[Any], *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable)


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")
