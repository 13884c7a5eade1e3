"""What do the banks report of applications, loans, months and events, and who guarantees whom?"""

import numpy as np
import pandas as pd

from data.zibo.banks import BANKS
from data.zibo.draws import chance, either, in_time, labels
from data.zibo.loans import DAYS_TO_DEFAULT
from data.zibo.plan import LAST_DAY, NOT_YET, Bools, Days, Floats, Ints, add_days, day, month_end, month_index
from data.zibo.world import World

MISSING_MONTHS = 0.008
CLASS_FROM_DAYS = ((0, "normal"), (1, "mention"), (91, "substandard"), (271, "doubtful"), (361, "loss"))
"""Grid of the classification rules (domain.md 9.4)."""
EARLY_DAYS = 5 * 365 + 1
"""So old a firm is at most whose R&D credit is filed as early-stage."""


def application_rows(world: World) -> pd.DataFrame:
    """Return applications as reported: after the decision, or undecided at the end of the city."""
    rng = world.plan.rng("report.applications")
    rows = world.applications[world.applications["applied_on"] <= pd.Timestamp(LAST_DAY) - pd.Timedelta(days=4)].copy()
    first = _first_loans(world, rows)
    decided = rows["decided_on"].to_numpy().astype("M8[D]")
    open_still = decided > LAST_DAY - np.timedelta64(8, "D")
    known = np.where(
        open_still, add_days(rows["applied_on"].to_numpy(), 2), add_days(decided, rng.integers(1, 8, len(rows)))
    )
    return pd.DataFrame(
        {
            "firm": rows["firm"],
            "application_no": rows["application_no"],
            "bank": rows["bank"].map(BANKS),
            "product": _products(world, rows),
            "applied_on": rows["applied_on"],
            "amount": rows["amount"] * 1e4,
            "decided_on": np.where(open_still, np.datetime64("NaT"), decided),
            "decision": either(~open_still, rows["decision"]),
            "refusal_code": either(~open_still, rows["refusal_code"]),
            "is_first_loan": first,
            "channel": rows["channel"],
            "known": known,
            "owner": rows["bank"],
        }
    )


def _products(world: World, rows: pd.DataFrame) -> Ints:
    """Name loans that rest on a pledged patent alone 知识产权质押贷, unless they are 鲁科贷."""
    pledged = set(world.loans["application_no"][world.loans["security"] == "ip_pledge"])
    is_pledged = rows["application_no"].isin(pledged).to_numpy() & (rows["product"] == "ordinary").to_numpy()
    return np.where(is_pledged, "ip_pledge", rows["product"])


def _first_loans(world: World, rows: pd.DataFrame) -> Bools:
    """Tell the applications of firms that had no loan before."""
    earliest = np.full(world.count, NOT_YET)
    np.minimum.at(earliest, world.loans["firm"].to_numpy(), world.loans["disbursed_on"].to_numpy().astype("M8[D]"))
    return np.asarray(rows["applied_on"].to_numpy().astype("M8[D]") <= earliest[rows["firm"]])


def loan_rows(world: World) -> pd.DataFrame:
    """Return the ledger: a version when the loan is reported, when it is filed, when it is settled."""
    rng = world.plan.rng("report.loans")
    loans = world.loans
    lukedai = (loans["product"] == "lukedai").to_numpy()
    early = lukedai & _early(world)
    filed = loans["filed_on"].to_numpy().astype("M8[D]")
    settled = loans["settled_on"].to_numpy().astype("M8[D]")
    rows = pd.DataFrame(
        {
            "firm": loans["firm"],
            "loan_no": loans["loan_no"],
            "application_no": loans["application_no"],
            "bank": loans["bank"].map(BANKS),
            "product": _products(world, loans),
            "amount": loans["amount"],
            "undrawn": np.where(chance(rng, 0.08, len(loans)), np.round(loans["amount"] * 0.2), 0.0),
            "rate": loans["rate"],
            "disbursed_on": loans["disbursed_on"],
            "matures_on": loans["matures_on"],
            "repayment": loans["repayment"],
            "use": loans["use"],
            "security": loans["security"],
            "coverage_share": np.where(early, 0.9, np.where(lukedai, 0.7, 0.0)),
            "guarantor_share": loans["guarantor_share"],
            **_charges(world),
            "is_early_rnd_credit": early,
            "filed_on": np.datetime64("NaT", "D"),
            "renewal_of": loans["renewal_of"],
            "settled_on": np.datetime64("NaT", "D"),
            "known": add_days(loans["disbursed_on"].to_numpy(), rng.integers(2, 12, len(loans))),
            "owner": loans["bank"],
        }
    )
    with_filing = rows.assign(
        filed_on=filed, known=np.maximum(add_days(filed, rng.integers(1, 7, len(loans))), rows["known"])
    )
    with_end = rows.assign(filed_on=filed, settled_on=settled, known=add_days(settled, rng.integers(1, 9, len(loans))))
    every = pd.concat([rows, with_filing[lukedai & ~np.isnat(filed)], with_end[settled < NOT_YET]], ignore_index=True)
    return in_time(every)


