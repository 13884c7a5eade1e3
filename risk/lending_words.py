"""In which words are loans reported and decisions fed back? Plain values, importable without a frame or a store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

Record = Mapping[str, str | date | Decimal | int | bool | None]
"""One record of a report, by column."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Count what became of the records of a report: new ones, and such as the store knew."""

    loan_no: str
    kept: int
    already_known: int
    batches: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LoanRead:
    """Be a loan as last reported: its terms, its months and its events."""

    loan_no: str
    enterprise_name: str
    terms: Mapping[str, Any]
    months: tuple[Mapping[str, Any], ...]
    events: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Told:
    """Say what a bank tells of its decision: followed or overridden, with a code and words."""

    decision: str
    code: str
    words: str


@dataclass(frozen=True, kw_only=True)
class FeedbackSummary:
    """Count decisions and codes over all banks; `withheld` where they speak of too few firms."""

    firms: int
    withheld: bool
    followed: int
    overridden: int
    codes: Mapping[str, int]
