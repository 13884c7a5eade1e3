"""What does an answer about one enterprise say?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Status(StrEnum):
    """Say what kind of answer this is."""

    SCORED = "scored"
    NOT_SCORED = "not_scored"
    IN_DEFAULT = "in_default"
    UNCALIBRATED = "uncalibrated"
    """Expert card: a grade without a PD, while no real defaults exist (method.md 2)."""


STATUS_LABELS: Mapping[Status, str] = {
    Status.SCORED: "已评分",
    Status.NOT_SCORED: "不予评分",
    Status.IN_DEFAULT: "违约中",
    Status.UNCALIBRATED: "专家卡（未校准）",
}


SUPPORT_LABELS: Mapping[str, str] = {"inside": "充分", "thin": "稀疏，区间已放宽", "outside": "超出范围"}
"""How far the training data support an answer (models.support.Level), for a reader."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Point to one file row behind a fact."""

    list_label: str
    file: str
    batch_id: str
    file_row: int
    known_on: date


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Tell one feature's part in the score: the fact, its points, and where it comes from.

    points: signed score points (positive = better for the firm). value is None where the fact is
    missing; missing then names one of the five reasons.
    """

    feature: str
    label: str
    group: str
    value: float | None
    unit: str
    points: float
    sentence: str
    missing: str | None = None
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GroupPoints:
    """Sum the points of one group of evidence."""

    group: str
    label: str
    points: float


@dataclass(frozen=True, kw_only=True)
class Line:
    """Carry points that belong to no feature: base, calibration, rounding, bounds."""

    name: str
    label: str
    points: float


@dataclass(frozen=True, kw_only=True)
class ModelReference:
    """Name the model that answered."""

    id: str
    card: str
    label: str
    horizon_months: int | None
    trained_on: date | None
    demonstration: bool


class RemarkKind(StrEnum):
    """Say what is the matter with a source behind an answer."""

    LATE = "late"
    """The list has not come by its own calendar."""
    STALE = "stale"
    """The list came, and says nothing new of the firm."""
    MISSING = "missing"
    """The list does not know the firm."""
    CONFLICT = "conflict"
    """Two lists differ about the firm by more than is tolerated."""
    WITHHELD = "withheld"
    """The consent does not open the category."""


REMARK_LABELS: Mapping[RemarkKind, str] = {
    RemarkKind.LATE: "名单迟到",
    RemarkKind.STALE: "企业未更新",
    RemarkKind.MISSING: "名单中没有",
    RemarkKind.CONFLICT: "来源不一",
    RemarkKind.WITHHELD: "未授权",
}


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Tell one thing about the sources of an answer; table is None where it concerns no single one."""

    kind: RemarkKind
    table: str | None
    label: str
    sentence: str
    newest_on: date | None = None
    due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """Answer for one enterprise on one day.

    lines + groups sum to score exactly, and so do lines + contributions (all features). pd, pd_low and
    pd_high are probabilities within model.horizon_months. code and message say why there is no score, help what would
    help (risk.unscored). coverage is the share of the model's features that are known, among those that apply; support
    says how near the firm is to those that the model learned from (models.support.Level).

    What a replay needs: `missing` names the reason of each unknown value, `fingerprints` the declarations
    that the values follow, `categories` what could be read (None: all), `recorded_before` the instant before
    which everything seen had been recorded, `receipt` hashes of the model and all else that made the score. `remarks`
    tell what was late, stale, missing, in conflict or withheld; None in answers older than such remarks.
    """

    id: str
    status: Status
    enterprise_name: str
    identifier: str
    as_of: date
    made_at: datetime
    valid_until: date
    purpose: str
    demonstration: bool
    code: str | None = None
    message: str = ""
    help: str = ""
    score: int | None = None
    grade: str | None = None
    grade_label: str = ""
    pd: float | None = None
    pd_low: float | None = None
    pd_high: float | None = None
    interval: str = ""
    coverage: float | None = None
    support: str | None = None
    model: ModelReference | None = None
    groups: tuple[GroupPoints, ...] = ()
    lines: tuple[Line, ...] = ()
    reasons_for: tuple[Reason, ...] = ()
    reasons_against: tuple[Reason, ...] = ()
    contributions: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, float | None] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    categories: tuple[str, ...] | None = None
    recorded_before: datetime | None = None
    receipt: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Remark, ...] | None = None
    notes: tuple[str, ...] = ()
    consent_id: str | None = None
    consent_version: int | None = None
