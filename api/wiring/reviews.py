"""How do reviews of explanations reach the store?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from api.wiring.visits import RememberingVisit, visit
from data.store import Store
from risk import reviews
from risk.review_words import JudgedReason, Judgement, ReviewSummary


class StoreReviewVisit(RememberingVisit):
    """Judge reasons and read judgements in one unit of work."""

    def review(
        self, assessment_id: str, judgements: Sequence[Judgement], *, id: str, correction_id: str, reviewer: str
    ) -> Sequence[JudgedReason] | None:
        """Keep judgements about anybody's assessment."""
        return reviews.review(
            self._work, assessment_id, judgements, id=id, correction_id=correction_id, reviewer=reviewer
        )

    def read_reviews(self, assessment_id: str, *, tenant: str) -> Sequence[JudgedReason] | None:
        """Return how reasons stand judged, and record the reading."""
        return reviews.read_reviews(self._work, assessment_id, tenant=tenant)

    def summarise_reviews(self) -> ReviewSummary:
        """Count judgements, and record the reading."""
        return reviews.summarise_reviews(self._work)


class Reviews:
    """Keep reviews of explanations on one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @contextmanager
    def visit(self, *, at: datetime) -> Iterator[StoreReviewVisit]:
        """Open the unit of work of one request."""
        with visit(self._store, at) as work:
            yield StoreReviewVisit(work)
