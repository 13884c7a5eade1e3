"""Which model on the shelf answers for each card, and which did before?"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from models.card import ModelCard
from models.fitted import Model
from models.refusals import ModelDamaged, ModelUnknown
from models.shelf import canonical, load, opened, read_card, replace_durably, save, seal_of, sealed
from models.woe import WoeScorecard

POINTER = "champion.json"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True)
class Promotion:
    """Record that a model became champion: by whose word, when, and of which exact content."""

    model: str
    seal: str
    by: str
    at: str
    reason: str


@dataclass(frozen=True)
class Register:
    """Keep models in one directory each and a pointer that names the champion of each card.

    Only the pointer ever changes, by one atomic replacement; a model is never overwritten. Writers come one at a time
    (the unit of work that also writes the audit event sees to it).
    """

    root: Path

    def names(self) -> list[str]:
        """Return the names of the models on the shelf."""
        if not self.root.is_dir():
            return []
        return sorted(path.name for path in self.root.iterdir() if path.is_dir() and _NAME.fullmatch(path.name))

    def shelve(self, model: Model, card: ModelCard) -> str:
        """Put a model on the shelf under its card's name as a candidate; return its seal.

        Raises ModelExists, ModelUnknown where the name cannot be a directory's.
        """
        return save(model, card, self.place_of(card.name))

    def load(self, name: str, *, fingerprints: Mapping[str, str] | None = None) -> tuple[Model, ModelCard]:
        """Read one model by name.

        Raises ModelUnknown, ModelDamaged, FeatureMismatch.
        """
        return load(self.place_of(name), fingerprints=fingerprints)

    def card(self, name: str) -> tuple[str, ModelCard]:
        """Return a model's seal and card; no tree is built. Raises ModelUnknown, ModelDamaged."""
        return read_card(self.place_of(name))

    def load_champion(self, card: str, *, fingerprints: Mapping[str, str] | None = None) -> tuple[Model, ModelCard]:
        """Read the model that answers for a card.

        Raises ModelUnknown where none was promoted, or where the one on the shelf is not the one promoted;
        ModelDamaged, FeatureMismatch.
        """
        promotion = self.champion(card)
        if seal_of(self.place_of(promotion.model)) != promotion.seal:
            raise ModelUnknown(f"模型 {promotion.model} 已不是当初启用的版本。", help="请重新启用一个模型。")
        return self.load(promotion.model, fingerprints=fingerprints)

    def champion(self, card: str) -> Promotion:
        """Return the promotion in force for a card.

        Raises ModelUnknown where there is none, ModelDamaged where the pointer was changed by hand.
        """
        course = self.course(card)
        if not course:
            raise ModelUnknown(f"评分卡 {card} 还没有启用的模型。", help="请先训练并启用一个模型。")
        return course[-1]

    def course(self, card: str) -> list[Promotion]:
        """Return the promotions that a roll-back can return to, the one in force last."""
        return self._courses().get(card, [])

    def champion_on(self, card: str, day: date) -> Promotion | None:
        """Return the promotion that was in force at the end of a day; None where none was.

        One that was rolled back is forgotten: what answered then is told by each answer's own receipt.
        """
        before = [one for one in self.course(card) if datetime.fromisoformat(one.at).date() <= day]
        return before[-1] if before else None

    def promote(self, card: str, name: str, *, by: str, at: datetime, reason: str) -> Promotion:
        """Make a model the champion of a card after proving that its files are whole and that it may be.

        Raises ModelUnknown, ModelDamaged; CardMismatch where it was trained for another card; ModelNotLive where it
            was trained on too few defaulted firms.
        """
        _, its = self.load(name)
        its.check_card(card)
        its.check_live()
        promotion = Promotion(name, seal_of(self.place_of(name)), by, at.isoformat(), reason)
        self._write(card, [*self.course(card), promotion])
        return promotion

    def roll_back(self, card: str) -> Promotion:
        """Return to the champion before this one.

        Raises ModelUnknown where there was none before, or it is gone from the shelf.
        """
        course = self.course(card)
        if len(course) < 2:
            raise ModelUnknown(f"评分卡 {card} 没有可退回的模型。")
        seal_of(self.place_of(course[-2].model))
        self._write(card, course[:-1])
        return course[-2]

    def keep_baseline(self, name: str, scorecard: WoeScorecard) -> None:
        """Stand a simpler card beside a model, in the place of one that stood there.

        Raises ModelUnknown, ModelDamaged.
        """
        values = {"model": seal_of(self.place_of(name)), "scorecard": json.loads(scorecard.to_json())}
        replace_durably(self._beside(name), canonical(sealed(values)))

    def baseline(self, name: str) -> WoeScorecard | None:
        """Return the card that stands beside a model; None where there is none.

        Raises ModelDamaged where it was changed, or stands beside another model of this name.
        """
        path = self._beside(name)
        if not path.exists():
            return None
        values = opened(path.read_bytes(), f"对照评分卡 {path.name} ")
        if values["model"] != seal_of(self.place_of(name)):
            raise ModelDamaged(f"对照评分卡 {path.name} 不属于这一模型。", help="请重新运行 lukeping compare --keep。")
        return WoeScorecard.from_json(json.dumps(values["scorecard"]))

    def _beside(self, name: str) -> Path:
        return self.place_of(name).with_name(f"{name}.woe.json")

    def place_of(self, name: str) -> Path:
        """Return a model's directory.

        Raises ModelUnknown where the name could lead out of the shelf.
        """
        if not _NAME.fullmatch(name):
            raise ModelUnknown(f"模型名称无效：{name!r}。", help="请用字母、数字、点、横线或下划线。")
        return self.root / name

    def _courses(self) -> dict[str, list[Promotion]]:
        path = self.root / POINTER
        if not path.exists():
            return {}
        cards = opened(path.read_bytes(), "启用记录 champion.json ")["cards"]
        if not isinstance(cards, dict):
            raise ModelUnknown("启用记录的格式不认识。", help="请从备份恢复。")
        return {card: [Promotion(**one) for one in course] for card, course in cards.items()}

    def _write(self, card: str, course: list[Promotion]) -> None:
        cards = self._courses() | {card: course}
        plain = {name: [vars(one) for one in line] for name, line in cards.items()}
        replace_durably(self.root / POINTER, canonical(sealed({"cards": plain})))
