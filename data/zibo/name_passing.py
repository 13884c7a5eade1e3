"""Which names pass from an enterprise that is gone to one founded later?"""

from dataclasses import replace

import numpy as np
import pandas as pd

from data.zibo.draws import members
from data.zibo.plan import Bools, add_days, year_of
from data.zibo.world import World

PAIRS = 12
PAUSE_DAYS = 90
COUNTED_YEARS = (2022, 2024)
"""Certificates of these years may be in force on the letter's day, and are counted by name."""


def counted(certificates: pd.DataFrame) -> Bools:
    """Tell which certificates the letter's figure may count."""
    years = year_of(certificates["issued_on"].to_numpy().astype("M8[D]"))
    return np.asarray((years >= COUNTED_YEARS[0]) & (years <= COUNTED_YEARS[1]))


def pass_names_on(world: World, certificates: pd.DataFrame) -> World:
    """Give some enterprises the name of one that was deregistered before they were founded.

    Those with certificates come first, so that lists that say only names tell of both; an enterprise whose
    certificates the letter counts keeps its own name. Adds to people `name_taken_from`, a place or -1.
    """
    rng = world.plan.rng("name_passing")
    holders = np.bincount(certificates["firm"], minlength=world.count) > 0
    in_figure = np.isin(np.arange(world.count), certificates["firm"][counted(certificates)])
    own = world.is_firm & world.people["former_name"].isna().to_numpy()
    young = own & ~in_figure & (world.founded_on >= np.datetime64("2018-01-01"))
    heirs = members(rng, young * (0.01 + holders), world.plan.scaled(PAIRS))
    gone = add_days(world.latent.exits_on, PAUSE_DAYS)
    taken = np.full(world.count, -1)
    names = world.people["name"].to_numpy(dtype=object, copy=True)
    for heir in heirs[np.argsort(world.founded_on[heirs], kind="stable")].tolist():
        able = own & (gone < world.founded_on[heir]) & ~np.isin(np.arange(world.count), taken)
        found = members(rng, able * (0.01 + holders), 1)
        if found.size:
            taken[heir], names[heir] = found[0], names[found[0]]
    return replace(world, people=world.people.assign(name=names, name_taken_from=taken))
