"""How sound is each enterprise in each month, and when does it fail?

Latent, and never written among the lists: a lasting part, a part that wanders from month to month, and a
part that shows in no list but that a bank's officer partly sees.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.zibo.draws import chance, members
from data.zibo.plan import (
    LAST_DAY,
    LATENT_MONTHS,
    LATENT_START,
    NOT_YET,
    Days,
    Floats,
    Ints,
    Plan,
    add_days,
    month_end,
    month_index,
)

LASTING = 0.80
WANDERING = 0.61
PERSISTENCE = 0.965
"""Share of the wandering part that is left after a month: half of it after 15 months."""
PRIVATE = 0.25
STEEPNESS = 1.55
"""How fast the log of the monthly hazard falls as strength rises."""
LOG_HAZARD = -6.60
RING_WEIGHT = 0.35
STRESS_WEIGHT = 0.9
YEAR_EFFECT = {2018: 0.05, 2019: 0.05, 2020: 0.15, 2021: -0.05, 2022: 0.15, 2023: 0.15, 2024: 0.2, 2025: 0.3}
NOTICE_DAYS = 420.0
"""Mean time until a bank notices by itself that a borrower has failed."""


@dataclass(frozen=True, kw_only=True)
class Latent:
    """Hold what is true of every enterprise and known to nobody.

    Shapes: `visible`, `wandering` and `log_hazard` are (enterprises, LATENT_MONTHS); the hazard is per month and
    already contains the stress of the guarantee ring. `failed_on`, `noticed_on`, `exits_on` are days or NOT_YET.
    `ring` numbers the guarantee ring of each enterprise, -1 outside.
    """

    visible: Floats
    wandering: Floats
    private: Floats
    log_hazard: Floats
    failed_on: Days
    noticed_on: Days
    exits_on: Days
    ring: Ints

    def at(self, places: Ints, days: Days) -> Floats:
        """Return the visible quality of enterprises in the months of given days."""
        months = np.clip(month_index(days), 0, LATENT_MONTHS - 1)
        return np.asarray(self.visible[places, months])

    def yearly(self, year: int) -> Floats:
        """Return every enterprise's mean visible quality over a calendar year."""
        first = int(month_index(np.array([f"{year}-01-01"], "M8[D]"))[0])
        return np.asarray(self.visible[:, first : first + 12].mean(axis=1))


def draw_latent(plan: Plan, people: pd.DataFrame) -> Latent:
    """Draw quality month by month, then failures with contagion inside guarantee rings."""
    rng = plan.rng("quality")
    count = len(people)
    lasting, private = rng.normal(size=count), rng.normal(size=count)
    wandering = _wander(rng, count)
    visible = LASTING * lasting[:, None] + WANDERING * wandering
    ring = _rings(plan, people)
    calm = _calm_log_hazard(visible, private, ring, people)
    failed_on, log_hazard = _fail(plan.rng("failures"), calm, ring)
    noticed = add_days(failed_on, plan.rng("notice").exponential(NOTICE_DAYS, count).astype(np.int64) + 20)
    return Latent(
        visible=visible,
        wandering=wandering,
        private=private,
        log_hazard=log_hazard,
        failed_on=failed_on,
        noticed_on=np.where(failed_on < NOT_YET, noticed, NOT_YET),
        exits_on=_exits(plan.rng("exits"), people, failed_on),
        ring=ring,
    )


def _wander(rng: np.random.Generator, count: int) -> Floats:
    path = np.empty((count, LATENT_MONTHS))
    path[:, 0] = rng.normal(size=count)
    noise = np.sqrt(1 - PERSISTENCE**2)
    for month in range(1, LATENT_MONTHS):
        path[:, month] = PERSISTENCE * path[:, month - 1] + noise * rng.normal(size=count)
    return path


def _rings(plan: Plan, people: pd.DataFrame) -> Ints:
    """Bind borrowers into guarantee rings of three to seven."""
    rng = plan.rng("rings")
    weights = np.exp(people["demand"].to_numpy()) * ~people["institution"].to_numpy()
    chosen = rng.permutation(members(rng, weights, plan.scaled(330)))
    ring = np.full(len(people), -1)
    number, start = 0, 0
    while chosen.size - start >= 3:
        size = int(rng.integers(3, 8))
        ring[chosen[start : start + size]] = number
        number, start = number + 1, start + size
    return ring


def _calm_log_hazard(visible: Floats, private: Floats, ring: Ints, people: pd.DataFrame) -> Floats:
    """Return each month's log hazard before any contagion."""
    strength = visible + PRIVATE * private[:, None]
    years = 1970 + (LATENT_START + np.arange(LATENT_MONTHS)).astype("M8[Y]").astype(np.int64)
    season = np.array([YEAR_EFFECT.get(int(year), 0.0) for year in years])
    fixed = LOG_HAZARD + RING_WEIGHT * (ring >= 0) - 0.08 * (people["size"].to_numpy() - 7.6)
    log_hazard = fixed[:, None] + season[None, :] - STEEPNESS * strength
    born = month_index(people["founded_on"].to_numpy().astype("M8[D]"))
    log_hazard[np.arange(LATENT_MONTHS)[None, :] < born[:, None] + 12] = -20.0
    log_hazard[people["institution"].to_numpy()] = -20.0
    return np.asarray(log_hazard)


def _fail(rng: np.random.Generator, calm: Floats, ring: Ints) -> tuple[Days, Floats]:
    """Draw failures from 2017 on; a failure strains the rest of its ring for two years."""
    count = calm.shape[0]
    log_hazard = calm.copy()
    failed_on = np.full(count, NOT_YET)
    strained_until = np.full(int(ring.max()) + 2, -1)
    start = int(month_index(np.array(["2017-01-01"], "M8[D]"))[0])
    for month in range(start, LATENT_MONTHS):
        log_hazard[:, month] += STRESS_WEIGHT * ((ring >= 0) & (strained_until[ring] >= month))
        falls = chance(rng, 1 - np.exp(-np.exp(log_hazard[:, month])), count) & (failed_on == NOT_YET)
        last = month_end(np.full(count, month))
        failed_on[falls] = add_days(last, np.asarray(-rng.integers(0, 28, count)))[falls]
        rings = ring[falls]
        strained_until[rings[rings >= 0]] = month + 24
    return failed_on, log_hazard


def _exits(rng: np.random.Generator, people: pd.DataFrame, failed_on: Days) -> Days:
    """Draw the days of deregistration: some failed firms later, a few sound ones by choice."""
    count = len(people)
    later = add_days(failed_on, rng.integers(560, 1500, count))
    after_failure = np.where(chance(rng, 0.55, count) & (failed_on < NOT_YET), later, NOT_YET)
    by_choice = add_days(
        np.full(count, np.datetime64("2017-06-01")), (rng.exponential(1.0, count) * 50_000).astype(int)
    )
    by_choice = np.where(failed_on < NOT_YET, NOT_YET, by_choice)
    young = people["founded_on"].to_numpy().astype("M8[D]") > by_choice - np.timedelta64(900, "D")
    exits = np.minimum(after_failure, np.where(young, NOT_YET, by_choice))
    exits[people["institution"].to_numpy()] = NOT_YET
    return np.where(exits > LAST_DAY, NOT_YET, exits)
