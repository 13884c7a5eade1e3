"""What may a door ask of objections?"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from api.remembering import Remembering
from risk.consent_words import Asking
from risk.objection_words import ObjectionKind


@dataclass(frozen=True, kw_only=True)
class ObjectionShown:
    """Be an objection as it stands, and whether its days have passed."""

    id: str
    version: int
    kind: str
    object: str
    words: str
    state: str
    answer: str
    received_at: datetime
    verify_by: date
    answer_by: date
    overdue: bool


class ObjectionVisit(Remembering, Protocol):
    """Work on objections in one transaction; every reading is recorded."""

    def object_to(self, kind: ObjectionKind, object_id: str, words: str, *, id: str, by: Asking) -> ObjectionShown:
        """Take an objection; raise a Refusal."""

    def answer(self, id: str, *, upheld: bool, words: str, by: Asking) -> ObjectionShown:
        """Answer one; raise a Refusal."""

    def withdraw(self, id: str, *, by: Asking) -> ObjectionShown:
        """Take one back; raise a Refusal."""

    def read(self, id: str, *, by: Asking) -> ObjectionShown:
        """Read one; raise ObjectionUnknown."""

    def list_all(self, *, by: Asking, after: str | None, limit: int) -> Sequence[ObjectionShown]:
        """List those that are theirs to see."""


class ObjectionDesk(Protocol):
    """Keep objections."""

    def visit(self, *, at: datetime) -> AbstractContextManager[ObjectionVisit]:
        """Open the unit of work of one request."""
