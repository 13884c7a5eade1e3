"""Which number of which document is in force on a day, and how far is it verified?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from data.spec.dated import DatedValue, Parameter, ValueStatus, load_strict
from data.spec.errors import Refusal
from risk.policies.facts import UNITS, bounds_fault, near, unit_help

UNVERIFIED_MARK = "〔未核实〕"
FIRST_DAY_MARK = "〔起始日未核实〕"


class ParameterUnknown(Refusal):
    """The product has no parameter of this name."""

    code = "parameter-unknown"


class ParameterMalformed(Refusal):
    """A parameter cannot have this value."""

    code = "parameter-malformed"


class PolicyValue(DatedValue):
    """Hold one value; `first_day_status` says how far its first day is verified, by default as far as the value.

    Where a document names a year alone, the first day is the latest plausible one, unverified. `last_checked` is the
    day a person last looked and nothing had changed, by default the product's.
    """

    first_day_status: ValueStatus | None = None
    last_checked: date | None = None


class PolicyParameter(Parameter):
    """Hold one number of a policy document over time."""

    values: Mapping[date, PolicyValue]

    @model_validator(mode="after")
    def _sound(self) -> "PolicyParameter":
        if self.unit not in UNITS:
            raise ValueError(f"unknown unit {self.unit}")
        for value in self.values.values():
            fault = "" if value.value is None else bounds_fault(value.value, self.unit)
            if fault or not value.reference.strip():
                raise ValueError(fault or "a value without reference")
        return self

    def standing(self, day: date) -> tuple[date, PolicyValue] | None:
        """Return the last value that started on or before day, with its first day; None before the first."""
        started = [start for start in self.values if start <= day]
        return (max(started), self.values[max(started)]) if started else None


@dataclass(frozen=True, kw_only=True)
class Used:
    """Keep a number that an answer was given with, and where it came from.

    value is None where the document ends the parameter, or its number has not been seen.
    """

    name: str
    label: str
    unit: str
    value: Decimal | None
    since: date
    reference: str
    status: ValueStatus
    first_day_status: ValueStatus
    last_checked: date

    @property
    def mark(self) -> str:
        """Return what must be written behind the number wherever it is shown."""
        if self.status is ValueStatus.UNVERIFIED:
            return UNVERIFIED_MARK
        return FIRST_DAY_MARK if self.first_day_status is ValueStatus.UNVERIFIED else ""


class PolicyParameters(BaseModel):
    """Hold the parameters of one policy file; `last_verified_on` is when a person last looked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    label: str
    last_verified_on: date
    parameters: Mapping[str, PolicyParameter]

    def used(self, name: str, day: date) -> Used | None:
        """Return the value in force on day, None before its first; raise KeyError for a name that is not declared."""
        return used_of(name, self.parameters[name], day, self.last_verified_on)

    def reform(self, values: Mapping[str, Decimal | None]) -> Self:
        """Return a copy with numbers replaced on all days, None taking one out of force; the file stays as it is.

        Raises ParameterUnknown with the nearest names, ParameterMalformed.
        """
        for name in values:
            if name not in self.parameters:
                raise ParameterUnknown(f"“{self.label}”没有名为“{name}”的参数。", help=near(name, self.parameters))
        proposed = {name: replaced(self.parameters[name], value) for name, value in values.items()}
        return self.model_copy(update={"parameters": {**self.parameters, **proposed}})


def used_of(name: str, parameter: PolicyParameter, day: date, last_verified_on: date) -> Used | None:
    """Return the value of a parameter in force on day with where it came from; None before its first day."""
    standing = parameter.standing(day)
    if standing is None:
        return None
    since, value = standing
    return Used(
        name=name,
        label=parameter.label,
        unit=parameter.unit,
        value=value.value,
        since=since,
        reference=value.reference,
        status=value.status,
        first_day_status=value.first_day_status or value.status,
        last_checked=value.last_checked or last_verified_on,
    )


def parameter_of(used: Used) -> PolicyParameter:
    """Return the parameter that had this one value and no other: what an old answer was given with."""
    value = PolicyValue(
        value=used.value,
        reference=used.reference,
        status=used.status,
        first_day_status=used.first_day_status,
        last_checked=used.last_checked,
    )
    return PolicyParameter(label=used.label, unit=used.unit, values={used.since: value})


def replaced(parameter: PolicyParameter, value: Decimal | None) -> PolicyParameter:
    """Return the parameter with one value on all its days: a proposal, and marked so; raise ParameterMalformed."""
    fault = "" if value is None else ("不是一个数" if not value.is_finite() else bounds_fault(value, parameter.unit))
    if fault:
        raise ParameterMalformed(f"“{parameter.label}”不能取这个值：{fault}。", help=unit_help(parameter.unit))
    proposed = PolicyValue(value=value, reference="试算：拟议的取值，非现行规定", status=ValueStatus.UNVERIFIED)
    return parameter.model_copy(update={"values": {min(parameter.values): proposed}})


@cache
def credit_terms() -> PolicyParameters:
    """Return the dated numbers of loss, price and limit that belong to no product (credit_terms.yaml)."""
    text = Path(__file__).with_name("credit_terms.yaml").read_text(encoding="utf-8")
    return PolicyParameters.model_validate(load_strict(text))
