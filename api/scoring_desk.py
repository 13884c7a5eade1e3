"""What may the doors ask about batches, enterprises, models, validity and quotas?"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from api.model_desk import ModelDesk
from api.remembering import Remembering
from data.spec.access import Purpose
from data.spec.batches import AssessmentBatch, BatchItem, BatchWish
from data.spec.identifiers import Identifier
from risk.batches import BatchResult
from risk.found import FoundEnterprise, VerifiedFact
from risk.quotas import Allowance, Quota
from risk.validity import Validity


class BatchVisit(Remembering, Protocol):
    """Ask for, read and cancel batches of one tenant in one transaction."""

    def open_batch(self, id: str, named: Sequence[str], wish: BatchWish, *, tenant: str) -> AssessmentBatch:
        """Keep a batch about these identifiers; raise a Refusal."""

    def read_batch(self, id: str, *, tenant: str, to_change: bool = False) -> AssessmentBatch | None:
        """Return a batch of this tenant's own, kept from others to change it; None where it has none by this id."""

    def cancel_batch(self, batch: AssessmentBatch) -> AssessmentBatch:
        """Let nothing more become of what waits; raise a Refusal where the batch has ended."""

    def read_results(self, batch: AssessmentBatch, *, after: int, limit: int) -> Sequence[BatchResult]:
        """Return assessments beyond a position, and record the reading."""

    def read_errors(self, batch: AssessmentBatch, *, after: int, limit: int) -> Sequence[BatchItem]:
        """Return refused items beyond a position."""


class AssessmentBatchDesk(Protocol):
    """Assess many enterprises, one after another."""

    def visit(self, *, at: datetime) -> AbstractContextManager[BatchVisit]:
        """Open the unit of work of one request."""

    def work_next(self, *, at: datetime) -> bool:
        """Work the item whose turn it is; False where none waits."""


class ValidityDesk(Protocol):
    """Tell whether assessments still hold."""

    def read(self, id: str, *, tenant: str, at: datetime) -> Validity | None:
        """Say how an assessment of this tenant's own stands; None where it has none by this id."""


class EnterpriseDesk(Protocol):
    """Search enterprises that may be asked about, and verify facts; every reading is recorded."""

    def search_identifier(self, identifier: Identifier, *, tenant: str, at: datetime) -> Sequence[FoundEnterprise]:
        """Find the enterprise of this identifier, where the tenant may ask about it."""

    def search_name(self, fragment: str, *, tenant: str, at: datetime) -> Sequence[FoundEnterprise]:
        """Find enterprises by part of a name or by initials, among those the tenant may ask about."""

    def verify_facts(
        self,
        identifier: Identifier,
        *,
        tenant: str,
        purpose: Purpose,
        as_of: date,
        items: tuple[str, ...],
        at: datetime,
    ) -> tuple[str, Sequence[VerifiedFact]]:
        """Answer items about an enterprise on a day; return its name and the answers; raise a Refusal."""


class RateDesk(Protocol):
    """Keep what each client has asked."""

    def admit(self, client: str, quota: Quota, *, now: datetime) -> Allowance:
        """Take one request from a client's quota; raise ReducedCapacity where that cannot be known."""

    def note_miss(self, client: str, *, tenant: str, at: datetime, now: datetime) -> None:
        """Count one request in vain."""


@dataclass(frozen=True, kw_only=True)
class ScoringDesks:
    """Hand a door the desks around scores."""

    batches: AssessmentBatchDesk
    validity: ValidityDesk
    enterprises: EnterpriseDesk
    models: ModelDesk
    rates: RateDesk
