"""How much is expected to be lost on a loan, and how much in a bad year, by whom, with and without support?

Support never lowers the PD: it changes who bears the loss (method.md 7).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import NormalDist

from risk.policies.facts import Value, lacking
from risk.policies.money import check_amount, to_fen
from risk.policies.parameters import PolicyParameters, Used
from risk.policies.rule import PARTY_LABELS, Coverage, Party
from risk.policies.waterfall import ALONE, divide_loss, proportional

NORMAL = NormalDist()
DAYS_A_MONTH = Decimal(365) / 12
RISK_DIGITS = Decimal("1e-9")
"""A probability is rounded here, so that money does not hang on the last bits of a float."""

SECURED = {1: "none", 2: "ip", 3: "movables", 4: "real_estate"}
SOFT, HARD = (2, 3, 4), (5, 6, 7)
"""Counter-guarantees by their number in facts.yaml: rights and persons; things and money."""


@dataclass(frozen=True, kw_only=True)
class PartyLoss:
    """Tell what one party bears, in yuan: of the loss in case of default, of the expected and of the stressed loss."""

    party: Party
    label: str
    in_default: Decimal
    expected_without: Decimal
    expected_with: Decimal
    stressed_without: Decimal
    stressed_with: Decimal


@dataclass(frozen=True, kw_only=True)
class Losses:
    """Tell the losses of one loan; every column of `parties` sums to its total.

    `pd` is that to maturity and 90 days beyond, `months` how far that is. `expected_low`/`_high` follow the interval of
    the PD, where it is known; `stressed_low`/`_high` the lowest and highest correlation.
    """

    exposure: Decimal
    pd: Decimal
    months: Decimal
    lgd: Decimal
    expected: Decimal
    expected_low: Decimal | None
    expected_high: Decimal | None
    stressed_pd: Decimal
    stressed_lgd: Decimal
    stressed: Decimal
    stressed_low: Decimal
    stressed_high: Decimal
    parties: tuple[PartyLoss, ...]
    parameters: tuple[Used, ...]


def exposure_at_default(*, balance: Decimal, undrawn: Decimal, ccf: Decimal) -> Decimal:
    """Return EAD in yuan: balance + CCF x undrawn."""
    return to_fen(check_amount(balance, "贷款余额") + ccf * check_amount(undrawn, "未提用额度"))


def pd_until(pd: Decimal, *, horizon_months: Decimal, months: Decimal) -> Decimal:
    """Return the PD of another span by the same monthly hazard.

    >>> pd_until(Decimal("0.02"), horizon_months=Decimal(12), months=Decimal(12))
    Decimal('0.020000000')
    """
    return _probability(1 - (1 - float(pd)) ** float(months / horizon_months))


def stressed_pd(pd: Decimal, *, correlation: Decimal, quantile: Decimal) -> Decimal:
    """Return the PD in the year that only 1 - quantile of years are worse than (one factor, Gaussian)."""
    if pd in (0, 1):
        return pd
    root = float(correlation) ** 0.5
    shift = NORMAL.inv_cdf(float(pd)) + root * NORMAL.inv_cdf(float(quantile))
    return _probability(NORMAL.cdf(shift / (1 - float(correlation)) ** 0.5))


def stressed_lgd(lgd: Decimal, *, uplift: Decimal) -> Decimal:
    """Return LGD in stress: a part of what would be recovered is lost as well."""
    return lgd + (1 - lgd) * uplift


def _probability(value: float) -> Decimal:
    return Decimal(repr(min(1.0, max(0.0, value)))).quantize(RISK_DIGITS)


def lgd_name(facts: Mapping[str, Value]) -> str | None:
    """Return the parameter of LGD by collateral, guarantee and counter-guarantee; None where one is unknown."""
    collateral, guarantee, counter = map(facts.get, SECURITY)
    if collateral is None or guarantee is None or (guarantee == 2 and counter is None):
        return None
    kind = "unguaranteed" if guarantee == 1 else _counter(counter)
    return f"lgd_{SECURED[int(str(collateral))]}_{kind}"


def _counter(counter: Value | None) -> str:
    return "guaranteed_soft" if counter in SOFT else "guaranteed_hard" if counter in HARD else "guaranteed_bare"


LOSS_FACTS = ("balance", "undrawn", "pd", "pd_horizon_months", "term_months")
SECURITY = ("collateral", "guarantee", "counter_guarantee")
TERMS = (
    "ccf",
    "default_days",
    "correlation_low",
    "correlation",
    "correlation_high",
    "stress_quantile",
    "stress_lgd_uplift",
)


@dataclass(frozen=True)
class _Scenario:
    """Hold one loan's numbers; `lose` gives the yuan lost at a PD and LGD."""

    exposure: Decimal
    months: Decimal
    facts: Mapping[str, Decimal]

    def pd(self, name: str) -> Decimal:
        return pd_until(self.facts[name], horizon_months=self.facts["pd_horizon_months"], months=self.months)

    def lose(self, pd: Decimal, lgd: Decimal) -> Decimal:
        return to_fen(self.exposure * pd * lgd)


