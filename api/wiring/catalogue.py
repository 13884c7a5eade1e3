"""What do the declarations of features and models say to a reader?"""

from pathlib import Path

from api.catalogue_desk import Catalogue, CatalogueFeature, CatalogueModel
from api.wiring.champions import ShelvedChampions
from data.spec.table import GROUP_LABELS
from data.spec.tables import TABLES
from features.catalogue import FEATURES
from features.spec import Feature
from features.telling import tell

CARDS = ("application", "behaviour")


class DeclaredCatalogue:
    """Read features from their declarations and models from their cards."""

    def __init__(self, shelf: Path) -> None:
        self._champions = ShelvedChampions(shelf)

    def read(self) -> Catalogue:
        """Return every feature, parts of others among them, and the model that answers for each card."""
        features = tuple(map(_feature, FEATURES.values()))
        models = tuple(model for card in CARDS if (model := self._model(card)) is not None)
        return Catalogue(features=features, models=models)

    def _model(self, card: str) -> CatalogueModel | None:
        live = self._champions.champion(card)
        if live is None:
            return None
        name, _, described = live
        return CatalogueModel(
            id=name,
            card=card,
            label=CARD_LABELS[card],
            horizon_months=described.purpose.horizon_months,
            trained_on=described.created_on,
            demonstration=described.purpose.demonstration,
            features=tuple(feature.name for feature in described.features),
        )


CARD_LABELS = {"application": "申请卡", "behaviour": "行为卡"}


def _feature(feature: Feature) -> CatalogueFeature:
    return CatalogueFeature(
        name=feature.name,
        label=feature.label,
        unit=feature.unit,
        group=feature.group,
        group_label=GROUP_LABELS[feature.group],
        direction=int(feature.direction),
        reason=feature.reason,
        absence=feature.absence,
        how=tell(feature),
        inputs=tuple(each.name for each in feature.inputs),
        lists=tuple(TABLES[name].label if name in TABLES else name for name in feature.tables),
        cards=tuple(feature.cards),
        fingerprint=feature.fingerprint,
    )
