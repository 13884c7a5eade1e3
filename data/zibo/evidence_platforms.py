"""Which platforms, instruments, memberships, vouchers and services does the city have?

Stocks of the letter hold from LETTER_DAY to STOCK_DAY; nothing that would change them is dated between.
"""

import numpy as np
import pandas as pd

from data.zibo.draws import chance, changes, days_between, in_time, labels, members, parts_of, with_repeats
from data.zibo.figures import target
from data.zibo.plan import LAST_DAY, LETTER_DAY, NOT_YET, Days, Floats, Ints, add_days, day
from data.zibo.world import World

KINDS = {
    "key_laboratory": "重点实验室",
    "technology_innovation_center": "技术创新中心",
    "enterprise_technology_center": "企业技术中心",
    "engineering_research_center": "工程研究中心",
    "new_rd_institution": "新型研发机构",
    "academician_workstation": "院士工作站",
    "proof_of_concept_center": "概念验证中心",
    "pilot_base": "中试基地",
}
KIND_SHARES = (0.12, 0.14, 0.36, 0.16, 0.08, 0.08, 0.02, 0.04)
TOPICS = (
    "先进陶瓷",
    "高分子材料",
    "精细化工",
    "生物医药",
    "智能装备",
    "新能源",
    "环保技术",
    "电子元件",
    "医疗器械",
    "工业软件",
)
ASSESSED = ("2018-09-14", "2021-09-17", "2024-09-13")
PUBLIC_PLATFORMS = (
    "无机非金属材料公共技术服务平台",
    "精细化工和高分子材料公共技术服务平台",
    "生物医药公共技术服务平台",
    "MEMS中试代工公共技术服务平台",
)
TRANSFER_BODIES = tuple(f"演示第{number}技术转移机构" for number in "一二三四五六")
QUIET_FROM, QUIET_UNTIL = day("2024-06-21"), day("2025-01-05")


def lasting(world: World) -> Floats:
    """Return 1 for enterprises that exist all through 2024 and were there before 2021, else 0."""
    return np.asarray(world.alive(day("2025-02-01")) & (world.founded_on < day("2021-01-01")), dtype=float)


def platform_rows(world: World) -> pd.DataFrame:
    """Return innovation platforms with their assessments as later versions of the same record."""
    rng = world.plan.rng("platforms")
    total = world.plan.scaled(target("provincial_platforms"))
    private = (world.people["ownership"] == "private").to_numpy() & world.is_firm
    weights = np.exp(0.9 * world.people["tech"].to_numpy() + 0.6 * (world.size - 7.6)) * lasting(world)
    inside = with_repeats(rng, weights * private, round(total * 0.925))
    outside = with_repeats(rng, weights * ~private, total - inside.size)
    firm = np.concatenate([inside, outside])
    high = _platforms(rng, world, firm, np.where(chance(rng, 0.12, total), "national", "provincial"))
    others = with_repeats(rng, np.exp(0.7 * world.people["tech"].to_numpy()) * world.is_firm, world.plan.scaled(800))
    city = _platforms(rng, world, others, np.full(others.size, "city", dtype=object))
    lost = with_repeats(rng, weights * private, world.plan.scaled(60))
    gone = _platforms(rng, world, lost, np.full(lost.size, "provincial", dtype=object))
    gone["removed_on"] = np.where(chance(rng, 0.6, lost.size), day("2023-11-20"), day("2020-11-20"))
    gone["recognised_on"] = np.minimum(gone["recognised_on"].to_numpy(), np.datetime64("2016-11-15", "s"))
    gone["known"] = day("2017-01-06")
    rows = pd.concat([high, city, gone], ignore_index=True)
    rows["platform"] = [
        f"{name}{place:04d}号" for name, place in zip(rows["platform"], rng.permutation(len(rows)) + 1, strict=True)
    ]
    return _assessed(rng, world, rows, len(high))


