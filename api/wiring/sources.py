"""How does the state of the lists reach the doors?"""

from datetime import date, datetime

from api.wiring.acting import as_bureau
from data.intake.header import ListUnknown
from data.intake.lists import LISTS
from data.spec.access import Purpose
from data.spec.errors import DayInFuture
from data.spec.progress import Progress
from data.store import Store
from risk.source_quality import report_sources
from risk.source_report import SourcesReport


class SourceWatch:
    """Report on the lists of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def report(self, *, as_of: date, list_name: str | None, at: datetime, progress: Progress) -> SourcesReport:
        """Report on every list, or on one by its name or label; raise ListUnknown, DayInFuture."""
        wanted = {name: (one.label, one.table.name) for name, one in LISTS.items() if _means(name, list_name)}
        if not wanted:
            raise ListUnknown(f"没有名为“{list_name}”的名单。", help="可用的有：" + "、".join(LISTS))
        if as_of > at.date():
            raise DayInFuture(f"{as_of}还没有到来，本库的今天是{at.date()}。", help="请改用今天或更早的日期。")
        access = as_bureau(at, purpose=Purpose.INTAKE)
        with self._store.work(at=at, read_only=True) as work:
            return report_sources(work, wanted, as_of=as_of, access=access, progress=progress)


def _means(name: str, wanted: str | None) -> bool:
    return wanted in (None, name, LISTS[name].label)
