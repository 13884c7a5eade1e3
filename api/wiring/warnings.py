"""How do warnings after lending reach the exchange?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta

from api.warning_desk import Place
from api.wiring.visits import RememberingVisit, visit
from data.spec.access import BUREAU, Access, Purpose, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.progress import Silent
from data.store import Store, Work
from risk.warning_report import Outcome, ToldWarning, WatchReport
from risk.warning_rules import read_warning_limits
from risk.warnings import acknowledge, list_warnings, order_of, warning_of, warnings_told, watch

LONG_AGO = date(2000, 1, 1)


class StoreWarningVisit(RememberingVisit):
    """Read and answer warnings in one unit of work."""

    def __init__(self, work: Work, *, demonstration: bool) -> None:
        super().__init__(work)
        self._demonstration = demonstration

    def list_told(self, *, tenant: str, since: date | None, after: Place | None, limit: int) -> Sequence[ToldWarning]:
        """List the warnings told to an institution, and record the reading."""
        today = self._work.at.date()
        first = since or today - timedelta(days=int(read_warning_limits(today)["announced_days"]))
        found = warnings_told(self._report(first, _access(self._work, tenant, tenant)), tenant)
        self._work.record(
            AuditEvent(tenant=tenant, actor=tenant, action=Action.WARNINGS_READ, object_id="list", at=self._work.at)
        )
        return [one for one in found if after is None or order_of(one.warning) > after][:limit]

    def acknowledge(self, id: str, *, outcome: Outcome, note: str, tenant: str, actor: str) -> ToldWarning:
        """Keep what the institution did about a warning that it is told."""
        access = _access(self._work, tenant, actor)
        report = self._report(LONG_AGO, access, only=id)
        told = warnings_told(report, tenant)
        mine = warning_of(replace(report, warnings=tuple(one.warning for one in told)), id)
        done = acknowledge(self._work, mine, outcome=outcome, note=note, access=access)
        return next(replace(one, warning=done) for one in told if one.warning.id == done.id)

    def _report(self, since: date, access: Access, *, only: str | None = None) -> WatchReport:
        return list_warnings(
            self._work,
            as_of=self._work.at.date(),
            since=since,
            demonstration=self._demonstration,
            access=access,
            progress=Silent(),
            only=only,
        )


class Warnings:
    """Tell institutions of warnings, on one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @contextmanager
    def visit(self, *, at: datetime) -> Iterator[StoreWarningVisit]:
        """Open the unit of work of one request.

        The evidence is looked at before: nobody waits for a writer that reads a whole city.
        """
        with self._store.work(at=at, read_only=True) as work:
            watch(work, as_of=at.date(), access=_access(work, BUREAU, BUREAU), progress=Silent())
        with visit(self._store, at) as work:
            yield StoreWarningVisit(work, demonstration=self._store.demonstration)


def _access(work: Work, tenant: str, actor: str) -> Access:
    """Find warnings under the bureau's duty, and read the records of the institution; others' rows are cut off."""
    return replace(bureau_access(actor, at=work.at, purpose=Purpose.MONITORING), tenant=tenant)
