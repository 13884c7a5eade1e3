"""What is a row's contribution measured against: the population, rows at a cut-off, rows of its peers?"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import TypeAdapter

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Profile:
    """Hold what rows contribute on average, and what is usual among them; tuples follow the model's columns.

    `means` and `log_odds` are calibrated log-odds, `log_odds` the rows' mean. `medians` are of known values, `shares`
    the part of known values above zero; None where too few firms have one to say so.
    """

    firms: int
    log_odds: float
    means: tuple[float, ...]
    medians: tuple[float | None, ...]
    shares: tuple[float | None, ...]


@dataclass(frozen=True)
class Background:
    """Hold all that reasons need beside the trees, worked out from the training rows and kept with the model.

    `ladder` holds parts of the rows from the least risk to the most. `peers` are profiles by a key of the caller's.
    `ties` name columns that are told together. `signs` give for each column the share of refits in which its effect has
    the commoner sign, with that sign (0: none). `steady` is the share from which a sign may be told.
    """

    population: Profile
    ladder: tuple[Profile, ...]
    peers: Mapping[str, Profile]
    ties: tuple[tuple[str, ...], ...]
    signs: tuple[float, ...]
    steady: float
    stage_years: tuple[float, ...] = ()

    @cached_property
    def digest(self) -> str:
        """Return the sha256 of all of it."""
        return hashlib.sha256(TypeAdapter(Background).dump_json(self)).hexdigest()

    def at(self, log_odds: float) -> Profile | None:
        """Return what rows at these log-odds contribute on average, from the steps of the ladder next to them.

        Between two steps a straight line leads from one to the other; beyond the last it goes on as the whole ladder
        does. So the means rise with the log-odds by exactly as much. Medians are the nearest step's. None where all
        rows have the same log-odds.
        """
        steps = self.ladder
        if len(steps) < 2:
            return None
        after = next((place for place, step in enumerate(steps) if step.log_odds >= log_odds), len(steps))
        inside = 0 < after < len(steps)
        low, high = (steps[after - 1], steps[after]) if inside else (steps[0], steps[-1])
        share = (log_odds - low.log_odds) / (high.log_odds - low.log_odds)
        anchor = low if inside or after == 0 else high
        begin, span = np.array(anchor.means), np.array(high.means) - np.array(low.means)
        means = begin + (share if anchor is low else share - 1) * span
        near = min(steps, key=lambda step: abs(step.log_odds - log_odds))
        return Profile(near.firms, log_odds, tuple(means.tolist()), near.medians, near.shares)


def relative(contributions: pd.DataFrame, means: Numbers) -> pd.DataFrame:
    """Return contributions less the reference's, and in the base the reference's own log-odds.

    Shapes: contributions as `explain` returns them; means one row for each of its rows and one column for each before
        `base`. Every row's sum stays the same within 1e-9.
    Source: method.md 6.
    """
    names = list(contributions.columns[: means.shape[1]])
    answer = contributions.copy()
    answer[names] = contributions[names].to_numpy() - means
    answer["base"] = contributions["base"].to_numpy() + means.sum(axis=1)
    return answer
