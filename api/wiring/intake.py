"""How do lists and real sources come into the store?"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from api.desks import LoadedBatch
from api.wiring.assessing import person
from data.intake import load_file, load_folder
from data.intake.lists import LISTS
from data.intake.report import BatchReport
from data.spec.progress import Progress
from data.store import Store

if TYPE_CHECKING:
    from api.settings import Settings


class Intake:
    """Load files into one store, and real sources into stores of their own."""

    def __init__(self, store: Store, settings: "Settings") -> None:
        self._store, self._settings = store, settings

    def load_file(
        self,
        path: Path,
        *,
        list_name: str | None,
        known_on: date | None,
        strict: bool,
        at: datetime,
        progress: Progress,
    ) -> LoadedBatch:
        """Load one file."""
        return told(
            load_file(
                self._store,
                path,
                list_name=list_name,
                known_on=known_on,
                at=at,
                actor=person(),
                strict=strict,
                progress=progress,
            )
        )

    def load_folder(self, folder: Path, *, at: datetime, progress: Progress) -> Sequence[LoadedBatch]:
        """Load a folder of lists."""
        return [told(report) for report in load_folder(self._store, folder, at=at, actor=person(), progress=progress)]

    def load_source(self, source: str, folder: Path, *, at: datetime, progress: Progress) -> Sequence[LoadedBatch]:
        """Load a real source into its own store beside the city's (decision 13)."""
        raise NotImplementedError

    def list_names(self) -> Mapping[str, str]:
        """Return the lists' command names and labels."""
        return {name: declared.label for name, declared in LISTS.items()}


def told(report: BatchReport) -> LoadedBatch:
    """Tell a batch in the doors' words."""
    return LoadedBatch(
        batch_id=report.batch_id,
        list_name=report.list_name,
        list_label=report.list_label,
        file=report.file,
        read=report.read,
        kept=report.kept,
        already_known=report.already_known,
        skipped=report.skipped,
        quarantined={code: tuple(rows) for code, rows in report.quarantined.items()},
    )
