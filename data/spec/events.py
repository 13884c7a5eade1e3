"""Which events are other institutions told of, and what does one say?

A thin payload: what happened to which object; never a name, a code, a value. Whoever is told asks for the
object itself, under the consent that holds then.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventType(StrEnum):
    """Name what happened as object.past-participle; more may be added."""

    ASSESSMENT_MADE = "assessment.made"
    ASSESSMENT_ENDED = "assessment.ended"
    EXPLANATION_REVIEWED = "explanation.reviewed"
    BATCH_FINISHED = "assessment-batch.finished"
    BACK_TEST_FINISHED = "back-test.finished"
    CONSENT_AUTHORISED = "consent.authorised"
    CONSENT_REJECTED = "consent.rejected"
    CONSENT_REVOKED = "consent.revoked"
    CONSENT_EXPIRED = "consent.expired"
    CONSENT_SUPERSEDED = "consent.superseded"
    APPLICATION_MOVED = "application.moved"
    WARNING_RAISED = "warning.raised"
    OBJECTION_ANSWERED = "objection.answered"
    MODEL_PROMOTED = "model.promoted"
    WEBHOOK_DISABLED = "webhook.disabled"


@dataclass(frozen=True, kw_only=True)
class ExchangeEvent:
    """Tell one tenant that something happened to one of its objects; kept in the transaction that did it."""

    tenant: str
    type: EventType
    object_id: str
    at: datetime
