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
    CLIENT_REGISTERED = "client.registered"
    CLIENT_REVOKED = "client.revoked"
    KEYS_REPLACED = "keys.replaced"
    SIGNING_KEY_REPLACED = "signingkey.replaced"
    CONSENT_GRANTED = "consent.granted"
    CONSENT_REVOKED = "consent.revoked"
    CONSENT_REGISTERED = "consent.registered"
    CONSENT_AUTHORISED = "consent.authorised"
    CONSENT_REJECTED = "consent.rejected"
    CONSENT_SUPERSEDED = "consent.superseded"
    CONSENT_EXPIRED = "consent.expired"
    CONSENT_READ = "consent.read"
    ASSESSMENT_MADE = "assessment.made"
    ASSESSMENT_READ = "assessment.read"
    ASSESSMENT_REPLAYED = "assessment.replayed"
    VALIDITY_READ = "validity.read"
    BATCH_REQUESTED = "assessmentbatch.requested"
    BATCH_CANCELLED = "assessmentbatch.cancelled"
    RESULTS_READ = "results.read"
    SCORES_LISTED = "scores.listed"
    POOL_READ = "pool.read"
    ENTERPRISES_SEARCHED = "enterprises.searched"
    FACTS_VERIFIED = "facts.verified"
    USAGE_FLAGGED = "usage.flagged"
    IMPROVEMENT_COMPUTED = "improvement.computed"
    EVIDENCE_READ = "evidence.read"
    AUDIT_READ = "audit.read"
    BOOKS_LISTED = "books.listed"
    WEBHOOK_ADDED = "webhook.added"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_REMOVED = "webhook.removed"
    OBJECTION_RECEIVED = "objection.received"
    OBJECTION_ANSWERED = "objection.answered"
    OBJECTION_WITHDRAWN = "objection.ended"
    OBJECTION_READ = "objection.read"
    LOAN_REPORTED = "loan.reported"
    OUTCOME_REPORTED = "outcome.reported"
    LOAN_READ = "loan.read"
    FEEDBACK_GIVEN = "feedback.added"
    EXPLANATION_REVIEWED = "explanation.reviewed"
    REVIEWS_READ = "reviews.read"
    BACK_TEST_REQUESTED = "backtest.requested"
    PAIR_SCORED = "pair.scored"
    BACK_TEST_CANCELLED = "backtest.cancelled"
    BACK_TEST_READ = "backtest.read"
    MODEL_TRAINED = "model.trained"
    BASELINE_SHELVED = "baseline.shelved"
    MODEL_PROMOTED = "model.promoted"
    MODEL_VALIDATED = "model.validated"
    WARNINGS_READ = "warnings.read"
    WARNING_ACKNOWLEDGED = "warning.acknowledged"
    GAP_ACCEPTED = "gap.accepted"
    APPLICATION_OPENED = "application.opened"
    APPLICATION_READ = "application.read"
    APPLICATION_REVISED = "application.revised"
    APPLICATION_SUBMITTED = "application.submitted"
    APPLICATION_RETURNED = "application.returned"
    APPLICATION_RECOMMENDED = "application.recommended"
    APPLICATION_CONCLUDED = "application.concluded"
    APPLICATION_APPROVED = "application.approved"
    APPLICATION_DECLINED = "application.declined"
    APPLICATION_CANCELLED = "application.cancelled"
    EVALUATION_STARTED = "evaluation.started"
    SHEET_SUBMITTED = "sheet.submitted"
    SHEETS_OPENED = "sheets.opened"
    SHEETS_READ = "sheets.read"
    GAP_EXPLAINED = "gap.explained"
    OVERRIDE_PROPOSED = "override.proposed"
    SIGN_OFF_ISSUED = "signoff.issued"
    LOAN_DISBURSED = "loan.disbursed"
    LOAN_FILED = "loan.filed"
    FILING_REVOKED = "filing.revoked"
    LOAN_WATCHED = "loan.watched"
    LOAN_SETTLED = "loan.settled"
    OVERDUE_REPORTED = "overdue.reported"
    OVERDUE_CURED = "overdue.cured"
    SUBSIDY_GRANTED = "subsidy.granted"
    PAYOUT_RECORDED = "payout.recorded"
    CLAIM_SUBMITTED = "claim.submitted"
    CLAIM_REFUSED = "claim.refused"
    CLAIM_COMPENSATED = "claim.compensated"
    RECOVERY_RECORDED = "recovery.recorded"


@dataclass(frozen=True, kw_only=True)
class AuditEvent:
    """Say who did what to which object and when; no feature values, no names, no codes.

    An actor is an institution's code, or a door and a person after a colon (`cli:someone`), of whom the log keeps a
    keyed reference; so does `Work.refer` for free text among the details.
    """

    tenant: str
    actor: str
    action: Action
    object_id: str
    at: datetime
    details: Mapping[str, str | int | None] = field(default_factory=dict)
