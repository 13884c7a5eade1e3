"""Does an assessment still hold at an instant?

An assessment ends when its days are over, when a later one takes its place, or when what it rests on is withdrawn: the
enterprise's consent, or, by a severe warning, its standing. What may end one before its day is asked of ENDINGS.
"""

from collections.abc import Callable
from dataclasses import replace

from data.spec.access import BUREAU, Access, ConsentBasis, Purpose
from data.spec.audit import Action, AuditEvent
from data.spec.errors import Refusal
from data.store.assessments import StoredAssessment, later_assessment, read_assessment
from data.store.consents import list_consents
from data.store.work import Work
from risk.assess import assessment_of
from risk.consent import check_consent
from risk.severe_warnings import severe_warning
from risk.validity import Ending, Validity, ValidityStatus

AskEnding = Callable[[Work, StoredAssessment], Ending | None]


def consent_ended(work: Work, given: StoredAssessment) -> Ending | None:
    """Say that no consent for the assessment's purpose holds any more; the bureau needs none."""
    if given.tenant == BUREAU:
        return None
    held = list_consents(work, grantee=given.tenant, enterprise_id=given.enterprise_id)
    try:
        check_consent(held, purpose=Purpose(given.purpose), at=work.at)
    except Refusal as refusal:
        return Ending(code=refusal.code, reason=refusal.message)
    return None


ENDINGS: tuple[AskEnding, ...] = (consent_ended, severe_warning)
"""Asked in this order; the first that ends the assessment is told."""


def read_validity(work: Work, id: str, *, tenant: str) -> Validity | None:
    """Say how an assessment of this tenant's own stands at the work's instant, and record the reading; never commits.

    None where the tenant has none by this id. It tells nothing of the enterprise, so that a bank may still learn that
    a consent has ended.
    """
    access = Access(
        tenant=tenant, actor=tenant, purpose=Purpose.PRE_LOAN, basis=ConsentBasis("unresolved", 0), at=work.at
    )
    given = read_assessment(work, id, access=access)
    if given is None:
        return None
    told = AuditEvent(tenant=tenant, actor=tenant, action=Action.VALIDITY_READ, object_id=id, at=work.at)
    work.record(told)
    return validity_of(work, given)


def validity_of(work: Work, given: StoredAssessment) -> Validity:
    """Say how an assessment stands at the work's instant: withdrawn before superseded before expired."""
    valid_until = assessment_of(given).valid_until
    standing = Validity(
        assessment_id=given.id, status=ValidityStatus.VALID, valid_until=valid_until, checked_at=work.at
    )
    return _withdrawn(work, given, standing) or _superseded(work, given, standing) or _aged(standing)


def _withdrawn(work: Work, given: StoredAssessment, standing: Validity) -> Validity | None:
    ending = next((found for ask in ENDINGS if (found := ask(work, given)) is not None), None)
    if ending is None:
        return None
    return replace(
        standing, status=ValidityStatus.WITHDRAWN, code=ending.code, reason=ending.reason, ended_on=ending.ended_on
    )


def _superseded(work: Work, given: StoredAssessment, standing: Validity) -> Validity | None:
    later = later_assessment(work, given)
    if later is None:
        return None
    reason = "本机构就同一用途对该企业有更新的评估，请以其为准。"
    return replace(
        standing,
        status=ValidityStatus.SUPERSEDED,
        code="assessment-superseded",
        reason=reason,
        superseded_by=later,
    )


def _aged(standing: Validity) -> Validity:
    if standing.checked_at.date() <= standing.valid_until:
        return standing
    reason = "评估已过有效期，不能支持备案；请重新申请评估。"
    return replace(
        standing,
        status=ValidityStatus.EXPIRED,
        code="assessment-expired",
        reason=reason,
        ended_on=standing.valid_until,
    )
