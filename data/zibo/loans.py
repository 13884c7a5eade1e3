"""What became of every loan: paid, renewed, put off in the relief years, or defaulted?

A firm that has failed pays nothing that falls due later. A bullet loan therefore goes past due only at
maturity, an instalment loan within a month; a bank may notice a failure earlier by itself.
"""

import numpy as np
import pandas as pd

from data.zibo.banks import BANK_SHARES, BANKS
from data.zibo.draws import chance, labels
from data.zibo.lending import Town
from data.zibo.plan import LAST_DAY, NOT_YET, Bools, Days, Ints, Plan, add_days, add_months, day

RENEWED_SHARE = 0.36
RELIEF_FROM, RELIEF_UNTIL = day("2020-03-01"), day("2023-06-30")
RELIEF_IF_FAILED, RELIEF_IF_SOUND = 0.35, 0.07
DISTRESSED_SHARE = 0.12
CURED_SHARE = 0.30
DAYS_TO_DEFAULT = 91
USES = ("购买原材料", "研发投入", "设备更新", "成果转化项目建设", "补充流动资金")


def draw_loans(town: Town, applications: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return (applications, loans), both with the renewals that follow from the first loans.

    Shapes: loans has one row per loan with application_no, loan_no, firm, terms, due_on (first instalment or maturity
    that the firm cannot pay, or NOT_YET), relief_days, distressed, default_on (of the firm, or NOT_YET), settled_on
    (or NOT_YET), closed_on (last day of the bank's reporting) and security. Amounts in yuan.
    """
    rng = town.plan.rng("loans")
    asked = applications.assign(renewal_of=None)
    asked["application_no"] = [f"SQ{place:07d}" for place in rng.permutation(len(asked)) + 1]
    loans = _first_loans(rng, town, asked)
    generations = [loans]
    for generation in (1, 2, 3):
        renewed = _renew(rng, town, generations[-1], generation)
        asked = pd.concat([asked, renewed], ignore_index=True)
        generations.append(_first_loans(rng, town, renewed))
    every = pd.concat(generations, ignore_index=True)
    return asked, _resolve(rng, town, every)


def _first_loans(rng: np.random.Generator, town: Town, asked: pd.DataFrame) -> pd.DataFrame:
    """Return the loans of approved applications with what happens at their first unpayable due day."""
    loans = asked[(asked["decision"] == "approved") & (asked["disbursed_on"] <= pd.Timestamp(LAST_DAY))]
    loans = loans.reset_index(drop=True)
    disbursed = loans["disbursed_on"].to_numpy().astype("M8[D]")
    matures = add_months(disbursed, loans["term"].to_numpy().astype(np.int64))
    due = _first_unpaid(loans, disbursed, matures, town.latent.failed_on[loans["firm"]])
    relief = _relief_days(rng, np.where(due < NOT_YET, due, matures), due < NOT_YET)
    loans = loans.assign(
        loan_no=[f"JJ{number[2:]}" for number in loans["application_no"]],
        matures_on=matures,
        due_on=due,
        relief_days=relief,
        distressed=(due < NOT_YET) & chance(rng, DISTRESSED_SHARE, len(loans)),
    )
    early = chance(rng, 0.08, len(loans)) & (due == NOT_YET) & (relief == 0)
    share = rng.uniform(0.4, 0.95, len(loans))
    early_day = add_days(disbursed, (share * (matures - disbursed).astype(np.int64)).astype(np.int64))
    settled = np.where(
        early, early_day, add_days(matures, np.where(relief > 0, relief, -rng.integers(0, 3, len(loans))))
    )
    loans["renews"] = (
        chance(rng, RENEWED_SHARE, len(loans)) & (loans["product"] != "lukedai") & (loans["repayment"] == "bullet")
    ) & (~early & (due == NOT_YET) & (relief == 0) & (matures < LAST_DAY))
    return loans.assign(settled_on=np.where(loans["renews"], matures, np.where(due < NOT_YET, NOT_YET, settled)))


def _first_unpaid(loans: pd.DataFrame, disbursed: Days, matures: Days, failed: Days) -> Days:
    """Return the first due day on or after the failure, NOT_YET where there is none."""
    after = np.maximum((failed.astype("M8[M]") - disbursed.astype("M8[M]")).astype(np.int64), 1)
    instalment = add_months(disbursed, after)
    instalment = np.where(instalment < failed, add_months(disbursed, after + 1), instalment)
    due = np.where(loans["repayment"] == "bullet", matures, np.minimum(instalment, matures))
    return np.where((failed <= matures) & (failed < NOT_YET), due, NOT_YET)


def _relief_days(rng: np.random.Generator, due: Days, failed: Bools) -> Ints:
    inside = (due >= RELIEF_FROM) & (due <= RELIEF_UNTIL)
    given = inside & chance(rng, np.where(failed, RELIEF_IF_FAILED, RELIEF_IF_SOUND), due.size)
    return np.where(given, rng.choice(np.array([90, 120, 180]), size=due.size), 0)


def _renew(rng: np.random.Generator, town: Town, loans: pd.DataFrame, generation: int) -> pd.DataFrame:
    """Ask for the 无还本续贷 of loans that renew; a firm that fails in those weeks gets none."""
    old = loans[loans["renews"].to_numpy()].reset_index(drop=True)
    matures = old["matures_on"].to_numpy().astype("M8[D]")
    applied = add_days(matures, -rng.integers(15, 40, len(old)))
    amount = np.maximum(30, np.round(old["amount"].to_numpy() * rng.uniform(0.85, 1.05, len(old)) / 10) * 10)
    return pd.DataFrame(
        {
            "firm": old["firm"],
            "product": old["product"],
            "applied_on": applied,
            "decided_on": add_days(matures, -rng.integers(2, 9, len(old))),
            "decision": "approved",
            "refusal_code": None,
            "channel": "branch",
            "bank": old["bank"],
            "amount": amount,
            "disbursed_on": matures,
            "filed_on": np.datetime64("NaT", "D"),
            "term": 12,
            "repayment": "bullet",
            "rate": np.round(old["rate"] - 0.0008, 4),
            "risk_taste": old["risk_taste"],
            "renewal_of": old["loan_no"],
            "application_no": [f"XD{generation}{number[2:]}" for number in old["application_no"]],
        }
    )


def _resolve(rng: np.random.Generator, town: Town, loans: pd.DataFrame) -> pd.DataFrame:
    """Date the firm's default over all its loans, then how each loan ends."""
    count = len(loans)
    own = _own_default(loans)
    firm_default = np.full(len(town.people), NOT_YET)
    noticed = town.latent.noticed_on[loans["firm"]]
    open_when_noticed = (noticed >= loans["disbursed_on"].to_numpy()) & (loans["due_on"].to_numpy() < NOT_YET)
    own = np.minimum(own, np.where(open_when_noticed, noticed, NOT_YET))
    np.minimum.at(firm_default, loans["firm"].to_numpy(), own)
    cures = chance(town.plan.rng("cures"), CURED_SHARE, len(town.people))[loans["firm"]]
    default_on = firm_default[loans["firm"]]
    bad = own < NOT_YET
    cured_on = np.maximum(
        add_days(default_on, 60 + 18 * (loans["firm"].to_numpy() % 11)), loans["matures_on"].to_numpy()
    )
    settled = np.where(bad & cures, cured_on, loans["settled_on"].to_numpy().astype("M8[D]"))
    charged = np.where(bad & ~cures, add_days(np.maximum(own, default_on), rng.integers(270, 560, count)), NOT_YET)
    security, guarantor = _security(rng, town.plan, loans, town.latent.failed_on[loans["firm"]])
    paid_out = np.where(
        bad & ~cures & (guarantor > 0), add_days(np.maximum(own, default_on), rng.integers(25, 90, count)), NOT_YET
    )
    return loans.assign(
        own_default_on=own,
        default_on=default_on,
        cured=bad & cures,
        settled_on=np.where(settled > LAST_DAY, NOT_YET, settled),
        charged_on=np.where(charged > LAST_DAY, NOT_YET, charged),
        paid_out_on=np.where(paid_out > LAST_DAY, NOT_YET, paid_out),
        closed_on=np.minimum(np.minimum(settled, charged), LAST_DAY),
        security=security,
        guarantor_share=guarantor,
        amount=loans["amount"].to_numpy() * 10_000.0,
        use=labels(rng, USES, count),
        bank=np.where(loans["bank"].isna(), labels(rng, tuple(BANKS), count, BANK_SHARES), loans["bank"]),
    )


def _own_default(loans: pd.DataFrame) -> Days:
    """Return the day a loan by itself makes its firm a defaulter: 91 days late, or a distressed change when due."""
    due = loans["due_on"].to_numpy().astype("M8[D]")
    late = add_days(due, loans["relief_days"].to_numpy().astype(np.int64) + DAYS_TO_DEFAULT)
    return np.where(due == NOT_YET, NOT_YET, np.where(loans["distressed"], due, late))


def _security(rng: np.random.Generator, plan: Plan, loans: pd.DataFrame, failed: Days) -> tuple[Ints, np.ndarray]:
    """Choose what secures each loan; patents are pledged more often for loans that will go bad (a planted trap)."""
    count = len(loans)
    fails_within = failed <= loans["matures_on"].to_numpy()
    pledged = chance(rng, np.where(fails_within, 0.28, 0.10), count) & (loans["renewal_of"].isna().to_numpy())
    others = labels(rng, ("credit", "guarantee", "collateral"), count, (0.40, 0.35, 0.25))
    security = np.where(pledged, "ip_pledge", others).astype(object)
    share = np.where((security == "guarantee") & chance(rng, 0.6, count), rng.choice([0.8, 0.7, 0.5], size=count), 0.0)
    return security, share
