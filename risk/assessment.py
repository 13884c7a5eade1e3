"""What does an answer about one enterprise say?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from risk.readers import Audience, Language


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


class RelativeTo(StrEnum):
    """Name what a firm's contributions are measured against (method.md 6)."""

    POPULATION = "population"
    CUTOFF = "cutoff"
    """The bound of the next better grade."""
    PEERS = "peers"
    """Firms of the same industry and stage."""


RELATIVE_LABELS: Mapping[RelativeTo, str] = {
    RelativeTo.POPULATION: "总体",
    RelativeTo.CUTOFF: "上一等级的分数线",
    RelativeTo.PEERS: "同行业同阶段企业",
}


@dataclass(frozen=True, kw_only=True)
class Reference:
    """Say against what the points of an answer were measured: what was asked for, and what it came to.

    kind: population, peers, industry or cutoff; the words for it are in risk/sentences. score: the reference's own
    points. firms: so many stand behind its averages. note: why it is not what was asked for.
    """

    asked: RelativeTo
    kind: Literal["population", "peers", "industry", "cutoff"]
    score: float
    firms: int
    grade: str = ""
    industry: str = ""
    stage: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class ReasonPart:
    """Be one of several features that are told as one reason."""

    feature: str
    label: str
    value: float | None
    unit: str
    points: float
    missing: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Tell the part of a feature in the score, or of several that say one thing: the fact, the points, the source.

    points: signed score points against the reference (positive = better for the firm), of all parts together. The
    facts are those of the feature named, which is the strongest; parts then lists it and the others. value is None
    where the fact is missing; missing then names one of the five reasons. typical: the reference's median of the
    value, or of a flag the share of firms for which it holds. direction: +1 where a higher value goes with more risk;
    learned: it was not declared, but kept its sign in the refits.
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
    direction: int = 0
    learned: bool = False
    typical: float | None = None
    parts: tuple[ReasonPart, ...] = ()


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

    lines + groups sum to score exactly, and so do lines + contributions (all features), whatever the reference:
    its own score is the base line. pd, pd_low and pd_high are probabilities within model.horizon_months. code and
    message say why there is no score, help what would help (risk.unscored). coverage is the share of the model's
    features that are known, among those that apply; support says how near the firm is to those that the model learned
    from (models.support.Level).

    What a replay needs: `missing` names the reason of each unknown value, `fingerprints` the declarations
    that the values follow, `categories` what could be read (None: all), `recorded_before` the instant before
    which everything seen had been recorded, `receipt` hashes of the model and all else that made the score. `remarks`
    tell what was late, stale, missing, in conflict or withheld; None in answers older than such remarks. `product` is
    the ledger's product that was asked for, None where no loan was in question.
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
    product: str | None = None
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
    reference: Reference | None = None
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


@dataclass(frozen=True, kw_only=True)
class Told:
    """Hold one sentence with what it is about: a reason's feature, a group of evidence, or an unknown value."""

    about: str
    points: float
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """Tell an answer in sentences; the points of reasons_for, reasons_against and neutral sum to those of all groups.

    neutral has one sentence for each group: what it adds beyond the reasons. unknown has one for each value that is
    unknown and no reason. note says why the reference is not the one asked for.
    """

    assessment_id: str
    audience: Audience
    language: Language
    reference: str
    note: str
    reasons_for: tuple[Told, ...]
    reasons_against: tuple[Told, ...]
    neutral: tuple[Told, ...]
    unknown: tuple[Told, ...]
