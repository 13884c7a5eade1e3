"""What do annual reports, R&D returns, tax returns and invoices show of each firm's quality?

Every signal is quality plus noise: growth, margin, leverage, receivables, lateness of filing, R&D intensity
and its steadiness, taxable sales by quarter, invoices by month.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from data.zibo.draws import chance, days_between, in_time, labels, members
from data.zibo.evidence_profile import staff_path
from data.zibo.plan import (
    LAST_DAY,
    LATENT_MONTHS,
    YEARS,
    Bools,
    Days,
    Floats,
    Ints,
    add_days,
    day,
    month_end,
    month_index,
    year_start,
)
from data.zibo.world import FIRST_BOOK_YEAR, World

RESTATED_SHARE = 0.012
OTHER_STAFF_SHARE = 0.04
"""Of so many reports the staff has nothing to do with the register's."""
INVOICE_FIRMS = 235
INVOICES_A_MONTH = 3.0


def annual_report_rows(world: World) -> pd.DataFrame:
    """Return filed accounts by year, and a few restated ones filed later."""
    rng = world.plan.rng("books")
    lasting = rng.normal(size=(4, world.count))
    years = range(FIRST_BOOK_YEAR + 1, YEARS[-1])
    staff = _reported_staff(world, years)
    parts = [_report_year(rng, world, year, lasting, staff[year]) for year in years]
    rows = pd.concat(parts, ignore_index=True)
    return pd.concat([rows, _restated(rng, rows)], ignore_index=True).sort_values("known", kind="stable")


def _reported_staff(world: World, years: Iterable[int]) -> dict[int, Floats]:
    """Return the staff that reports tell: as the register's, give or take a few, and now and then something else."""
    rng, staff = world.plan.rng("books.staff"), staff_path(world)
    return {year: _told(rng, staff[max(year, min(staff))]) for year in years}


def _told(rng: np.random.Generator, staff: Floats) -> Floats:
    other = chance(rng, OTHER_STAFF_SHARE, staff.size)
    spread = np.where(other, 0.5, 0.03)
    return np.maximum(1, np.round(staff * np.exp(spread * rng.normal(size=staff.size))))


def _report_year(rng: np.random.Generator, world: World, year: int, lasting: Floats, staff: Floats) -> pd.DataFrame:
    quality = world.latent.yearly(year)
    filed = _filing_days(rng, world, year)
    kept = _reporting(rng, world, year) & (filed <= LAST_DAY) & (filed < world.latent.exits_on)
    count = world.count
    partial = np.clip((year_start(year + 1) - world.founded_on).astype(np.int64) / 365.25, 0.1, 1.0)
    revenue = np.exp(world.log_revenue[year]) * 1e4 * partial
    margin = 0.055 + 0.030 * quality + 0.010 * lasting[0] + rng.normal(0, 0.014, count)
    leverage = np.clip(0.50 - 0.090 * quality + 0.04 * lasting[1] + rng.normal(0, 0.03, count), 0.05, 1.25)
    assets = revenue * np.exp(0.1 + 0.3 * lasting[2] + rng.normal(0, 0.06, count))
    due_share = np.clip(0.22 - 0.034 * quality + 0.03 * lasting[3] + rng.normal(0, 0.022, count), 0.01, 0.8)
    high_share = np.clip(0.55 + 0.12 * world.people["tech"].to_numpy() + rng.normal(0, 0.12, count), 0, 1)
    rows = pd.DataFrame(
        {
            "firm": np.arange(count),
            "year": day(f"{year}-12-31"),
            "revenue": revenue,
            "total_cost": revenue * (1 - margin * 1.15),
            "profit": revenue * margin,
            "assets": assets,
            "liabilities": assets * leverage,
            "receivables": revenue * due_share,
            "high_tech_income": revenue * high_share,
            "staff": staff,
            "filed_on": filed,
        }
    )
    rows["known"] = rows["filed_on"]
    money = ["revenue", "total_cost", "profit", "assets", "liabilities", "receivables", "high_tech_income"]
    rows[money] = (rows[money] / 100).round() * 100
    return rows[kept]


