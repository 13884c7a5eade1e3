"""How are numbers of documents written down: strictly, dated, with reference and status?

Strict YAML: every scalar is text until a model parses it, and a repeated key is refused (PyYAML would keep
the last of two equal dates, read `010` as 8 and `no` as False).
"""

from collections.abc import Hashable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, field_validator

from data.spec.errors import Refusal


class YamlMalformed(Refusal):
    """The file is not strict YAML, or not of the form it should have."""

    code = "yaml-malformed"


class NotInForce(Refusal):
    """No value is in force on the day asked for."""

    code = "not-in-force"


class ValueStatus(StrEnum):
    """Say how far a value is verified (domain.md: V1, V2 verified; V3 secondary; D derived; U unverified)."""

    VERIFIED = "verified"
    SECONDARY = "secondary"
    DERIVED = "derived"
    UNVERIFIED = "unverified"


STATUS_LABELS: Mapping[ValueStatus, str] = {
    ValueStatus.VERIFIED: "已核实",
    ValueStatus.SECONDARY: "二手来源",
    ValueStatus.DERIVED: "推算",
    ValueStatus.UNVERIFIED: "未核实",
}


class _StrictLoader(yaml.BaseLoader):
    """Load every scalar as text and refuse repeated keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = sorted({str(key) for key in keys if keys.count(key) > 1})
        if twice:
            raise YamlMalformed(f"第{node.start_mark.line + 1}行起有重复的键：{'、'.join(twice)}。")
        return super().construct_mapping(node, deep=deep)


def load_strict(text: str) -> Any:
    """Return the document with every scalar as text; raise YamlMalformed."""
    try:
        return yaml.load(text, Loader=_StrictLoader)
    except yaml.YAMLError as error:
        raise YamlMalformed(f"YAML 无法读取：{error}") from error


class DatedValue(BaseModel):
    """Hold one value from its first day on; None ends the parameter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Decimal | None
    reference: str
    status: ValueStatus

    @field_validator("value", mode="before")
    @classmethod
    def _null(cls, value: object) -> object:
        return None if value in ("null", "", "~") else value


class Parameter(BaseModel):
    """Hold one number of a document over time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    unit: str
    values: Mapping[date, DatedValue]

    def on(self, day: date) -> DatedValue:
        """Return the value in force on day: the last that started on or before it; raise NotInForce."""
        started = [start for start in self.values if start <= day]
        found = self.values[max(started)] if started else None
        if found is None or found.value is None:
            raise NotInForce(f"“{self.label}”在{day}没有有效的取值。")
        return found


class ParameterSet(BaseModel):
    """Hold the parameters of one document."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    label: str
    parameters: Mapping[str, Parameter]

    @classmethod
    def parse(cls, text: str) -> "ParameterSet":
        """Read strict YAML text; raise YamlMalformed or pydantic's ValidationError."""
        return cls.model_validate(load_strict(text))

    def numbers(self, day: date) -> dict[str, Decimal]:
        """Return every parameter's value in force on day."""
        return {
            name: value for name, parameter in self.parameters.items() if (value := parameter.on(day).value) is not None
        }
