"""Which days does a window hold, and on which days is a thing still inside it?

Days are integers counted from EPOCH, so that (viewer, day) packs into one int64. A window is half-open:
`[as_of - length, as_of)`. Months are subtracted by the calendar with the day clipped to the month's end:
29 February less one year is 28 February, 31 March less one month is the last of February. Subtraction
decides; `last_inside` is its exact inverse. So a thing of 29 February 2024 leaves a one-year window after
28 February 2025, and one of 28 February 2023 only after 29 February 2024, whose day a year before it is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

DAY_BITS = 23
EPOCH = 1 << 21
"""Added to days since 1970-01-01, so that every plausible day is positive."""

NEVER = (1 << DAY_BITS) - 1
"""Later than every day."""

UNDATED = 0
"""Stands for a missing day; earlier than every day."""


class Span(StrEnum):
    """Name the unit a window is measured in."""

    DAYS = "days"
    MONTHS = "months"
    QUARTERS = "quarters"
    YEARS = "years"


_MONTHS = {Span.MONTHS: 1, Span.QUARTERS: 3, Span.YEARS: 12}


@dataclass(frozen=True)
class Window:
    """Say how far back one looks from as_of: `Window(3, "years")` is `[as_of - 3 years, as_of)`."""

    length: int
    span: str

    def __post_init__(self) -> None:
        if self.span not in set(Span):
            raise ValueError(f"window of {self.span!r}: must be one of {', '.join(Span)}")
        if self.length < 1:
            raise ValueError(f"window of {self.length} {self.span}: length must be at least 1")

    @property
    def suffix(self) -> str:
        """Return what the name of a feature over this window must end with, such as `3y`."""
        return f"{self.length}{self.span[0]}"

    @property
    def months(self) -> int | None:
        """Return the length in calendar months, or None for a window of days."""
        return None if self.span == Span.DAYS else self.length * _MONTHS[Span(self.span)]


def to_days(dates: npt.NDArray[np.datetime64]) -> Ints:
    """Count days; NaT, which is the least integer, becomes UNDATED."""
    days = dates.astype("datetime64[D]").astype(np.int64)
    days += EPOCH
    # np.clip takes thrice as long on short arrays, and another array on long ones.
    return np.minimum(np.maximum(days, UNDATED, out=days), NEVER - 1, out=days)


def pack(owner: Ints, day: Ints) -> Ints:
    """Put an owner's number and a day into one integer that orders by owner, then day."""
    return (owner << DAY_BITS) | day


def window_start(as_of: Ints, window: Window | None) -> Ints:
    """Return the first day inside the window of each as_of: as_of less the length."""
    if window is None:
        return np.ones_like(as_of)
    if window.months is None:
        return np.maximum(as_of - window.length, 1)
    return _by_calendar(as_of, partial(_months_before, months=window.months))


def last_inside(happened: Ints, window: Window | None) -> Ints:
    """Return the last as_of whose window still holds the day: the greatest a with window_start(a) <= happened.

    A day that ends its month is inside for every as_of of the month reached, because subtraction clips to it.
    """
    if window is None:
        return np.full_like(happened, NEVER)
    if window.months is None:
        return happened + window.length
    return _by_calendar(happened, partial(_months_after, months=window.months))


def _by_calendar(days: Ints, move: Callable[[Ints], Ints]) -> Ints:
    """Move days; where there are more of them than different ones, each day of their span is moved once."""
    if not len(days):
        return days
    first, last = int(days.min()), int(days.max())
    if last - first >= len(days):
        return move(days)
    return move(np.arange(first, last + 1))[days - first]


def _months_before(days: Ints, *, months: int) -> Ints:
    month, day = _split(days)
    return _clipped(month - months, day)


def _months_after(days: Ints, *, months: int) -> Ints:
    month, day = _split(days)
    return _clipped(month + months, np.where(day == _month_length(month), 31, day))


def _split(days: Ints) -> tuple[npt.NDArray[np.datetime64], Ints]:
    dates = (days - EPOCH).astype("datetime64[D]")
    month = dates.astype("datetime64[M]")
    return month, (dates - month.astype("datetime64[D]")).astype(np.int64) + 1


def _month_length(month: npt.NDArray[np.datetime64]) -> Ints:
    return np.asarray(
        (month + 1).astype("datetime64[D]") - month.astype("datetime64[D]"), dtype="timedelta64[D]"
    ).astype(np.int64)


def _clipped(month: npt.NDArray[np.datetime64], day: Ints) -> Ints:
    first = month.astype("datetime64[D]").astype(np.int64) + EPOCH
    return np.asarray(first + np.minimum(day, _month_length(month)) - 1)
