"""Which numbers do declarations rest on beside the evidence, and when do they change a declaration's meaning?"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources

from data.spec.dated import ParameterSet

ON = date(2025, 1, 1)
"""The day whose numbers the declarations mean. A formula knows no as_of: another day is another meaning, and name."""


@cache
def _parameters() -> ParameterSet:
    return ParameterSet.parse(resources.files(__package__).joinpath("numbers.yaml").read_text(encoding="utf-8"))


@cache
def _numbers() -> Mapping[str, float]:
    return {name: float(value) for name, value in _parameters().numbers(ON).items()}


def label_of(name: str) -> str:
    """Return the Chinese label of a number; raise KeyError."""
    return _parameters().parameters[name].label


def number(name: str) -> float:
    """Return a number of features/numbers.yaml; raise KeyError."""
    return _numbers()[name]


def said(*names: str) -> str:
    """Return numbers as text, for the fingerprint of what rests on them."""
    return ", ".join(f"{name}={number(name)!r}" for name in names)
