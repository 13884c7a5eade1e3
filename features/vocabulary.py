"""Which words does a declaration use for direction, card and reduction?"""

from enum import IntEnum, StrEnum


class Direction(IntEnum):
    """Say how risk moves as the value rises; a claim that a credit officer would sign, else UNKNOWN."""

    RISK_FALLS = -1
    UNKNOWN = 0
    RISK_RISES = 1


class Card(StrEnum):
    """Name what a feature serves: the application card, the behaviour card, firms with invoices only."""

    APPLICATION = "application"
    BEHAVIOUR = "behaviour"
    INVOICES = "invoices"


class Reduce(StrEnum):
    """Say how the rows counted become one number."""

    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"
    MIN = "min"
    MAX = "max"
    STD = "std"
    """Population standard deviation; unknown below two values."""
    SLOPE = "slope"
    """Least-squares change a year; unknown below two days."""
    LATEST = "latest"
    """The value in the latest row, unknown where that row leaves it blank."""
    PREVIOUS = "previous"
    """The value in the last row that happened before the latest one."""
    FIRST = "first"
    DISTINCT = "distinct"
    MONTHS = "months"
    """Calendar months in which something happened."""
    MAX_GAP = "max_gap"
    """Longest wait between two rows that follow each other, in days."""
    DAYS_SINCE_LATEST = "days_since_latest"
    DAYS_SINCE_FIRST = "days_since_first"
    DAYS_SINCE_SUM = "days_since_sum"
    """Days from each row to as_of, added up."""
    PEAK_MONTH_SHARE = "peak_month_share"
    """Largest share of the column's sum that one calendar month has."""
    TOP_SHARE = "top_share"
    """Largest share of the column's sum that one value of `by` has."""


COLUMNLESS = frozenset(
    {
        *(Reduce.COUNT, Reduce.MONTHS, Reduce.MAX_GAP),
        *(Reduce.DAYS_SINCE_LATEST, Reduce.DAYS_SINCE_FIRST, Reduce.DAYS_SINCE_SUM),
    }
)
