"""How large is the city, which seed makes it, and which days matter in it?"""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

FULL_SIZE = 5000
"""Number of enterprises at which the letter's figures hold to the unit."""

FIRST_YEAR = 2017
LAST_YEAR = 2025
YEARS = tuple(range(FIRST_YEAR, LAST_YEAR + 1))
LAST_DAY = np.datetime64("2025-12-31")
LETTER_DAY = np.datetime64("2024-06-30")
"""The letter speaks of 目前 and 今年以来 in the middle of 2024 (house.md 4)."""
STOCK_DAY = np.datetime64("2024-12-31")
NOT_YET = np.datetime64("2100-01-01", "D")
"""A day that never comes, for comparisons; it is written as a blank."""

LATENT_START = np.datetime64("2014-01", "M")
LATENT_MONTHS = 168
"""The latent process runs from January 2014 to December 2027."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Name the seed and the size of one city."""

    seed: int
    enterprises: int

    def rng(self, subject: str) -> np.random.Generator:
        """Return the generator of one subject, so that a change in one leaves the others as they were."""
        return np.random.default_rng([self.seed, crc32(subject.encode())])

    def scaled(self, count: float) -> int:
        """Return a count of the full city for a city of this size; exact at full size."""
        return max(1, round(count * self.enterprises / FULL_SIZE))


def day(text: str) -> np.datetime64:
    """Return one day."""
    return np.datetime64(text, "D")


def year_start(year: int) -> np.datetime64:
    """Return 1 January of a year."""
    return day(f"{year}-01-01")


def month_index(days: Days) -> Ints:
    """Return the number of months since LATENT_START in which each day lies."""
    months = days.astype("M8[M]").astype(np.int64)
    return np.asarray(months - LATENT_START.astype(np.int64))


def month_end(months: Ints) -> Days:
    """Return the last day of each month given by its index."""
    following = (months + 1 + LATENT_START.astype(np.int64)).astype("M8[M]")
    return np.asarray(following.astype("M8[D]") - np.timedelta64(1, "D"))


def add_months(days: Days, months: Ints) -> Days:
    """Return each day some months later, at most the 28th of the month."""
    first = days.astype("M8[M]")
    offset = np.minimum((days - first.astype("M8[D]")).astype(np.int64), 27)
    return np.asarray((first + months).astype("M8[D]") + offset)


def add_days(days: Days, count: Ints | int) -> Days:
    """Return each day some days later."""
    return np.asarray(days.astype("M8[D]") + np.asarray(count).astype("m8[D]"))


def year_of(days: Days) -> Ints:
    """Return the calendar year of each day."""
    return np.asarray(days.astype("M8[Y]").astype(np.int64) + 1970)
