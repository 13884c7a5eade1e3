"""What is a table of evidence, and what does each of its columns mean?

A table says what one row is about, which columns it has and when the thing it speaks of happened. How a
real file gives such rows is the business of `data.intake.lists`; how they are stored, of `data.store`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """Say what a value is, and so how it is read, stored and compared."""

    TEXT = "text"
    CODE = "code"
    """One of the column's `choices`."""
    USCC = "uscc"
    """Another enterprise's 统一社会信用代码."""
    DATE = "date"
    YEAR = "year"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    """Yuan with two decimals; stored as integer fen, float64 yuan in frames."""
    FLAG = "flag"


class Unit(StrEnum):
    """Name the unit in which a number is said."""

    ITEM = "项"
    PERSON = "人"
    YUAN = "元"
    RATIO = "/1"
    DAY = "天"
    MONTH = "月"
    YEAR = "年"
    HOUR = "小时"
    FLAG = "是/否"
    POINT = "分"
    LEVEL = "级"
    TIMES = "倍"


class Group(StrEnum):
    """Group evidence as the bureau's letter groups it; also the data category of a consent."""

    PROFILE = "profile"
    QUALIFICATIONS = "qualifications"
    RND = "rnd"
    OPERATIONS = "operations"
    PATENTS = "patents"
    PROJECTS = "projects"
    PLATFORMS = "platforms"
    CONTRACTS = "contracts"
    TALENT = "talent"
    CONDUCT = "conduct"
    LENDING = "lending"


GROUP_LABELS: Mapping[Group, str] = {
    Group.PROFILE: "企业概况",
    Group.QUALIFICATIONS: "科技资质",
    Group.RND: "研发投入",
    Group.OPERATIONS: "经营与融资",
    Group.PATENTS: "知识产权",
    Group.PROJECTS: "科技项目与成果",
    Group.PLATFORMS: "创新平台与仪器共享",
    Group.CONTRACTS: "技术合同",
    Group.TALENT: "科技人才",
    Group.CONDUCT: "信用与担保",
    Group.LENDING: "信贷记录",
}


class Basis(StrEnum):
    """Say why `known_on` is the day it is (method.md 3)."""

    ANNOUNCED = "announced"
    FILED = "filed"
    ASSUMED = "assumed"
    RESTATED = "restated"
    """Said again, or withdrawn, on the day on which a batch was taken back (`data.intake.standing`)."""


NO_LOAN = "-"
"""The origin of a row that is known to come from no loan at all."""


class Absence(StrEnum):
    """Say what it means that a firm has no row in a table (house.md 3)."""

    ZERO = "zero"
    """The source covers every firm: no record is a zero."""
    UNKNOWN = "unknown"
    """The source does not know the firm, or the firm did not report."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """Declare one column: label, kind, unit and the values it may take.

    `outcome`: a day on which something came of what the row tells; nobody can have known of it before, unless it is
    the day that the column `plan` names.
    """

    label: str
    kind: Kind
    unit: Unit | None = None
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    outcome: bool = False
    plan: str | None = None


COMMON = (
    "enterprise_id",
    "record_key",
    "happened_on",
    "ended_on",
    "known_on",
    "known_basis",
    "recorded_at",
    "batch_id",
    "file_row",
    "owner",
    "origin_loan",
    "withdrawn",
)
"""Columns of every evidence table beside its own.

- enterprise_id: internal number of the enterprise the row is about (int64).
- record_key: text; rows of one enterprise with equal keys are versions of one record, ordered by
  (known_on, recorded_at, file_row); the last visible one counts.
- happened_on: the day it is about: a flow's period end, a state's start.
- ended_on: first day on which a state no longer holds, or None; in force means [happened_on, ended_on).
- known_on, known_basis: the day it could first have been known, and why that day.
- recorded_at: the batch's instant. batch_id, file_row: which file, which row (1 = the file's first row).
- owner: the institution whose row it is ("bureau", or a bank's or guarantor's code).
- origin_loan: application number of the loan the row comes from, where known (method.md 3).
- withdrawn: this version says that the record does not hold at all.
"""


@dataclass(frozen=True, kw_only=True)
class Ending:
    """Say which events, told by another table, end a table's states or let them hold again.

    A state and its events are one enterprise's and agree in the column `on`; `column` says what an event is. Of the
    state's own version and the last event, the one that was known later has the word.
    """

    table: str
    on: str
    column: str
    ends: tuple[str, ...]
    resumes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Declare one table of evidence.

    `happened` names the column (kind DATE or YEAR; a YEAR happens on 31 December) that becomes
    happened_on; `ended` the column that becomes ended_on, for states. `key` names the columns that tell
    one record of an enterprise from another; `from_loan` marks rows that may come from the very loan
    being judged. `ended_by` names the events of another table that end states, too.
    """

    name: str
    label: str
    group: Group
    columns: Mapping[str, Column]
    key: tuple[str, ...]
    happened: str
    ended: str | None = None
    ended_by: Ending | None = None
    absence: Absence = Absence.UNKNOWN
    from_loan: bool = False
    publisher: str = ""

    def __post_init__(self) -> None:
        named = (*self.key, self.happened, *([self.ended] if self.ended else []))
        unknown = [name for name in named if name not in self.columns]
        if unknown or set(self.columns) & set(COMMON):
            raise ValueError(f"table {self.name}: unknown or reserved columns {unknown}")

    @property
    def is_state(self) -> bool:
        """Tell whether rows hold over a span of days rather than happen on one."""
        return self.ended is not None
