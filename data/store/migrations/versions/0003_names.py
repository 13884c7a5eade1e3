"""Let a name be borne twice, write names alike anew, and make the tables of doubtful names and decisions."""

import re
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MADE = ("name_match", "doubtful_row", "name_decision", "name_candidate", "doubtful_name")


def upgrade() -> None:
    """Remake the names with their days in the key, and make the queue."""
    _remake_names("enterprise_id", "name", "since")
    _normalise_names()
    _make_queue()


def downgrade() -> None:
    """Take the queue away, and leave of each name its first day."""
    for name in MADE:
        op.drop_table(name)
    _remake_names("enterprise_id", "name")


def _remake_names(*key: str) -> None:
    op.drop_index("ix_enterprise_name_normalised", "enterprise_name")
    op.rename_table("enterprise_name", "enterprise_name_before")
    if op.get_bind().dialect.name == "postgresql":
        for kind in ("pk_enterprise_name", "fk_enterprise_name_enterprise_id"):
            op.drop_constraint(kind, "enterprise_name_before")
    op.create_table(
        "enterprise_name",
        _column("enterprise_id", ROW_ID),
        _column("name", sa.Text()),
        _column("normalised", sa.Text()),
        _column("since", sa.Date()),
        sa.PrimaryKeyConstraint(*key, name="pk_enterprise_name"),
        _refers("enterprise_name", "enterprise_id", "enterprise.id"),
    )
    op.execute(
        "INSERT INTO enterprise_name (enterprise_id, name, normalised, since) "
        "SELECT enterprise_id, name, normalised, min(since) FROM enterprise_name_before "
        "GROUP BY enterprise_id, name, normalised"
    )
    op.drop_table("enterprise_name_before")
    op.create_index("ix_enterprise_name_normalised", "enterprise_name", ["normalised"])


def _normalise_names() -> None:
    names = [name for (name,) in op.get_bind().execute(sa.text("SELECT DISTINCT name FROM enterprise_name"))]
    change = sa.text("UPDATE enterprise_name SET normalised = :normalised WHERE name = :name")
    if names:
        op.get_bind().execute(change, [{"name": name, "normalised": _normalised(name)} for name in names])


def _normalised(name: str) -> str:
    before, plain = None, name
    while plain != before:
        before = plain
        plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", plain).casefold()))
        plain = plain.replace("有限责任公司", "有限公司").replace("股份公司", "股份有限公司")
        plain = re.sub("^山东省+", "山东", re.sub("^(?:山东省*)?淄博市*", "淄博", plain))
    return plain


def _make_queue() -> None:
    op.create_table(
        "doubtful_name",
        _column("id", ROW_ID),
        *(_column(name, sa.Text()) for name in ("list", "names_key", "name")),
        _column("former_name", sa.Text(), nullable=True),
        *(_column(name, sa.Text()) for name in ("code", "message", "state")),
        _column("version", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_doubtful_name"),
    )
    op.create_index("ix_doubtful_name_list_names_key", "doubtful_name", ["list", "names_key"], unique=True)
    op.create_table(
        "name_candidate",
        _column("doubt_id", ROW_ID),
        _column("enterprise_id", ROW_ID),
        _column("name", sa.Text()),
        _column("score", sa.Double()),
        _column("why", sa.Text()),
        sa.PrimaryKeyConstraint("doubt_id", "enterprise_id", name="pk_name_candidate"),
        _refers("name_candidate", "doubt_id", "doubtful_name.id"),
        _refers("name_candidate", "enterprise_id", "enterprise.id"),
    )
    op.create_table(
        "name_decision",
        _column("id", ROW_ID),
        _column("doubt_id", ROW_ID),
        _column("version", sa.Integer()),
        _column("enterprise_id", ROW_ID, nullable=True),
        _column("actor", sa.Text()),
        _column("decided_at", sa.DateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_name_decision"),
        _refers("name_decision", "doubt_id", "doubtful_name.id"),
        _refers("name_decision", "enterprise_id", "enterprise.id"),
    )
    op.create_index("ix_name_decision_doubt_id_version", "name_decision", ["doubt_id", "version"], unique=True)
    _make_rows()


def _make_rows() -> None:
    op.create_table(
        "doubtful_row",
        _column("batch_id", sa.Text()),
        _column("file_row", sa.Integer()),
        _column("doubt_id", ROW_ID),
        _column("draft", sa.Text()),
        _column("taken_batch_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "file_row", name="pk_doubtful_row"),
        _refers("doubtful_row", "batch_id", "batch.id"),
        _refers("doubtful_row", "doubt_id", "doubtful_name.id"),
        _refers("doubtful_row", "taken_batch_id", "batch.id"),
    )
    op.create_index("ix_doubtful_row_doubt_id", "doubtful_row", ["doubt_id"])
    op.create_table(
        "name_match",
        _column("batch_id", sa.Text()),
        _column("file_row", sa.Integer()),
        _column("enterprise_id", ROW_ID),
        _column("name", sa.Text()),
        _column("basis", sa.Text()),
        _column("decision_id", ROW_ID, nullable=True),
        sa.PrimaryKeyConstraint("batch_id", "file_row", name="pk_name_match"),
        _refers("name_match", "batch_id", "batch.id"),
        _refers("name_match", "enterprise_id", "enterprise.id"),
        _refers("name_match", "decision_id", "name_decision.id"),
    )
    op.create_index("ix_name_match_decision_id", "name_match", ["decision_id"])


def _column(name: str, kind: sa.types.TypeEngine[Any], *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable)


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")
