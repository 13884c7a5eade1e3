"""Which yearly rate covers what a bank expects to lose and to spend, and which one earns most as customers leave?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from risk.policies.losses import Losses, pd_until
from risk.policies.parameters import PolicyParameters, Used
from risk.policies.rule import Party

RATE = Decimal("0.0001")
COSTS = ("funding_cost", "operating_cost", "margin_low", "margin_high")
YEAR = Decimal(12)


@dataclass(frozen=True, kw_only=True)
class PriceRange:
    """Tell yearly rates from low to high; the loss in them is the bank's own part, at the bounds of the PD."""

    bank_share: Decimal
    loss_low: Decimal
    loss_high: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, kw_only=True)
class Price:
    """Tell the suggested range of the yearly rate, with support and without."""

    without_support: PriceRange
    with_support: PriceRange
    formula: str
    parameters: tuple[Used, ...]

    @property
    def mark(self) -> str:
        """Return what must be written behind the rates: whether one of their numbers is unverified."""
        return next((used.mark for used in self.parameters if used.mark), "")


def price_of(
    losses: Losses,
    *,
    pd_low: Decimal,
    pd_high: Decimal,
    horizon_months: Decimal,
    terms: PolicyParameters,
    on: date,
) -> Price | str:
    """Return the range: the bank's expected loss of a year + funding + operating cost + margin; or why none."""
    used = tuple(one for name in COSTS if (one := terms.used(name, on)) is not None)
    numbers = {one.name: one.value for one in used if one.value is not None}
    if len(numbers) < len(COSTS):
        return "当日没有有效的定价参数。"
    yearly = tuple(pd_until(pd, horizon_months=horizon_months, months=YEAR) for pd in (pd_low, pd_high))
    own = sum((one.in_default for one in losses.parties if one.party is Party.BANK), Decimal(0))
    whole = sum((one.in_default for one in losses.parties), Decimal(0))
    shares = (Decimal(1), own / whole if whole else Decimal(1))
    without, with_ = (_range(share, [pd * losses.lgd * share for pd in yearly], numbers) for share in shares)
    return Price(
        without_support=without,
        with_support=with_,
        formula="年违约概率 × 违约损失率 × 银行分担比例 ＋ 资金成本 ＋ 运营成本 ＋ 目标利润",
        parameters=used,
    )


def _range(share: Decimal, loss: list[Decimal], numbers: dict[str, Decimal]) -> PriceRange:
    cost = numbers["funding_cost"] + numbers["operating_cost"]
    return PriceRange(
        bank_share=share.quantize(RATE),
        loss_low=loss[0].quantize(RATE),
        loss_high=loss[1].quantize(RATE),
        low=(loss[0] + cost + numbers["margin_low"]).quantize(RATE),
        high=(loss[1] + cost + numbers["margin_high"]).quantize(RATE),
    )


@dataclass(frozen=True, kw_only=True)
class Quote:
    """Hold one rate that may be asked, the share of customers lost at it, and what is earned per yuan offered."""

    rate: Decimal
    lost: Decimal
    earned: Decimal


def best_quote(
    lost_at: Iterable[tuple[Decimal, Decimal]], *, pd: Decimal, lgd: Decimal, bank_share: Decimal, cost: Decimal
) -> Quote:
    """Return the rate that earns most per yuan offered, the lowest of equals; `lost_at` pairs rates with lost shares.

    earned = (1 - lost) x ((1 - pd) x rate - pd x lgd x bank_share - cost). Those who stay are taken to be as risky as
    those who leave: where the good ones leave first, it earns less.
    """
    quotes = [
        Quote(rate=rate, lost=lost, earned=(1 - lost) * ((1 - pd) * rate - pd * lgd * bank_share - cost))
        for rate, lost in lost_at
    ]
    return max(quotes, key=lambda quote: (quote.earned, -quote.rate))
