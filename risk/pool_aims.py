"""Does support lower the banks' risk and the firms' cost, and did firms default as often as was expected? Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import fsum
from statistics import fmean

import numpy as np

from risk.policies.losses import pd_until
from risk.policies.rule import Party
from risk.pool_book import LoanAtRisk, PoolLoan, Rules
from risk.pool_costs import cost_parts, costs_of, subsidies
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
    loss, own = (_yearly_loss(filed, rated, borne) for borne in (_whole, _bank))
    known = costs_of([one.loan for one in rated.loans], rules)
    costs, others = ([one for one in known if bool(one.loan.product) is shared] for shared in (True, False))
    parts = cost_parts(costs, others)
    base = sum((rules.number(name, on) for name in ("funding_cost", "operating_cost", "margin_low")), ZERO)
    return Aims(
        bank_loss_without=loss,
        bank_loss_with=own,
        losses=_losses(filed, rated),
        cost_parts=parts,
        cost_without=fsum(one.without for one in parts),
        cost_with=fsum(one.with_support for one in parts),
        cost_unfiled=fsum(one.unfiled for one in parts),
        cost_unknown=len(rated.loans) - len(known),
        early=sum(one.loan.is_early is True for one in filed),
        subsidy=subsidies(costs),
        bank_rate_without=loss + float(base),
        bank_rate_with=own + float(base),
        first_loans=_share([one.loan.is_first for one in filed]),
        credit_loans=_share([one.loan.security == "credit" for one in filed]),
        credit_loans_unfiled=_share([one.security == "credit" for one in unfiled]),
        leverage=float(sum((one.exposure for one in filed), ZERO) / rules.number("fund_size", on)),
    )


def _losses(filed: Sequence[LoanAtRisk], rated: Rated) -> tuple[tuple[Party, float], ...]:
    """Return what each party that loses anything is expected to lose in a year, as a rate of the yuan at risk."""
    found = ((party, _yearly_loss(filed, rated, _of(party))) for party in Party)
    return tuple((party, rate) for party, rate in found if rate)


def _of(party: Party) -> Borne:
    return lambda one: one.borne.get(party, ZERO)


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
