"""Which limits and weights have the three parties agreed on, and with which codes do they give reasons?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from data.spec.dated import NotInForce, load_strict
from data.spec.errors import Refusal
from risk.joint.words import Dimension, Sheet
from risk.policies.parameters import PolicyParameters, Used

HERE = Path(__file__).parent
Key = TypeVar("Key", bound=str)


class ReasonNeeded(Refusal):
    """A reason by code and in words is asked for."""

    code = "reason-needed"


@dataclass(frozen=True)
class Terms:
    """Be the numbers agreed on, as of one day; each can say where it comes from."""

    day: date

    def used(self, name: str) -> Used:
        """Return a number with its reference and status; raise NotInForce before its first day."""
        used = _file().used(name, self.day)
        if used is None or used.value is None:
            raise NotInForce(f"“{_file().parameters[name].label}”在{self.day}没有有效的取值。")
        return used

    def number(self, name: str) -> Decimal:
        """Return a number; raise NotInForce."""
        value = self.used(name).value
        assert value is not None
        return value

    @property
    def needs_district(self) -> bool:
        """Tell whether the district recommends first."""
        return self.number("requires_district") == 1

    def sheet_weights(self, sheets: frozenset[Sheet]) -> dict[Sheet, Decimal]:
        """Return the weights of the sheets that take part, brought to a sum of 1."""
        return _whole({sheet: self.number(f"weight_{sheet}") for sheet in Sheet if sheet in sheets})

    def dimension_weights(self) -> dict[Dimension, Decimal]:
        """Return the weights of the dimensions, which sum to 1."""
        return _whole({dimension: self.number(f"weight_{dimension}") for dimension in Dimension})


def _whole(weights: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    total = sum(weights.values(), Decimal(0))
    return {key: weight / total for key, weight in weights.items()}


@cache
def _file() -> PolicyParameters:
    text = (HERE / "terms.yaml").read_text(encoding="utf-8")
    return PolicyParameters.model_validate(load_strict(text))


@cache
def reason_codes(kind: str) -> Mapping[str, str]:
    """Return the codes of gaps, overrides or decisions with their words."""
    text = (HERE / "reason_codes.yaml").read_text(encoding="utf-8")
    kinds = TypeAdapter(dict[str, dict[str, str]]).validate_python(load_strict(text))
    return kinds[kind]


def check_reason(kind: str, told: Mapping[str, str]) -> dict[str, str]:
    """Return code, its label and the words; raise ReasonNeeded where one lacks, listing the codes."""
    codes = reason_codes(kind)
    code, words = told.get("code", ""), told.get("words", "").strip()
    if code not in codes or not words:
        listed = "、".join(f"{name}（{label}）" for name, label in codes.items())
        missing = "理由代码" if code not in codes else "文字说明"
        raise ReasonNeeded(f"请给出{missing}：code 与 words 都要填写。", help=f"代码可选：{listed}。")
    return {"code": code, "label": codes[code], "words": words}
