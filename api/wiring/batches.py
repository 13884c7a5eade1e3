"""How do templates, batches taken back, rows set aside and remembered headers reach the doors?"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from api.clock import now
from api.list_desks import RememberedHeader, TakenBack
from api.wiring.acting import person
from api.wiring.intake import bring_up_to_date
from data.intake.lists import LISTS
from data.intake.mapping import forget, label_of, remembered
from data.intake.returning import write_quarantine
from data.intake.reversal import undo_batch
from data.intake.template import list_labels
from data.intake.template_writing import write_template
from data.spec.progress import Progress
from data.store import Store
from data.store.mappings import HeaderMapping


class Templates:
    """Write templates from the lists' declarations."""

    def list_names(self) -> Mapping[str, str]:
        """Return the lists' command names and labels."""
        return list_labels()

    def write(self, list_name: str, to: Path, *, force: bool) -> None:
        """Write a list's template."""
        write_template(list_name, to, force=force)


class Batches:
    """Work on the batches of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def take_back(self, batch_id: str, *, reason: str, at: datetime, progress: Progress) -> TakenBack:
        """Take a batch back as a whole, and bring what followed from it up to date."""
        report = undo_batch(self._store, batch_id, reason=reason, at=at, actor=person())
        bring_up_to_date(self._store, at=at, progress=progress)
        return TakenBack(
            batch_id=report.batch_id,
            reverses=report.reverses,
            list_label=report.label,
            file=report.file_name,
            records=report.records,
            rows=report.rows,
            old_until=report.known_on,
            load_again=report.load_again,
        )

    def write_quarantine(self, batch_id: str, to: Path, *, force: bool, at: datetime) -> int:
        """Write the rows of a batch that were set aside as a workbook."""
        return write_quarantine(self._store, batch_id, to, force=force, at=at)

    def remembered_headers(self, *, at: datetime) -> Sequence[RememberedHeader]:
        """List what headers were confirmed to mean; a list that is no longer declared is left out."""
        return [_told(one) for one in remembered(self._store, at=at) if one.list in LISTS]

    def forget_header(self, list_name: str, header: str, *, office: str, at: datetime) -> RememberedHeader:
        """Forget one by a new record."""
        return _told(forget(self._store, list_name, header, office=office, at=at, actor=person()))

    def now(self) -> datetime:
        """Return the instant by the store's clock."""
        return now(self._store.today)


def _told(one: HeaderMapping) -> RememberedHeader:
    return RememberedHeader(
        list_name=one.list,
        list_label=LISTS[one.list].label,
        office=one.source,
        header=one.header,
        field=label_of(LISTS[one.list], one.meaning or ""),
    )