def _filing_days(rng: np.random.Generator, world: World, year: int) -> Days:
    """Weak firms file late: due on 30 June, some weeks or months after it."""
    quality = world.latent.at(np.arange(world.count), np.full(world.count, day(f"{year + 1}-05-15")))
    on_time = days_between(rng, day(f"{year + 1}-02-20"), day(f"{year + 1}-06-30"), world.count)
    late = chance(rng, 1 / (1 + np.exp(2.5 + 1.5 * quality)), world.count)
    return np.where(
        late, add_days(np.full(world.count, day(f"{year + 1}-07-01")), rng.integers(0, 120, world.count)), on_time
    )


def _reporting(rng: np.random.Generator, world: World, year: int) -> Bools:
    """Most firms report; outside technology and credit fewer do, and weak firms skip a year more often."""
    watched = np.zeros(world.count, dtype=bool)
    watched[world.borrowers] = True
    watched |= world.people["tech"].to_numpy() > 0.3
    quality = world.latent.yearly(year)
    share = np.where(watched, 0.96, 0.55) - 0.035 * np.maximum(0, -quality)
    return np.asarray(world.is_firm & (world.founded_on < day(f"{year}-10-01")) & chance(rng, share, world.count))


def _restated(rng: np.random.Generator, rows: pd.DataFrame) -> pd.DataFrame:
    chosen = rows[chance(rng, RESTATED_SHARE, len(rows))].copy()
    chosen["profit"] = (chosen["profit"] * rng.uniform(0.4, 0.95, len(chosen)) / 100).round() * 100
    chosen["filed_on"] = add_days(chosen["filed_on"].to_numpy(), rng.integers(60, 200, len(chosen)))
    chosen["known"] = chosen["filed_on"]
    return in_time(chosen)


def rnd_rows(world: World) -> pd.DataFrame:
    """Return R&D returns on up to three bases; strong firms spend steadily, weak ones by fits and starts."""
    rng = world.plan.rng("rnd")
    does = world.is_firm & (world.people["tech"].to_numpy() + 0.2 * rng.normal(size=world.count) > -0.15)
    does[world.borrowers] |= chance(rng, 0.6, world.borrowers.size)
    intensity = np.clip(0.045 + 0.014 * rng.normal(size=world.count), 0.012, 0.14)
    years = range(FIRST_BOOK_YEAR + 1, YEARS[-1])
    return pd.concat([_rnd_year(rng, world, year, does, intensity) for year in years], ignore_index=True)


def _rnd_year(rng: np.random.Generator, world: World, year: int, does: Bools, intensity: Floats) -> pd.DataFrame:
    quality = world.latent.yearly(year)
    count = world.count
    unsteady = np.clip(0.16 - 0.07 * quality, 0.03, 0.5)
    share = np.clip(intensity + 0.0055 * quality, 0.004, 0.2) * np.exp(unsteady * rng.normal(size=count))
    expense = np.exp(world.log_revenue[year]) * 1e4 * share
    staff = np.maximum(
        3, np.round(world.people["staff"].to_numpy() * np.exp(0.05 * (year - 2017) * 0.4 + 0.12 * quality))
    )
    people = np.clip(
        np.round(staff * np.clip(0.14 + 0.025 * quality + rng.normal(0, 0.022, count), 0.02, 0.8)), 1, staff
    )
    kept = does & (world.founded_on < day(f"{year}-07-01")) & (world.latent.exits_on > day(f"{year + 1}-08-01"))
    parts = []
    for basis, share_of, factor, last in (
        ("accounting", 0.9, 1.0, 5),
        ("tax", 0.42, 0.93, 6),
        ("statistics", 0.14, 1.08, 4),
    ):
        told = kept & chance(rng, share_of, count)
        if basis == "tax" and year < 2018:
            continue
        parts.append(
            pd.DataFrame(
                {
                    "firm": np.arange(count),
                    "year": day(f"{year}-12-31"),
                    "basis": basis,
                    "rnd_expense": np.round(expense * factor * rng.normal(1, 0.03, count) / 100).clip(1) * 100,
                    "rnd_staff": people,
                    "staff": staff,
                    "known": days_between(rng, day(f"{year + 1}-02-10"), day(f"{year + 1}-{last:02d}-28"), count),
                }
            )[told]
        )
    return pd.concat(parts, ignore_index=True)


