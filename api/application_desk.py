"""What may a door ask of applications, and in which words?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from risk.joint.application import Application, SheetKept
from risk.joint.evaluating import HandedIn
from risk.joint.lists import OfficialList
from risk.joint.opening import Opening
from risk.joint.signoff import SignOff
from risk.joint.told import Wanted
from risk.joint.words import Sheet


@dataclass(frozen=True, kw_only=True)
class Acting:
    """Say for which institution someone acts, in what capacity (None: the institution's own), under which name."""

    institution: str
    role: str | None = None
    person: str | None = None


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Be an application as someone may see it: sheets and opening only so far as they are open to them."""

    application: Application
    sheets: tuple[SheetKept, ...]
    opening: Opening | None
    possible: tuple[str, ...]
    awaited: tuple[Sheet, ...]
    demonstration: bool


@dataclass(frozen=True, kw_only=True)
class WantedMove:
    """Say which move is wanted, and what it tells; `number` may end in @ and the version that was looked at."""

    number: str
    move: str
    told: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[str, ...] = ()


class ApplicationDesk(Protocol):
    """Open applications, move them on, take sheets, and draw up lists; each in one unit of work."""

    def new(self, wanted: Wanted, *, acting: Acting, on: date | None, at: datetime) -> Shown:
        """Open an application as a draft; raise a Refusal."""

    def move(self, wanted: WantedMove, *, acting: Acting, on: date | None, at: datetime) -> Shown:
        """Make any move of the table; raise a Refusal, and nothing is kept."""

    def hand_in(
        self, number: str, sheet: Mapping[str, object], *, acting: Acting, on: date | None, at: datetime
    ) -> HandedIn:
        """Hand in the sheet of the acting party; raise a Refusal, and nothing is kept."""

    def show(self, number: str, *, acting: Acting, at: datetime) -> Shown:
        """Show an application of the institution's own; raise ApplicationUnknown."""

    def opened(self, number: str, *, acting: Acting, at: datetime) -> Shown:
        """Show what was opened; raise SheetsSealed."""

    def list_all(self, *, acting: Acting, at: datetime) -> Sequence[Application]:
        """List the applications of the institution's own."""

    def draw_up(
        self, kind: str, *, since: date, until: date, folder: Path, acting: Acting, at: datetime
    ) -> tuple[OfficialList, Path]:
        """Draw up a list for the days [since, until), write its workbook and say where it lies."""

    def sign_off(self, number: str, *, path: Path | None, acting: Acting, at: datetime) -> tuple[SignOff, Path]:
        """Write the sign-off sheet as PDF and say where it lies; raise SheetsSealed, FontMissing."""
