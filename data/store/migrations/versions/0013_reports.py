"""Make the tables of what banks report over the exchange."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make what this version adds."""
    op.create_table(
        "reported_loan",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("loan_no", sa.Text(), nullable=False),
        sa.Column("enterprise_id", ROW_ID, nullable=False),
        sa.Column("reported_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name="fk_reported_loan_enterprise_id"),
        sa.PrimaryKeyConstraint("tenant", "loan_no", name="pk_reported_loan"),
    )
    op.create_table(
        "loan_report",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("loan_no", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=True),
        sa.Column("key_id", sa.Text(), nullable=True),
        sa.Column("signature_input", sa.Text(), nullable=True),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_loan_report"),
    )
    op.create_index("ix_loan_report_tenant_loan_no", "loan_report", ["tenant", "loan_no"])
    op.create_table(
        "feedback",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("assessment_id", sa.Text(), nullable=False),
        sa.Column("enterprise_id", ROW_ID, nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_feedback_assessment_id"),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name="fk_feedback_enterprise_id"),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
    )
    op.create_index("ix_feedback_assessment_id", "feedback", ["assessment_id"])


def downgrade() -> None:
    """Take away what this version added."""
    op.drop_table("feedback")
    op.drop_table("loan_report")
    op.drop_table("reported_loan")
