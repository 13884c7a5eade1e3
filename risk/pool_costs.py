"""What do the loans of the pool cost their firms all in, with support and without? Pure.

Interest + guarantee fee + premium - subsidies, each loan by the products and numbers of its own day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from risk.policies.cost import YEAR, FirmCost, cost_of, interest_of
from risk.policies.facts import Value
from risk.policies.support import Paid, benefits_of
from risk.pool_book import PoolLoan, Rules
from risk.pool_report import CostPart

ZERO = Decimal(0)
CHARGES = ("interest", "guarantee_fee", "premium")
INSURANCE = "lukebao"
"""The product that subsidises premiums, whatever the loan's own."""


@dataclass(frozen=True, kw_only=True)
class LoanCost:
    """Hold what one loan costs its firm, and the yuan times years that it is lent."""

    loan: PoolLoan
    cost: FirmCost
    base: Decimal


def costs_of(loans: Sequence[PoolLoan], rules: Rules) -> tuple[LoanCost, ...]:
    """Return what loans cost, in the order in which they were made; those of which a part is unknown are left out.

    A firm's subsidies are counted in that order: interest as often as the product says, premiums up to the year's cap.
    """
    return tuple(_costs(sorted(loans, key=lambda one: (_day(one), one.loan_no)), rules))


def _day(loan: PoolLoan) -> date:
    """Return the day whose numbers decide: of filing, else of lending."""
    return loan.filed_on if loan.product and loan.filed_on is not None else loan.disbursed_on


def _costs(loans: Sequence[PoolLoan], rules: Rules) -> Iterator[LoanCost]:
    interest: dict[int, int] = {}
    premiums: dict[tuple[int, int], Decimal] = {}
    for loan in loans:
        firm, year = loan.enterprise_id, (loan.enterprise_id, loan.disbursed_on.year)
        paid = _premium_subsidy(loan, rules, premiums.get(year, ZERO))
        found = _cost(loan, rules, subsidised=interest.get(firm, 0), premium_paid=paid)
        if loan.product:
            interest[firm] = interest.get(firm, 0) + 1
        premiums[year] = premiums.get(year, ZERO) + sum((one.amount or ZERO for one in paid), ZERO)
        if found is not None:
            yield found


def _premium_subsidy(loan: PoolLoan, rules: Rules, before: Decimal) -> tuple[Paid, ...]:
    """Return what is paid towards the premium of a loan's insurance; a renewed loan is in a later year of it."""
    product = rules.products.get(INSURANCE)
    if product is None or not loan.premium:
        return ()
    facts: dict[str, Value] = {
        "premium": loan.premium,
        "insurance_year": Decimal(2 if loan.is_renewal else 1),
        "premium_subsidy_before": before,
    }
    return benefits_of(product, facts, on=loan.disbursed_on)


def _cost(loan: PoolLoan, rules: Rules, *, subsidised: int, premium_paid: tuple[Paid, ...]) -> LoanCost | None:
    if loan.rate is None or not loan.term_months or (loan.guarantor_share and loan.guarantee_fee_rate is None):
        return None
    facts: dict[str, Value] = {
        "amount": loan.amount,
        "rate": loan.rate,
        "term_months": loan.term_months,
        "interest_paid": interest_of(amount=loan.amount, rate=loan.rate, term_months=loan.term_months),
        "interest_subsidies_received": Decimal(subsidised),
        **{name: told for name, told in _charges(loan).items() if told is not None},
    }
    product, day = rules.products.get(loan.product), _day(loan)
    own = benefits_of(product, facts, on=day) if product is not None else ()
    guarantee = product is not None and product.rulebook.guarantee
    cost = cost_of(facts, benefits=(*own, *premium_paid), guarantee=guarantee, terms=rules.terms, on=day)
    return None if isinstance(cost, str) else LoanCost(loan=loan, cost=cost, base=loan.amount * loan.term_months / YEAR)


def _charges(loan: PoolLoan) -> Mapping[str, Decimal | None]:
    return {"guarantee_fee_rate": loan.guarantee_fee_rate, "premium": loan.premium}


def subsidies(costs: Sequence[LoanCost]) -> Decimal:
    """Return the yuan that firms are given towards their loans."""
    return -sum((line.with_support for one in costs for line in one.cost.lines if line.with_support < 0), ZERO)


def cost_parts(filed: Sequence[LoanCost], others: Sequence[LoanCost]) -> tuple[CostPart, ...]:
    """Return every part as yearly rates, in the order in which the parts of a loan's cost are told."""
    labels = {line.name: line.label for one in (*filed, *others) for line in one.cost.lines}
    order = sorted(labels, key=lambda name: CHARGES.index(name) if name in CHARGES else len(CHARGES))
    return tuple(
        CostPart(
            name=name,
            label=labels[name],
            without=_rate(filed, name, with_support=False),
            with_support=_rate(filed, name, with_support=True),
            unfiled=_rate(others, name, with_support=True),
        )
        for name in order
    )


def _rate(costs: Sequence[LoanCost], name: str, *, with_support: bool) -> float:
    base = sum((one.base for one in costs), ZERO)
    paid = sum(
        (
            line.with_support if with_support else line.without_support
            for one in costs
            for line in one.cost.lines
            if line.name == name
        ),
        ZERO,
    )
    return float(paid / base) if base else 0.0
