"""What may the doors ask of lists and batches beside loading them?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from data.spec.progress import Progress


@dataclass(frozen=True, kw_only=True)
class IntakeWishes:
    """Say how files are to be taken: what headers mean for which office, by force, and where remarks go."""

    headers: Mapping[str, str] = field(default_factory=dict)
    office: str = ""
    force: bool = False
    annotated: Path | None = None


@dataclass(frozen=True, kw_only=True)
class TakenBack:
    """Say what taking a batch back came to; `load_again` names files that ought to be loaded once more."""

    batch_id: str
    reverses: str
    list_label: str
    file: str
    records: int
    rows: int
    old_until: date
    load_again: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RememberedHeader:
    """Say what a header of one list from one office was confirmed to mean."""

    list_name: str
    list_label: str
    office: str
    header: str
    field: str


class TemplateDesk(Protocol):
    """Write templates; needs no store."""

    def list_names(self) -> Mapping[str, str]:
        """Return the lists' command names and labels."""

    def write(self, list_name: str, to: Path, *, force: bool) -> None:
        """Write a list's template; raise a Refusal where a file stands there."""


class BatchDesk(Protocol):
    """Take batches back, hand out what was set aside, and tell which headers are remembered."""

    def take_back(self, batch_id: str, *, reason: str, at: datetime, progress: Progress) -> TakenBack:
        """Take a batch back as a whole, and bring what followed from it up to date; raise a Refusal."""

    def write_quarantine(self, batch_id: str, to: Path, *, force: bool, at: datetime) -> int:
        """Write the rows of a batch that were set aside as a workbook and return their number; raise a Refusal."""

    def remembered_headers(self, *, at: datetime) -> Sequence[RememberedHeader]:
        """List what headers were confirmed to mean."""

    def forget_header(self, list_name: str, header: str, *, office: str, at: datetime) -> RememberedHeader:
        """Forget one by a new record; raise a Refusal."""

    def now(self) -> datetime:
        """Return the instant by the store's clock."""