def _early(world: World) -> Bools:
    """Tell which loans are credit for research to firms in their first five years."""
    loans = world.loans
    age = loans["disbursed_on"].to_numpy().astype("M8[D]") - world.founded_on[loans["firm"].to_numpy()]
    research = (loans["security"] == "credit") & (loans["use"] == "研发投入")
    return np.asarray(research.to_numpy() & (age <= np.timedelta64(EARLY_DAYS, "D")))


def _charges(world: World) -> dict[str, Floats]:
    """Return what guarantors ask a year, lower from year to year, and the premium of the few loans that are insured."""
    rng, loans = world.plan.rng("report.charges"), world.loans
    years = month_index(loans["disbursed_on"].to_numpy().astype("M8[D]")) / 12
    fee = np.round(np.clip(0.012 - 0.0008 * (years - years.min()) + rng.normal(0, 0.0015, len(loans)), 0.003, 0.02), 4)
    insured = chance(rng, 0.04, len(loans)) & (loans["security"] == "credit").to_numpy()
    return {
        "guarantee_fee_rate": np.where(loans["guarantor_share"] > 0, fee, np.nan),
        "premium": np.where(insured, np.round(loans["amount"] * 0.01, 2), np.nan),
    }


def month_rows(world: World) -> pd.DataFrame:
    """Return one row per loan and month end while it is open, but for a few missing months."""
    rng = world.plan.rng("report.months")
    loans = world.loans
    start = month_index(loans["disbursed_on"].to_numpy().astype("M8[D]"))
    closed = loans["closed_on"].to_numpy().astype("M8[D]")
    number = np.maximum(month_index(closed) - start + (month_end(month_index(closed)) <= closed), 0)
    place = np.repeat(np.arange(len(loans)), number)
    step = np.arange(place.size) - np.repeat(np.cumsum(number) - number, number)
    end = month_end(start[place] + step)
    past_due = _past_due(rng, world, place, end)
    balance = _balance(loans, place, step, end)
    rows = pd.DataFrame(
        {
            "firm": loans["firm"].to_numpy()[place],
            "loan_no": loans["loan_no"].to_numpy()[place],
            "month_end": end,
            "days_past_due": past_due,
            "five_class": _classes(loans, place, end, past_due),
            "balance": balance,
            "overdue_amount": _overdue(loans, place, balance, past_due),
            "known": add_days(end, rng.integers(3, 13, place.size)),
            "origin": loans["application_no"].to_numpy()[place],
            "owner": loans["bank"].to_numpy()[place],
        }
    )
    return in_time(rows[~chance(rng, MISSING_MONTHS, len(rows))])


def _past_due(rng: np.random.Generator, world: World, place: Ints, end: Days) -> Ints:
    """Days past due: from the unpaid due day on; and for weak firms now and then a few days of late interest."""
    loans = world.loans
    due = loans["due_on"].to_numpy().astype("M8[D]")
    due = np.where(due < NOT_YET, add_days(due, loans["relief_days"].to_numpy().astype(np.int64)), NOT_YET)[place]
    failed = np.where((due <= end) & ~loans["distressed"].to_numpy()[place], (end - due).astype(np.int64), 0)
    quality = world.latent.at(loans["firm"].to_numpy()[place], end)
    slips = chance(rng, 1 / (1 + np.exp(3.7 + 1.45 * quality)), place.size)
    minor = np.minimum(1 + rng.geometric(0.09, place.size), 55)
    return np.where(failed > 0, failed, slips * minor)


