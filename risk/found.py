"""Which words tell of an enterprise that was searched for, and of a fact that was looked up?"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class ConsentHeld:
    """Name a consent in force: what it is for, and until when."""

    id: str
    version: int
    purposes: tuple[str, ...]
    valid_to: date


@dataclass(frozen=True, kw_only=True)
class FoundEnterprise:
    """Name one enterprise that may be asked about; `matched` is the name by which it was found, None by identifier."""

    name: str
    scheme: str
    value: str
    matched: str | None
    consents: tuple[ConsentHeld, ...]


class FactAnswer(StrEnum):
    """Say whether something holds on a day; unknown is not no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """Point to the row of a list that a fact rests on."""

    list_label: str
    file: str
    batch_id: str
    file_row: int


@dataclass(frozen=True, kw_only=True)
class VerifiedFact:
    """Answer one question about an enterprise on a day, with the record that it rests on.

    `value` is the record's own number, title or count; `missing` says why an unknown one is unknown. valid_from and
    valid_until (the first day on which it no longer holds) are the record's.
    """

    item: str
    label: str
    answer: FactAnswer
    sentence: str
    value: str | Decimal | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    list_label: str = ""
    known_on: date | None = None
    row: SourceRow | None = None
    missing: str | None = None
