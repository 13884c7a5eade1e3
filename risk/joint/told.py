"""What is one institution told of a joint evaluation?

Nobody's PD is in it. What the lists say of the firm beyond a flag, the people of other institutions and their own
reasons stay with those they are of; the bureau, which acts in its duty, sees all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from data.spec.identifiers import Identifier
from risk.joint.compared import Gap, Reference
from risk.joint.support import Support
from risk.joint.words import Book, Conclusion, Dimension, Guarantee, Sheet
from risk.policies.verdict import Finding


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Say what a bank applies for on behalf of a firm; `texts` are facts as a person wrote them."""

    identifier: Identifier
    product: str
    guarantee: Guarantee
    guarantor: str | None
    purpose: str
    texts: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class ToldStep:
    """Be a step of the history; `details` holds what whoever asks may read of it."""

    version: int
    move: str
    label: str
    state: str
    institution: str
    role: str
    on: date
    at: datetime
    details: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ToldEntry:
    """Be an entry of the books, in yuan."""

    kind: Book
    label: str
    party: str
    amount: Decimal
    booked_on: date


@dataclass(frozen=True, kw_only=True)
class ToldApplication:
    """Be an application as one institution may see it."""

    number: str
    version: int
    enterprise: str
    product: str
    product_label: str
    bank: str
    guarantor: str | None
    guarantee: Guarantee
    purpose: str
    facts: Mapping[str, str]
    state: str
    state_label: str
    possible: tuple[str, ...]
    awaited: tuple[Sheet, ...]
    is_open: bool
    conclusion: Conclusion | None
    conditions: tuple[Finding, ...]
    steps: tuple[ToldStep, ...]
    entries: tuple[ToldEntry, ...]


@dataclass(frozen=True, kw_only=True)
class ToldSheet:
    """Be a party's sheet; of what it cites, others learn only how much the model had counted already."""

    sheet: Sheet
    label: str
    at: datetime
    marks: Mapping[Dimension, Decimal]
    words: str
    notches_wanted: int
    notches_allowed: int
    cited: int
    counted_by_model: int
    saw_model: bool
    expert_field: str | None
    expert_opinion: str | None


@dataclass(frozen=True, kw_only=True)
class ToldOpening:
    """Be what was opened at once.

    The model speaks as grade and score; `place` is that on the master scale, 1 for the best.
    """

    number: str
    status: str
    grade: str | None
    place: int | None
    places: int
    score: int | None
    message: str
    sheets: tuple[ToldSheet, ...]
    references: tuple[Reference, ...]
    gaps: tuple[Gap, ...]
    composites: Mapping[Dimension, Decimal]
    composite: Decimal
    disagreement: Decimal
    moved: int
    grade_after: str | None
    suggestion: Conclusion
    reasons: tuple[str, ...]
    conditions: tuple[Finding, ...]
    support: Support | None
