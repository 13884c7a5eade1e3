"""What does a warning say, to whom, and what was done about it?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from risk.assessment import Source


class Outcome(StrEnum):
    """Say what came of a warning."""

    SEEN = "seen"
    ACTING = "acting"
    FALSE_ALARM = "false_alarm"
    CAME_TRUE = "came_true"


OUTCOME_LABELS: Mapping[Outcome, str] = {
    Outcome.SEEN: "已知悉",
    Outcome.ACTING: "已采取措施",
    Outcome.FALSE_ALARM: "误报",
    Outcome.CAME_TRUE: "风险已成真",
}
SEVERITY_LABELS: Mapping[int, str] = {1: "关注", 2: "预警", 3: "严重"}


@dataclass(frozen=True, kw_only=True)
class Told:
    """Say whom a warning is told to, and on what ground: its duty, its own report, or a consent.

    `evidence` are the rows it may see: none where the warning is a bare flag of other firms' data.
    """

    institution: str
    name: str
    ground: str
    evidence: tuple[Source, ...]


@dataclass(frozen=True, kw_only=True)
class Acknowledged:
    """Say what was done about a warning, by whom and when."""

    outcome: Outcome
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class RiskWarning:
    """Tell one warning about a borrower.

    `bare`: it derives from other firms' data and is told without rows (method.md 6). `withheld` counts the banks with
    an open loan that are not told, for want of a consent.
    """

    id: str
    rule: str
    label: str
    severity: int
    severity_label: str
    enterprise_name: str
    identifier: str
    happened_on: date
    known_on: date
    sentence: str
    bare: bool
    told: tuple[Told, ...]
    withheld: int
    acknowledged: Acknowledged | None


@dataclass(frozen=True, kw_only=True)
class ToldWarning:
    """Be a warning as one institution is told it: on which ground, and the rows it may see."""

    warning: RiskWarning
    ground: str
    evidence: tuple[Source, ...]


@dataclass(frozen=True, kw_only=True)
class WatchReport:
    """List the warnings known in [since, as_of), the latest first."""

    as_of: date
    since: date
    demonstration: bool
    borrowers: int
    warnings: tuple[RiskWarning, ...]
