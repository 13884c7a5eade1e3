"""How is a model trained from the doors?"""

from datetime import date, datetime
from pathlib import Path

from api.desks import TrainingSummary
from api.wiring.acting import as_bureau, person
from api.wiring.catalogue import CARD_LABELS
from data.spec.access import BUREAU
from data.spec.access import Purpose as Reading
from data.spec.audit import Action, AuditEvent
from data.spec.progress import Progress
from data.store import Store
from models.card import ModelCard, Purpose, card_of
from models.measures import Metrics
from models.refusals import ModelUnknown
from models.register import Register
from models.retraining import Trained, build_training_set, fit_card, outcome_notes

SEED = 0
LABEL = "企业任一贷款逾期超过90天、次级及以下、代偿、核销、转让或困境重组，以最先发生者为准（models/label_rule.yaml）"


class Training:
    """Train on one store and shelve."""

    def __init__(self, store: Store, shelf: Path) -> None:
        self._store, self._register = store, Register(shelf)

    def train(self, *, card: str, as_of: date, at: datetime, progress: Progress) -> TrainingSummary:
        """Train a card's model on what was known before as_of, shelve it, and promote it where that is due.

        The store is read first and written last, so that no other writer waits for the fit.
        """
        access = as_bureau(at, purpose=Reading.TRAINING)
        with self._store.work(at=at, read_only=True) as work:
            training = build_training_set(work, card=card, as_of=as_of, access=access, progress=progress)
        trained = fit_card(training, seed=SEED, progress=progress)
        progress.stage("上架", 1)
        described = card_of(
            trained.model, self._purpose(card, trained), name=self._name(card, as_of), created_on=at.date()
        )
        promoted = self._shelve(trained, described, at=at)
        progress.advance()
        return _summary(described, trained, promoted=promoted)

    def _purpose(self, card: str, trained: Trained) -> Purpose:
        return Purpose(
            card=card,
            label_definition=LABEL,
            horizon_months=trained.horizon_months,
            as_of_days=trained.spine_days,
            fingerprints={feature.name: feature.fingerprint for feature in trained.features},
            demonstration=self._store.demonstration,
        )

    def _name(self, card: str, as_of: date) -> str:
        """Name the next model of the card and day: a model on the shelf is never overwritten."""
        stem = f"{card}-{as_of:%Y%m%d}"
        taken = [name for name in self._register.names() if name.startswith(stem)]
        return f"{stem}-{len(taken) + 1}"

    def _shelve(self, trained: Trained, described: ModelCard, *, at: datetime) -> bool:
        """Shelve the model and promote it where nothing real is at stake, or nothing answers yet."""
        name, card = described.name, described.purpose.card
        due = self._store.demonstration or (described.live_use and not self._has_champion(card))
        with self._store.work(at=at) as work:
            self._register.shelve(trained.model, described)
            work.record(_event(Action.MODEL_TRAINED, name, at))
            if due:
                self._register.promote(card, name, by=person(), at=at, reason="训练后启用")
                work.record(_event(Action.MODEL_PROMOTED, name, at))
            work.commit()
        return due

    def _has_champion(self, card: str) -> bool:
        try:
            self._register.champion(card)
        except ModelUnknown:
            return False
        return True


def _event(action: Action, name: str, at: datetime) -> AuditEvent:
    return AuditEvent(tenant=BUREAU, actor=person(), action=action, object_id=name, at=at)


def _summary(described: ModelCard, trained: Trained, *, promoted: bool) -> TrainingSummary:
    report, purpose = trained.model.report, described.purpose
    later = (
        {f"out_of_time_{name}": value for name, value in _told(report.out_of_time.metrics).items()}
        if report.out_of_time
        else {}
    )
    return TrainingSummary(
        model_id=described.name,
        card=purpose.card,
        label=CARD_LABELS[purpose.card],
        rows=described.rows,
        defaults=described.defaults,
        demonstration=purpose.demonstration,
        metrics={**_told(report.out_of_fold), **{f"out_of_time_{name}": value for name, value in later.items()}},
        notes=(
            *outcome_notes(trained.outcomes),
            f"选用 {len(trained.features)} 项指标；违约概率的期限 {purpose.horizon_months} 个月",
            *(finding.message for finding in described.findings),
            "已启用" if promoted else "已上架，尚未启用：启用是另一项须留痕的决定",
        ),
    )


def _told(metrics: Metrics) -> dict[str, float]:
    return {name: value for name, value in metrics.to_json().items() if name in TOLD}


TOLD = ("auc", "auc_low", "auc_high", "ks", "brier", "calibration_slope", "calibration_intercept")
"""The figures that a reader of the terminal wants; the model's card has them all."""
