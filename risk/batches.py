"""What does one get of a batch of assessments?"""

from dataclasses import dataclass

from data.spec.errors import Refusal
from risk.assessment import Assessment


class BatchUnknown(Refusal):
    """The institution has no batch by this id, or not any more; whether another has is not said."""

    code = "assessment-batch-unknown"
    status = 404


class BatchEnded(Refusal):
    """The batch has ended, so that nothing is left to cancel."""

    code = "assessment-batch-ended"
    status = 409


@dataclass(frozen=True, kw_only=True)
class BatchResult:
    """Give one assessment of a batch by its place in the request; without a consent that holds now, only its id."""

    position: int
    assessment_id: str
    assessment: Assessment | None
