"""Which patents and other rights does each firm hold, and how does it keep them up?

How many patents a firm has follows its size and its technical leaning, not its soundness; unpaid and late
annual fees follow its soundness (../shared/data/README.md: patent holders are not safer).
"""

import numpy as np
import pandas as pd

from data.spec.identifiers import patent_check_digit
from data.zibo.draws import chance, days_between, in_time, labels
from data.zibo.plan import LAST_DAY, NOT_YET, Days, Ints, add_days, day, year_of
from data.zibo.world import World

MEAN_PATENTS = 3.1
KIND_DIGITS = {"invention": "1", "utility": "2", "design": "3"}
TITLES = (
    "一种复合材料及其制备方法",
    "一种高效反应装置",
    "一种智能检测系统",
    "一种耐磨陶瓷部件",
    "一种节能泵用密封结构",
    "一种环保处理工艺",
)


def draw_patents(world: World) -> pd.DataFrame:
    """Return one row per patent with its whole life: filed, published, granted, first late fee, end, and why."""
    rng = world.plan.rng("patents")
    leaning = 0.55 * world.people["tech"].to_numpy() + 0.35 * (world.size - 7.6)
    number = rng.poisson(MEAN_PATENTS * np.exp(leaning - 0.25) * rng.gamma(1.2, 1 / 1.2, world.count))
    number = np.minimum(number * world.is_firm, 45)
    firm = np.repeat(np.arange(world.count), number)
    start = np.maximum(add_days(world.founded_on[firm], 90), day("2008-01-10"))
    filed = days_between(rng, start, day("2025-06-30"), firm.size)
    kind = labels(rng, tuple(KIND_DIGITS), firm.size, (0.36, 0.56, 0.08))
    invention = kind == "invention"
    published = add_days(
        filed, np.where(invention, rng.integers(300, 548, firm.size), rng.integers(120, 300, firm.size))
    )
    granted = np.where(invention, add_days(published, rng.integers(250, 900, firm.size)), published)
    refused = invention & chance(rng, 0.3, firm.size)
    patents = pd.DataFrame(
        {
            "firm": firm,
            "application_no": _numbers(rng, filed, kind),
            "kind": kind,
            "title": labels(rng, TITLES, firm.size),
            "filed_on": filed,
            "published_on": published,
            "granted_on": np.where(refused, NOT_YET, granted),
            "refused_on": np.where(refused, granted, NOT_YET),
            "university_partner": chance(rng, 0.07, firm.size),
            "inventors": 1 + rng.poisson(2.4, firm.size),
        }
    )
    patents = patents[published < world.latent.exits_on[firm]].reset_index(drop=True)
    return _with_fees(rng, world, patents)


def _numbers(rng: np.random.Generator, filed: Days, kind: Ints) -> list[str]:
    serial = rng.choice(9_000_000, filed.size, replace=False) + 1_000_000
    bodies = [
        f"{year}{KIND_DIGITS[which]}{number:07d}"
        for year, which, number in zip(year_of(filed).tolist(), kind.tolist(), serial.tolist(), strict=True)
    ]
    return [f"{body}.{patent_check_digit(body)}" for body in bodies]


def _with_fees(rng: np.random.Generator, world: World, patents: pd.DataFrame) -> pd.DataFrame:
    """Draw, for each year a fee is due, whether it is late and whether it is never paid."""
    count = len(patents)
    firm = patents["firm"].to_numpy()
    granted = patents["granted_on"].to_numpy().astype("M8[D]")
    late_on, lapsed_on = np.full(count, NOT_YET), np.full(count, NOT_YET)
    late_again = np.full(count, NOT_YET)
    for number in range(1, 16):
        due = add_days(granted, 365 * number)
        due = np.where(granted == NOT_YET, NOT_YET, due)
        live = (
            (due <= LAST_DAY) & (lapsed_on == NOT_YET) & (due > day("2014-02-01")) & (due < world.latent.exits_on[firm])
        )
        quality = world.latent.at(firm, np.minimum(due, LAST_DAY))
        late = live & chance(rng, 1 / (1 + np.exp(2.9 + 1.35 * quality)), count)
        old_design = 0.02 * number * (patents["kind"].to_numpy() != "invention")
        unpaid = live & chance(
            rng, np.clip(0.012 + old_design + 0.5 / (1 + np.exp(3.0 + 1.4 * quality)), 0, 0.9), count
        )
        notice = add_days(due, rng.integers(35, 60, count))
        late_again = np.where((late | unpaid) & (late_on < NOT_YET), notice, late_again)
        late_on = np.where((late | unpaid) & (late_on == NOT_YET), notice, late_on)
        lapsed_on = np.where(unpaid, add_days(due, rng.integers(185, 260, count)), lapsed_on)
    return patents.assign(late_on=late_on, late_again_on=late_again, lapsed_on=lapsed_on)


