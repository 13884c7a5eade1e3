"""What may a door ask about warnings after lending?"""

from datetime import date, datetime
from typing import Protocol

from data.spec.progress import Progress
from risk.warning_report import Outcome, RiskWarning, WatchReport


class WatchDesk(Protocol):
    """Watch the borrowers of one store as the bureau."""

    def now(self) -> datetime:
        """Return the instant by the store's clock."""

    def list_warnings(
        self, *, as_of: date, since: date, at: datetime, progress: Progress, batch_id: str | None = None
    ) -> WatchReport:
        """List the warnings known in [since, as_of), of all batches or of one; raise a Refusal."""

    def acknowledge(
        self, id: str, *, outcome: Outcome, note: str, since: date, at: datetime, progress: Progress
    ) -> RiskWarning:
        """Keep what was done about a warning known since a day; raise WarningUnknown where there is none."""
