"""Numbers of documents are read strictly, and the value in force is the last that started."""

from datetime import date
from decimal import Decimal

import pytest

from data.spec.dated import NotInForce, ParameterSet, YamlMalformed, load_strict

DOCUMENT = """
code: example
label: 示例
parameters:
  share:
    label: 比例
    unit: /1
    values:
      2022-03-01: {value: 0.30, reference: 甲, status: verified}
      2024-07-01: {value: 0.35, reference: 乙, status: secondary}
      2025-07-01: {value: null, reference: 丙, status: verified}
"""


@pytest.mark.parametrize(
    ("day", "value"),
    [("2022-03-01", "0.30"), ("2024-06-30", "0.30"), ("2024-07-01", "0.35"), ("2025-06-30", "0.35")],
)
def test_the_value_in_force_is_the_last_that_started(day: str, value: str) -> None:
    share = ParameterSet.parse(DOCUMENT).parameters["share"]

    assert share.on(date.fromisoformat(day)).value == Decimal(value)


@pytest.mark.parametrize("day", ["2022-02-28", "2025-07-01"])
def test_before_the_first_day_and_after_the_end_nothing_is_in_force(day: str) -> None:
    with pytest.raises(NotInForce, match="比例"):
        ParameterSet.parse(DOCUMENT).parameters["share"].on(date.fromisoformat(day))


def test_a_repeated_key_is_refused_with_its_name() -> None:
    with pytest.raises(YamlMalformed, match="2024-07-01"):
        load_strict("2024-07-01: 1\n2024-07-01: 2\n")


@pytest.mark.parametrize("text", ["010", "no", "1e-3", "2024-07-01"])
def test_every_scalar_stays_the_text_it_was(text: str) -> None:
    assert load_strict(f"a: {text}") == {"a": text}


def test_broken_yaml_is_refused() -> None:
    with pytest.raises(YamlMalformed):
        load_strict("a: [1")
