"""How do enterprises keep the law and their word, before and after a failure?"""

import numpy as np
import pandas as pd

from data.zibo.draws import chance, days_between, either, in_time, versions
from data.zibo.plan import LAST_DAY, NOT_YET, YEARS, Ints, add_days, day
from data.zibo.world import World

RATES = {
    "administrative_penalty": (0.040, 0.35, 0.55),
    "tax_arrears": (0.030, 1.25, 0.5),
    "litigation": (0.085, 0.55, 0.0),
    "enforcement": (0.022, 1.15, 0.5),
    "abnormal_operation": (0.030, 0.95, 0.6),
    "serious_violation": (0.002, 0.9, 0.2),
    "dishonesty": (0.0025, 1.0, 0.3),
}
"""Yearly rate of an average firm, how steeply it falls with quality, share that is removed later."""

AMOUNTS = {
    "administrative_penalty": 9.6,
    "tax_arrears": 11.2,
    "litigation": 12.2,
    "enforcement": 12.4,
    "dishonesty": 13.0,
}


def conduct_rows(world: World) -> pd.DataFrame:
    """Return the records of ordinary life, then those that follow from a defaulted loan (`origin`, partly given).

    The listing day of a 失信 that follows from a loan lies before its publication (a planted trap); column `from_loan`
    marks these rows for truth/.
    """
    rng = world.plan.rng("conduct")
    parts = [_kind_year(rng, world, kind, year) for kind in RATES for year in YEARS]
    ordinary = pd.concat(parts, ignore_index=True).assign(origin=None, from_loan=False, owed=None)
    rows = pd.concat([ordinary, _after_default(rng, world)], ignore_index=True)
    rows["case_no"] = [
        f"（{year}）鲁03演{place:06d}号"
        for year, place in zip(rows["listed_on"].dt.year, rng.permutation(len(rows)), strict=True)
    ]
    known_end = add_days(rows["removed_on"].to_numpy(), rng.integers(1, 15, len(rows)))
    return versions(rows.drop(columns="owed"), ended="removed_on", known_end=known_end)


def _kind_year(rng: np.random.Generator, world: World, kind: str, year: int) -> pd.DataFrame:
    rate, slope, removed = RATES[kind]
    quality = world.latent.yearly(year)
    number = (
        rng.poisson(np.minimum(rate * np.exp(-slope * quality) * (0.55 if slope > 0.8 else 0.8), 2.5)) * world.is_firm
    )
    firm = np.repeat(np.arange(world.count), number)
    listed = days_between(rng, day(f"{year}-01-05"), day(f"{year}-12-20"), firm.size)
    there = (listed > world.founded_on[firm]) & (listed < world.latent.exits_on[firm])
    firm, listed = firm[there], listed[there]
    until = add_days(listed, rng.integers(40, 700, firm.size))
    gone = chance(rng, removed, firm.size) & (until <= LAST_DAY)
    amount = np.round(rng.lognormal(AMOUNTS.get(kind, 0.0), 0.9, firm.size), 2) if kind in AMOUNTS else np.nan
    return pd.DataFrame(
        {
            "firm": firm,
            "kind": kind,
            "listed_on": listed,
            "amount": amount,
            "removed_on": np.where(gone, until, np.datetime64("NaT")),
            "known": add_days(listed, rng.integers(0, 12, firm.size)),
        }
    )


def _after_default(rng: np.random.Generator, world: World) -> pd.DataFrame:
    """A defaulted loan that is not cured brings 被执行, then 失信, published months after the day it is dated."""
    loans = world.loans[~world.loans["cured"] & (world.loans["own_default_on"] < pd.Timestamp(NOT_YET))]
    default_on = loans["own_default_on"].to_numpy().astype("M8[D]")
    firm: Ints = loans["firm"].to_numpy()
    given = chance(rng, 0.5, len(loans))
    parts = []
    for kind, share, listed_after, known_after in (("enforcement", 0.7, 20, 45), ("dishonesty", 0.6, -40, 110)):
        told = chance(rng, share, len(loans))
        rows = pd.DataFrame(
            {
                "firm": firm,
                "kind": kind,
                "listed_on": add_days(default_on, listed_after + rng.integers(0, 15, len(loans))),
                "amount": np.round(loans["amount"].to_numpy() * rng.uniform(0.7, 1.05, len(loans)), 2),
                "removed_on": pd.NaT,
                "known": add_days(default_on, known_after + rng.integers(0, 60, len(loans))),
                "origin": either(given, loans["application_no"]),
                "from_loan": kind == "dishonesty",
                "owed": loans["loan_no"].to_numpy(),
            }
        )
        parts.append(rows[told])
    rows = pd.concat(parts, ignore_index=True)
    return in_time(rows)
