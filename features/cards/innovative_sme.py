"""What would the official evaluation of 创新型中小企业 give an enterprise, as far as the lists tell?"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from features.cards.scorecard import ScoreCard, load_card

READS = (
    "patent_inventions_held",
    "patent_class_one_rights",
    "patent_utilities_held",
    "patent_software_rights",
    "rnd_intensity_2y",
    "operations_revenue_growth_3y",
    "operations_leverage_ratio_2y",
)
"""The features whose values make the card's facts."""


@cache
def innovative_sme_card() -> ScoreCard:
    """Return the card of six indicators, read once."""
    return load_card("innovative_sme_100")


def facts(read: Mapping[str, Any]) -> dict[str, Any]:
    """Return the card's facts from values, or arrays of values, of the features in READS.

    Which rights are of high value or of one's own making, whether the product is of a strategic industry and what
    the main business brings in, no list tells: these stay unknown.
    """
    return {
        "class_one_rights": read["patent_inventions_held"] + read["patent_class_one_rights"],
        "class_two_rights": read["patent_utilities_held"] + read["patent_software_rights"],
        "rnd_to_sales": read["rnd_intensity_2y"],
        "revenue_growth": read["operations_revenue_growth_3y"],
        "leverage": read["operations_leverage_ratio_2y"],
    }
