"""What did a bank report of its loans, byte for byte, and what did it do with assessments?"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import insert, select

from data.spec.audit import AuditEvent
from data.store.orm_reports import FEEDBACK, LOAN_REPORT, REPORTED_LOAN
from data.store.work import Work


@dataclass(frozen=True, kw_only=True)
class ReportedLoan:
    """Name one loan of a bank: its own number, and the firm it was granted to."""

    loan_no: str
    enterprise_id: int
    reported_at: datetime


@dataclass(frozen=True, kw_only=True)
class RawReport:
    """Hold a report as it came.

    `signature` has algorithm, key_id, signature_input and signature, where it was signed.
    """

    tenant: str
    loan_no: str
    raw: bytes
    signature: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Feedback:
    """Say what a bank did with one assessment: followed or overridden, with a code and words."""

    id: str
    tenant: str
    assessment_id: str
    enterprise_id: int
    decision: str
    code: str
    words: str
    given_at: datetime


def write_loan(work: Work, tenant: str, loan: ReportedLoan) -> None:
    """Note which firm a bank's loan number stands for."""
    work.connection.execute(
        insert(REPORTED_LOAN).values(
            tenant=tenant, loan_no=loan.loan_no, enterprise_id=loan.enterprise_id, reported_at=loan.reported_at
        )
    )


def find_loan(work: Work, loan_no: str, *, tenant: str) -> ReportedLoan | None:
    """Find a loan by the bank's own number."""
    columns = REPORTED_LOAN.c
    row = work.connection.execute(
        select(REPORTED_LOAN).where(columns.tenant == tenant, columns.loan_no == loan_no)
    ).first()
    if row is None:
        return None
    return ReportedLoan(loan_no=row.loan_no, enterprise_id=row.enterprise_id, reported_at=row.reported_at)


def list_loans(
    work: Work, *, tenant: str, enterprise_id: int | None, after: str | None, limit: int
) -> list[ReportedLoan]:
    """List a bank's loans by number, those after a number, of one firm or of all."""
    columns = REPORTED_LOAN.c
    query = select(REPORTED_LOAN).where(columns.tenant == tenant).order_by(columns.loan_no).limit(limit)
    if enterprise_id is not None:
        query = query.where(columns.enterprise_id == enterprise_id)
    if after is not None:
        query = query.where(columns.loan_no > after)
    return [
        ReportedLoan(loan_no=row.loan_no, enterprise_id=row.enterprise_id, reported_at=row.reported_at)
        for row in work.connection.execute(query)
    ]


def keep_report(work: Work, report: RawReport, *, audit: AuditEvent) -> None:
    """Keep a report as it came."""
    work.connection.execute(
        insert(LOAN_REPORT).values(
            tenant=report.tenant,
            loan_no=report.loan_no,
            received_at=work.at,
            raw=base64.b64encode(report.raw).decode(),
            sha256=sha256(report.raw).hexdigest(),
            **(report.signature or {}),
        )
    )
    work.record(audit)


def read_reports(work: Work, loan_no: str, *, tenant: str) -> list[RawReport]:
    """Read the reports of a loan as they came, in their order."""
    columns = LOAN_REPORT.c
    rows = work.connection.execute(
        select(LOAN_REPORT).where(columns.tenant == tenant, columns.loan_no == loan_no).order_by(columns.id)
    )
    return [
        RawReport(
            tenant=tenant,
            loan_no=loan_no,
            raw=base64.b64decode(row.raw),
            signature=None
            if row.algorithm is None
            else {
                "algorithm": row.algorithm,
                "key_id": row.key_id,
                "signature_input": row.signature_input,
                "signature": row.signature,
            },
        )
        for row in rows
    ]


def write_feedback(work: Work, feedback: Feedback, *, audit: AuditEvent) -> None:
    """Keep what a bank did with an assessment."""
    work.connection.execute(insert(FEEDBACK).values(**vars(feedback)))
    work.record(audit)


def list_feedback(work: Work, *, tenant: str | None = None) -> list[Feedback]:
    """List the last feedback on each assessment, of one tenant or, under duty, of all."""
    query = select(FEEDBACK).order_by(FEEDBACK.c.given_at, FEEDBACK.c.id)
    if tenant is not None:
        query = query.where(FEEDBACK.c.tenant == tenant)
    last = {row.assessment_id: row for row in work.connection.execute(query)}
    return [Feedback(**row._mapping) for row in last.values()]
