"""What has been drawn so far, for those who draw the evidence that follows from it?"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from data.zibo.entries import alive, draw_entries
from data.zibo.firms import found_enterprises
from data.zibo.lending import Town, draw_applications
from data.zibo.loans import draw_loans
from data.zibo.plan import NOT_YET, YEARS, Bools, Days, Floats, Ints, Plan
from data.zibo.quality import Latent, draw_latent

FIRST_BOOK_YEAR = YEARS[0] - 2


@dataclass(frozen=True, kw_only=True)
class World:
    """Hold the population, its latent quality, its credit and its accounts.

    Shapes: `people` has one row per enterprise; `default_on` is each enterprise's first default or NOT_YET.
    """

    plan: Plan
    people: pd.DataFrame
    latent: Latent
    entries: dict[int, Ints]
    applications: pd.DataFrame
    loans: pd.DataFrame
    default_on: Days

    @property
    def town(self) -> Town:
        """Return the part that lending was drawn from."""
        return Town(plan=self.plan, people=self.people, latent=self.latent, entries=self.entries)

    @property
    def count(self) -> int:
        """Return the number of enterprises, institutions among them."""
        return len(self.people)

    @cached_property
    def is_firm(self) -> Bools:
        """Tell firms from institutions."""
        return np.asarray(~self.people["institution"].to_numpy(dtype=bool))

    @cached_property
    def founded_on(self) -> Days:
        """Return the days of founding."""
        return np.asarray(self.people["founded_on"].to_numpy().astype("M8[D]"))

    @cached_property
    def size(self) -> Floats:
        """Return log revenue (10,000 yuan) as it was in 2017."""
        return np.asarray(self.people["size"].to_numpy(dtype=float))

    @cached_property
    def borrowers(self) -> Ints:
        """Return the places of enterprises that ever asked for credit."""
        return np.unique(self.applications["firm"].to_numpy())

    @cached_property
    def log_revenue(self) -> dict[int, Floats]:
        """Return each year's log revenue (10,000 yuan): growth follows quality."""
        rng = self.plan.rng("revenue")
        level = self.size + rng.normal(0, 0.05, self.count)
        path: dict[int, Floats] = {}
        for year in range(FIRST_BOOK_YEAR, YEARS[-1] + 1):
            level = level + 0.035 + 0.095 * self.latent.yearly(year) + rng.normal(0, 0.09, self.count)
            path[year] = level.copy()
        return path

    def alive(self, when: np.datetime64) -> Bools:
        """Tell which enterprises exist on a day."""
        return alive(self.people, self.latent.exits_on, when)


def draw_world(plan: Plan) -> World:
    """Draw population, quality, credit and defaults of a city."""
    people = found_enterprises(plan)
    latent = draw_latent(plan, people)
    entries = draw_entries(plan, people, latent)
    town = Town(plan=plan, people=people, latent=latent, entries=entries)
    applications, loans = draw_loans(town, draw_applications(town))
    default_on = np.full(len(people), NOT_YET)
    np.minimum.at(default_on, loans["firm"].to_numpy(), loans["default_on"].to_numpy().astype("M8[D]"))
    return World(
        plan=plan,
        people=people,
        latent=latent,
        entries=entries,
        applications=applications,
        loans=loans,
        default_on=default_on,
    )
