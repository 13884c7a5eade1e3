"""What do the register and the chain map say of each enterprise?"""

import numpy as np
import pandas as pd

from data.zibo.draws import chance, changes, days_between, either, labels, members, versions
from data.zibo.figures import target
from data.zibo.firms import names_on
from data.zibo.plan import LAST_DAY, NOT_YET, STOCK_DAY, YEARS, Bools, Days, Floats, Ints, add_days, day, year_of
from data.zibo.world import World

CHAINS = (
    "聚氨酯产业链",
    "聚烯烃产业链",
    "氟硅材料产业链",
    "先进陶瓷产业链",
    "耐火材料产业链",
    "功能玻璃产业链",
    "膜材料产业链",
    "医用敷料产业链",
    "化学制药产业链",
    "医疗器械产业链",
    "泵类装备产业链",
    "电机产业链",
    "智能农机产业链",
    "环保装备产业链",
    "新能源汽车零部件产业链",
    "动力电池产业链",
    "微机电传感器产业链",
    "工业软件产业链",
    "氢能产业链",
    "铝基新材料产业链",
)
"""Twenty chains; the names are plausible, not official."""


def registration_rows(world: World) -> pd.DataFrame:
    """Return the register: one row at the start, one for each later change of staff, name or status."""
    staff = staff_path(world)
    base = _base_rows(world, staff)
    rows = pd.concat([base, *_yearly_changes(world, staff), _leaving_rows(world, staff)], ignore_index=True)
    return changes(rows, ["firm"], [str(name) for name in rows if name not in {"firm", "known"}])


def staff_path(world: World) -> dict[int, Floats]:
    """Return the staff at the end of each year: it follows last year's revenue and this year's quality."""
    rng = world.plan.rng("staff")
    level = world.people["staff"].to_numpy(dtype=float)
    path: dict[int, Floats] = {}
    for year in YEARS:
        level = level * np.exp(0.06 * world.latent.yearly(year) + 0.012 + rng.normal(0, 0.06, world.count))
        path[year] = np.maximum(2, np.round(level))
    return path


def _rows(world: World, places: Ints, known: Days, staff: Floats) -> pd.DataFrame:
    chosen = world.people.iloc[places]
    renamed = chosen["former_name"].notna().to_numpy() & (chosen["renamed_on"].to_numpy() <= np.asarray(known, "M8[s]"))
    return pd.DataFrame(
        {
            "firm": places,
            "name": names_on(world.people, places, known),
            "former_names": either(renamed, chosen["former_name"]),
            "founded_on": chosen["founded_on"].to_numpy(),
            "registered_capital": chosen["capital"].to_numpy(),
            "district": chosen["district"].to_numpy(),
            "industry": chosen["industry"].to_numpy(),
            "ownership": chosen["ownership"].to_numpy(),
            "staff": staff[places],
            "status": "active",
            "deregistered_on": pd.NaT,
            "known": known,
        }
    )


def _base_rows(world: World, staff: dict[int, Floats]) -> pd.DataFrame:
    """The first row of each enterprise: at founding, or in the register's first copy of January 2017."""
    places = np.flatnonzero(world.founded_on <= LAST_DAY)
    known = np.maximum(add_days(world.founded_on[places], 10), day("2017-01-05"))
    return _rows(world, places, known, staff[YEARS[0]])


def _yearly_changes(world: World, staff: dict[int, Floats]) -> list[pd.DataFrame]:
    """Rows approved after the yearly report of firms whose staff moved, and on the day of a new name."""
    rng = world.plan.rng("register")
    shown = staff[YEARS[0]].copy()
    parts: list[pd.DataFrame] = []
    renamed_on = world.people["renamed_on"].to_numpy().astype("M8[D]")
    for year in YEARS[1:]:
        known = days_between(rng, day(f"{year}-03-01"), day(f"{year}-06-30"), world.count)
        now = staff[year - 1]
        moved = np.abs(now - shown) > np.maximum(2, 0.11 * shown)
        moved &= (known < world.latent.exits_on) & (add_days(world.founded_on, 200) < known)
        places = np.flatnonzero(moved)
        shown[places] = now[places]
        parts.append(_rows(world, places, known[places], now))
        renamed = np.flatnonzero((year_of(renamed_on) == year) & (world.latent.exits_on > renamed_on))
        parts.append(_rows(world, renamed, renamed_on[renamed], shown))
    return parts


def _leaving_rows(world: World, staff: dict[int, Floats]) -> pd.DataFrame:
    """Deregistration, or revocation of the licence, as it becomes known."""
    rng = world.plan.rng("leaving")
    places = np.flatnonzero(world.latent.exits_on <= LAST_DAY - np.timedelta64(20, "D"))
    exits = world.latent.exits_on[places]
    rows = _rows(world, places, add_days(exits, rng.integers(1, 18, places.size)), staff[YEARS[-1]])
    revoked = chance(rng, np.where(world.latent.failed_on[places] < NOT_YET, 0.3, 0.02), places.size)
    return rows.assign(status=np.where(revoked, "revoked", "deregistered"), deregistered_on=exits, staff=np.nan)


def chain_rows(world: World, high_tech: Bools) -> pd.DataFrame:
    """Return the chain map: 20 chains, the letter's number of key firms and of 高新技术企业 among them."""
    rng = world.plan.rng("chains")
    able = world.alive(STOCK_DAY) & (world.founded_on < day("2022-01-01")) & world.is_firm
    weights = np.exp(0.8 * world.size) * able
    wanted_high = min(world.plan.scaled(target("key_chain_high_tech")), int((weights * high_tech > 0).sum()))
    wanted = world.plan.scaled(target("key_chain_firms"))
    first = members(rng, weights * high_tech, wanted_high)
    second = members(rng, weights * ~high_tech, wanted - wanted_high)
    others = members(rng, np.exp(0.3 * world.size) * able, world.plan.scaled(700))
    others = np.setdiff1d(others, np.concatenate([first, second]))
    places = np.concatenate([first, second, others])
    return _positions(rng, world, places, first.size + second.size)


def _positions(rng: np.random.Generator, world: World, places: Ints, keys: int) -> pd.DataFrame:
    count = places.size
    chain = np.concatenate([np.arange(len(CHAINS)), rng.integers(0, len(CHAINS), max(0, count - len(CHAINS)))])[:count]
    listed = days_between(
        rng, np.maximum(add_days(world.founded_on[places], 100), day("2019-06-01")), day("2024-05-31"), count
    )
    rows = pd.DataFrame(
        {
            "firm": places,
            "chain": np.asarray(CHAINS, dtype=object)[chain],
            "position": labels(rng, ("upstream", "midstream", "downstream"), count, (0.3, 0.45, 0.25)),
            "is_key_firm": np.arange(count) < keys,
            "listed_on": listed,
            "removed_on": np.where(
                world.latent.exits_on[places] < NOT_YET, world.latent.exits_on[places], np.datetime64("NaT")
            ),
            "known": add_days(listed, rng.integers(2, 25, count)),
        }
    )
    return versions(rows, ended="removed_on", known_end=add_days(world.latent.exits_on[places], 40))
