"""What would the official 100-point evaluation of 科技型中小企业 give an enterprise?

R&D staff stand for 科技人员, and every right in force for one tied to the main product: the lists say no
more. So the total is an estimate from what is known, not the bureau's own evaluation.
"""

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

from features.cards.scorecard import ScoreCard, load_card

READS = (
    "rnd_staff_share_ratio_2y",
    "rnd_intensity_2y",
    "rnd_cost_share_ratio_2y",
    "patent_inventions_held",
    "patent_class_one_rights",
    "patent_utilities_held",
    "patent_software_rights",
)
"""The features whose values make the card's points."""

LIMITED: Mapping[str, str] = {
    "staff": "profile_staff_latest",
    "revenue": "operations_revenue_latest_2y",
    "assets": "operations_assets_latest_2y",
    "abnormal_listings": "conduct_abnormal_held",
    "serious_listings": "conduct_serious_held",
}
"""The feature that says what each limit is held against."""


@cache
def tech_sme_card() -> ScoreCard:
    """Return the official 100-point card, read once."""
    return load_card("tech_sme_100")


def facts(read: Mapping[str, Any]) -> dict[str, Any]:
    """Return the card's facts from values, or arrays of values, of the features in READS."""
    return {
        "tech_staff_share": read["rnd_staff_share_ratio_2y"],
        "rnd_to_sales": read["rnd_intensity_2y"],
        "rnd_to_cost": read["rnd_cost_share_ratio_2y"],
        "class_one_rights": read["patent_inventions_held"] + read["patent_class_one_rights"],
        "class_two_rights": read["patent_utilities_held"] + read["patent_software_rights"],
    }


def facts_of(values: Mapping[str, float]) -> dict[str, float]:
    """Return the card's facts, limits among them, from the values of features; what is absent is unknown."""
    points = facts({name: float(values.get(name, math.nan)) for name in READS})
    return points | {name: float(values.get(feature, math.nan)) for name, feature in LIMITED.items()}
