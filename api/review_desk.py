"""What may a door ask of reviews of explanations?"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from api.remembering import Remembering
from risk.review_words import JudgedReason, Judgement, ReviewSummary


class ReviewVisit(Remembering, Protocol):
    """Judge reasons and read judgements in one transaction; every reading is recorded."""

    def review(
        self, assessment_id: str, judgements: Sequence[Judgement], *, id: str, correction_id: str, reviewer: str
    ) -> Sequence[JudgedReason] | None:
        """Keep judgements about anybody's assessment; None where there is none by this id; raise a Refusal."""

    def read_reviews(self, assessment_id: str, *, tenant: str) -> Sequence[JudgedReason] | None:
        """Return how reasons stand judged; None where the tenant has no such assessment; raise a Refusal."""

    def summarise_reviews(self) -> ReviewSummary:
        """Count judgements over all institutions."""


class ReviewDesk(Protocol):
    """Keep reviews of explanations."""

    def visit(self, *, at: datetime) -> AbstractContextManager[ReviewVisit]:
        """Open the unit of work of one request."""
