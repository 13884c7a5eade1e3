"""In which words does an enterprise object, and how is it answered? Plain values."""

from enum import StrEnum

from data.spec.errors import Refusal


class ObjectionKind(StrEnum):
    """Name what is objected to."""

    ASSESSMENT = "assessment"
    CONSENT = "consent"


class ObjectionState(StrEnum):
    """Name where an objection stands; the last three are left by nothing."""

    RECEIVED = "received"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


STATE_LABELS = {
    ObjectionState.RECEIVED: "已受理，核实中",
    ObjectionState.UPHELD: "异议成立",
    ObjectionState.REJECTED: "异议不成立",
    ObjectionState.WITHDRAWN: "已撤回",
}
OPEN_NOTE = "企业对本评估提出的异议正在处理（异议处理中）。"


class ObjectionUnknown(Refusal):
    """Nobody who asks has an objection by this id."""

    code = "objection-unknown"
    status = 404


class ObjectionAnswered(Refusal):
    """The objection has ended already."""

    code = "objection-ended"
    status = 409


class NotYourObjection(Refusal):
    """The one who asks may see the objection, and not make this move."""

    code = "not-your-objection"
    status = 403


class ObjectUnknown(Refusal):
    """There is no such assessment or consent of the enterprise."""

    code = "objected-unknown"
    status = 404


class CalendarEnded(Refusal):
    """The calendar of working days does not reach so far: the deadline cannot be told."""

    code = "calendar-ended"
    status = 503
