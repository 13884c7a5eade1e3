"""What may the exchange ask of joint evaluations?"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from api.remembering import Remembering
from risk.joint.permissions import Actor
from risk.joint.states import Move
from risk.joint.told import ToldApplication, ToldOpening, Wanted


@dataclass(frozen=True, kw_only=True)
class Ordered:
    """Say which move is wanted, on which day it was made, and what it tells."""

    move: Move
    on: date
    told: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[str, ...] = ()


class JointVisit(Remembering, Protocol):
    """Work on applications in one transaction; numbers are written as people write them."""

    def open(self, wanted: Wanted, *, by: Actor, on: date) -> ToldApplication:
        """Open an application as a draft; raise a Refusal."""

    def read(self, number: str, *, by: Actor) -> ToldApplication:
        """Read an application of the institution's own; raise ApplicationUnknown."""

    def list_all(self, *, by: Actor, after: str | None, limit: int) -> Sequence[ToldApplication]:
        """List the institution's own applications."""

    def move(self, number: str, ordered: Ordered, *, by: Actor) -> ToldApplication:
        """Make a move; raise a Refusal, and nothing is kept."""

    def hand_in(self, number: str, sheet: Mapping[str, object], *, by: Actor, on: date) -> ToldApplication:
        """Hand in the party's sheet; raise a Refusal, and nothing is kept."""

    def read_opening(self, number: str, *, by: Actor) -> ToldOpening:
        """Read what was opened; raise a Refusal."""


class JointDesk(Protocol):
    """Evaluate together with banks and guarantors."""

    def visit(self, *, at: datetime) -> AbstractContextManager[JointVisit]:
        """Open the unit of work of one request."""
