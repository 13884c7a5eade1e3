"""Which leakage traps are planted in the city, and which rows are they (method.md 3)?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from data.zibo.draws import chance, either, in_time, members
from data.zibo.entries import entry_numbers
from data.zibo.evidence_profile import registration_rows
from data.zibo.plan import LAST_DAY, NOT_YET, add_days, day
from data.zibo.world import World

TRAPS: Mapping[str, str] = {
    "pledged_for_this_loan": (
        "A patent is pledged for the very loan being judged, more often where it goes bad; "
        "half of the registrations name the loan."
    ),
    "revoked_after_default": (
        "A 高新技术企业 certificate is cancelled after a default, and the notice dates the cancellation before it."
    ),
    "dishonesty_from_this_loan": (
        "A 失信 listing follows from the defaulted loan, is dated before the default and published months after it."
    ),
    "backdated_list": (
        "A supplementary list of 科技型中小企业 published in October 2023 carries entry days of 2018 to 2021, "
        "mostly of survivors."
    ),
    "directory_without_dead_firms": (
        "A directory of December 2025 holds only firms that are alive and never defaulted, and says no day per row."
    ),
}
"""Every trap by name, in one sentence."""

BACKDATED_ANNOUNCED = day("2023-10-16")
BACKDATED_ROWS = 460
DIRECTORY_ANNOUNCED = day("2025-12-15")


def pledge_rows(world: World, patents: pd.DataFrame) -> pd.DataFrame:
    """Return pledges registered around the disbursement of loans secured by patents, and their release."""
    rng = world.plan.rng("pledges")
    loans = world.loans[(world.loans["security"] == "ip_pledge").to_numpy()][
        ["firm", "application_no", "applied_on", "disbursed_on", "closed_on"]
    ]
    granted = patents[patents["granted_on"] < pd.Timestamp(LAST_DAY)][["firm", "application_no", "kind", "granted_on"]]
    pairs = loans.merge(granted, on="firm", suffixes=("", "_patent"))
    pairs = pairs[pairs["granted_on"] < pairs["applied_on"]].drop_duplicates("application_no").reset_index(drop=True)
    early = add_days(pairs["applied_on"].to_numpy(), -rng.integers(4, 25, len(pairs)))
    around = add_days(pairs["disbursed_on"].to_numpy(), rng.integers(-6, 21, len(pairs)))
    pledged = np.where(chance(rng, 0.6, len(pairs)), early, around)
    rows = pd.DataFrame(
        {
            "firm": pairs["firm"],
            "application_no": pairs["application_no_patent"],
            "patent_kind": pairs["kind"],
            "event": "pledged",
            "occurred_on": pledged,
            "known": add_days(pledged, 2),
            "origin": either(chance(rng, 0.5, len(pairs)), pairs["application_no"]),
            "trap": "pledged_for_this_loan",
        }
    )
    released = add_days(pairs["closed_on"].to_numpy(), rng.integers(5, 40, len(pairs)))
    ended = rows.assign(event="released", occurred_on=released, known=add_days(released, 6), trap=None)
    return in_time(pd.concat([rows, ended], ignore_index=True))


def backdated_rows(world: World) -> pd.DataFrame:
    """Return the supplementary entries: old days, announced in 2023, mostly firms that are still sound then."""
    rng = world.plan.rng("backdated")
    survivors = (world.default_on > day("2025-06-30")) & (world.latent.exits_on == NOT_YET) & world.is_firm
    weights = np.where(survivors, 1.0, 0.02) * world.is_firm * (world.founded_on < day("2017-01-01"))
    weights[world.borrowers] *= 3.0
    places = members(rng, weights, world.plan.scaled(BACKDATED_ROWS))
    years = rng.integers(2018, 2022, places.size)
    serial = rng.choice(90_000, places.size, replace=False) + 905_000
    numbers = [entry_numbers(world.people, places[[i]], int(years[i]), serial[[i]])[0] for i in range(places.size)]
    starts = years.astype(str).astype("M8[Y]").astype("M8[D]")
    return pd.DataFrame(
        {
            "firm": places,
            "entry_no": numbers,
            "entered_on": add_days(starts, rng.integers(120, 320, places.size)),
            "valid_until": (years + 1).astype(str).astype("M8[Y]").astype("M8[D]") + np.timedelta64(89, "D"),
            "known": BACKDATED_ANNOUNCED,
            "trap": "backdated_list",
        }
    )


def directory_rows(world: World) -> pd.DataFrame:
    """Return the directory of December 2025: the register's latest row of firms that came through."""
    rows = registration_rows(world)
    latest = rows.sort_values("known", kind="stable").groupby("firm").tail(1).sort_values("firm")
    place = latest["firm"].to_numpy()
    sound = (world.latent.exits_on[place] == NOT_YET) & (world.default_on[place] == NOT_YET) & world.is_firm[place]
    staff = np.maximum(2, np.round(latest["staff"] * 1.02))
    told = latest.assign(staff=staff, known=DIRECTORY_ANNOUNCED, trap="directory_without_dead_firms")
    survivors: pd.DataFrame = told.loc[sound]
    return survivors
