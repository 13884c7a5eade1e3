"""What is a back-test asked for, and how far is it?"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from data.spec.batches import LongWork, WorkItem


class BasisKind(StrEnum):
    """Name on what a bank rests a back-test, in a document of its own."""

    AUTHORISATION = "authorisation"
    CONTRACT = "contract"
    STATUTE = "statute"


class ModelWanted(StrEnum):
    """Say which model answers: the one that answers today, or the one that answered on each pair's day."""

    PRESENT = "present"
    THEN = "then"


@dataclass(frozen=True, kw_only=True)
class LegalBasis:
    """Record a bank's own legal basis: its kind, and the hash of the document that it holds."""

    kind: BasisKind
    document_sha256: str


@dataclass(frozen=True, kw_only=True)
class BackTestWish:
    """Say what is wanted of every pair: by which card, by which model, on what basis."""

    card: str
    model: ModelWanted
    basis: LegalBasis


@dataclass(frozen=True, kw_only=True)
class PairScore:
    """Be what a pair was answered: no reason, no name. `trained_on` and `unseen` say whether the model knew the day.

    `unseen`: the day comes after those that the model was trained on; None where no model answered.
    """

    status: str
    code: str | None
    score: int | None
    grade: str | None
    pd: float | None
    model: str | None
    trained_on: date | None
    unseen: bool | None


@dataclass(frozen=True, kw_only=True)
class Pair(WorkItem):
    """Be one (enterprise, day) of a back-test."""

    as_of: date
    enterprise_id: int | None = None
    score: PairScore | None = None


@dataclass(frozen=True, kw_only=True)
class BackTest(LongWork):
    """Be a back-test; its items are pairs."""

    wish: BackTestWish
