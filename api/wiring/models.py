"""Which models stand on the shelf, and which of them answer?"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from api.model_desk import MeasuredFigure, MeasuredOn, ModelStatus, ScaleGrade, ShelvedModel
from api.wiring.catalogue import CARD_LABELS
from models.card import ModelCard
from models.measures import Metrics
from models.refusals import ModelDamaged
from models.register import Register
from risk.grade import points_by_grade, read_master_scale

FIGURES = {
    "auc": "AUC",
    "ks": "KS",
    "brier": "Brier 分数",
    "log_loss": "对数损失",
    "calibration_slope": "校准斜率",
    "calibration_intercept": "校准截距",
}
SETS = {
    "out_of_fold": "样本外（按企业分折）",
    "out_of_time": "时间外",
    "out_of_time_new_firms": "时间外：新企业",
    "out_of_time_known_firms": "时间外：已见过的企业",
}
ANCHOR_LABELS = {"observed": "观察值", "assumed": "假设值"}


class Shelf:
    """Tell models from their cards; no tree is built for it."""

    def __init__(self, root: Path) -> None:
        self._register = Register(root)

    def list_models(self) -> Sequence[ShelvedModel]:
        """Return every model whose files are whole, by name."""
        return tuple(self._whole())

    def _whole(self) -> Iterator[ShelvedModel]:
        for name in self._register.names():
            with suppress(ModelDamaged):
                yield self._told(name)

    def read_model(self, id: str) -> ShelvedModel | None:
        """Return one model; None where none bears the name."""
        return self._told(id) if id in self._register.names() else None

    def _told(self, name: str) -> ShelvedModel:
        seal, card = self._register.card(name)
        purpose, anchor = card.purpose, card.purpose.anchor
        told = "" if anchor is None else f"{anchor.population} {anchor.years}，{ANCHOR_LABELS[anchor.status]}"
        return ShelvedModel(
            id=name,
            seal=seal,
            status=self._status(name, seal, card),
            card=purpose.card,
            label=CARD_LABELS.get(purpose.card, purpose.card),
            horizon_months=purpose.horizon_months,
            label_definition=purpose.label_definition,
            trained_on=card.created_on,
            demonstration=purpose.demonstration,
            live_use=card.live_use,
            rows=card.rows,
            defaults=card.defaults,
            defaulted_firms=card.defaulted_firms,
            base_rate=card.base_rate,
            anchor=told,
            measured=tuple(_measured(card)),
            grades=_grades(card),
            features=tuple(one.name for one in card.features),
            findings=tuple(finding.message for finding in card.findings),
        )

    def _status(self, name: str, seal: str, card: ModelCard) -> ModelStatus:
        promoted = [(one.model, one.seal) for one in self._register.course(card.purpose.card)]
        if promoted[-1:] == [(name, seal)]:
            return ModelStatus.CHAMPION
        return ModelStatus.RETIRED if (name, seal) in promoted else ModelStatus.SHELVED


def _measured(card: ModelCard) -> Iterator[MeasuredOn]:
    later = card.report.out_of_time
    sets = {
        "out_of_fold": card.report.out_of_fold,
        "out_of_time": later.metrics if later else None,
        "out_of_time_new_firms": later.new_firms if later else None,
        "out_of_time_known_firms": later.known_firms if later else None,
    }
    for name, metrics in sets.items():
        if metrics is not None:
            figures = tuple(_figure(figure, metrics) for figure in FIGURES)
            yield MeasuredOn(name=name, label=SETS[name], rows=metrics.rows, defaults=metrics.defaults, figures=figures)


def _figure(name: str, metrics: Metrics) -> MeasuredFigure:
    kept = metrics.to_json()
    return MeasuredFigure(
        name=name, label=FIGURES[name], value=kept[name], low=kept.get(f"{name}_low"), high=kept.get(f"{name}_high")
    )


def _grades(card: ModelCard) -> tuple[ScaleGrade, ...]:
    table = points_by_grade(read_master_scale(card.created_on), card.scale)
    return tuple(ScaleGrade(**vars(grade)) for grade in table)
