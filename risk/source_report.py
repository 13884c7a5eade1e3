"""What is told of the lists behind every answer?"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class ColumnFill:
    """Say which share of a list's rows fill a column."""

    column: str
    label: str
    share: float


@dataclass(frozen=True, kw_only=True)
class ColumnDrift:
    """Compare a column's mean with the batch before: size in standard deviations, p of Welch's test."""

    column: str
    label: str
    mean_before: float
    mean_after: float
    rows_before: int
    rows_after: int
    size: float
    p_value: float
    moved: bool


@dataclass(frozen=True, kw_only=True)
class RowsRefused:
    """Count the rows set aside for one reason."""

    code: str
    message: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """Say what the calendar expects of a list, and how far that is verified.

    firms, firms_before: of how many enterprises a list that tells of periods told in this one and in the one before.
    """

    every_months: int
    due_days: int
    reference: str
    status: str
    begins: date
    ends: date
    due_on: date
    firms: int | None = None
    firms_before: int | None = None


@dataclass(frozen=True, kw_only=True)
class SourceReport:
    """Tell of one list: what came last, how much of the register it knows, how full, how late, how steady.

    newest_on: the newest period it tells of, or the newest day a row became known. days_late counts from the due day;
    None where the list is not late, or has no calendar. quarantined_share is of the rows read over all batches,
    titles and totals apart.
    """

    list: str
    label: str
    group: str
    group_label: str
    batches: int
    last_batch: str | None
    last_recorded_at: datetime | None
    newest_on: date | None
    rows: int
    firms: int
    firms_share: float
    expected: Expectation | None
    days_late: int | None
    columns: tuple[ColumnFill, ...]
    drifts: tuple[ColumnDrift, ...]
    rows_read: int
    quarantined: int
    quarantined_share: float
    refused: tuple[RowsRefused, ...]

    @property
    def filled(self) -> float | None:
        """Return the mean share of filled columns; None where the list has no rows."""
        return sum(one.share for one in self.columns) / len(self.columns) if self.columns else None

    @property
    def moved(self) -> tuple[ColumnDrift, ...]:
        """Return the columns whose mean moved by more than chance, and by more than matters."""
        return tuple(one for one in self.drifts if one.moved)


@dataclass(frozen=True, kw_only=True)
class ConflictExample:
    """Show one enterprise of which two sources differ."""

    enterprise_name: str
    identifier: str
    year: int
    first: float
    second: float
    gap: float


@dataclass(frozen=True, kw_only=True)
class ConflictReport:
    """Tell of one comparison: how many enterprises both sources speak of, how many beyond the tolerance, the worst."""

    name: str
    label: str
    unit: str
    lists: tuple[str, ...]
    first: str
    second: str
    tolerance: float
    compared: int
    beyond: int
    examples: tuple[ConflictExample, ...]


@dataclass(frozen=True, kw_only=True)
class SourcesReport:
    """Tell of every list on a day; registered counts the enterprises of the register."""

    as_of: date
    registered: int
    sources: tuple[SourceReport, ...]
    conflicts: tuple[ConflictReport, ...]