def _platforms(rng: np.random.Generator, world: World, firm: Ints, level: Ints) -> pd.DataFrame:
    count = firm.size
    kind = labels(rng, tuple(KINDS), count, KIND_SHARES)
    words = {"national": "国家", "provincial": "山东省", "city": "淄博市"}
    topics = labels(rng, TOPICS, count)
    start = np.maximum(day("2010-01-01"), add_days(world.founded_on[firm], 300))
    recognised = days_between(rng, start, np.maximum(day("2024-04-30"), start), count)
    return pd.DataFrame(
        {
            "firm": firm,
            "platform": [f"{words[a]}{b}{KINDS[c]}（演示）" for a, b, c in zip(level, topics, kind, strict=True)],
            "kind": kind,
            "level": level,
            "recognised_on": recognised,
            "assessment": None,
            "removed_on": pd.NaT,
            "known": np.maximum(add_days(recognised, rng.integers(1, 20, count)), day("2017-01-06")),
        }
    )


def _assessed(rng: np.random.Generator, world: World, rows: pd.DataFrame, kept: int) -> pd.DataFrame:
    """Add a version for each assessment; a platform of the letter's stock never fails before 2025."""
    recognised = rows["recognised_on"].to_numpy().astype("M8[D]")
    firm = rows["firm"].to_numpy()
    removed = rows["removed_on"].to_numpy().astype("M8[D]")
    removed = np.where(np.isnat(removed), world.latent.exits_on[firm], removed)
    parts = [rows.assign(removed_on=np.datetime64("NaT", "s"))]
    for announced in (day(text) for text in ASSESSED):
        there = (recognised < announced - np.timedelta64(400, "D")) & (removed > announced)
        mark = 0.75 * world.latent.at(firm, np.full(firm.size, announced)) + rng.normal(0, 0.75, firm.size)
        grade = np.select([mark > 1.0, mark > 0.1, mark > -1.5], ["excellent", "good", "pass"], "fail")
        grade = np.where((grade == "fail") & (np.arange(firm.size) < kept), "pass", grade)
        parts.append(rows.assign(assessment=grade, removed_on=np.datetime64("NaT", "s"), known=announced)[there])
        removed = np.where(
            there & (grade == "fail"), np.minimum(removed, announced + np.timedelta64(150, "D")), removed
        )
    ends = (removed <= LAST_DAY) & (recognised < removed)
    last = rows.assign(removed_on=removed, known=add_days(removed, 10))[ends]
    every = pd.concat([*parts, last], ignore_index=True)
    return changes(in_time(every), ["platform"], ["assessment", "removed_on"])


def instrument_rows(world: World) -> pd.DataFrame:
    """Return shared instruments: the letter's number and original value on its day."""
    rng = world.plan.rng("instruments")
    count = world.plan.scaled(target("instruments"))
    value = parts_of(rng, world.plan.scaled(target("instruments_value")), count, unit=1000, spread=0.9)
    weights = np.where(world.is_firm, np.exp(0.8 * (world.size - 7.6)), 25.0) * lasting(world)
    firm = with_repeats(rng, weights, count)
    joined = days_between(rng, day("2014-03-01"), day("2024-05-15"), count)
    stock = _instruments(rng, firm, joined, value)
    late = with_repeats(rng, weights, world.plan.scaled(90))
    new = _instruments(
        rng, late, days_between(rng, day("2025-01-20"), day("2025-10-30"), late.size), np.full(late.size, 450_000.0)
    )
    old = with_repeats(rng, weights, world.plan.scaled(70))
    gone = _instruments(
        rng, old, days_between(rng, day("2014-03-01"), day("2019-01-01"), old.size), np.full(old.size, 320_000.0)
    )
    ended = gone.assign(left_on=day("2022-12-31"), known=day("2023-01-16"))
    rows = pd.concat([stock, new, gone, ended], ignore_index=True)
    serial = np.concatenate(
        [np.arange(len(rows) - len(ended)), np.arange(len(rows) - 2 * len(ended), len(rows) - len(ended))]
    )
    in_use = world.plan.rng("instruments.in_use").beta(1.6, 2.4, int(serial.max(initial=0)) + 1)[serial]
    return rows.assign(
        instrument_no=[f"YQ3703{place + 1:06d}" for place in serial],
        hours_in_use=np.round(rows["hours_shared"] * in_use),
    )


