"""How are models validated from the doors?"""

import math
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from api.clock import now
from api.reports.desk import ValidationReport
from api.wiring.acting import as_bureau, person
from api.wiring.stores import open_store
from data.spec.access import Purpose
from data.spec.progress import Progress
from data.store import Store
from models.acceptance import gaps_of
from models.revalidation import accept
from risk.consent import training_access
from risk.validation import Validated, validate_model
from risk.validation_document import validation_document

if TYPE_CHECKING:
    from api.settings import Settings


class Validating:
    """Validate the models of one shelf on one store."""

    def __init__(self, store: Store, shelf: Path) -> None:
        self._store, self._shelf = store, shelf

    def now(self) -> datetime:
        """Return the store's instant."""
        return now(self._store.today)

    def validate(
        self, wanted: str, *, as_of: date, with_baselines: bool, at: datetime, progress: Progress
    ) -> ValidationReport:
        """Validate, and leave an audit event."""
        with self._store.work(at=at) as work:
            access = training_access(work, actor=person())
            found = validate_model(
                work,
                wanted,
                shelf=self._shelf,
                as_of=as_of,
                access=access,
                with_baselines=with_baselines,
                progress=progress,
            )
            work.commit()
        return ValidationReport(
            model_id=found.name,
            document=validation_document(found),
            figures=_figures(found),
            gaps=tuple(finding.message for finding in gaps_of(found.card)),
            acceptances=len(found.acceptances),
        )

    def accept(self, model: str, *, by: str, reason: str, at: datetime) -> int:
        """Record a person's written acceptance."""
        with self._store.work(at=at) as work:
            people = accept(
                work, model, shelf=self._shelf, access=as_bureau(at, purpose=Purpose.TRAINING), by=by, reason=reason
            )
            work.commit()
        return people


def validating_on(settings: "Settings") -> Validating:
    """Open the store and put the desk on it."""
    return Validating(open_store(settings), settings.shelf)


def _figures(found: Validated) -> dict[str, float | int | None]:
    """Return the figures that a program wants; what could not be measured is None."""
    validity = found.validity
    told = {
        **validity.metrics.to_json(),
        "largest_grade_share": float(validity.grades["share"].max()),
        "grades_too_low": int((validity.grades["verdict"] == "too-low").sum()),
        "segments": len(validity.segments),
        "segments_outside": sum(bool(line.gaps) for line in validity.segments),
        "directions_broken": sum(not one.kept for one in validity.dependences),
        "stability_beyond_chance": sum(one.beyond_chance for one in validity.stabilities.values()),
    }
    return {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in told.items()}
