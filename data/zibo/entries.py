"""Which firms are 科技型中小企业 in each year?"""

import numpy as np
import pandas as pd

from data.zibo.figures import target
from data.zibo.plan import STOCK_DAY, YEARS, Bools, Days, Ints, Plan, day, year_of, year_start
from data.zibo.quality import Latent

ENTRIES = {2017: 480, 2018: 790, 2019: 1010, 2020: 1260, 2021: 1560, 2022: 1840, 2023: 2080, 2025: 2360}
"""Entries a year; 2024's number is the letter's."""

BATCH_DAYS = ("04-26", "06-21", "08-16", "10-18", "11-29")
BATCH_SHARES = (0.22, 0.30, 0.22, 0.18, 0.08)


def alive(people: pd.DataFrame, exits_on: Days, when: np.datetime64) -> Bools:
    """Tell which enterprises exist on a day."""
    founded = people["founded_on"].to_numpy().astype("M8[D]")
    return np.asarray((founded <= when) & (exits_on > when))


def draw_entries(plan: Plan, people: pd.DataFrame, latent: Latent) -> dict[int, Ints]:
    """Choose each year's entries: mostly the same firms as the year before, never one that is to go before year end."""
    rng = plan.rng("tech_sme")
    leaning = people["tech"].to_numpy() - 0.25 * np.maximum(people["size"].to_numpy() - 9.0, 0) * 4
    chosen: dict[int, Ints] = {}
    held = np.zeros(len(people), dtype=bool)
    for year in YEARS:
        able = alive(people, latent.exits_on, day(f"{year}-12-31")) & ~people["institution"].to_numpy()
        able &= people["founded_on"].to_numpy().astype("M8[D]") < year_start(year)
        score = leaning + 0.6 * held + 0.12 * latent.yearly(year) + rng.normal(0, 0.5, len(people))
        count = plan.scaled(target("tech_sme_in_force") if year == year_of(np.array([STOCK_DAY]))[0] else ENTRIES[year])
        places = np.flatnonzero(able)
        chosen[year] = np.sort(places[np.argsort(-score[places], kind="stable")[:count]])
        held = np.zeros(len(people), dtype=bool)
        held[chosen[year]] = True
    return chosen


def entry_rows(plan: Plan, people: pd.DataFrame, entries: dict[int, Ints]) -> pd.DataFrame:
    """Return the rows of the yearly lists: number, day, end (31 March of the next year), batch announced."""
    return pd.concat([_year_rows(plan, people, year, places) for year, places in entries.items()], ignore_index=True)


def _year_rows(plan: Plan, people: pd.DataFrame, year: int, places: Ints) -> pd.DataFrame:
    rng = plan.rng(f"tech_sme.{year}")
    count = places.size
    batch = rng.choice(len(BATCH_DAYS), size=count, p=np.asarray(BATCH_SHARES))
    announced = np.array([f"{year}-{text}" for text in BATCH_DAYS], dtype="M8[D]")[batch]
    serial = rng.choice(900_000, count, replace=False) + 1
    return pd.DataFrame(
        {
            "firm": places,
            "entry_no": entry_numbers(people, places, year, serial),
            "entered_on": announced - rng.integers(8, 20, count).astype("m8[D]"),
            "valid_until": day(f"{year + 1}-03-31"),
            "known": announced,
        }
    )


def entry_numbers(people: pd.DataFrame, places: Ints, year: int, serial: Ints) -> list[str]:
    """Return 18 characters: year, region, age and direct-confirmation flags, serial (domain.md 10.4)."""
    chosen = people.iloc[places]
    young = year - year_of(chosen["founded_on"].to_numpy().astype("M8[D]")) <= 5
    return [
        f"{year}{region}{'0' if is_young else 'A'}0{number:06d}"
        for region, is_young, number in zip(chosen["district"], young.tolist(), serial.tolist(), strict=True)
    ]


def has_entry(entries: dict[int, Ints], count: int, year: int) -> Bools:
    """Tell which enterprises are entered in a year or the year before."""
    mask = np.zeros(count, dtype=bool)
    for known in (year - 1, year):
        mask[entries.get(known, np.empty(0, dtype=np.int64))] = True
    return mask
