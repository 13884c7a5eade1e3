"""Which thresholds of 高新技术企业认定 does an enterprise reach, as far as the lists tell?"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from features.cards.scorecard import ScoreCard, load_card

READS = (
    "profile_age_years",
    "patent_inventions_held",
    "patent_class_one_rights",
    "patent_utilities_held",
    "patent_software_rights",
    "rnd_staff_share_ratio_2y",
    "rnd_intensity_3y",
    "operations_revenue_latest_2y",
    "operations_high_tech_income_ratio_2y",
)
"""The features whose values make the card's facts."""


@cache
def high_tech_card() -> ScoreCard:
    """Return the card of thresholds, read once."""
    return load_card("high_tech")


def facts(read: Mapping[str, Any], *, on: date) -> dict[str, Any]:
    """Return the card's facts from values, or arrays of values, of the features in READS.

    The least R&D intensity depends on the latest year's revenue; where that is unknown, so is the item.
    """
    numbers = {name: float(each.on(on).value or 0) for name, each in high_tech_card().parameters.items()}
    revenue, intensity = read["operations_revenue_latest_2y"], read["rnd_intensity_3y"]
    small, medium = revenue <= numbers["small_revenue"], revenue <= numbers["medium_revenue"]
    large = revenue > numbers["medium_revenue"]
    return {
        "age_years": read["profile_age_years"],
        "rights": read["patent_inventions_held"]
        + read["patent_class_one_rights"]
        + read["patent_utilities_held"]
        + read["patent_software_rights"],
        "tech_staff_share": read["rnd_staff_share_ratio_2y"],
        "rnd_to_sales_small": np.where(small, intensity, np.nan),
        "rnd_to_sales_medium": np.where(medium & ~np.asarray(small), intensity, np.nan),
        "rnd_to_sales_large": np.where(large, intensity, np.nan),
        "high_tech_income_share": read["operations_high_tech_income_ratio_2y"],
    }
