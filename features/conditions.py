"""Which rows does a filter keep, beside those that bear a word or a number?"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Below:
    """Keep rows whose number is known and below the bound."""

    bound: float


@dataclass(frozen=True)
class AtLeast:
    """Keep rows whose number is known and not below the bound."""

    bound: float


@dataclass(frozen=True)
class Filled:
    """Keep rows in which the column is known (True) or blank (False)."""

    filled: bool = True


Condition = str | float | tuple[str, ...] | Below | AtLeast | Filled
