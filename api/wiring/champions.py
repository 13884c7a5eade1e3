"""Which model answers for a card now?"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from threading import Lock

from features.catalogue import FEATURES
from models.card import ModelCard
from models.fitted import Model
from models.refusals import FeatureMismatch, ModelUnknown
from models.register import Register
from models.woe import WoeScorecard

Live = tuple[str, Model, ModelCard]


class ShelvedChampions:
    """Know the champions of a shelf; a model is read once and again only when another is promoted."""

    def __init__(self, shelf: Path) -> None:
        self._register = Register(shelf)
        self._loaded: dict[str, tuple[str, Live]] = {}
        self._past: dict[str, Live | None] = {}
        self._loading = Lock()

    def load(self, name: str) -> tuple[Model, ModelCard]:
        """Return any model that ever answered, by name, whatever the catalogue says today.

        Raises ModelUnknown, ModelDamaged.
        """
        return self._register.load(name)

    def baseline(self, name: str) -> WoeScorecard | None:
        """Return the simpler card that stands beside a model; None where there is none; raise ModelDamaged."""
        return self._register.baseline(name)

    def champion(self, card: str) -> Live | None:
        """Return the champion's name, the model and its card; None where none was ever promoted.

        Raises ModelDamaged or FeatureMismatch where the champion cannot be trusted: nothing then answers for it.
        """
        try:
            promotion = self._register.champion(card)
        except ModelUnknown:
            return None
        with self._loading:
            seal, live = self._loaded.get(card, ("", None))
            if live is None or seal != promotion.seal:
                live = self._load(card, promotion.model)
                self._loaded[card] = (promotion.seal, live)
        return live

    def champion_on(self, card: str, day: date) -> Live | None:
        """Return the model that answered on a day.

        None where none did, where it is gone from the shelf, or where a feature it reads means something else today.
        Raises ModelDamaged.
        """
        promotion = self._register.champion_on(card, day)
        if promotion is None:
            return None
        with self._loading:
            if promotion.seal not in self._past:
                self._past[promotion.seal] = self._load_past(promotion.model, promotion.seal)
            return self._past[promotion.seal]

    def _load_past(self, name: str, seal: str) -> Live | None:
        try:
            if self._register.card(name)[0] != seal:
                return None
            model, described = self._register.load(name, fingerprints=_declared())
        except (ModelUnknown, FeatureMismatch):
            return None
        return name, model, described

    def _load(self, card: str, name: str) -> Live:
        model, described = self._register.load_champion(card, fingerprints=_declared())
        return name, model, described


def _declared() -> Mapping[str, str]:
    """Return what every feature means today."""
    return {feature.name: feature.fingerprint for feature in FEATURES.values()}
