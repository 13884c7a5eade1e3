"""How do lists and real sources come into the store?"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from api.clock import SHANGHAI
from api.desks import LoadedBatch, RowsSetAside
from api.list_desks import IntakeWishes
from api.wiring.acting import as_bureau, person
from api.wiring.stores import create_store, open_store
from data.intake import BatchReport, Reason, load_file, load_folder
from data.intake.cumcm2020c import load_cumcm2020c
from data.intake.files import Instructions
from data.intake.jinan import load_jinan
from data.intake.lists import LISTS
from data.spec.access import Purpose
from data.spec.progress import Progress
from data.store import Store
from data.store.store import StoreMissing
from risk.derivation import WHENCE, DerivedBatch, derive
from risk.severe_warnings import announce_ended
from risk.warnings import announce_warnings

if TYPE_CHECKING:
    from api.settings import Settings


class WithoutNotes:
    """Pass stages on and keep notes back."""

    def __init__(self, progress: Progress) -> None:
        self.stage = progress.stage
        self.advance = progress.advance

    def note(self, message: str) -> None:
        """Keep back."""


class Intake:
    """Load files into one store, and bring what follows from them up to date."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def load_file(
        self,
        path: Path,
        *,
        list_name: str | None,
        known_on: date | None,
        strict: bool,
        wishes: IntakeWishes,
        at: datetime,
        progress: Progress,
    ) -> Sequence[LoadedBatch]:
        """Load one file."""
        loaded = told(
            load_file(
                self._store,
                path,
                list_name=list_name,
                known_on=known_on,
                at=at,
                actor=person(),
                strict=strict,
                instructions=_instructions(wishes),
                progress=progress,
            )
        )
        return [loaded, *bring_up_to_date(self._store, at=at, progress=progress)]

    def load_folder(
        self, folder: Path, *, wishes: IntakeWishes, at: datetime, progress: Progress
    ) -> Sequence[LoadedBatch]:
        """Load a folder of lists; the caller's table tells of each file, so that no line here does."""
        heard = WithoutNotes(progress)
        reports = load_folder(
            self._store, folder, at=at, actor=person(), instructions=_instructions(wishes), progress=heard
        )
        return [*(told(report) for report in reports), *bring_up_to_date(self._store, at=at, progress=progress)]

    def list_names(self) -> Mapping[str, str]:
        """Return the lists' command names and labels."""
        return {name: declared.label for name, declared in LISTS.items()}


def bring_up_to_date(store: Store, *, at: datetime, progress: Progress) -> list[LoadedBatch]:
    """Work out anew what follows from the lists, and announce it; return the batches in the doors' words."""
    access = as_bureau(at, purpose=Purpose.INTAKE)
    today = store.today or at.astimezone(SHANGHAI).date()
    with store.work(at=at) as work:
        batches = derive(work, today=today, access=access, progress=progress)
        announce_ended(work)
        announce_warnings(work)
        work.commit()
    return [derived(batch) for batch in batches]


def _instructions(wishes: IntakeWishes) -> Instructions:
    return Instructions(headers=wishes.headers, office=wishes.office, force=wishes.force, annotated=wishes.annotated)


class Sources:
    """Load real sources into stores of their own, in folders of the state folder."""

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings

    def load(self, source: str, folder: Path, *, at: datetime, progress: Progress) -> Sequence[LoadedBatch]:
        """Load a source's folder; its store is made where it is missing."""
        own = self._settings.at(self._settings.state / source)
        own.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            store = open_store(own)
        except StoreMissing:
            store = create_store(own, at=at)
        try:
            return [told(report) for report in LOADERS[source](store, folder, at=at, actor=person(), progress=progress)]
        finally:
            store.close()


def told(report: BatchReport) -> LoadedBatch:
    """Tell a batch in the doors' words."""
    return LoadedBatch(
        batch_id=report.batch_id,
        list_name=report.list,
        list_label=report.label,
        file=report.file_name,
        read=report.rows_read,
        kept=report.kept,
        already_known=report.already_known,
        repeated=report.repeated,
        skipped=int(report.skipped),
        refused=report.quarantined_rows,
        quarantined=_rows(report.quarantined),
        doubtful=_rows(report.doubtful),
        seen_before=report.seen_before,
        notes=report.notes,
    )


def derived(batch: DerivedBatch) -> LoadedBatch:
    """Tell a derived batch in the doors' words; what was withdrawn was read from the store, and is kept as such."""
    return LoadedBatch(
        batch_id=batch.batch_id,
        list_name=batch.table,
        list_label=batch.label,
        file=WHENCE,
        read=batch.rows + batch.withdrawn,
        kept=batch.written + batch.withdrawn,
        already_known=batch.rows - batch.written,
        repeated=0,
        skipped=0,
        refused=0,
        derived=True,
    )


def _rows(reasons: Sequence[Reason]) -> tuple[RowsSetAside, ...]:
    return tuple(RowsSetAside(code=reason.code, message=reason.message, rows=reason.rows) for reason in reasons)


class Loader(Protocol):
    """Load one source's folder."""

    def __call__(
        self, store: Store, folder: Path, *, at: datetime, actor: str, progress: Progress
    ) -> list[BatchReport]:
        """Load the folder into the store."""


LOADERS: Mapping[str, Loader] = {"cumcm2020c": load_cumcm2020c, "jinan": load_jinan}
