"""What may a door ask of reported loans and feedback?"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from api.remembering import Remembering
from data.spec.identifiers import Identifier
from risk.lending_words import FeedbackSummary, LoanRead, Record, Taken, Told


@dataclass(frozen=True, kw_only=True)
class Reported:
    """Hold the bytes of a report, and algorithm, key and words of the signature it came with."""

    raw: bytes
    signature: dict[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class LoanListed:
    """Name one loan of a bank's own."""

    loan_no: str
    enterprise_name: str
    reported_at: datetime


class LendingVisit(Remembering, Protocol):
    """Take reports and feedback in one transaction."""

    def report_loan(
        self, identifier: Identifier, loan: Record, applied_on: date, *, tenant: str, reported: Reported
    ) -> Taken:
        """Take a granted loan; raise a Refusal."""

    def report_outcomes(
        self,
        loan_no: str,
        months: Sequence[Record],
        events: Sequence[Record],
        *,
        tenant: str,
        reported: Reported,
    ) -> Taken:
        """Take what became of a loan; raise a Refusal."""

    def read_loan(self, loan_no: str, *, tenant: str) -> LoanRead:
        """Read a loan as last reported, and record the reading; raise LoanUnknown."""

    def list_loans(self, *, tenant: str, after: str | None, limit: int) -> Sequence[LoanListed]:
        """List the bank's own loans by number."""

    def give_feedback(self, assessment_id: str, told: Told, *, tenant: str, id: str) -> datetime | None:
        """Keep what the bank did with an assessment, and return when; None where it has none by this id."""

    def summarise_feedback(self) -> FeedbackSummary:
        """Count feedback over all banks."""


class LendingDesk(Protocol):
    """Take what banks give back."""

    def visit(self, *, at: datetime) -> AbstractContextManager[LendingVisit]:
        """Open the unit of work of one request."""
