"""What does the bureau learn about its pool of loans?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import TypeAdapter

from risk.policies.parameters import Used
from risk.policies.rule import PARTY_LABELS, Party

FUND = (Party.PROVINCE, Party.CITY)
"""Whose parts of a loss the compensation fund pays."""
QUANTILES = (0.5, 0.9, 0.95, 0.99, 0.999)


@dataclass(frozen=True, kw_only=True)
class TopName:
    """Name one of the greatest exposures; `firms` is 1 but for groups."""

    name: str
    firms: int
    exposure: Decimal
    share: float


@dataclass(frozen=True, kw_only=True)
class Concentration:
    """Tell how a book of loans is spread: Herfindahl indices between 0 and 1, the greatest names and groups.

    A group is a guarantee ring; a firm in none is its own. `even` is the index that as many equal firms would have.
    """

    label: str
    loans: int
    firms: int
    exposure: Decimal
    hhi_firms: float
    hhi_groups: float
    even: float
    top: tuple[TopName, ...]
    top_share: float
    groups: tuple[TopName, ...]


@dataclass(frozen=True, kw_only=True)
class LossCurve:
    """Tell the distribution of one loss in yuan over the scenarios.

    `exact` is the mean by formula, rings apart; `quantiles` pair a quantile with its loss; `tail` is the mean beyond
    the 99 % quantile; bins are [edge, next edge), the last one open, with the share of scenarios in each.
    """

    mean: float
    standard_error: float
    exact: float
    quantiles: tuple[tuple[float, float], ...]
    tail: float
    edges: tuple[float, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class PartyLine:
    """Tell what one party bears: in yuan, expected without support and with it, its share, and in a bad year (99 %)."""

    party: Party
    expected_without: float
    expected_with: float
    share: float
    bad_year: float

    @property
    def label(self) -> str:
        """Return the party's Chinese name."""
        return PARTY_LABELS[self.party]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Tell what one set of numbers comes to: the whole book's loss, who bears it, and how long the fund lasts.

    `yearly` is what the fund is expected to lose in twelve months if the book stays as large; `years` the fund's size
    over it, None where nothing is lost; `exhausted` the share of scenarios in which the present book alone eats it.
    """

    name: str
    label: str
    about: str
    total: LossCurve
    fund: LossCurve
    parties: tuple[PartyLine, ...]
    yearly: float
    years: float | None
    exhausted: float


@dataclass(frozen=True, kw_only=True)
class BankLine:
    """Tell one bank's open loans, and what became of the firms that owed it a year ago.

    Losses are those expected within twelve months, of all and of the bank alone with support. `low` and `high` bound
    the number of defaults in 95 of 100 years without a common factor.
    """

    bank: str
    loans: int
    filed: int
    exposure: Decimal
    expected_loss: float
    expected_loss_with: float
    firms_before: int
    expected_defaults: float
    actual_defaults: int
    low: int
    high: int


@dataclass(frozen=True, kw_only=True)
class GradeLine:
    """Compare loans of one grade a year ago, filed and not: how many, and how many were in default within the year."""

    grade: str
    filed: int
    filed_defaults: int
    unfiled: int
    unfiled_defaults: int


@dataclass(frozen=True, kw_only=True)
class CostPart:
    """Tell one part of what firms pay, as yearly rates: of filed loans without support and with it, and of others.

    A subsidy is negative.
    """

    name: str
    label: str
    without: float
    with_support: float
    unfiled: float


@dataclass(frozen=True, kw_only=True)
class Aims:
    """Tell of filed loans what the letter asks for: less risk to banks, lower cost to firms.

    Rates are yearly, weighted by amount and term; `bank_rate_*` is what covers the bank's own expected loss, its
    funding, its work and the lower margin. `losses` pair each party with its expected yearly loss on filed loans. The
    parts of the cost sum to its totals; `cost_unknown` counts the loans, filed or not, of which a rate or fee is not
    known. Shares are of loans, of those of which it is known; `early` counts loans filed as early-stage R&D credit.
    """

    bank_loss_without: float
    bank_loss_with: float
    losses: tuple[tuple[Party, float], ...]
    cost_parts: tuple[CostPart, ...]
    cost_without: float
    cost_with: float
    cost_unfiled: float
    cost_unknown: int
    early: int
    subsidy: Decimal
    bank_rate_without: float
    bank_rate_with: float
    first_loans: float
    credit_loans: float
    credit_loans_unfiled: float
    leverage: float


@dataclass(frozen=True, kw_only=True)
class PoolReport:
    """Hold everything that is told of the pool on a day.

    `used` lists the numbers that stand behind the figures; their marks must be shown.
    """

    as_of: date
    demonstration: bool
    model: str
    scenarios: int
    seed: int
    filed: Concentration
    book: Concentration
    in_default: Decimal
    defaulted_firms: int
    unscored_firms: int
    assumed_pd: float
    fund_size: Decimal
    base: Outcome
    stresses: tuple[Outcome, ...]
    reform: Outcome | None
    reforms: Mapping[str, Decimal | None]
    banks: tuple[BankLine, ...]
    grades: tuple[GradeLine, ...]
    aims: Aims | None
    used: tuple[Used, ...]
    notes: tuple[str, ...]

    @property
    def unverified(self) -> tuple[Used, ...]:
        """Return the numbers that must be marked."""
        return tuple(one for one in self.used if one.mark)


_RECORD = TypeAdapter(PoolReport)


def pool_record(report: PoolReport) -> dict[str, Any]:
    """Return the report as plain JSON values; sums of the book and dated numbers are text."""
    record: dict[str, Any] = _RECORD.dump_python(report, mode="json")
    return record
