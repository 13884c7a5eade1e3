"""Who asks for credit, what do the banks answer, and on which terms do they lend?

Banks decide on the visible quality, on part of what shows in no list, and on chance (method.md 4). 鲁科贷 is
drawn by filing quarter, so that the published averages hold in each of them (domain.md 4.3).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.zibo.banks import BANK_SHARES, BANKS
from data.zibo.draws import days_between, either, labels, members
from data.zibo.entries import has_entry
from data.zibo.plan import NOT_YET, YEARS, Bools, Days, Floats, Ints, Plan, add_days, add_months
from data.zibo.quality import PRIVATE, Latent

REFUSAL_CODES = ("R01偿债能力不足", "R02征信记录", "R03材料不全", "R04行业限制", "R05担保不足", "R06经营年限不足")
LUKEDAI_FIRMS = 56
LUKEDAI_LOANS_PER_FIRM = 1.17
ORDINARY_FIRMS = 122
BANK_NOISE = 1.1
UNFILED_SHARE = 0.005
ASKING_POOL = 1980
"""Enterprises that ever think of a loan; about 1,500 of them get one."""


@dataclass(frozen=True, kw_only=True)
class Quarter:
    """Name one quarter in which banks lend."""

    year: int
    number: int

    @property
    def start(self) -> np.datetime64:
        """Return its first day."""
        return np.datetime64(f"{self.year}-{3 * self.number - 2:02d}-01", "D")

    @property
    def end(self) -> np.datetime64:
        """Return its last day."""
        months = (np.array([self.start]).astype("M8[M]") + 3).astype("M8[D]")
        last: np.datetime64 = months[0] - np.timedelta64(1, "D")
        return last


QUARTERS = tuple(Quarter(year=year, number=number) for year in YEARS for number in (1, 2, 3, 4))


@dataclass(frozen=True, kw_only=True)
class Town:
    """Hold what lending needs to know of the city."""

    plan: Plan
    people: pd.DataFrame
    latent: Latent
    entries: dict[int, Ints]


def draw_applications(town: Town) -> pd.DataFrame:
    """Return every first-hand application with its answer and, where approved, the terms of the loan.

    Shapes: one row per application: firm, product, applied_on, decided_on, decision, refusal_code, channel, bank,
    amount, disbursed_on, filed_on, term (months), repayment, rate; terms of refused ones are blank.
    """
    rng = town.plan.rng("lending")
    asking = _asking_weights(town)
    had_lukedai = np.zeros(len(town.people), dtype=bool)
    busy_until = np.full(len(town.people), np.datetime64("1970-01-01", "D"))
    parts: list[pd.DataFrame] = []
    for quarter in QUARTERS:
        for product in ("lukedai", "ordinary"):
            rows = _quarter_rows(
                rng, town, quarter, product, asking * _appetite(product, had_lukedai, busy_until, quarter)
            )
            granted = rows[rows["decision"] == "approved"]
            places = granted["firm"].to_numpy()
            if product == "lukedai":
                had_lukedai[places] = True
            ends = add_months(granted["disbursed_on"].to_numpy(), granted["term"].to_numpy().astype(np.int64))
            np.maximum.at(busy_until, places, ends)
            parts.append(rows)
    return pd.concat(parts, ignore_index=True)


def _asking_weights(town: Town) -> Floats:
    rng = town.plan.rng("asking")
    sought = np.where(town.people["institution"], 0.0, np.exp(0.55 * town.people["demand"].to_numpy()))
    sought *= np.exp(0.5 * town.people["tech"].to_numpy())
    pool = members(rng, sought, town.plan.scaled(ASKING_POOL))
    weights = np.zeros(len(town.people))
    weights[pool] = np.exp(0.6 * town.people["demand"].to_numpy()[pool])
    return weights


def _appetite(product: str, had_lukedai: Bools, busy_until: Days, quarter: Quarter) -> Floats:
    """Firms come back for 鲁科贷; with a loan still open they ask less."""
    free = np.where(busy_until > quarter.end, 0.35, 1.0)
    return np.asarray(free * np.where(had_lukedai, 2.6, 1.0) if product == "lukedai" else free)


def _quarter_rows(
    rng: np.random.Generator, town: Town, quarter: Quarter, product: str, appetite: Floats
) -> pd.DataFrame:
    able = _able(town, quarter, product)
    wanted = town.plan.scaled(LUKEDAI_FIRMS if product == "lukedai" else ORDINARY_FIRMS)
    wanted = round(wanted * (0.90 + 0.02 * (quarter.year - YEARS[0])))
    asked = rng.permutation(members(rng, appetite * able, round(wanted / 0.69)))
    applied = days_between(
        rng, quarter.start - np.timedelta64(55, "D"), quarter.start + np.timedelta64(25, "D"), asked.size
    )
    decision = _decide(rng, town.latent, asked, applied, min(wanted, asked.size))
    rows = _application_rows(rng, asked, applied, decision, product)
    return _with_terms(rng, town, quarter, rows)


def _able(town: Town, quarter: Quarter, product: str) -> Bools:
    """A firm asks while it exists, has not failed and does not plan to leave; 鲁科贷 needs an entry."""
    founded = town.people["founded_on"].to_numpy().astype("M8[D]")
    able = founded < quarter.start - np.timedelta64(400, "D")
    able &= town.latent.failed_on > quarter.start + np.timedelta64(41, "D")
    staying = town.latent.exits_on > quarter.end + np.timedelta64(1200, "D")
    able &= staying | (town.latent.failed_on < NOT_YET)
    if product == "lukedai":
        able &= has_entry(town.entries, len(town.people), quarter.year)
    return np.asarray(able)


def _decide(rng: np.random.Generator, latent: Latent, asked: Ints, applied: Days, wanted: int) -> Ints:
    """Withdraw some at random, then approve those that look best to the bank."""
    looks = latent.at(asked, applied) + 2.2 * PRIVATE * latent.private[asked] + rng.normal(0, BANK_NOISE, asked.size)
    leaving = rng.random(asked.size) < 0.07
    order = np.argsort(-(looks - 99 * leaving), kind="stable")
    decision = np.where(leaving, "withdrawn", "refused").astype(object)
    decision[order[: min(wanted, int((~leaving).sum()))]] = "approved"
    return decision


def _application_rows(
    rng: np.random.Generator, asked: Ints, applied: Days, decision: Ints, product: str
) -> pd.DataFrame:
    count = asked.size
    refused = decision == "refused"
    kinds = labels(rng, ("ordinary", "rd_loan"), count, (0.86, 0.14))
    channels = ("branch", "recommendation", "platform")
    return pd.DataFrame(
        {
            "firm": asked,
            "product": kinds if product == "ordinary" else product,
            "applied_on": applied,
            "decided_on": add_days(applied, rng.integers(5, 31, count)),
            "decision": decision,
            "refusal_code": either(refused, labels(rng, REFUSAL_CODES, count)),
            "channel": labels(rng, channels, count, (0.3, 0.45, 0.25) if product == "lukedai" else (0.7, 0.08, 0.22)),
            "bank": labels(rng, tuple(BANKS), count, BANK_SHARES),
        }
    )


def _with_terms(rng: np.random.Generator, town: Town, quarter: Quarter, rows: pd.DataFrame) -> pd.DataFrame:
    granted = (rows["decision"] == "approved").to_numpy()
    rows = pd.concat([rows, _second_loans(rng, rows[granted])], ignore_index=True)
    granted = (rows["decision"] == "approved").to_numpy()
    count = len(rows)
    disbursed = add_days(rows["decided_on"].to_numpy(), rng.integers(1, 16, count))
    bullet = rng.random(count) < (0.76 if rows["product"].iloc[0] == "lukedai" else 0.62)
    longer = rng.choice(np.array([18, 24, 36]), size=count, p=[0.3, 0.45, 0.25])
    size = town.people["size"].to_numpy()[rows["firm"]]
    wished = np.exp(5.75 + 0.32 * (size - 8.0) + rng.normal(0, 0.55, count))
    rows = rows.assign(
        disbursed_on=np.where(granted, disbursed, np.datetime64("NaT")).astype("M8[D]"),
        term=np.where(bullet, 12, longer),
        repayment=np.where(bullet, "bullet", "instalments"),
        amount=np.clip(np.round(wished / 10) * 10, 30, 1000),
        risk_taste=-0.10 * town.latent.at(rows["firm"].to_numpy(), rows["applied_on"].to_numpy()),
        filed_on=np.datetime64("NaT", "D"),
        rate=np.nan,
    )
    if rows["product"].iloc[0] == "lukedai":
        return _as_filed(rng, quarter, rows, granted)
    return rows.assign(rate=np.round(0.052 - 0.0009 * (quarter.year - 2017) + 0.004 * rows["risk_taste"], 4))


def _second_loans(rng: np.random.Generator, granted: pd.DataFrame) -> pd.DataFrame:
    """Let some firms of a 鲁科贷 quarter take a second loan in the same quarter."""
    if granted.empty or granted["product"].iloc[0] != "lukedai":
        return granted.iloc[:0]
    count = round(len(granted) * (LUKEDAI_LOANS_PER_FIRM - 1))
    again = granted.iloc[np.sort(rng.permutation(len(granted))[:count])]
    moved = add_days(again["applied_on"].to_numpy(), rng.integers(0, 6, count))
    decided = add_days(again["decided_on"].to_numpy(), rng.integers(2, 9, count))
    return again.assign(applied_on=moved, decided_on=decided)


def _as_filed(rng: np.random.Generator, quarter: Quarter, rows: pd.DataFrame, granted: Bools) -> pd.DataFrame:
    """File approved loans inside the quarter, within three months, and bring the averages to the published ones."""
    if not granted.any():
        return rows
    disbursed = rows["disbursed_on"].to_numpy().astype("M8[D]")
    earliest = np.maximum(quarter.start, disbursed + np.timedelta64(4, "D"))
    latest = np.minimum(quarter.end, add_months(disbursed, np.full(len(rows), 3)))
    filed = days_between(
        rng, np.where(granted, earliest, quarter.start), np.where(granted, latest, quarter.end), len(rows)
    )
    kept = granted & (rng.random(len(rows)) >= UNFILED_SHARE)
    kept = kept if kept.any() else granted
    rate_target = _average_rate(quarter)
    spread = 0.004 * rows["risk_taste"].to_numpy() + rng.normal(0, 0.0035, len(rows))
    rate = rate_target + spread - spread[kept].mean()
    rate = np.clip(rate, 0.028, 0.058)
    rate = np.round(rate + rate_target - rate[kept].mean(), 4)
    return rows.assign(
        filed_on=np.where(kept, filed, np.datetime64("NaT")).astype("M8[D]"),
        rate=rate,
        amount=_averaging(rows["amount"].to_numpy(), kept, 395.0 + rng.uniform(-12, 12)),
    )


def _average_rate(quarter: Quarter) -> float:
    """Follow the published averages, flat before them."""
    when = quarter.year + (quarter.number - 1) / 4
    known = (
        (2017.0, 0.0431),
        (2022.75, 0.0431),
        (2023.0, 0.0431),
        (2023.25, 0.0421),
        (2025.25, 0.0360),
        (2025.5, 0.0340),
    )
    return float(np.interp(when, [at for at, _ in known], [rate for _, rate in known]))


def _averaging(amount: Floats, kept: Bools, mean: float) -> Floats:
    """Bring the mean of the kept amounts (10,000 yuan, in tens, at most 1,000) near a target."""
    scaled = amount.copy()
    for _ in range(6):
        scaled = np.clip(np.round(scaled * mean / scaled[kept].mean() / 10) * 10, 30, 1000)
    lacking = round(float(mean - scaled[kept].mean()) * int(kept.sum()) / 10)
    movable = np.flatnonzero(kept & (scaled > 60) & (scaled < 960))
    for place in movable[: abs(lacking)]:
        scaled[place] += 10 * np.sign(lacking)
    return scaled