def _balance(loans: pd.DataFrame, place: Ints, step: Ints, end: Days) -> Floats:
    amount, term = loans["amount"].to_numpy()[place], loans["term"].to_numpy()[place]
    due = loans["due_on"].to_numpy().astype("M8[D]")
    first = loans["disbursed_on"].to_numpy().astype("M8[M]")
    stops = np.where(due < NOT_YET, (due.astype("M8[M]") - first).astype(np.int64) - 1, 99)[place]
    paid = np.clip(np.minimum(step, stops), 0, term) / term
    return np.where(loans["repayment"].to_numpy()[place] == "bullet", amount, np.round(amount * (1 - paid), 2))


def _overdue(loans: pd.DataFrame, place: Ints, balance: Floats, past_due: Ints) -> Floats:
    interest = np.round(loans["amount"].to_numpy()[place] * loans["rate"].to_numpy()[place] / 12, 2)
    matured = past_due > 55
    return np.where(past_due == 0, 0.0, np.where(matured, balance, np.minimum(interest, balance)))


def _classes(loans: pd.DataFrame, place: Ints, end: Days, past_due: Ints) -> Ints:
    """Class by the grid, at least 次级 for every loan of a firm in default (debtor-centred rule)."""
    default_on = loans["default_on"].to_numpy().astype("M8[D]")[place]
    since = np.where(default_on <= end, DAYS_TO_DEFAULT + (end - default_on).astype(np.int64), 0)
    steps = np.array([days for days, _ in CLASS_FROM_DAYS])
    words = np.asarray([word for _, word in CLASS_FROM_DAYS], dtype=object)
    return np.asarray(words[np.searchsorted(steps, np.maximum(past_due, since), side="right") - 1])