def _instruments(rng: np.random.Generator, firm: Ints, joined: Days, value: Floats) -> pd.DataFrame:
    names = (
        "扫描电子显微镜",
        "气相色谱质谱联用仪",
        "X射线衍射仪",
        "万能材料试验机",
        "红外光谱仪",
        "激光粒度仪",
        "热分析仪",
    )
    return pd.DataFrame(
        {
            "firm": firm,
            "instrument_name": labels(rng, names, firm.size),
            "original_value": value,
            "joined_on": joined,
            "left_on": pd.NaT,
            "hours_shared": np.round(rng.gamma(2.0, 160.0, firm.size).clip(0, 4000)),
            "known": np.maximum(add_days(joined, rng.integers(5, 30, firm.size)), day("2017-01-12")),
        }
    )


def member_rows(world: World) -> pd.DataFrame:
    """Return members of the sharing network: users, and suppliers that are mostly institutions."""
    rng = world.plan.rng("members")
    total = world.plan.scaled(target("sharing_members"))
    institutions = np.flatnonzero(~world.is_firm)[: total // 4]
    private = np.exp(0.7 * world.people["tech"].to_numpy()) * world.alive(day("2025-02-01")) * world.is_firm
    private *= world.founded_on < day("2024-01-01")
    users = members(rng, private, total - institutions.size)
    late = members(rng, private * ~np.isin(np.arange(world.count), users), world.plan.scaled(160))
    firm = np.concatenate([users, institutions, late])
    role = np.where(world.is_firm[firm] & ~chance(rng, 0.012, firm.size), "user", "supplier")
    start = np.maximum(add_days(world.founded_on[firm], 60), day("2014-03-01"))
    joined = days_between(rng, start, np.maximum(start, day("2024-05-20")), firm.size)
    joined[-late.size :] = days_between(rng, day("2025-01-15"), day("2025-10-30"), late.size)
    rows = pd.DataFrame(
        {
            "firm": firm,
            "role": role,
            "joined_on": joined,
            "left_on": pd.NaT,
            "hours_used": np.nan,
            "known": np.maximum(add_days(joined, rng.integers(3, 20, firm.size)), day("2017-01-12")),
        }
    )
    hours = [_hours(rng, rows, day(text)) for text in ("2020-12-31", "2022-12-31", "2025-06-30")]
    return changes(pd.concat([rows, *hours], ignore_index=True), ["firm"], ["role", "hours_used"])


def _hours(rng: np.random.Generator, rows: pd.DataFrame, when: np.datetime64) -> pd.DataFrame:
    there = (rows["joined_on"] < pd.Timestamp(when)).to_numpy() & chance(rng, 0.35, len(rows))
    used = np.round(rng.gamma(1.2, 40.0, len(rows)), 1)
    return rows.assign(hours_used=used, known=when)[there]


def voucher_rows(world: World) -> pd.DataFrame:
    """Return vouchers: the letter's 205 for 391,300 yuan in the first half of 2024, none in the second half.

    From July 2024 the scheme changes over to automatic redemption, which starts in 2025.
    """
    rng = world.plan.rng("vouchers")
    weights = np.exp(0.9 * world.people["tech"].to_numpy()) * world.is_firm * world.alive(day("2025-02-01"))
    weights *= world.founded_on < day("2016-06-01")
    count = world.plan.scaled(target("vouchers"))
    amounts = parts_of(rng, world.plan.scaled(target("vouchers_amount")), count, unit=100, spread=0.6)
    parts = [_vouchers(rng, weights, amounts, day("2024-01-03"), day("2024-05-28"))]
    for year in (2018, 2019, 2020, 2021, 2022, 2023, 2025):
        number = world.plan.scaled(150 + 25 * (year - 2018))
        value = np.asarray(np.round(rng.lognormal(7.4, 0.6, number) / 100).clip(1) * 100, dtype=np.float64)
        parts.append(_vouchers(rng, weights, value, day(f"{year}-02-01"), day(f"{year}-11-15")))
    rows = pd.concat(parts, ignore_index=True)
    rows["order_no"] = [f"CXQ{place:07d}" for place in rng.permutation(len(rows)) + 1]
    rows["automatic_redemption"] = rows["ordered_on"] > pd.Timestamp(LETTER_DAY)
    return rows


def _vouchers(
    rng: np.random.Generator, weights: Floats, amount: Floats, start: np.datetime64, end: np.datetime64
) -> pd.DataFrame:
    count = amount.size
    ordered = days_between(rng, start, end, count)
    rows = pd.DataFrame(
        {
            "firm": with_repeats(rng, weights, count),
            "service": labels(rng, ("材料成分检测", "产品性能测试", "可靠性试验", "中试验证"), count),
            "provider": labels(rng, tuple(f"演示检测机构{letter}" for letter in "甲乙丙丁戊己"), count),
            "provider_mark": labels(rng, ("excellent", "good", "pass"), count, (0.5, 0.4, 0.1)),
            "amount": amount,
            "ordered_on": ordered,
            "paid_on": add_days(ordered, rng.integers(3, 30, count)),
            "known": add_days(ordered, rng.integers(3, 30, count)),
        }
    )
    return rows.assign(known=rows[["known", "paid_on"]].max(axis=1))


def service_rows(world: World) -> pd.DataFrame:
    """Return services of public platforms and of the six transfer bodies."""
    rng = world.plan.rng("services")
    weights = np.exp(0.5 * world.people["tech"].to_numpy()) * world.is_firm * (world.founded_on < day("2017-01-01"))
    weights *= world.latent.exits_on == NOT_YET
    least = world.plan.scaled(target("public_platform_firms") + 40)
    reached = members(rng, weights, least)
    firm = np.concatenate([reached, with_repeats(rng, weights, world.plan.scaled(1500))])
    total = world.plan.scaled(target("public_platform_amount") + 8_600_000)
    amount = parts_of(rng, total, firm.size, unit=100, spread=1.1)
    public = _services(rng, firm, labels(rng, PUBLIC_PLATFORMS, firm.size), "public_platform", amount)
    public["served_on"] = days_between(rng, day("2018-01-10"), day("2024-05-20"), firm.size)
    transfer = _transfer_services(rng, world, weights)
    later = with_repeats(rng, weights, world.plan.scaled(500))
    new = _services(
        rng,
        later,
        labels(rng, PUBLIC_PLATFORMS, later.size),
        "public_platform",
        np.round(rng.lognormal(11, 0.8, later.size)),
    )
    new["served_on"] = days_between(rng, day("2025-01-10"), day("2025-11-20"), later.size)
    rows = pd.concat([public, transfer, new], ignore_index=True)
    rows["service_no"] = [f"FW{place:07d}" for place in rng.permutation(len(rows)) + 1]
    return rows.assign(known=rows["served_on"] + pd.to_timedelta(rng.integers(5, 30, len(rows)), unit="D"))


def _services(rng: np.random.Generator, firm: Ints, platform: Ints, provider: str, amount: Floats) -> pd.DataFrame:
    words = ("样品检测", "工艺放大", "配方优化", "代工流片", "方案设计")
    return pd.DataFrame(
        {
            "firm": firm,
            "platform": platform,
            "provider_kind": provider,
            "service": labels(rng, words, firm.size),
            "event_name": None,
            "amount": amount,
        }
    )


def _transfer_services(rng: np.random.Generator, world: World, weights: Floats) -> pd.DataFrame:
    reached = members(rng, weights, world.plan.scaled(target("transfer_body_firms_served") + 22))
    firm = np.concatenate([reached, with_repeats(rng, weights, world.plan.scaled(500))])
    events = max(2, world.plan.scaled(target("transfer_body_events") + 3))
    which = np.concatenate([np.arange(events), rng.integers(0, events, max(0, firm.size - events))])[: firm.size]
    rows = _services(rng, firm, labels(rng, TRANSFER_BODIES, firm.size), "transfer_body", np.zeros(firm.size))
    held = days_between(rng, day("2023-01-10"), day("2023-11-20"), events)
    rows["event_name"] = [f"第{number + 1}场科技成果对接会" for number in which.tolist()]
    rows["service"] = "成果对接"
    return rows.assign(amount=np.nan, served_on=held[which])
