"""Which figures of the letter must the city reproduce?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Say one figure: how much of what, on or up to which day, since when, counted in which list.

    `relation` is "exactly", or "at_least" where the letter says 余, 以上 or 超过.
    """

    name: str
    value: float
    unit: str
    relation: str
    day: date
    list: str
    source: str
    says: str
    since: date | None = None


@cache
def read_figures() -> Mapping[str, Figure]:
    """Return every declared figure by name."""
    text = files("data.zibo").joinpath("figures.yaml").read_text(encoding="utf-8")
    return MappingProxyType({name: Figure(name=name, **said) for name, said in yaml.safe_load(text).items()})


def target(name: str) -> int:
    """Return the whole number that a figure of the full city must come to."""
    return round(read_figures()[name].value)


TRANSFER_DISTRICTS = ("370303", "370322", "370305", "370304")
"""技术转移先进县: 张店, 高青, 临淄, 博山; here the four districts that sell most technology in 2023."""
