"""Which words tell whether an assessment still holds, and if not, since when and why?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ValidityStatus(StrEnum):
    """Name how an assessment stands."""

    VALID = "valid"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


VALIDITY_LABELS: Mapping[ValidityStatus, str] = {
    ValidityStatus.VALID: "有效",
    ValidityStatus.EXPIRED: "已过期",
    ValidityStatus.SUPERSEDED: "已有更新的评估",
    ValidityStatus.WITHDRAWN: "已失效",
}


@dataclass(frozen=True, kw_only=True)
class Ending:
    """Say why an assessment ended before its day; `code` is stable, `reason` Chinese."""

    code: str
    reason: str
    ended_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Validity:
    """Say how an assessment stands at an instant; only a valid one may support a filing."""

    assessment_id: str
    status: ValidityStatus
    valid_until: date
    checked_at: datetime
    code: str | None = None
    reason: str = ""
    ended_on: date | None = None
    superseded_by: str | None = None
