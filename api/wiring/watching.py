"""How do warnings after lending reach the doors?"""

from datetime import date, datetime

from api.clock import now
from api.wiring.acting import as_bureau
from data.spec.access import Access, Purpose
from data.spec.progress import Progress
from data.store import Store, Work
from risk.warning_report import Outcome, RiskWarning, WatchReport
from risk.warnings import acknowledge, list_warnings, warning_of


class WatchOffice:
    """Watch the borrowers of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def now(self) -> datetime:
        """Return the instant by the store's clock."""
        return now(self._store.today)

    def list_warnings(
        self, *, as_of: date, since: date, at: datetime, progress: Progress, batch_id: str | None = None
    ) -> WatchReport:
        """List the warnings known in [since, as_of), of all batches or of one; raise a Refusal."""
        access = as_bureau(at, purpose=Purpose.MONITORING)
        with self._store.work(at=at, read_only=True) as work:
            return self._listed(work, access, as_of=as_of, since=since, progress=progress, batch_id=batch_id)

    def acknowledge(
        self, id: str, *, outcome: Outcome, note: str, since: date, at: datetime, progress: Progress
    ) -> RiskWarning:
        """Keep what was done about a warning known since a day; raise WarningUnknown where there is none."""
        access = as_bureau(at, purpose=Purpose.MONITORING)
        with self._store.work(at=at) as work:
            listed = self._listed(work, access, as_of=at.date(), since=since, progress=progress)
            done = acknowledge(work, warning_of(listed, id), outcome=outcome, note=note, access=access)
            work.commit()
        return done

    def _listed(
        self,
        work: Work,
        access: Access,
        *,
        as_of: date,
        since: date,
        progress: Progress,
        batch_id: str | None = None,
    ) -> WatchReport:
        return list_warnings(
            work,
            as_of=as_of,
            since=since,
            demonstration=self._store.demonstration,
            access=access,
            progress=progress,
            batch_id=batch_id,
        )
