"""Keep what is worked out from other tables, and what the lists now tell of instruments and talents."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "text": sa.Text(),
    "date": sa.Date(),
    "integer": sa.BigInteger(),
    "number": sa.Double(),
}

# As in revision 0001: a bare name is text; ! says never empty; @ a date, # a whole number (money in fen), ~ a number.
MARKS = {"@": "date", "#": "integer", "~": "number"}
SHARES = ("rnd_intensity", "rnd_staff_share", "leverage", "revenue_growth", "profit_margin")
DERIVED = {
    "guarantee_graph": (
        "changed_on@! given# received# partners# ring_size# guaranteed_amount# distressed_partners# "
        "distressed_nearby# distressed_amount#"
    ),
    "peer_reference": " ".join(
        (
            "period_end@! industry stage",
            *(f"{name}_peers# {name}_lower~ {name}_middle~ {name}_upper~" for name in SHARES),
            "revenue_per_head_peers# revenue_per_head_lower# revenue_per_head_middle# revenue_per_head_upper#",
        )
    ),
}
ADDED: tuple[tuple[str, str, sa.types.TypeEngine[Any]], ...] = (
    ("instrument", "hours_in_use", sa.Double()),
    ("talent_post", "term_ends_on", sa.Date()),
)


def upgrade() -> None:
    """Make the derived tables, and add the columns."""
    for name, words in DERIVED.items():
        _make_evidence(name, words)
    for table, name, kind in ADDED:
        op.add_column(table, sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """Take them away again."""
    for table, name, _ in ADDED:
        op.drop_column(table, name)
    for name in DERIVED:
        op.drop_table(name)


def _own_column(word: str) -> sa.Column[Any]:
    required = word.endswith("!")
    word = word.removesuffix("!")
    kind = MARKS.get(word[-1], "text")
    return sa.Column(word.rstrip("@#~"), TYPES[kind], nullable=not required)


def _make_evidence(name: str, words: str) -> None:
    def column(own: str, kind: sa.types.TypeEngine[Any], *, nullable: bool = False) -> sa.Column[Any]:
        return sa.Column(own, kind, nullable=nullable)

    op.create_table(
        name,
        column("row_id", ROW_ID),
        column("enterprise_id", ROW_ID),
        column("record_key", sa.Text()),
        column("happened_on", sa.Date(), nullable=True),
        column("ended_on", sa.Date(), nullable=True),
        column("known_on", sa.Date()),
        column("known_basis", sa.Text()),
        column("batch_id", sa.Text()),
        column("file_row", sa.Integer()),
        column("owner", sa.Text()),
        column("origin_loan", sa.Text(), nullable=True),
        column("withdrawn", sa.Boolean()),
        *(_own_column(word) for word in words.split()),
        sa.PrimaryKeyConstraint("row_id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=f"fk_{name}_enterprise_id"),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=f"fk_{name}_batch_id"),
    )
    op.create_index(f"ix_{name}_enterprise_id", name, ["enterprise_id"])
