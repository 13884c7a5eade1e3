"""In which stage is an enterprise, by its revenue?"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from data.spec.dated import ParameterSet

Numbers = npt.NDArray[np.float64]


@cache
def peer_numbers(on: date) -> Mapping[str, float]:
    """Return the numbers of features/tables/peers.yaml in force on a day; raise NotInForce."""
    text = resources.files(__package__).joinpath("peers.yaml").read_text(encoding="utf-8")
    return {name: float(value) for name, value in ParameterSet.parse(text).numbers(on).items()}


def stage_of(revenue: Numbers, on: date) -> Numbers:
    """Return the place in data.spec.tables.derived.STAGES of each yearly revenue in yuan, NaN where it is unknown."""
    numbers = peer_numbers(on)
    startup = np.where(revenue < numbers["startup_revenue_below"], 0.0, 1.0)
    return np.where(np.isnan(revenue), np.nan, np.where(revenue >= numbers["stable_revenue_from"], 2.0, startup))
