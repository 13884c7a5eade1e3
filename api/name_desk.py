"""What may the doors ask about names that wait for a person, and in which words?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from data.spec.identifiers import Identifier


@dataclass(frozen=True, kw_only=True)
class CandidateEnterprise:
    """Name an enterprise that may be meant: under which of its names, how alike (0 to 100), and why."""

    enterprise: str
    enterprise_name: str
    name: str
    score: float
    why: str
    why_label: str


@dataclass(frozen=True, kw_only=True)
class RememberedDecision:
    """Say what was decided about a name, by whom and when; no enterprise: none of them is meant."""

    enterprise: str | None
    enterprise_name: str | None
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class DoubtfulName:
    """Name what a list says and no rule gives to one enterprise: why, where first met, how many rows wait.

    `decision` is the last one about it; where `state` is "waiting" it holds no more.
    """

    entry: int
    list_name: str
    list_label: str
    name: str
    former_name: str | None
    normalised: str
    code: str
    message: str
    state: str
    rows_waiting: int
    first_batch: str
    first_file: str
    first_row: int
    candidates: tuple[CandidateEnterprise, ...]
    decision: RememberedDecision | None


@dataclass(frozen=True, kw_only=True)
class RowsTaken:
    """Say what became of a file's rows that a decision let in; `set_aside` says why some of them still cannot be."""

    batch_id: str | None
    file: str
    kept: int
    already_known: int
    set_aside: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DecidedName:
    """Tell what came of a decision: rows that came in, rows taken back, rows that stay aside.

    `remembered` is false where the register contradicts the decision, which then is asked for once more.
    """

    entry: int
    list_label: str
    name: str
    enterprise: str | None
    enterprise_name: str | None
    taken: tuple[RowsTaken, ...]
    rows_withdrawn: int
    rows_waiting: int
    remembered: bool
    notes: tuple[str, ...]


class NameDesk(Protocol):
    """Show names that wait, and take a person's decisions about them."""

    def list_names(self, *, decided: bool, at: datetime) -> Sequence[DoubtfulName]:
        """List the names that wait, or those decided about, in the order in which they were met."""

    def decide(self, entry: int, *, enterprise: Identifier | None, revise: bool, at: datetime) -> DecidedName:
        """Decide which enterprise a name means, None for none of them; raise a Refusal where nothing was changed."""
