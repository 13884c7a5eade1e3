"""Which official score cards are there, and what do they say of an enterprise's facts?

`points(facts_of(values), on=as_of)` answers for the 100-point card; `values` are features by name.
"""

from collections.abc import Mapping
from datetime import date

from features.cards import scorecard
from features.cards.scorecard import ItemPoints, ScoreCard, ScoreCardResult, load_card
from features.cards.tech_sme import READS, facts_of, tech_sme_card

__all__ = ["READS", "ItemPoints", "ScoreCard", "ScoreCardResult", "facts_of", "load_card", "points", "tech_sme_card"]


def points(facts: Mapping[str, float], *, on: date, card: ScoreCard | None = None) -> ScoreCardResult:
    """Return a card's points for facts by indicator name; the official 100-point card unless another is given.

    Raises NotInForce before the card's first day.
    """
    return scorecard.points(facts, on=on, card=card or tech_sme_card())
