"""Which projects, results, consortia and technology contracts do enterprises have?"""

import numpy as np
import pandas as pd

from data.zibo.draws import chance, days_between, in_time, labels, members, parts_of, versions, with_repeats
from data.zibo.evidence_platforms import TRANSFER_BODIES, lasting
from data.zibo.figures import target
from data.zibo.plan import LAST_DAY, NOT_YET, Days, Floats, Ints, add_days, day
from data.zibo.world import World

LEVEL_OF = {
    "provincial_major": "provincial",
    "sme_capability": "provincial",
    "national_rnd": "national",
    "city_key": "city",
}
DISTRICT_WEIGHT = {"370303": 3.0, "370305": 4.0, "370304": 6.0, "370322": 11.0}


def project_rows(world: World) -> pd.DataFrame:
    """Return projects: those on hand as the letter counts them, earlier ones that are closed, later ones."""
    rng = world.plan.rng("projects")
    major, capability = (
        world.plan.scaled(target(f"projects_{name}")) for name in ("provincial_major", "sme_capability")
    )
    led = min(major + capability, round((major + capability) * target("projects_led_by_private") / 175))
    leaders = _leaders(rng, world, led, major + capability - led)
    programme = np.array(["provincial_major"] * major + ["sme_capability"] * capability, dtype=object)
    on_hand = _projects(rng, world, leaders, rng.permutation(programme), (day("2022-09-01"), day("2024-04-30")), 0)
    past = _past_projects(rng, world, len(on_hand))
    new = _projects(
        rng,
        world,
        _leaders(rng, world, world.plan.scaled(80), 1),
        np.full(world.plan.scaled(80) + 1, "sme_capability", dtype=object),
        (day("2025-02-10"), day("2025-10-30")),
        50_000,
    )
    rows = pd.concat([on_hand, past, new], ignore_index=True)
    return pd.concat([_with_ends(rng, world, rows), _partner_rows(rng, world, rows)], ignore_index=True)


def _leaders(rng: np.random.Generator, world: World, private: int, others: int) -> Ints:
    weights = np.exp(0.9 * world.people["tech"].to_numpy() + 0.4 * (world.size - 7.6)) * lasting(world)
    is_private = (world.people["ownership"] == "private").to_numpy()
    return np.concatenate(
        [
            with_repeats(rng, weights * is_private * world.is_firm, private),
            with_repeats(rng, weights * ~is_private, others) if others > 0 else np.empty(0, dtype=np.int64),
        ]
    )


def _projects(
    rng: np.random.Generator,
    world: World,
    firm: Ints,
    programme: Ints,
    span: tuple[np.datetime64, np.datetime64],
    serial: int,
) -> pd.DataFrame:
    count = firm.size
    started = days_between(rng, *span, count)
    budget = np.round(np.exp(rng.normal(5.7, 0.7, count)) * np.where(programme == "provincial_major", 4.0, 1.0)) * 1e4
    return pd.DataFrame(
        {
            "firm": firm,
            "project_no": [
                f"XM{year}{serial + place + 1:06d}" for place, year in enumerate(started.astype("M8[Y]").astype(str))
            ],
            "programme": programme,
            "level": [LEVEL_OF[name] for name in programme],
            "role": "lead",
            "partner_universities": rng.poisson(0.9, count),
            "partner_firms": rng.poisson(0.4, count),
            "budget": budget,
            "grant_amount": np.round(budget * 0.28),
            "started_on": started,
            "due_on": add_days(started, rng.integers(730, 1096, count)),
            "accepted_on": pd.NaT,
            "withdrawn_on": pd.NaT,
            "closed_on": pd.NaT,
            "known": add_days(started, rng.integers(2, 20, count)),
        }
    )


def _past_projects(rng: np.random.Generator, world: World, serial: int) -> pd.DataFrame:
    count = world.plan.scaled(900)
    weights = np.exp(0.8 * world.people["tech"].to_numpy() + 0.3 * (world.size - 7.6)) * (
        world.founded_on < day("2016-01-01")
    )
    firm = with_repeats(rng, weights, count)
    kinds = ("provincial_major", "sme_capability", "national_rnd", "city_key")
    return _projects(
        rng,
        world,
        firm,
        labels(rng, kinds, count, (0.08, 0.37, 0.05, 0.5)),
        (day("2016-02-01"), day("2021-04-30")),
        serial,
    )


def _with_ends(rng: np.random.Generator, world: World, rows: pd.DataFrame) -> pd.DataFrame:
    """Accept, or withdraw, what has run its time; weak firms are late or never get there."""
    firm, started = rows["firm"].to_numpy(), rows["started_on"].to_numpy().astype("M8[D]")
    due = rows["due_on"].to_numpy().astype("M8[D]")
    quality = world.latent.at(firm, np.minimum(due, LAST_DAY))
    ends = add_days(due, np.clip(rng.normal(30 - 60 * quality, 80, len(rows)), -60, 420).astype(np.int64))
    past = started < day("2021-06-01")
    ends = np.where(past, np.minimum(ends, day("2024-05-10")), np.maximum(ends, day("2025-02-01")))
    fails = chance(rng, 1 / (1 + np.exp(3.2 + 1.1 * quality)), len(rows)) | (world.latent.exits_on[firm] < ends)
    blank = np.datetime64("NaT")
    ended = rows.assign(
        accepted_on=np.where(fails, blank, ends),
        withdrawn_on=np.where(fails, ends, blank),
        closed_on=ends,
        known=add_days(ends, 20),
    )
    return pd.concat([rows, in_time(ended)], ignore_index=True)


