"""How do reports of loans and feedback reach the store?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from api.lending_desk import LoanListed, Reported
from api.wiring.visits import RememberingVisit, visit
from data.spec.audit import Action, AuditEvent
from data.spec.identifiers import Identifier
from data.store import Store
from data.store.reports import RawReport
from risk import feedback, loan_reports
from risk.lending_words import FeedbackSummary, LoanRead, Record, Taken, Told
from risk.loan_reports import Reporting


class StoreLendingVisit(RememberingVisit):
    """Take reports and feedback in one unit of work."""

    def report_loan(
        self, identifier: Identifier, loan: Record, applied_on: date, *, tenant: str, reported: Reported
    ) -> Taken:
        """Take a granted loan."""
        by = _by(tenant, str(loan["loan_no"]), reported)
        return loan_reports.report_loan(self._work, identifier, loan, applied_on, by=by)

    def report_outcomes(
        self,
        loan_no: str,
        months: Sequence[Record],
        events: Sequence[Record],
        *,
        tenant: str,
        reported: Reported,
    ) -> Taken:
        """Take what became of a loan."""
        return loan_reports.report_outcomes(self._work, loan_no, months, events, by=_by(tenant, loan_no, reported))

    def read_loan(self, loan_no: str, *, tenant: str) -> LoanRead:
        """Read a loan, and record the reading."""
        access = loan_reports.own_access(self._work, tenant=tenant, actor=tenant)
        found = loan_reports.read_loan(self._work, loan_no, access=access)
        self._work.record(
            AuditEvent(
                tenant=tenant,
                actor=tenant,
                action=Action.LOAN_READ,
                object_id=self._work.refer(loan_no),
                at=self._work.at,
            )
        )
        return found

    def list_loans(self, *, tenant: str, after: str | None, limit: int) -> Sequence[LoanListed]:
        """List the bank's own loans, and record the reading."""
        found = loan_reports.loans_of(self._work, tenant=tenant, after=after, limit=limit)
        self._work.record(
            AuditEvent(tenant=tenant, actor=tenant, action=Action.LOAN_READ, object_id="list", at=self._work.at)
        )
        return [
            LoanListed(loan_no=loan.loan_no, enterprise_name=name, reported_at=loan.reported_at) for loan, name in found
        ]

    def give_feedback(self, assessment_id: str, told: Told, *, tenant: str, id: str) -> datetime | None:
        """Keep what the bank did with an assessment."""
        given = feedback.give_feedback(self._work, assessment_id, told, id=id, tenant=tenant, actor=tenant)
        return None if given is None else given.given_at

    def summarise_feedback(self) -> FeedbackSummary:
        """Count feedback over all banks."""
        return feedback.summarise_feedback(self._work)


class Lending:
    """Take what banks give back, on one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @contextmanager
    def visit(self, *, at: datetime) -> Iterator[StoreLendingVisit]:
        """Open the unit of work of one request."""
        with visit(self._store, at) as work:
            yield StoreLendingVisit(work)


def _by(tenant: str, loan_no: str, reported: Reported) -> Reporting:
    report = RawReport(tenant=tenant, loan_no=loan_no, raw=reported.raw, signature=reported.signature)
    return Reporting(tenant=tenant, actor=tenant, report=report)
