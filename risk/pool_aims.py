"""Does support lower the banks' risk and the firms' cost, and did firms default as often as was expected? Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import fmean

import numpy as np

from risk.policies.cost import cost_of, interest_of
from risk.policies.facts import Value
from risk.policies.losses import pd_until
from risk.policies.rule import Party
from risk.policies.support import benefits_of
from risk.pool_book import LoanAtRisk, PoolLoan, Rules
from risk.pool_figures import Rated
from risk.pool_report import Aims, BankLine, GradeLine

ZERO = Decimal(0)
YEAR = Decimal(12)
BOUNDS = (0.025, 0.975)
Borne = Callable[[LoanAtRisk], Decimal]


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """Hold the loans that were open a year ago, the firms' PDs and grades of that day, and who defaulted since.

    Only firms that were not in default then stand in `pds`.
    """

    loans: tuple[PoolLoan, ...]
    pds: Mapping[int, Decimal]
    grades: Mapping[int, str]
    horizon_months: Decimal
    defaulted: Collection[int]


def aims_of(rated: Rated, rules: Rules, *, on: date) -> Aims | None:
    """Return what support does for filed loans; None where none is filed."""
    filed = [one for one in rated.loans if one.loan.product]
    if not filed:
        return None
    unfiled = [one.loan for one in rated.loans if not one.loan.product]
    loss = _yearly_loss(filed, rated, _whole)
    own = _yearly_loss(filed, rated, _bank)
    costs = [_cost(one.loan, rules, subsidised) for one, subsidised in _with_subsidies(filed)]
    known = [one for one in costs if one is not None]
    exposure = sum((one.exposure for one in filed), ZERO)
    base = sum((rules.number(name, on) for name in ("funding_cost", "operating_cost", "margin_low")), ZERO)
    return Aims(
        bank_loss_without=loss,
        bank_loss_with=own,
        cost_without=_rate([one.without for one in known], known),
        cost_with=_rate([one.with_ for one in known], known),
        cost_unfiled=_mean_rate(unfiled),
        subsidy=sum((one.without - one.with_ for one in known), ZERO),
        bank_rate_without=loss + float(base),
        bank_rate_with=own + float(base),
        first_loans=_share([one.loan.is_first for one in filed]),
        credit_loans=_share([one.loan.security == "credit" for one in filed]),
        credit_loans_unfiled=_share([one.security == "credit" for one in unfiled]),
        leverage=float(exposure / rules.number("fund_size", on)),
    )


def _whole(one: LoanAtRisk) -> Decimal:
    return sum(one.borne.values(), ZERO)


def _bank(one: LoanAtRisk) -> Decimal:
    return one.borne.get(Party.BANK, ZERO)


def _yearly_loss(loans: Sequence[LoanAtRisk], rated: Rated, borne: Borne) -> float:
    """Return the expected loss of twelve months as a yearly rate of the yuan at risk."""
    lost = sum(
        (_pd_of_year(rated.pds[one.loan.enterprise_id], rated.horizon_months) * borne(one) for one in loans), ZERO
    )
    exposure = sum((one.exposure for one in loans), ZERO)
    return float(lost / exposure) if exposure else 0.0


def _pd_of_year(pd: Decimal, horizon_months: Decimal) -> Decimal:
    return pd_until(pd, horizon_months=horizon_months, months=YEAR)


@dataclass(frozen=True)
class _Cost:
    without: Decimal
    with_: Decimal
    base: Decimal
    """Yuan times years."""


def _with_subsidies(loans: Sequence[LoanAtRisk]) -> list[tuple[LoanAtRisk, int]]:
    """Count for each loan how many of its firm came before it, in the order of filing: a subsidy is given once."""
    seen: dict[int, int] = {}
    counted = []
    for one in sorted(loans, key=lambda one: (one.loan.filed_on or date.max, one.loan.loan_no)):
        counted.append((one, seen.get(one.loan.enterprise_id, 0)))
        seen[one.loan.enterprise_id] = counted[-1][1] + 1
    return counted


def _cost(loan: PoolLoan, rules: Rules, subsidised: int) -> _Cost | None:
    """Return what a filed loan costs its firm; None where its rate or term is unknown."""
    if loan.rate is None or not loan.term_months or loan.filed_on is None:
        return None
    product = rules.products[loan.product]
    facts: dict[str, Value] = {
        "amount": loan.amount,
        "rate": loan.rate,
        "term_months": loan.term_months,
        "interest_paid": interest_of(amount=loan.amount, rate=loan.rate, term_months=loan.term_months),
        "interest_subsidies_received": Decimal(subsidised),
    }
    paid = benefits_of(product, facts, on=loan.filed_on)
    cost = cost_of(facts, benefits=paid, guarantee=False, terms=rules.terms, on=loan.filed_on)
    if isinstance(cost, str):
        return None
    return _Cost(cost.without_support, cost.with_support, loan.amount * loan.term_months / YEAR)


def _rate(costs: Sequence[Decimal], known: Sequence[_Cost]) -> float:
    base = sum((one.base for one in known), ZERO)
    return float(sum(costs, ZERO) / base) if base else 0.0


def _mean_rate(loans: Sequence[PoolLoan]) -> float:
    known = [(one.rate, one.amount * one.term_months) for one in loans if one.rate is not None]
    base = sum((weight for _, weight in known), ZERO)
    return float(sum((rate * weight for rate, weight in known), ZERO) / base) if base else 0.0


def _share(told: Sequence[bool | None]) -> float:
    known = [one for one in told if one is not None]
    return fmean(known) if known else 0.0


def bank_lines(rated: Rated, earlier: Earlier) -> tuple[BankLine, ...]:
    """Return one line a bank, greatest exposure first; a firm counts with every bank that it owed."""
    banks: dict[str, list[LoanAtRisk]] = {}
    for one in rated.loans:
        banks.setdefault(one.loan.bank, []).append(one)
    owed: dict[str, set[int]] = {}
    for loan in earlier.loans:
        if loan.enterprise_id in earlier.pds:
            owed.setdefault(loan.bank, set()).add(loan.enterprise_id)
    lines = [_bank_line(bank, loans, sorted(owed.get(bank, ())), rated, earlier) for bank, loans in banks.items()]
    return tuple(sorted(lines, key=lambda line: (-line.exposure, line.bank)))


def _bank_line(
    bank: str, loans: Sequence[LoanAtRisk], firms: Sequence[int], rated: Rated, earlier: Earlier
) -> BankLine:
    chances = [float(_pd_of_year(earlier.pds[firm], earlier.horizon_months)) for firm in firms]
    low, high = count_bounds(chances)
    exposure = sum((one.exposure for one in loans), ZERO)
    whole, own = (_yearly_loss(loans, rated, borne) * float(exposure) for borne in (_whole, _bank))
    return BankLine(
        bank=bank,
        loans=len(loans),
        filed=sum(bool(one.loan.product) for one in loans),
        exposure=exposure,
        expected_loss=whole,
        expected_loss_with=own,
        firms_before=len(firms),
        expected_defaults=sum(chances),
        actual_defaults=sum(firm in earlier.defaulted for firm in firms),
        low=low,
        high=high,
    )


def count_bounds(chances: Sequence[float]) -> tuple[int, int]:
    """Return between which numbers of events 95 of 100 draws lie, each event happening by itself with its chance.

    >>> count_bounds([0.5] * 10), count_bounds([])
    ((2, 8), (0, 0))
    """
    distribution = np.ones(1)
    for chance in chances:
        distribution = np.convolve(distribution, (1 - chance, chance))
    low, high = np.searchsorted(np.cumsum(distribution), BOUNDS)
    return int(low), int(high)


def grade_lines(earlier: Earlier) -> tuple[GradeLine, ...]:
    """Return one line a grade, in the order of the grades given; loans of firms without a grade are left out."""
    counts: dict[str, list[int]] = {grade: [0, 0, 0, 0] for grade in dict.fromkeys(earlier.grades.values())}
    for loan in earlier.loans:
        grade = earlier.grades.get(loan.enterprise_id)
        if grade is not None:
            place = 0 if loan.product else 2
            counts[grade][place] += 1
            counts[grade][place + 1] += loan.enterprise_id in earlier.defaulted
    return tuple(
        GradeLine(grade=grade, filed=one[0], filed_defaults=one[1], unfiled=one[2], unfiled_defaults=one[3])
        for grade, one in counts.items()
    )
