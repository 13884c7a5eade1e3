"""Which titles and certificates do firms win and lose, and which carriers and libraries hold them?"""

import numpy as np
import pandas as pd

from data.zibo.draws import chance, days_between, members, versions
from data.zibo.figures import target
from data.zibo.name_passing import counted
from data.zibo.plan import LAST_DAY, NOT_YET, STOCK_DAY, Bools, Days, Floats, Ints, add_days, add_months, day, year_of
from data.zibo.world import World

STOCKS = {
    2015: 180,
    2016: 260,
    2017: 350,
    2018: 470,
    2019: 620,
    2020: 800,
    2021: 1010,
    2022: 1250,
    2023: 1470,
    2025: 1730,
}
"""高新技术企业 in force at year end; 2024's number is the city's."""

REVOCATION_DAYS = ("03-25", "07-15", "11-05")
REVOKED_AFTER_DEFAULT = 0.6


def draw_certificates(world: World) -> pd.DataFrame:
    """Return one row per certificate with its term, and with its revocation where there is one.

    A revocation after a default is dated back to the first day of the year of default (a planted trap).
    """
    rng = world.plan.rng("high_tech")
    leaning = world.people["tech"].to_numpy() + 0.35 * (world.size - 7.6)
    parts: list[pd.DataFrame] = []
    for year, stock in sorted({**STOCKS, year_of(np.array([STOCK_DAY]))[0]: target("high_tech_in_force")}.items()):
        held = _held(parts, world.count, day(f"{year}-12-31"))
        able = world.alive(day(f"{year + 1}-03-01")) & world.is_firm & ~held
        able &= (world.founded_on < day(f"{year - 1}-06-01")) & (world.default_on > day(f"{year}-12-31"))
        before = _held(parts, world.count, day(f"{year}-06-30"))
        score = leaning + 1.4 * before + 0.25 * world.latent.yearly(year) + rng.normal(0, 0.6, world.count)
        wanted = max(0, world.plan.scaled(stock) - int(held.sum()))
        places = np.flatnonzero(able)
        chosen = np.sort(places[np.argsort(-score[places], kind="stable")[:wanted]])
        parts.append(_issue(rng, world, year, chosen))
    return pd.concat(parts, ignore_index=True)


def _held(parts: list[pd.DataFrame], count: int, when: np.datetime64) -> Bools:
    """Tell who holds a certificate on a day, as known on that day."""
    held = np.zeros(count, dtype=bool)
    for rows in parts:
        revoked = (rows["revocation_known"] <= pd.Timestamp(when)) & (rows["revoked_on"] <= pd.Timestamp(when))
        valid = (rows["known"] <= pd.Timestamp(when)) & (rows["valid_until"] > pd.Timestamp(when))
        held[rows["firm"][valid & ~revoked]] = True
    return held


def _issue(rng: np.random.Generator, world: World, year: int, places: Ints) -> pd.DataFrame:
    count = places.size
    second = chance(rng, 0.45, count)
    issued = np.where(second, day(f"{year}-12-07"), day(f"{year}-11-12"))
    default_on = world.default_on[places]
    valid = add_months(issued, np.full(count, 36))
    bad = (default_on > issued) & (default_on < valid) & chance(rng, REVOKED_AFTER_DEFAULT, count)
    other = ~bad & chance(rng, 0.012, count) & (world.default_on[places] == NOT_YET)
    moment = np.where(
        bad, add_days(default_on, rng.integers(60, 260, count)), add_days(issued, rng.integers(300, 800, count))
    )
    announced = _next_notice(moment)
    revoked = np.where(bad, default_on.astype("M8[Y]").astype("M8[D]"), announced)
    revoked = np.maximum(revoked, add_days(issued, 30))
    real = (bad | other) & (announced <= LAST_DAY)
    return pd.DataFrame(
        {
            "firm": places,
            "certificate_no": [
                f"GR{year}37{number:06d}" for number in rng.choice(899_999, count, replace=False) + 100_000
            ],
            "issued_on": issued,
            "valid_until": valid,
            "known": np.where(second, day(f"{year}-12-20"), day(f"{year}-11-28")),
            "revoked_on": np.where(real, revoked, np.datetime64("NaT")),
            "revocation_known": np.where(real, announced, np.datetime64("NaT")),
            "after_default": real & bad,
        }
    )


