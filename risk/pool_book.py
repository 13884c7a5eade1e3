"""Which loans are open on a day, how much is at risk on each, and who would bear its loss?

Pure: evidence comes as frames, products and numbers as arguments. Money is Decimal yuan, exact to the fen.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from data.spec.dated import NotInForce
from risk.policies.facts import Value
from risk.policies.losses import exposure_at_default, lgd_name, stressed_lgd
from risk.policies.money import to_fen
from risk.policies.parameters import PolicyParameters
from risk.policies.product import Product
from risk.policies.rule import Coverage, Party
from risk.policies.support import coverage_of
from risk.policies.waterfall import ALONE, divide_loss

CLOSED_BY = ("settlement", "write_off", "sale", "guarantee_payout")
"""Changes after which a loan is no longer a risk to come: it is paid, or its loss is known."""
SECURITY: Mapping[str, tuple[int, int]] = {
    "credit": (1, 1),
    "guarantee": (1, 1),
    "ip_pledge": (2, 1),
    "collateral": (4, 1),
}
"""Collateral and guarantee of each kind of the ledger, by their numbers in risk/policies/facts.yaml."""
GUARANTOR = 2
Borne = Mapping[Party, Decimal]


@dataclass(frozen=True, kw_only=True)
class PoolLoan:
    """Hold one open loan; months are those until it falls due, and none where that day has passed.

    `product` is that under which its loss is shared, "" where none is: not filed, or no product of sharing. `is_early`
    says whether it was filed as early-stage R&D credit; None where the ledger does not say.
    """

    loan_no: str
    enterprise_id: int
    bank: str
    kind: str
    product: str
    amount: Decimal
    balance: Decimal
    undrawn: Decimal
    rate: Decimal | None
    months: Decimal
    term_months: Decimal
    disbursed_on: date
    filed_on: date | None
    security: str
    guarantor_share: Decimal
    guarantee_fee_rate: Decimal | None
    premium: Decimal | None
    is_renewal: bool
    is_early: bool | None
    is_first: bool | None
    covered_before: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class LoanAtRisk:
    """Hold what a default would cost: yuan at risk, loss rates plain and in a bad year, and who bears which part."""

    loan: PoolLoan
    exposure: Decimal
    lgd: Decimal
    stressed_lgd: Decimal
    borne: Borne
    stressed_borne: Borne


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Hold the products whose losses are shared, and the dated numbers of losses and of the pool."""

    products: Mapping[str, Product]
    terms: PolicyParameters
    pool_terms: PolicyParameters

    def number(self, name: str, day: date) -> Decimal:
        """Return a number of losses or of the pool in force on day; raise NotInForce."""
        holder = self.terms if name in self.terms.parameters else self.pool_terms
        used = holder.used(name, day)
        if used is None or used.value is None:
            raise NotInForce(f"“{holder.parameters[name].label}”在{day}没有有效的取值。")
        return used.value


def open_loans(seen: Mapping[str, pd.DataFrame], rules: Rules, *, on: date) -> tuple[PoolLoan, ...]:
    """Return the loans that are open on a day, in the order of their numbers.

    Shapes: seen holds the latest known versions of loan, loan_month, loan_event and loan_application.
    """
    day = pd.Timestamp(on)
    loans = seen["loan"]
    changed = seen["loan_event"]
    closed = set(changed.loc[changed["event"].isin(CLOSED_BY), "loan_no"])
    running = loans["settled_on"].isna() | (loans["settled_on"] >= day)
    rows = loans[running & ~loans["loan_no"].isin(closed)].sort_values("loan_no")
    balances = _latest_balances(seen["loan_month"])
    first = dict(seen["loan_application"][["application_no", "is_first_loan"]].itertuples(index=False, name=None))
    told = [
        _loan(row, balances.get(row["loan_no"]), first.get(row["application_no"]), rules, on=on)
        for row in rows.to_dict("records")
    ]
    return _with_covered_before(tuple(one for one in told if one.balance or one.undrawn))


def _latest_balances(months: pd.DataFrame) -> dict[str, float]:
    last = months.dropna(subset=["balance"]).sort_values("happened_on").drop_duplicates("loan_no", keep="last")
    return dict(zip(last["loan_no"], last["balance"], strict=True))


def _loan(row: Mapping[Hashable, Any], balance: float | None, first: Any, rules: Rules, *, on: date) -> PoolLoan:
    filed = None if pd.isna(row["filed_on"]) else row["filed_on"].date()
    amount, undrawn = _yuan(row["amount"]), _yuan(row["undrawn"])
    return PoolLoan(
        loan_no=str(row["loan_no"]),
        enterprise_id=int(row["enterprise_id"]),
        bank=str(row["bank"]),
        kind=str(row["product"]),
        product=row["product"] if row["product"] in rules.products and filed is not None else "",
        amount=amount,
        balance=max(Decimal("0.00"), amount - undrawn) if balance is None else _yuan(balance),
        undrawn=undrawn,
        rate=_rate(row["rate"]),
        months=_months(pd.Timestamp(on), row["matures_on"]),
        term_months=_months(row["disbursed_on"], row["matures_on"]),
        disbursed_on=row["disbursed_on"].date(),
        filed_on=filed,
        security=str(row["security"]),
        guarantor_share=_share(row["guarantor_share"]),
        guarantee_fee_rate=_rate(row["guarantee_fee_rate"]),
        premium=None if pd.isna(row["premium"]) else _yuan(row["premium"]),
        is_renewal=not pd.isna(row["renewal_of"]) and bool(row["renewal_of"]),
        is_early=_flag(row["is_early_rnd_credit"]),
        is_first=_flag(first),
    )