def losses_of(
    facts: Mapping[str, Value], *, coverage: Coverage | None, terms: PolicyParameters, on: date
) -> Losses | str:
    """Return the losses of a loan by the terms in force on the day, or why there are none.

    Facts: balance, undrawn, pd with its horizon, term_months (left to run), collateral, guarantee, counter-guarantee.
    """
    lgd = lgd_name(facts)
    missing = [name for name in LOSS_FACTS if facts.get(name) is None]
    missing += [name for name in SECURITY if facts.get(name) is None] if lgd is None else []
    if missing or lgd is None or not facts["pd_horizon_months"]:
        return lacking(missing) or "违约概率的期限为零。"
    used = tuple(one for name in (lgd, *TERMS) if (one := terms.used(name, on)) is not None)
    numbers = {one.name: one.value for one in used if one.value is not None}
    if len(numbers) <= len(TERMS):
        return "当日没有有效的损失参数。"
    plain = {name: value for name, value in facts.items() if isinstance(value, Decimal)}
    return _losses(plain, numbers, lgd=numbers[lgd], coverage=coverage, used=used)


def _losses(
    facts: Mapping[str, Decimal],
    numbers: Mapping[str, Decimal],
    *,
    lgd: Decimal,
    coverage: Coverage | None,
    used: tuple[Used, ...],
) -> Losses:
    exposure = exposure_at_default(balance=facts["balance"], undrawn=facts["undrawn"], ccf=numbers["ccf"])
    months = facts["term_months"] + numbers["default_days"] / DAYS_A_MONTH
    loan = _Scenario(exposure, months, facts)
    pd, bad_lgd = loan.pd("pd"), stressed_lgd(lgd, uplift=numbers["stress_lgd_uplift"])
    bad = {
        name: stressed_pd(pd, correlation=numbers[name], quantile=numbers["stress_quantile"])
        for name in ("correlation_low", "correlation", "correlation_high")
    }
    expected, stressed = loan.lose(pd, lgd), loan.lose(bad["correlation"], bad_lgd)
    return Losses(
        exposure=exposure,
        pd=pd,
        months=months.quantize(Decimal("0.01")),
        lgd=lgd,
        expected=expected,
        expected_low=loan.lose(loan.pd("pd_low"), lgd) if "pd_low" in facts else None,
        expected_high=loan.lose(loan.pd("pd_high"), lgd) if "pd_high" in facts else None,
        stressed_pd=bad["correlation"],
        stressed_lgd=bad_lgd,
        stressed=stressed,
        stressed_low=min(loan.lose(one, bad_lgd) for one in bad.values()),
        stressed_high=max(loan.lose(one, bad_lgd) for one in bad.values()),
        parties=_parties(coverage or ALONE, to_fen(exposure * lgd), to_fen(exposure * bad_lgd), expected, stressed),
        parameters=used,
    )


def _parties(
    coverage: Coverage, in_default: Decimal, in_bad_default: Decimal, expected: Decimal, stressed: Decimal
) -> tuple[PartyLoss, ...]:
    """Divide each loss as the loss of a default is divided, in good years and in bad ones."""
    borne = divide_loss(loss=in_default, coverage=coverage)
    means, bad = (
        proportional(loss, divide_loss(loss=whole, coverage=coverage)) if whole else {}
        for loss, whole in ((expected, in_default), (stressed, in_bad_default))
    )
    zero = Decimal("0.00")
    return tuple(
        PartyLoss(
            party=party,
            label=PARTY_LABELS[party],
            in_default=borne.get(party, zero),
            expected_without=expected if party is Party.BANK else zero,
            expected_with=means.get(party, zero),
            stressed_without=stressed if party is Party.BANK else zero,
            stressed_with=bad.get(party, zero),
        )
        for party in Party
        if party in borne or party is Party.BANK
    )