def _next_notice(days: Days) -> Days:
    """Return the next of the three yearly days on which cancellations are announced."""
    years = days.astype("M8[Y]")
    offsets = [int((day(f"2001-{text}") - day("2001-01-01")).astype(np.int64)) for text in REVOCATION_DAYS]
    options = [add_days((years + step).astype("M8[D]"), offset) for step in (0, 1) for offset in offsets]
    later = [np.where(option > days, option, NOT_YET) for option in options]
    return np.asarray(np.minimum.reduce(later))


def high_tech_rows(world: World, certificates: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the three notices: recognised, renamed, revoked."""
    renamings = _renamings(world, certificates)
    revoked = certificates[certificates["revoked_on"].notna()]
    revocation = pd.DataFrame(
        {
            "firm": revoked["firm"],
            "certificate_no": revoked["certificate_no"],
            "valid_until": revoked["revoked_on"],
            "known": revoked["revocation_known"],
            "after_default": revoked["after_default"],
        }
    )
    recognised = certificates[["firm", "certificate_no", "issued_on", "valid_until", "known"]]
    amended = pd.concat([renamings["certificate_no"], revocation["certificate_no"]])
    return {
        "high_tech_certificate": recognised.assign(
            counted=counted(certificates), amended=recognised["certificate_no"].isin(amended)
        ),
        "high_tech_renaming": renamings,
        "high_tech_revocation": revocation,
    }


def _renamings(world: World, certificates: pd.DataFrame) -> pd.DataFrame:
    changed = world.people["renamed_on"].to_numpy()[certificates["firm"]].astype("M8[D]")
    announced = _next_notice(add_days(changed, 40))
    moved = (changed > certificates["issued_on"].to_numpy()) & (announced < certificates["valid_until"].to_numpy())
    moved &= (announced <= LAST_DAY) & certificates["revoked_on"].isna().to_numpy()
    rows = certificates[moved]
    former = world.people["former_name"].to_numpy()[rows["firm"]]
    return pd.DataFrame(
        {
            "firm": rows["firm"],
            "certificate_no": rows["certificate_no"],
            "former_name": former,
            "known": announced[moved],
        }
    )


def in_force(world: World, certificates: pd.DataFrame, when: np.datetime64) -> Bools:
    """Tell which enterprises hold a certificate on a day."""
    return _held([certificates], world.count, when)


HONOURS = (
    ("innovative_sme", "city", 900, 0.25),
    ("specialized_sme", "provincial", 520, 0.3),
    ("gazelle", "provincial", 180, 0.45),
    ("little_giant", "national", 60, 0.4),
    ("single_product_champion", "provincial", 45, 0.35),
    ("tech_leading_enterprise", "provincial", 40, 0.3),
)


def honour_rows(world: World) -> pd.DataFrame:
    """Return titles won and, for some, withdrawn; selection looks a little at soundness."""
    rng = world.plan.rng("honours")
    parts = []
    for honour, level, number, weight in HONOURS:
        chooses = np.exp(
            world.people["tech"].to_numpy() + 0.4 * (world.size - 7.6) + weight * world.latent.yearly(2021)
        )
        places = members(
            rng, chooses * world.is_firm * (world.founded_on < day("2021-06-01")), world.plan.scaled(number)
        )
        listed = days_between(
            rng, np.maximum(add_days(world.founded_on[places], 500), day("2017-06-01")), day("2025-10-20"), places.size
        )
        quality = world.latent.at(places, np.minimum(add_days(listed, 900), LAST_DAY))
        removed = chance(rng, np.clip(0.09 - 0.05 * quality, 0.01, 0.4), places.size)
        until = np.where(removed, add_days(listed, rng.integers(700, 1500, places.size)), NOT_YET)
        parts.append(
            pd.DataFrame({"firm": places, "honour": honour, "level": level, "listed_on": listed, "until": until})
        )
    rows = pd.concat(parts, ignore_index=True)
    until = np.minimum(rows.pop("until").to_numpy().astype("M8[D]"), world.latent.exits_on[rows["firm"]])
    rows["removed_on"] = np.where(until <= LAST_DAY, until, np.datetime64("NaT"))
    rows["known"] = add_days(rows["listed_on"].to_numpy(), rng.integers(0, 6, len(rows)))
    rows = rows[rows["listed_on"].to_numpy() < world.latent.exits_on[rows["firm"]]]
    return versions(rows, ended="removed_on", known_end=add_days(rows["removed_on"].to_numpy(), 12))


def tenancy_rows(world: World) -> pd.DataFrame:
    """Return tenants of maker spaces, incubators, accelerators and parks: young firms."""
    rng = world.plan.rng("tenancy")
    weights = np.exp(0.6 * world.people["tech"].to_numpy()) * world.is_firm * (world.founded_on > day("2012-01-01"))
    places = members(rng, weights, world.plan.scaled(760))
    entered = np.maximum(add_days(world.founded_on[places], rng.integers(10, 500, places.size)), day("2015-01-10"))
    stayed = add_days(entered, rng.integers(500, 1500, places.size))
    kinds = ("maker_space", "incubator", "accelerator", "park")
    kind = rng.choice(4, size=places.size, p=[0.3, 0.4, 0.1, 0.2])
    words = np.asarray(("创客空间", "科技企业孵化器", "加速器", "产业园"), dtype=object)
    carriers = [
        f"演示第{number}{words[which]}" for number, which in zip(rng.integers(1, 9, places.size), kind, strict=True)
    ]
    graduated = np.where(stayed < np.minimum(LAST_DAY, world.latent.exits_on[places]), stayed, np.datetime64("NaT"))
    rows = pd.DataFrame(
        {
            "firm": places,
            "carrier": carriers,
            "carrier_kind": np.asarray(kinds, dtype=object)[kind],
            "entered_on": entered,
            "graduated_on": graduated,
            "known": np.maximum(add_days(entered, rng.integers(20, 90, places.size)), day("2017-01-10")),
        }
    )[entered < LAST_DAY - np.timedelta64(100, "D")]
    known_end = np.maximum(add_days(rows["graduated_on"].to_numpy(), 45), day("2017-02-10"))
    return versions(rows, ended="graduated_on", known_end=known_end)


def cultivation_rows(world: World) -> pd.DataFrame:
    """Return the cultivation libraries: the leading library holds the city's number on STOCK_DAY."""
    rng = world.plan.rng("cultivation")
    leaning = world.people["tech"].to_numpy() + 0.5 * (world.size - 7.6)
    stays = world.alive(day("2025-03-01")) & world.is_firm & (world.founded_on < day("2021-01-01"))
    leading = _library(rng, world, np.exp(1.5 * leaning) * stays, "tech_leading_library", target("leading_library"))
    seedlings = _library(rng, world, np.exp(0.3 * leaning) * stays, "seedling", 420)
    double = _library(rng, world, np.exp(0.8 * leaning) * stays, "double_cultivation", 260)
    gone = _library(
        rng, world, np.exp(leaning) * world.is_firm * (world.founded_on < day("2018-01-01")), "seedling", 200
    )
    entered = add_days(gone["entered_on"].to_numpy(), -900)
    left = np.minimum(add_days(entered, rng.integers(300, 700, len(gone))), day("2024-05-01"))
    gone = gone.assign(entered_on=entered, left_on=left, known=add_days(entered, 15))
    gone = gone[gone["firm"].map(lambda place: place not in set(seedlings["firm"]))]
    gone = versions(gone, ended="left_on", known_end=add_days(gone["left_on"].to_numpy(), 20))
    return pd.concat([leading, seedlings, double, gone], ignore_index=True)


def _library(rng: np.random.Generator, world: World, weights: Floats, programme: str, number: int) -> pd.DataFrame:
    places = members(rng, weights, world.plan.scaled(number))
    entered = days_between(rng, day("2021-03-01"), day("2024-05-20"), places.size)
    return pd.DataFrame(
        {
            "firm": places,
            "programme": programme,
            "entered_on": entered,
            "left_on": pd.NaT,
            "tier": rng.integers(1, 4, places.size),
            "known": add_days(entered, rng.integers(3, 25, places.size)),
        }
    )
