"""Which events does the audit log tell, and what does one say?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Action(StrEnum):
    """Name what happened as subject.action, in the past tense."""

    STORE_CREATED = "store.created"
    BATCH_LOADED = "batch.loaded"
    NAME_DECIDED = "name.decided"
    NAME_RECONSIDERED = "name.reconsidered"
    ROWS_RETRACTED = "rows.retracted"
    BATCH_REVERSED = "batch.reversed"
    MAPPING_CONFIRMED = "mapping.confirmed"
    MAPPING_CANCELLED = "mapping.cancelled"
    TOKEN_ISSUED = "token.issued"
    CONSENT_GRANTED = "consent.granted"
    CONSENT_REVOKED = "consent.revoked"
    ASSESSMENT_MADE = "assessment.made"
    ASSESSMENT_READ = "assessment.read"
    ASSESSMENT_REPLAYED = "assessment.replayed"
    IMPROVEMENT_COMPUTED = "improvement.computed"
    EVIDENCE_READ = "evidence.read"
    MODEL_TRAINED = "model.trained"
    MODEL_PROMOTED = "model.promoted"
    MODEL_VALIDATED = "model.validated"
    WARNING_ACKNOWLEDGED = "warning.acknowledged"
    GAP_ACCEPTED = "gap.accepted"


@dataclass(frozen=True, kw_only=True)
class AuditEvent:
    """Say who did what to which object and when; no feature values, no names, no codes."""

    tenant: str
    actor: str
    action: Action
    object_id: str
    at: datetime
    details: Mapping[str, str | int | None] = field(default_factory=dict)
