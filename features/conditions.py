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


@dataclass(frozen=True)
class After:
    """Keep rows in which the column's day and the other column's are known, and it comes after the other."""

    other: str


@dataclass(frozen=True)
class NotAfter:
    """Keep rows in which the column's day and the other column's are known, and it does not come after the other."""

    other: str


Condition = str | float | tuple[str, ...] | Below | AtLeast | Filled | After | NotAfter
