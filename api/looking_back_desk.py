"""What may the doors ask about answers already given, and about what would help?"""

from datetime import date, datetime
from typing import Protocol

from data.spec.access import Purpose
from data.spec.identifiers import Identifier
from risk.change import Change
from risk.improvement import Improvement
from risk.replay import Replay


class LookingBackDesk(Protocol):
    """Look back on the bureau's own answers, and ahead from the present one; every look is recorded."""

    def replay(self, id: str, *, at: datetime) -> Replay:
        """Give an answer again and compare; raise AssessmentUnknown."""

    def change(self, before_id: str, after_id: str, *, at: datetime) -> Change:
        """Bridge two answers about one enterprise; raise AssessmentUnknown, NotComparable."""

    def advise(
        self, identifier: Identifier, *, purpose: Purpose, as_of: date, at: datetime, product: str | None = None
    ) -> Improvement:
        """Work out what would help one enterprise; raise NothingToImprove."""
