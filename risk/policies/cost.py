"""What does a loan cost the firm all in, with support and without?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from risk.policies.facts import Value, lacking
from risk.policies.money import to_fen
from risk.policies.parameters import PolicyParameters, Used
from risk.policies.rule import Party
from risk.policies.support import Paid

YEAR = 12
RATE = Decimal("0.000001")


@dataclass(frozen=True, kw_only=True)
class CostLine:
    """Tell one part of the cost in yuan; a subsidy is negative."""

    name: str
    label: str
    without_support: Decimal
    with_support: Decimal
    formula: str
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class FirmCost:
    """Tell the cost over the loan's term, in yuan and as a yearly rate of the amount; lines sum to the totals."""

    lines: tuple[CostLine, ...]
    without_support: Decimal
    with_support: Decimal
    rate_without: Decimal
    rate_with: Decimal
    parameters: tuple[Used, ...]


def interest_of(*, amount: Decimal, rate: Decimal, term_months: Decimal) -> Decimal:
    """Return the interest of a loan repaid at its end, in yuan.

    >>> interest_of(amount=Decimal(4000000), rate=Decimal("0.036"), term_months=Decimal(12))
    Decimal('144000.00')
    """
    return to_fen(amount * rate * term_months / YEAR)


def cost_of(
    facts: Mapping[str, Value],
    *,
    benefits: Sequence[Paid],
    guarantee: bool,
    terms: PolicyParameters,
    on: date,
) -> FirmCost | str:
    """Return the firm's cost: interest + guarantee fee + premium - subsidies, or why there is none.

    A fee that is agreed is paid with support and without; where the product is the guarantee, the cost without support
    bears the fee that guarantors ask otherwise.
    """
    plain = {name: value for name, value in facts.items() if isinstance(value, Decimal)}
    needed = ("amount", "rate", "term_months", *(("guarantee_fee_rate",) if guarantee else ()))
    missing = [name for name in needed if name not in plain]
    if missing or not plain["amount"] or not plain["term_months"]:
        return lacking(missing) or "金额或期限为零。"
    fee = terms.used("market_guarantee_fee", on) if guarantee else None
    if guarantee and (fee is None or fee.value is None):
        return "当日没有可比的市场担保费率。"
    lines = (*_charges(plain, fee), *_subsidies(benefits))
    return _total(lines, plain["amount"] * plain["term_months"] / YEAR, (fee,) if fee else ())


def _charges(facts: Mapping[str, Decimal], fee: Used | None) -> tuple[CostLine, ...]:
    """Return what the firm pays before any subsidy."""
    amount, months = facts["amount"], facts["term_months"]
    interest = interest_of(amount=amount, rate=facts["rate"], term_months=months)
    lines = [_line("interest", "利息", interest, interest, formula="金额 × 年利率 × 年数，到期还本")]
    if "guarantee_fee_rate" in facts:
        agreed = facts["guarantee_fee_rate"]
        otherwise = agreed if fee is None or fee.value is None else fee.value
        dear, cheap = (to_fen(amount * rate * months / YEAR) for rate in (otherwise, agreed))
        mark = "" if fee is None else fee.mark
        lines.append(_line("guarantee_fee", "担保费", dear, cheap, formula="金额 × 年担保费率 × 年数", mark=mark))
    if "premium" in facts:
        lines.append(_line("premium", "保险费", facts["premium"], facts["premium"], formula="保单约定"))
    return tuple(lines)


def _subsidies(benefits: Sequence[Paid]) -> tuple[CostLine, ...]:
    return tuple(
        _line(paid.name, paid.label, Decimal(0), -paid.amount, formula=paid.formula, mark=paid.mark)
        for paid in benefits
        if paid.receiver is Party.FIRM and paid.amount is not None
    )


def _line(name: str, label: str, without: Decimal, with_: Decimal, *, formula: str, mark: str = "") -> CostLine:
    return CostLine(name=name, label=label, without_support=without, with_support=with_, formula=formula, mark=mark)


def _total(lines: tuple[CostLine, ...], base: Decimal, used: tuple[Used, ...]) -> FirmCost:
    without = sum((line.without_support for line in lines), Decimal(0))
    with_ = sum((line.with_support for line in lines), Decimal(0))
    return FirmCost(
        lines=lines,
        without_support=without,
        with_support=with_,
        rate_without=(without / base).quantize(RATE),
        rate_with=(with_ / base).quantize(RATE),
        parameters=used,
    )
