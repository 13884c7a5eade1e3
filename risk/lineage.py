"""What does an answer about one value say: which rows it rests on, how, and whether it can be worked out again?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from data.spec.errors import Refusal
from data.spec.tables import derived

NOT_PUBLIC = frozenset(table.name for table in derived.TABLES) - derived.AGGREGATES
"""Tables worked out from other firms' rows as well: said as a bare flag, never shown as rows (method.md 6).

Those whose rows are aggregates over at least twenty firms may be shown; a new derived table may not, until said so.
"""


class FeatureUnknown(Refusal):
    """The catalogue has no feature by this name."""

    code = "feature-unknown"
    status = 404


class PermissionRequired(Refusal):
    """The consent opens the score, not the rows behind it."""

    code = "permission-required"
    status = 403


def rests_on_others(tables: Iterable[str]) -> bool:
    """Tell whether what is read from these tables derives from other firms' non-public data."""
    return not NOT_PUBLIC.isdisjoint(tables)


def flag_of(value: float | None) -> float | None:
    """Return 1 for a value above zero, 0 for none, None where it is unknown."""
    return None if value is None else float(value > 0)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Carry one cell of a row: the column's name and label, the plain value, and how a reader would write it."""

    name: str
    label: str
    value: str | float | None
    text: str


@dataclass(frozen=True, kw_only=True)
class EvidenceRow:
    """Point to one row of one file, and say whether it is in the value and why or why not.

    `code` is stable, `why` is Chinese; `superseded_by` names batch and file row of the version that replaced it.
    """

    table: str
    list_label: str
    batch_id: str
    file: str
    file_row: int
    record_key: str
    happened_on: date | None
    ended_on: date | None
    known_on: date | None
    recorded_at: datetime
    cells: tuple[Cell, ...]
    counted: bool
    code: str
    why: str
    superseded_by: tuple[str, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Lineage:
    """Tell where one value comes from: an aggregate has rows, a derived feature has inputs.

    `how` says in Chinese which rows are taken and how they become the value, or the formula. `missing` names
    one of the five reasons where the value is unknown. `withheld`: the value rests on what is not public of
    other firms; it is then a bare flag, and no row is shown (method.md 6).
    """

    feature: str
    label: str
    group: str
    unit: str
    value: float | None
    how: str
    fingerprint: str
    missing: str | None = None
    withheld: bool = False
    rows: tuple[EvidenceRow, ...] = ()
    inputs: tuple["Lineage", ...] = ()

    @property
    def counted(self) -> tuple[EvidenceRow, ...]:
        """Return the rows that are in the value."""
        return tuple(row for row in self.rows if row.counted)

    @property
    def others(self) -> tuple[EvidenceRow, ...]:
        """Return the rows that were seen and are not in the value."""
        return tuple(row for row in self.rows if not row.counted)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Answer where a value comes from, and whether it is the same again.

    The value is worked out anew, record by record; `stored_value` is what the assessment kept, or, without an
    assessment, what the engine says now. `agrees` is None where there is nothing that may be compared.
    `declaration_changed`: the feature no longer means what it meant when the assessment was made.
    """

    enterprise_name: str
    identifier: str
    as_of: date
    purpose: str
    recorded_before: datetime | None
    assessment_id: str | None
    lineage: Lineage
    value: float | None
    stored_value: float | None
    agrees: bool | None
    declaration_changed: bool
    demonstration: bool
    notes: tuple[str, ...] = ()


SAID_OF_AGREEMENT: Mapping[bool | None, str] = {
    True: "按来源行逐条重算，与所存数值完全一致。",
    False: "按来源行逐条重算，与所存数值不一致，请与科技局核对。",
    None: "没有可供比对的数值。",
}