def tax_rows(world: World) -> pd.DataFrame:
    """Return quarterly tax returns of firms with a loan, from a year before their first application."""
    rng = world.plan.rng("tax")
    firm, months, when = _panel(world, np.unique(world.loans["firm"].to_numpy()), step=3, before=12)
    sales = _monthly_sales(world, firm, months) * 3 * np.exp(rng.normal(0, 0.04, firm.size))
    rate = np.clip(0.031 + 0.004 * world.latent.visible[firm, months] + rng.normal(0, 0.0035, firm.size), 0.002, 0.09)
    return pd.DataFrame(
        {
            "firm": firm,
            "period_end": when,
            "tax_paid": np.round(sales * rate, 2),
            "taxable_sales": np.round(sales, 2),
            "known": add_days(when, rng.integers(10, 20, firm.size)),
            "owner": _main_bank(world)[firm],
        }
    )


def _monthly_sales(world: World, firm: Ints, months: Ints) -> Floats:
    """Spread a year's revenue over its months, with quality moving it within the year."""
    years = np.clip(2014 + months // 12, FIRST_BOOK_YEAR, YEARS[-1])
    table = np.stack([world.log_revenue[year] for year in range(FIRST_BOOK_YEAR, YEARS[-1] + 1)])
    level = table[years - FIRST_BOOK_YEAR, firm]
    within = 0.11 * (world.latent.visible[firm, months] - world.latent.visible[firm, np.maximum(months - 6, 0)])
    return np.asarray(np.exp(level + within) * 1e4 / 12)


def _panel(world: World, places: Ints, *, step: int, before: int, most: int = 200) -> tuple[Ints, Ints, Days]:
    """Return (firm, month, day) triples from some months before the first application to the firm's end."""
    first = np.full(world.count, LATENT_MONTHS)
    np.minimum.at(
        first, world.applications["firm"].to_numpy(), month_index(world.applications["applied_on"].to_numpy())
    )
    months = np.arange(
        int(month_index(np.array([day("2017-03-31")]))[0]), int(month_index(np.array([LAST_DAY]))[0]) + 1, step
    )
    ends = np.minimum(np.minimum(world.latent.exits_on, add_days(world.latent.failed_on, 420)), LAST_DAY)
    last_loan = np.full(world.count, day("1970-01-01"))
    np.maximum.at(last_loan, world.loans["firm"].to_numpy(), world.loans["closed_on"].to_numpy().astype("M8[D]"))
    ends = np.minimum(ends, add_days(last_loan, 120))
    when = month_end(months)
    inside = (months >= first[places, None] - before) & (months < first[places, None] - before + most)
    inside &= (when <= ends[places, None]) & (when > world.founded_on[places, None])
    row, column = np.nonzero(inside)
    return places[row], months[column], when[column]


def _main_bank(world: World) -> np.ndarray:
    banks = np.full(world.count, "demo-bank-1", dtype=object)
    banks[world.loans["firm"].to_numpy()] = world.loans["bank"].to_numpy()
    return banks


def invoice_rows(world: World) -> pd.DataFrame:
    """Return invoices of some borrowers who let their bank see them, at most 30 months each."""
    rng = world.plan.rng("invoices")
    weights = np.zeros(world.count)
    weights[world.loans["firm"].to_numpy()] = 1.0
    places = members(rng, weights, world.plan.scaled(INVOICE_FIRMS))
    firm, months, when = _panel(world, places, step=1, before=12, most=42)
    quality = world.latent.visible[firm, months]
    number = rng.poisson(np.clip(INVOICES_A_MONTH + 0.7 * quality, 0.3, 8))
    pick = np.repeat(np.arange(firm.size), number)
    count = pick.size
    sale = chance(rng, 0.55, count)
    share = rng.dirichlet(np.ones(3), count)[:, 0] * 1.6 / np.maximum(number[pick], 1)
    amount = np.round(_monthly_sales(world, firm[pick], months[pick]) * np.where(sale, 1.0, 0.72) * share, 2)
    red = chance(rng, np.clip(0.02 - 0.012 * quality[pick], 0.002, 0.1), count)
    amount = np.where(red, -0.3 * amount, amount).round(2)
    void = chance(rng, np.clip(0.03 - 0.015 * quality[pick], 0.004, 0.15), count)
    partner = np.floor(rng.pareto(0.9, count) * 2) % np.clip(12 + 4 * quality[pick], 3, 40)
    tax = np.round(amount * 0.13, 2)
    issued = add_days(when[pick], -rng.integers(0, 28, count))
    return pd.DataFrame(
        {
            "firm": firm[pick],
            "invoice_no": [f"{number:08d}" for number in rng.integers(1, 99_999_999, count).tolist()],
            "direction": np.where(sale, "sale", "purchase"),
            "issued_on": issued,
            "counterparty": [
                f"D{a:04d}{b:03d}" for a, b in zip(firm[pick].tolist(), partner.astype(int).tolist(), strict=True)
            ],
            "amount": amount,
            "tax": tax,
            "total": np.round(amount + tax, 2),
            "status": np.where(void, "void", "valid"),
            "known": issued,
            "owner": _main_bank(world)[firm[pick]],
        }
    )


def equity_rows(world: World) -> pd.DataFrame:
    """Return equity rounds; investors prefer good and technical firms."""
    rng = world.plan.rng("equity")
    weights = np.exp(0.45 * world.latent.yearly(2020) + 0.9 * world.people["tech"].to_numpy()) * world.is_firm
    places = members(rng, weights, world.plan.scaled(420))
    rounds = rng.integers(1, 4, places.size)
    firm = np.repeat(places, rounds)
    order = np.concatenate([np.arange(number) for number in rounds])
    closed = days_between(
        rng, np.maximum(day("2017-02-01"), add_days(world.founded_on[firm], 200)), day("2025-10-31"), firm.size
    )
    keep = closed < np.minimum(world.latent.exits_on, world.latent.failed_on)[firm]
    names = np.asarray(("天使轮", "A轮", "B轮", "C轮"), dtype=object)
    return pd.DataFrame(
        {
            "firm": firm,
            "round": names[order],
            "investor_kind": labels(rng, ("market", "government_fund"), firm.size, (0.65, 0.35)),
            "amount": np.round(np.exp(rng.normal(6.4, 0.8, firm.size) + 0.4 * order)) * 1e4,
            "closed_on": closed,
            "known": np.minimum(add_days(closed, rng.integers(10, 60, firm.size)), LAST_DAY),
        }
    )[keep]


def insurance_rows(world: World) -> pd.DataFrame:
    """Return 科技保险 policies; claims come a little more often to weak firms."""
    rng = world.plan.rng("insurance")
    firm = rng.permutation(
        np.repeat(members(rng, np.exp(world.people["tech"].to_numpy()) * world.is_firm, world.plan.scaled(500)), 3)
    )
    started = days_between(rng, day("2018-01-05"), day("2025-11-30"), firm.size)
    insured = np.round(np.exp(rng.normal(5.6, 0.6, firm.size))) * 1e4
    quality = world.latent.at(firm, started)
    claim = chance(rng, np.clip(0.05 - 0.02 * quality, 0.005, 0.2), firm.size)
    claimed = add_days(started, rng.integers(60, 360, firm.size))
    claim &= claimed < day("2025-11-15")
    rows = pd.DataFrame(
        {
            "firm": firm,
            "policy_no": [f"BX{place:08d}" for place in rng.permutation(firm.size) + 1],
            "product": labels(
                rng, ("研发费用损失保险", "首台套综合险", "产品责任保险", "专利被侵权损失保险"), firm.size
            ),
            "premium": np.round(insured * 0.012),
            "insured_amount": insured,
            "started_on": started,
            "ends_on": add_days(started, 365),
            "known": add_days(started, rng.integers(5, 30, firm.size)),
        }
    )
    there = (started < world.latent.exits_on[firm]) & (started > world.founded_on[firm])
    blank = rows.assign(claimed_on=np.datetime64("NaT", "s"), claim_amount=np.nan)
    settled = rows.assign(
        claimed_on=claimed, claim_amount=np.round(rows["insured_amount"] * 0.35), known=add_days(claimed, 25)
    )
    told: pd.DataFrame = pd.concat([blank.loc[there], settled.loc[there & claim]], ignore_index=True)
    return told
