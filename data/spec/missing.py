"""Why is something not known? Five reasons, kept from intake to explanation (house.md 3)."""

from collections.abc import Mapping
from enum import StrEnum


class Missing(StrEnum):
    """Name one of the five reasons for which a value is missing; never mistaken for zero."""

    SOURCE_DOES_NOT_KNOW = "source_does_not_know"
    NOT_REPORTED = "not_reported"
    NOT_APPLICABLE = "not_applicable"
    LATE = "late"
    NOT_AUTHORISED = "not_authorised"


MISSING_LABELS: Mapping[Missing, str] = {
    Missing.SOURCE_DOES_NOT_KNOW: "来源中没有这家企业",
    Missing.NOT_REPORTED: "企业未报送",
    Missing.NOT_APPLICABLE: "不适用于该企业",
    Missing.LATE: "来源尚未更新",
    Missing.NOT_AUTHORISED: "未授权",
}
