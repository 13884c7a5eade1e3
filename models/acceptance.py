"""Who accepted in writing that a model does not do equally well by every part of the city?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from data.spec.errors import Refusal
from models.card import ModelCard
from models.findings import Finding
from models.segments import GAP
from models.shelf import canonical, opened, replace_durably, sealed

BOOK = "acceptances.json"


class SegmentGapUnaccepted(Refusal):
    """A segment lies outside its bounds and too few people have accepted that in writing."""

    code = "segment-gap-unaccepted"
    status = 409


class AcceptanceUnfounded(Refusal):
    """There is nothing to accept, no reason is given, or this person has accepted already."""

    code = "acceptance-unfounded"
    status = 409


@dataclass(frozen=True)
class Acceptance:
    """Record one person's written acceptance of one model, by its exact content."""

    seal: str
    by: str
    at: str
    reason: str


@dataclass(frozen=True)
class Acceptances:
    """Keep the acceptances of a shelf in one sealed file beside the models; nothing is ever taken out of it."""

    root: Path

    def of(self, seal: str) -> list[Acceptance]:
        """Return who accepted the model of this seal, in order.

        Raises ModelDamaged where the book was changed by hand.
        """
        return [one for one in self._all() if one.seal == seal]

    def accept(self, card: ModelCard, seal: str, *, by: str, at: datetime, reason: str) -> Acceptance:
        """Write down that this person accepts the gaps of this model.

        Raises AcceptanceUnfounded where the model has no gap, the reason is empty, or the person has accepted it.
        """
        person, why = by.strip(), reason.strip()
        if not gaps_of(card):
            raise AcceptanceUnfounded(f"模型 {card.name} 没有超出区间的分群差距，无须接受。")
        if not person or not why:
            raise AcceptanceUnfounded("书面接受须写明姓名与理由。", help="请补全 --by 与 --reason。")
        if person.casefold() in {one.by.casefold() for one in self.of(seal)}:
            raise AcceptanceUnfounded(f"{person} 已接受过该模型。", help="须由另一人书面接受。")
        written = Acceptance(seal, person, at.isoformat(), why)
        replace_durably(
            self.root / BOOK, canonical(sealed({"acceptances": [vars(one) for one in [*self._all(), written]]}))
        )
        return written

    def check(self, card: ModelCard, seal: str, *, wanted: int) -> None:
        """Refuse a model with a gap that fewer than `wanted` people have accepted.

        Raises SegmentGapUnaccepted.
        Source: method.md 4.
        """
        gaps, people = gaps_of(card), self.of(seal)
        if gaps and len(people) < wanted:
            raise SegmentGapUnaccepted(
                f"模型 {card.name} 有 {len(gaps)} 处分群差距超出区间，已书面接受 {len(people)} 人，须 {wanted} 人："
                f"{gaps[0].message}",
                help=f"请先查明原因；确需启用时，由另外 {wanted - len(people)} 人各自运行 lukeping accept。",
            )

    def _all(self) -> list[Acceptance]:
        path = self.root / BOOK
        if not path.exists():
            return []
        held = opened(path.read_bytes(), f"书面接受记录 {BOOK} ")["acceptances"]
        rows: Sequence[Mapping[str, str]] = held if isinstance(held, list) else []
        return [Acceptance(**row) for row in rows]


def gaps_of(card: ModelCard) -> tuple[Finding, ...]:
    """Return the findings of segments outside their bounds that the card was shelved with."""
    return tuple(finding for finding in card.findings if finding.code == GAP)
