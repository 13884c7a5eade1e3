"""What may the exchange ask of warnings after lending?"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from api.remembering import Remembering
from risk.warning_report import Outcome, ToldWarning

Place = tuple[int, int, str]
"""Where a page of warnings ends."""


class WarningVisit(Remembering, Protocol):
    """Read what an institution is told, and keep what it did, in one transaction."""

    def list_told(self, *, tenant: str, since: date | None, after: Place | None, limit: int) -> Sequence[ToldWarning]:
        """List the warnings told to an institution, the latest first; raise a Refusal."""

    def acknowledge(self, id: str, *, outcome: Outcome, note: str, tenant: str, actor: str) -> ToldWarning:
        """Keep what the institution did about a warning; raise WarningUnknown."""


class WarningDesk(Protocol):
    """Tell institutions of warnings about their borrowers."""

    def visit(self, *, at: datetime) -> AbstractContextManager[WarningVisit]:
        """Open the unit of work of one request."""
