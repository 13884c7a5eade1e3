"""Which score cards are there, and what do they say of an enterprise's facts?

`points(facts_of(values), on=as_of)` answers for the official 100-point card; `values` are features by name. Other
cards: `innovative_sme_card`, `high_tech_card`, and `innovation_cards` by stage, whose weights are not official.
"""

from collections.abc import Mapping
from datetime import date

from features.cards import scorecard
from features.cards.high_tech import high_tech_card
from features.cards.innovation_points import innovation_cards
from features.cards.innovative_sme import innovative_sme_card
from features.cards.scorecard import ItemPoints, LimitCheck, ScoreCard, ScoreCardResult, load_card
from features.cards.tech_sme import LIMITED, READS, facts_of, tech_sme_card

__all__ = [
    "LIMITED",
    "READS",
    "ItemPoints",
    "LimitCheck",
    "ScoreCard",
    "ScoreCardResult",
    "facts_of",
    "high_tech_card",
    "innovation_cards",
    "innovative_sme_card",
    "load_card",
    "points",
    "tech_sme_card",
]


def points(facts: Mapping[str, float], *, on: date, card: ScoreCard | None = None) -> ScoreCardResult:
    """Return a card's points for facts by indicator name; the official 100-point card unless another is given.

    Raises NotInForce before the card's first day.
    """
    return scorecard.points(facts, on=on, card=card or tech_sme_card())
