"""How is a model trained from the doors?"""

from datetime import date, datetime
from pathlib import Path

from api.desks import CandidateTable, TrainingSummary
from api.wiring.acting import as_bureau, person
from api.wiring.comparing import table_told
from data.spec.access import BUREAU, Purpose
from data.spec.events import EventType, ExchangeEvent
from data.spec.progress import Progress
from data.store import Store, Work
from data.store.institutions import list_institutions
from models.appointing import appoint, keep_beside, shelve
from models.candidates import baseline_of, compare_card
from models.register import Register
from models.retraining import Order, learn
from models.tuning import Search
from risk.consent import training_access

MEASURED = ("auc", "ks", "brier", "log_loss", "calibration_slope")
TOLD = (*(f"{name}{end}" for name in MEASURED for end in ("", "_low", "_high")), "calibration_intercept")
"""The figures that a reader of the terminal wants; the model's card has them all."""


class Training:
    """Train on one store and shelve."""

    def __init__(self, store: Store, shelf: Path) -> None:
        self._store, self._shelf = store, shelf

    def train(self, *, card: str, as_of: date, at: datetime, progress: Progress, tune: bool = False) -> TrainingSummary:
        """Train a card's model on what was known before as_of, and shelve it."""
        order = self._order(card, as_of, tune)
        with self._store.work(at=at, read_only=True) as work:
            access = training_access(work, actor=person())
            trained = learn(work, order, access=access, progress=progress)
        progress.stage("上架")
        with self._store.work(at=at) as work:
            report = shelve(work, trained, order, shelf=self._shelf, access=access, at=at)
            if report.promoted:
                _announce(work, report.name)
            work.commit()
        return TrainingSummary(
            model_id=report.name,
            card=card,
            label=report.label,
            rows=report.rows,
            defaults=report.defaults,
            demonstration=report.demonstration,
            metrics={name: value for name, value in report.metrics.items() if name.endswith(TOLD)},
            notes=(
                *report.notes,
                f"是否好过较简单的方案，请看 lukeping compare {card}",
                "已启用" if report.promoted else "已上架为候选，尚未启用：启用是另一项须留痕的决定",
            ),
        )

    def compare(
        self, *, card: str, as_of: date, at: datetime, progress: Progress, tune: bool = False
    ) -> CandidateTable:
        """Compare a card's model with simpler scores; only reads."""
        order = self._order(card, as_of, tune)
        with self._store.work(at=at, read_only=True) as work:
            access = training_access(work, actor=person())
            return table_told(compare_card(work, order, access=access, progress=progress), order)

    def keep_baseline(self, *, card: str, as_of: date, at: datetime, progress: Progress) -> str:
        """Fit a scorecard and stand it beside the model that answers for a card; return the model's name."""
        register = Register(self._shelf)
        name = register.champion(card).model
        model, _ = register.load(name)
        with self._store.work(at=at, read_only=True) as work:
            order, access = self._order(card, as_of, tune=False), training_access(work, actor=person())
            scorecard = baseline_of(work, order, model.features, access=access, progress=progress)
        with self._store.work(at=at) as work:
            keep_beside(work, name, scorecard, shelf=self._shelf, access=access)
            work.commit()
        return name

    def _order(self, card: str, as_of: date, tune: bool) -> Order:
        search = Search() if tune else None
        return Order(card=card, as_of=as_of, demonstration=self._store.demonstration, search=search)

    def promote(self, *, card: str, model: str | None, reason: str, at: datetime) -> str:
        """Make a shelved model answer for a card, or with None return to the one before."""
        access = as_bureau(at, purpose=Purpose.TRAINING)
        with self._store.work(at=at) as work:
            name = appoint(work, card, model, shelf=self._shelf, access=access, reason=reason)
            _announce(work, name)
            work.commit()
        return name


def _announce(work: Work, model: str) -> None:
    """Tell every institution that another model answers from now on; the bureau knows, for it decided."""
    for one in list_institutions(work):
        if one.code != BUREAU:
            work.announce(ExchangeEvent(tenant=one.code, type=EventType.MODEL_PROMOTED, object_id=model, at=work.at))
