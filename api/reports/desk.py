"""What may a door ask about the validation of models?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from data.spec.progress import Progress
from risk.document import Document


@dataclass(frozen=True, kw_only=True)
class ValidationReport:
    """Hold a validation's document, its figures by name, and in words what stands in the way of a promotion."""

    model_id: str
    document: Document
    figures: Mapping[str, float | int | None]
    gaps: tuple[str, ...]
    acceptances: int


class ValidationDesk(Protocol):
    """Validate shelved models, and take written acceptances."""

    def now(self) -> datetime:
        """Return the store's instant."""

    def validate(
        self, wanted: str, *, as_of: date, with_baselines: bool, at: datetime, progress: Progress
    ) -> ValidationReport:
        """Validate a model by its name, or the champion of a card, on what was known before as_of."""

    def accept(self, model: str, *, by: str, reason: str, at: datetime) -> int:
        """Record a person's written acceptance of a model's gaps; return how many have accepted."""