def _flag(told: Any) -> bool | None:
    return None if told is None or pd.isna(told) else bool(told)


def _rate(told: float) -> Decimal | None:
    return None if pd.isna(told) else Decimal(repr(float(told)))


def _yuan(value: float) -> Decimal:
    """Return yuan of a frame, which carries whole fen, as money; a blank is none."""
    return Decimal("0.00") if pd.isna(value) else Decimal(round(value * 100)).scaleb(-2)


def _share(value: float) -> Decimal:
    return Decimal(0) if pd.isna(value) else Decimal(repr(float(value)))


def _months(since: pd.Timestamp, until: pd.Timestamp) -> Decimal:
    """Return the months between two days, to a hundredth; none where the second is past."""
    days = max(0, (until - since).days)
    return (Decimal(days) * 12 / 365).quantize(Decimal("0.01"))


def _with_covered_before(loans: tuple[PoolLoan, ...]) -> tuple[PoolLoan, ...]:
    """Tell each shared loan what of its firm was covered before it, in the order of filing."""
    covered: dict[tuple[int, str], Decimal] = {}
    told = {}
    for loan in sorted((one for one in loans if one.product), key=lambda one: (one.filed_on or date.max, one.loan_no)):
        key = (loan.enterprise_id, loan.product)
        told[loan.loan_no] = replace(loan, covered_before=covered.get(key, Decimal(0)))
        covered[key] = covered.get(key, Decimal(0)) + loan.balance
    return tuple(told.get(loan.loan_no, loan) for loan in loans)


def at_risk(loans: tuple[PoolLoan, ...], rules: Rules, *, on: date) -> tuple[LoanAtRisk, ...]:
    """Return what each loan would cost and whom, by the numbers in force on the day."""
    return tuple(_at_risk(loan, rules, on) for loan in loans)


def _at_risk(loan: PoolLoan, rules: Rules, on: date) -> LoanAtRisk:
    exposure = exposure_at_default(balance=loan.balance, undrawn=loan.undrawn, ccf=rules.number("ccf", on))
    lgd = rules.number(lgd_of(loan), on)
    bad = stressed_lgd(lgd, uplift=rules.number("stress_lgd_uplift", on))
    coverage = coverage_of_loan(loan, rules, on=on)
    return LoanAtRisk(
        loan=loan,
        exposure=exposure,
        lgd=lgd,
        stressed_lgd=bad,
        borne=divide_loss(loss=to_fen(exposure * lgd), coverage=coverage),
        stressed_borne=divide_loss(loss=to_fen(exposure * bad), coverage=coverage),
    )


def lgd_of(loan: PoolLoan) -> str:
    """Return the name of the loan's LGD among the terms."""
    collateral, guarantee = SECURITY.get(loan.security, (1, 1))
    facts = {
        "collateral": Decimal(collateral),
        "guarantee": Decimal(GUARANTOR if loan.guarantor_share else guarantee),
        "counter_guarantee": Decimal(1),
    }
    name = lgd_name(facts)
    assert name is not None, facts
    return name


def coverage_of_loan(loan: PoolLoan, rules: Rules, *, on: date) -> Coverage:
    """Return who bears the loss of a loan: by its product, else by the guarantor's share, else the bank alone.

    Raises SharesUnsound where a proposal's shares do not make up the whole.
    """
    if loan.product:
        product = rules.products[loan.product]
        facts: dict[str, Value] = {"amount": loan.balance or loan.amount, "covered_balance_before": loan.covered_before}
        if loan.guarantor_share:
            facts["bank_share"] = 1 - loan.guarantor_share
        if loan.is_early is not None:
            facts["is_early_rnd_credit"] = Decimal(int(loan.is_early))
        told = coverage_of(product, {name: facts[name] for name in facts if name in product.vocabulary}, on=on)
        if told is not None and told.coverage is not None:
            return told.coverage
    if loan.guarantor_share:
        return Coverage({Party.GUARANTOR: loan.guarantor_share, Party.BANK: 1 - loan.guarantor_share})
    return ALONE


def rings_of(guarantees: pd.DataFrame, numbers: Mapping[str, int], *, on: date) -> dict[int, int]:
    """Return the ring of each firm in one: firms that directly or indirectly guarantee every other.

    Shapes: guarantees are the latest known versions; numbers maps 统一社会信用代码 to the firm's internal number.
    """
    held = guarantees[guarantees["ended_on"].isna() | (guarantees["ended_on"] > pd.Timestamp(on))]
    taker = held["guaranteed"].map(numbers)
    known = taker.notna()
    giver, taken = held.loc[known, "enterprise_id"].to_numpy("int64"), taker[known].to_numpy("int64")
    firms, places = np.unique(np.concatenate((giver, taken)), return_inverse=True)
    half, size = len(giver), len(firms)
    graph = coo_array((np.ones(half, np.int8), (places[:half], places[half:])), shape=(size, size))
    component = connected_components(graph, directed=True, connection="strong")[1] if size else np.zeros(0, int)
    sizes = np.bincount(component) if size else component
    return {int(firm): int(one) for firm, one in zip(firms, component, strict=True) if sizes[one] > 1}
