"""What can a product's rules say: a condition, a rule, a benefit, the shares of a loss, the cap of a loan?

A rule declares the facts and parameters that it reads and gets no others. So an answer can name every number it used,
and a rule cannot meet one that is unknown or not in force.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from data.spec.errors import Refusal
from data.spec.table import Unit
from risk.policies.facts import Fact, Value, say


class StageUnknown(Refusal):
    """The product asks nothing at a stage of this name."""

    code = "stage-unknown"


class Stage(StrEnum):
    """Name the moments at which a product is asked."""

    APPLY = "apply"
    FILE = "file"
    SUBSIDY = "subsidy"
    CLAIM = "claim"


STAGE_LABELS: Mapping[Stage, str] = {
    Stage.APPLY: "申请",
    Stage.FILE: "备案",
    Stage.SUBSIDY: "补贴",
    Stage.CLAIM: "补偿",
}


class Party(StrEnum):
    """Name who bears, pays or receives."""

    PROVINCE = "province"
    CITY = "city"
    NATIONAL_FUND = "national_fund"
    REGUARANTOR = "reguarantor"
    GUARANTOR = "guarantor"
    BANK = "bank"
    FIRM = "firm"


PARTY_LABELS: Mapping[Party, str] = {
    Party.PROVINCE: "省财政",
    Party.CITY: "市财政",
    Party.NATIONAL_FUND: "国家融担基金",
    Party.REGUARANTOR: "省再担保",
    Party.GUARANTOR: "担保机构",
    Party.BANK: "银行",
    Party.FIRM: "企业",
}


@dataclass(frozen=True)
class Reading:
    """Hold what a rule may read: facts that are known, numbers in force, and the day.

    `words` names the choice behind a fact that is a word of a list.
    """

    day: date
    facts: Mapping[str, Value]
    numbers: Mapping[str, Decimal]
    words: Mapping[str, str] = field(default_factory=dict)

    def knows(self, name: str) -> bool:
        """Tell whether the fact is known."""
        return name in self.facts

    def fact(self, name: str) -> Decimal:
        """Return a fact that is a number."""
        value = self.facts[name]
        assert isinstance(value, Decimal), name
        return value

    def date_of(self, name: str) -> date:
        """Return a fact that is a date."""
        value = self.facts[name]
        assert isinstance(value, date), name
        return value

    def is_set(self, name: str) -> bool:
        """Tell whether a flag is known and says yes."""
        return self.facts.get(name) == Decimal(1)

    def grants(self, parameter: str) -> bool:
        """Tell whether a document in force says yes."""
        return self.numbers.get(parameter) == Decimal(1)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Say what a rule found; measured and required are told to a person, with their units.

    `until` makes a pass conditional: what `note` asks for must have come about by then.
    """

    passed: bool
    measured: str
    required: str
    note: str = ""
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Compare one fact with one parameter: `holds(fact, parameter)`.

    `read_on` names the fact whose day decides which value is in force, instead of the day of the question.
    Where it fails, `to_person` brings it before a person instead of refusing.
    """

    name: str
    label: str
    fact: str
    parameter: str
    holds: Callable[[Decimal, Decimal], bool]
    stage: Stage = Stage.APPLY
    read_on: str | None = None
    to_person: bool = False
    otherwise: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Judge what needs more than a comparison.

    All `facts` must be known and all `parameters` in force before `judge` is asked; `hints` and `options` may be
    absent from its reading.
    """

    name: str
    label: str
    judge: Callable[[Reading], Judged]
    facts: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    stage: Stage = Stage.APPLY
    read_on: str | None = None
    to_person: bool = False


Check = Condition | Rule


def needed_facts(check: Check) -> tuple[str, ...]:
    """Return the facts without which the check does not pass."""
    named = (check.fact,) if isinstance(check, Condition) else check.facts
    return tuple(dict.fromkeys(([check.read_on] if check.read_on else []) + list(named)))


def needed_parameters(check: Check) -> tuple[str, ...]:
    """Return the parameters without which there is nothing to check."""
    return (check.parameter,) if isinstance(check, Condition) else check.parameters


def read_parameters(check: Check) -> tuple[str, ...]:
    """Return every parameter that the check may read."""
    return needed_parameters(check) + (() if isinstance(check, Condition) else check.options)


@dataclass(frozen=True, kw_only=True)
class Benefit:
    """Declare money that one party gives another: yuan, from facts and parameters; `formula` says it in Chinese."""

    name: str
    label: str
    payer: Party
    receiver: Party
    formula: str
    amount: Callable[[Reading], Decimal]
    facts: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Coverage:
    """Say who bears which part of a principal loss.

    `shares` sum to 1 and divide the covered part; what is not covered stays with the bank. Afterwards `refund_most`
    yuan of the guarantor's part at most are refunded by the province. Until a cap applies, covered is 1.
    """

    shares: Mapping[Party, Decimal]
    covered: Decimal = Decimal(1)
    refund_most: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Sharing:
    """Declare how a product divides a loss."""

    formula: str
    coverage: Callable[[Reading], Coverage]
    facts: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Cap:
    """Declare the most that a product supports for one firm, in yuan; what is already used is taken off."""

    formula: str
    amount: Callable[[Reading], Decimal]
    facts: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """Hold everything a product's rules.py says; `watched_by` names the product whose findings stand beside."""

    rules: tuple[Check, ...]
    benefits: tuple[Benefit, ...] = ()
    sharing: Sharing | None = None
    cap: Cap | None = None
    watched_by: str | None = None
    about_loan: bool = True
    """Whether the product is about a loan, so that losses, cost and a bank's limits are worth asking for."""

    guarantee: bool = False
    """Whether a guarantee fee is part of the firm's cost with and without the product."""


def not_both(fact: Decimal, forbidden: Decimal) -> bool:
    """Hold unless the fact is so and a document forbids it; both are flags."""
    return not (fact and forbidden)


def required(condition: Condition, parameter: Decimal, fact: Fact) -> str:
    """Say what a condition asks for: the parameter with the comparison in words."""
    if fact.unit == Unit.FLAG:
        return "不限" if not parameter else "否" if condition.holds is not_both else "是"
    before, after = (WORSE if fact.choices else COMPARED).get(condition.holds, ("", ""))
    return f"{before}{say(parameter, fact.unit, fact.choices)}{after}"


COMPARED: Mapping[object, tuple[str, str]] = {
    operator.ge: ("不低于", ""),
    operator.gt: ("高于", ""),
    operator.le: ("不超过", ""),
    operator.lt: ("低于", ""),
}
WORSE: Mapping[object, tuple[str, str]] = {
    operator.ge: ("", "或更差"),
    operator.gt: ("比", "更差"),
    operator.le: ("", "或更好"),
    operator.lt: ("比", "更好"),
}
"""Words of a list are in the order of trouble, so far as they are compared."""


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month, its last where the month is shorter.

    >>> add_months(date(2025, 11, 30), 3), add_months(date(2024, 1, 15), 12)
    (datetime.date(2026, 2, 28), datetime.date(2025, 1, 15))
    """
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(day.day, (following - date(year, month, 1)).days))