def event_rows(world: World) -> pd.DataFrame:
    """Return renewals, relief, distressed changes, payouts, write-offs, sales, recoveries, settlements."""
    rng = world.plan.rng("report.events")
    loans = world.loans
    settled = loans["settled_on"].to_numpy().astype("M8[D]")
    renewed = loans["loan_no"].isin(set(loans["renewal_of"].dropna())).to_numpy()
    due = loans["due_on"].to_numpy().astype("M8[D]")
    relief_on = np.where(due < NOT_YET, due, loans["matures_on"].to_numpy().astype("M8[D]"))
    has_relief = (loans["relief_days"] > 0).to_numpy()
    distressed = loans["distressed"].to_numpy() & (due < NOT_YET)
    kinds = labels(rng, ("extension", "restructuring", "refinancing"), len(loans))
    charged = loans["charged_on"].to_numpy().astype("M8[D]")
    sale = chance(rng, 0.35, len(loans))
    noticed_only = (loans["own_default_on"].to_numpy().astype("M8[D]") < due) & (due < NOT_YET) & ~distressed
    insolvent = noticed_only & chance(rng, 0.15, len(loans))
    paid_out = loans["paid_out_on"].to_numpy().astype("M8[D]")
    recovered = add_days(charged, rng.integers(60, 400, len(loans)))
    parts = [
        _event(loans, "renewal", loans["matures_on"].to_numpy(), renewed, 1.0),
        _event(loans, "settlement", settled, settled < NOT_YET, 1.0),
        _event(loans, "relief", relief_on, has_relief, 1.0).assign(
            relief_days=loans["relief_days"][has_relief & (relief_on <= LAST_DAY)]
        ),
        *[_event(loans, kind, due, distressed & (kinds == kind), 1.0, distressed=True) for kind in np.unique(kinds)],
        _event(loans, "guarantee_payout", paid_out, paid_out < NOT_YET, 0.8),
        _event(loans, "write_off", charged, (charged < NOT_YET) & ~sale, 0.7),
        _event(loans, "sale", charged, (charged < NOT_YET) & sale, 0.3),
        _event(loans, "insolvency", loans["own_default_on"].to_numpy(), insolvent, 1.0, distressed=True),
        _event(loans, "recovery", recovered, (charged < NOT_YET) & chance(rng, 0.5, len(loans)), 0.22),
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows["known"] = add_days(rows["occurred_on"].to_numpy(), rng.integers(1, 10, len(rows)))
    return in_time(rows)


def _event(
    loans: pd.DataFrame, event: str, days: Days, which: Bools, share: float, *, distressed: bool = False
) -> pd.DataFrame:
    which = which & (np.asarray(days, "M8[D]") <= LAST_DAY)
    chosen = loans[which]
    return pd.DataFrame(
        {
            "firm": chosen["firm"],
            "loan_no": chosen["loan_no"],
            "event": event,
            "occurred_on": np.asarray(days, "M8[D]")[which],
            "amount": (chosen["amount"] * share).round(2),
            "relief_days": np.nan,
            "is_distressed": distressed,
            "origin": chosen["application_no"],
            "owner": chosen["bank"],
        }
    )


def guarantee_rows(world: World) -> pd.DataFrame:
    """Return guarantees among firms: mutual ones inside rings, and single ones for loans secured by 保证."""
    rng = world.plan.rng("guarantees")
    loans = world.loans[(world.loans["security"] == "guarantee") & (world.loans["guarantor_share"] == 0)]
    firm = loans["firm"].to_numpy()
    ring = world.latent.ring
    by_ring = {number: np.flatnonzero(ring == number) for number in np.unique(ring[ring >= 0]).tolist()}
    friends = rng.permutation(
        np.flatnonzero(world.is_firm & (world.latent.exits_on == NOT_YET) & (world.founded_on < day("2012-01-01")))
    )
    chosen = [
        _guarantor(int(place), by_ring.get(int(ring[place])), friends, int(pick))
        for place, pick in zip(firm, rng.integers(0, 1 << 30, firm.size), strict=True)
    ]
    rows = pd.DataFrame(
        {
            "firm": chosen,
            "guaranteed": world.people["code"].to_numpy()[firm],
            "amount": loans["amount"].to_numpy(),
            "started_on": loans["disbursed_on"].to_numpy(),
            "ends_on": loans["matures_on"].to_numpy(),
            "known": add_days(loans["disbursed_on"].to_numpy(), rng.integers(3, 25, firm.size)),
            "origin": either(chance(rng, 0.7, firm.size), loans["application_no"]),
            "owner": loans["bank"].to_numpy(),
            "contract_no": [f"DB{number[2:]}" for number in loans["loan_no"]],
        }
    )
    return in_time(pd.concat([rows, _ring_rows(world, rng)], ignore_index=True))


def _guarantor(place: int, ring: Ints | None, friends: Ints, pick: int) -> int:
    others = friends if ring is None else ring[ring != place]
    return int(others[pick % others.size])


def _ring_rows(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Write the mutual guarantees that make a ring: each member for the next, for some years."""
    inside = np.flatnonzero(world.latent.ring >= 0)
    inside = inside[np.argsort(world.latent.ring[inside], kind="stable")]
    ring = world.latent.ring[inside]
    next_one = np.where(np.roll(ring, -1) == ring, np.roll(inside, -1), -1)
    first = {int(number): int(inside[np.flatnonzero(ring == number)[0]]) for number in np.unique(ring)}
    next_one = np.array(
        [first[int(number)] if place < 0 else place for place, number in zip(next_one, ring, strict=True)]
    )
    started = np.maximum(day("2016-06-01"), add_days(world.founded_on[inside], 500))
    rows = pd.DataFrame(
        {
            "firm": inside,
            "guaranteed": world.people["code"].to_numpy()[next_one],
            "amount": np.round(np.exp(rng.normal(5.9, 0.5, inside.size))) * 1e4,
            "started_on": started,
            "ends_on": day("2026-12-31"),
            "known": np.maximum(add_days(started, 30), day("2017-01-10")),
            "origin": None,
            "owner": "demo-bank-3",
            "contract_no": [f"HB{place:06d}" for place in range(inside.size)],
        }
    )
    return rows[started < LAST_DAY]
