"""Which SQL tables hold what banks reported over the exchange, and what they did with assessments?"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from data.store.orm import METADATA, ROW_ID, Instant

REPORTED_LOAN = Table(
    "reported_loan",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("loan_no", Text, primary_key=True),
    Column("enterprise_id", BigInteger().with_variant(Integer, "sqlite"), ForeignKey("enterprise.id"), nullable=False),
    Column("reported_at", Instant, nullable=False),
)
"""Which firm a bank's own loan number stands for; what the loan is stands in the evidence."""

LOAN_REPORT = Table(
    "loan_report",
    METADATA,
    Column("id", ROW_ID, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("loan_no", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("raw", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("algorithm", Text),
    Column("key_id", Text),
    Column("signature_input", Text),
    Column("signature", Text),
    Index("ix_loan_report_tenant_loan_no", "tenant", "loan_no"),
)
"""Each report as it came, byte for byte, with the signature it carried; added, never changed."""

FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("assessment_id", Text, ForeignKey("assessment.id"), nullable=False, index=True),
    Column("enterprise_id", BigInteger().with_variant(Integer, "sqlite"), ForeignKey("enterprise.id"), nullable=False),
    Column("decision", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("given_at", Instant, nullable=False),
)
"""What a bank did with an assessment, and why; of one assessment the last counts."""