def _partner_rows(rng: np.random.Generator, world: World, rows: pd.DataFrame) -> pd.DataFrame:
    """Write the partners among the city's own enterprises; closed projects are closed for them too."""
    chosen = rows[chance(rng, 0.25, len(rows)) & (rows["started_on"] > pd.Timestamp("2021-06-01")).to_numpy()]
    weights = np.where(world.is_firm, 1.0, 15.0) * lasting(world)
    firm = with_repeats(rng, weights, len(chosen))
    partners = chosen.assign(firm=firm, role="partner", grant_amount=np.nan)
    elsewhere: pd.DataFrame = partners.loc[firm != chosen["firm"].to_numpy()]
    return elsewhere


def achievement_rows(world: World) -> pd.DataFrame:
    """Return registered results, awards and first-of-a-kind products."""
    rng = world.plan.rng("achievements")
    count = world.plan.scaled(1900)
    weights = np.exp(0.9 * world.people["tech"].to_numpy() + 0.2 * (world.size - 7.6)) * (
        world.founded_on < day("2018-01-01")
    )
    firm = with_repeats(rng, weights, count)
    announced = days_between(rng, day("2017-03-01"), day("2025-11-10"), count)
    rows = pd.DataFrame(
        {
            "firm": firm,
            "kind": labels(rng, ("result", "award", "first_of_kind"), count, (0.72, 0.13, 0.15)),
            "number": [f"CG{place:07d}" for place in rng.permutation(count) + 1],
            "level": labels(rng, ("national", "provincial", "city"), count, (0.04, 0.5, 0.46)),
            "announced_on": announced,
            "known": announced,
        }
    )
    return rows[announced < np.minimum(world.latent.exits_on, add_days(world.latent.failed_on, 200))[firm]]


def consortium_rows(world: World) -> pd.DataFrame:
    """Return members of innovation consortia."""
    rng = world.plan.rng("consortia")
    weights = np.exp(0.8 * world.people["tech"].to_numpy() + 0.4 * (world.size - 7.6)) * (
        world.founded_on < day("2019-01-01")
    )
    firm = members(rng, weights, world.plan.scaled(240))
    joined = days_between(rng, day("2020-03-01"), day("2024-05-20"), firm.size)
    exits = world.latent.exits_on[firm]
    rows = pd.DataFrame(
        {
            "firm": firm,
            "consortium": [f"演示第{number}创新联合体" for number in rng.integers(1, 31, firm.size)],
            "role": labels(rng, ("lead", "partner"), firm.size, (0.12, 0.88)),
            "joined_on": joined,
            "left_on": np.where((exits < NOT_YET) & (exits > joined), exits, np.datetime64("NaT")),
            "known": add_days(joined, 12),
        }
    )[joined < exits]
    return versions(rows, ended="left_on", known_end=add_days(rows["left_on"].to_numpy(), 30))


def contract_rows(world: World) -> pd.DataFrame:
    """Return technology contracts; the six bodies' contracts of 2023 come to the letter's sum."""
    rng = world.plan.rng("contracts")
    count = world.plan.scaled(520)
    amount = parts_of(rng, world.plan.scaled(target("transfer_body_contracts")), count, unit=100)
    brokered = _contracts(rng, world, days_between(rng, day("2023-01-09"), day("2023-12-05"), count), amount)
    bodies = np.arange(count) % len(TRANSFER_BODIES)
    brokered["transfer_body"] = np.asarray(TRANSFER_BODIES, dtype=object)[bodies]
    others = world.plan.scaled(4200)
    registered = days_between(rng, day("2017-02-01"), day("2025-11-30"), others)
    free = _contracts(rng, world, registered, np.round(rng.lognormal(12.6, 1.0, others), -2))
    free["transfer_body"] = None
    rows = pd.concat([brokered, free], ignore_index=True)
    rows["contract_no"] = [f"2{place:011d}" for place in rng.permutation(len(rows)) + 37_030_000_000]
    quality = world.latent.at(rows["firm"].to_numpy(), rows["registered_on"].to_numpy().astype("M8[D]"))
    cancelled = chance(rng, 1 / (1 + np.exp(3.3 + 1.0 * quality)), len(rows)) & (np.arange(len(rows)) >= count)
    ends = add_days(rows["registered_on"].to_numpy(), rng.integers(60, 500, len(rows)))
    rows["cancelled_on"] = np.where(cancelled & (ends < day("2025-12-01")), ends, np.datetime64("NaT"))
    return versions(rows, ended="cancelled_on", known_end=add_days(ends, 8))


def _contracts(rng: np.random.Generator, world: World, registered: Days, amount: Floats) -> pd.DataFrame:
    count = registered.size
    weights = np.exp(0.8 * world.people["tech"].to_numpy()) * (world.latent.exits_on == NOT_YET)
    weights *= world.founded_on < day("2016-11-01")
    district = world.people["district"].map(DISTRICT_WEIGHT).fillna(1.0).to_numpy()
    seller = chance(rng, 0.62, count)
    firm = np.where(seller, with_repeats(rng, weights * district, count), with_repeats(rng, weights, count))
    kinds = ("development", "transfer", "licence", "consulting", "service")
    return pd.DataFrame(
        {
            "firm": firm,
            "kind": labels(rng, kinds, count, (0.42, 0.07, 0.06, 0.1, 0.35)),
            "role": np.where(seller, "seller", "buyer"),
            "counterparty": labels(rng, tuple(f"演示合作单位{number}" for number in range(1, 60)), count),
            "amount": amount,
            "registered_on": registered,
            "known": add_days(registered, rng.integers(0, 9, count)),
        }
    )