def patent_rows(patents: pd.DataFrame) -> pd.DataFrame:
    """Return the patent list: a version at publication, at grant, and at the end of each patent."""
    columns = [
        "firm",
        "application_no",
        "kind",
        "title",
        "filed_on",
        "published_on",
        "granted_on",
        "university_partner",
        "inventors",
    ]
    rows = patents[columns].assign(ended_by=None, ceased_on=np.datetime64("NaT", "s"), known=patents["published_on"])
    utility = (patents["kind"] != "invention").to_numpy()
    granted = patents["granted_on"].to_numpy().astype("M8[D]")
    first = rows.assign(granted_on=np.where(utility, granted, np.datetime64("NaT")))
    second = rows.assign(known=granted)[~utility & (granted < NOT_YET)]
    end = np.minimum(patents["lapsed_on"].to_numpy(), patents["refused_on"].to_numpy()).astype("M8[D]")
    why = np.where(patents["refused_on"] == pd.Timestamp(NOT_YET), "fee", "refused")
    last = rows.assign(ended_by=why, ceased_on=end, known=add_days(end, 5))[end < NOT_YET]
    every = pd.concat([first, second, last], ignore_index=True)
    every["granted_on"] = every["granted_on"].mask(every["granted_on"] >= pd.Timestamp(NOT_YET))
    return in_time(every[every["published_on"] <= pd.Timestamp(LAST_DAY)])


def patent_event_rows(world: World, patents: pd.DataFrame, pledges: pd.DataFrame) -> pd.DataFrame:
    """Return legal-status events: granted, late, lapsed, transferred, pledged for a loan, released."""
    rng = world.plan.rng("patent.events")
    parts = [
        _events(patents, "granted", patents["granted_on"].to_numpy()),
        _events(patents, "fee_late", patents["late_on"].to_numpy()),
        _events(patents, "fee_late", patents["late_again_on"].to_numpy()),
        _events(patents, "lapsed", patents["lapsed_on"].to_numpy()),
    ]
    bought = patents[chance(rng, 0.015, len(patents))]
    moved = add_days(bought["granted_on"].to_numpy().astype("M8[D]"), rng.integers(30, 900, len(bought)))
    parts.append(_events(bought, "transferred_in", moved))
    rows = pd.concat([*parts, pledges], ignore_index=True)
    rows["known"] = rows["known"].fillna(rows["occurred_on"] + pd.Timedelta(days=6))
    return in_time(rows)


def _events(patents: pd.DataFrame, event: str, days: Days) -> pd.DataFrame:
    days = days.astype("M8[D]")
    rows = pd.DataFrame(
        {
            "firm": patents["firm"],
            "application_no": patents["application_no"],
            "patent_kind": patents["kind"],
            "event": event,
            "occurred_on": days,
            "known": add_days(days, 6),
            "origin": None,
        }
    )
    return rows[days <= LAST_DAY]


def ip_right_rows(world: World) -> pd.DataFrame:
    """Return software copyrights, trademarks and standards; cheap ones say nothing of soundness."""
    rng = world.plan.rng("ip")
    software = world.people["industry"].isin(["I64", "I65", "C39", "C40"]).to_numpy()
    number = rng.poisson(np.where(software, 2.4, 0.45) * np.exp(0.3 * world.people["tech"].to_numpy())) * world.is_firm
    firm = np.repeat(np.arange(world.count), number)
    kinds = ("software", "trademark", "national_standard", "industry_standard")
    kind = np.where(
        software[firm],
        labels(rng, kinds, firm.size, (0.85, 0.12, 0.01, 0.02)),
        labels(rng, kinds, firm.size, (0.3, 0.58, 0.04, 0.08)),
    )
    registered = days_between(
        rng, np.maximum(add_days(world.founded_on[firm], 60), day("2012-01-05")), day("2025-11-20"), firm.size
    )
    standard = np.char.endswith(kind.astype(str), "standard")
    rows = pd.DataFrame(
        {
            "firm": firm,
            "kind": kind,
            "number": [
                f"YS{year}{place:07d}"
                for year, place in zip(year_of(registered), rng.permutation(firm.size), strict=True)
            ],
            "registered_on": registered,
            "role": np.where(standard, labels(rng, ("lead", "partner"), firm.size, (0.3, 0.7)), "owner"),
            "known": add_days(registered, rng.integers(3, 30, firm.size)),
        }
    )
    return rows[registered < world.latent.exits_on[firm]]
