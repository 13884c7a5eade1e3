"""How is a model trained from the doors?"""

from datetime import date, datetime
from pathlib import Path

from api.desks import TrainingSummary
from api.wiring.acting import as_bureau
from data.spec.access import Purpose
from data.spec.progress import Progress
from data.store import Store
from models.retraining import train


class Training:
    """Train on one store and shelve."""

    def __init__(self, store: Store, shelf: Path) -> None:
        self._store, self._shelf = store, shelf

    def train(self, *, card: str, as_of: date, at: datetime, progress: Progress) -> TrainingSummary:
        """Train a card's model on what was known before as_of, and shelve it."""
        access = as_bureau(at, purpose=Purpose.TRAINING)
        with self._store.work(at=at) as work:
            report = train(work, card=card, as_of=as_of, shelf=self._shelf, access=access, progress=progress, at=at)
            work.commit()
        return TrainingSummary(
            model_id=report.name,
            card=card,
            label=report.label,
            rows=report.rows,
            defaults=report.defaults,
            demonstration=self._store.demonstration,
            metrics=dict(report.metrics),
            notes=tuple(report.notes),
        )
