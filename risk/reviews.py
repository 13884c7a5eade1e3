"""Do the reasons that were given hold? The bureau's reviewers judge them, and wrong evidence opens a correction."""

from collections import Counter
from collections.abc import Sequence

from data.spec.access import BUREAU, Access, ConsentBasis, Duty, Purpose
from data.spec.audit import Action, AuditEvent
from data.spec.consent import Party, Permission
from data.spec.events import EventType, ExchangeEvent
from data.spec.identifiers import parse_identifier
from data.spec.whose import Whose
from data.store.assessments import StoredAssessment, read_anybodys_assessment, read_assessment
from data.store.objections import list_objections
from data.store.reviews import ReviewedReason, list_reviewed, write_review
from data.store.work import Work
from features.catalogue import FEATURES
from risk import consent
from risk.assess import assessment_of
from risk.consent_words import Asking
from risk.objection_words import ObjectionKind, ObjectionState
from risk.objections import object_to
from risk.review_words import JudgedReason, Judgement, ReasonNotGiven, ReviewSummary, Verdict


def review(
    work: Work, assessment_id: str, judgements: Sequence[Judgement], *, id: str, correction_id: str, reviewer: str
) -> list[JudgedReason] | None:
    """Keep how a reviewer of the bureau judges the reasons of anybody's assessment; None where there is none.

    Where evidence is wrong, an objection of the bureau's own is opened under `correction_id`, with its legal days, or
    the one that is still open is named. Never commits. Raises ReasonNotGiven, CalendarEnded.
    """
    given = read_anybodys_assessment(work, assessment_id, duty=Duty.BUREAU_DUTY)
    if given is None:
        return None
    _check_given(given, judgements)
    wrong = [one.feature for one in judgements if one.verdict is Verdict.EVIDENCE_WRONG]
    correction = _correction(work, assessment_id, wrong, correction_id) if wrong else None
    judged = [
        ReviewedReason(
            id=id,
            feature=one.feature,
            tenant=given.tenant,
            assessment_id=assessment_id,
            enterprise_id=given.enterprise_id,
            verdict=one.verdict,
            words=one.words,
            reviewer=reviewer,
            correction_id=correction if one.feature in wrong else None,
            reviewed_at=work.at,
        )
        for one in judgements
    ]
    write_review(work, judged, audit=_audit(work, BUREAU, f"review:{reviewer}", Action.EXPLANATION_REVIEWED, id))
    work.announce(
        ExchangeEvent(tenant=given.tenant, type=EventType.EXPLANATION_REVIEWED, object_id=assessment_id, at=work.at)
    )
    return [_judged(one) for one in judged]


def read_reviews(work: Work, assessment_id: str, *, tenant: str) -> list[JudgedReason] | None:
    """Return how the reasons of an assessment stand judged, and record the reading; None where there is none.

    The bureau reads of anybody's; everybody else of its own, under a consent to read explanations that holds now.
    Raises the refusals of consent.
    """
    if tenant == BUREAU:
        given = read_anybodys_assessment(work, assessment_id, duty=Duty.BUREAU_DUTY)
    else:
        given = _own(work, assessment_id, tenant)
    if given is None:
        return None
    work.record(_audit(work, tenant, tenant, Action.REVIEWS_READ, assessment_id))
    found = list_reviewed(work, tenant=given.tenant, assessment_id=assessment_id)
    return [_judged(one) for one in found]


def summarise_reviews(work: Work) -> ReviewSummary:
    """Count over all institutions how reasons stand judged, and record the reading; the bureau's own duty."""
    found = list_reviewed(work)
    work.record(_audit(work, BUREAU, BUREAU, Action.REVIEWS_READ, "summary"))
    doubted = Counter(one.feature for one in found if one.verdict != Verdict.CONFIRMED)
    return ReviewSummary(
        assessments=len({one.assessment_id for one in found}),
        reasons=len(found),
        verdicts={verdict: sum(one.verdict == verdict for one in found) for verdict in Verdict},
        doubted=dict(sorted(doubted.items())),
    )


def _own(work: Work, assessment_id: str, tenant: str) -> StoredAssessment | None:
    unresolved = Access(
        tenant=tenant, actor=tenant, purpose=Purpose.PRE_LOAN, basis=ConsentBasis("unresolved", 0), at=work.at
    )
    given = read_assessment(work, assessment_id, access=unresolved)
    if given is not None:
        consent.authorise(
            work,
            parse_identifier(str(given.body["identifier"])),
            tenant=tenant,
            actor=tenant,
            purpose=Purpose(given.purpose),
            at=work.at,
            permission=Permission.EXPLANATION_READ,
        )
    return given


def _check_given(given: StoredAssessment, judgements: Sequence[Judgement]) -> None:
    told = assessment_of(given)
    reasons = {one.feature for one in (*told.reasons_for, *told.reasons_against)}
    named = [one.feature for one in judgements]
    if not reasons.issuperset(named) or len(set(named)) < len(named):
        raise ReasonNotGiven(
            "所评的理由不在这份评估之中，或同一理由评了两次。", help="请按评估的理由逐条填写，每条一次。"
        )


def _correction(work: Work, assessment_id: str, wrong: Sequence[str], id: str) -> str:
    """Return the bureau's open objection to the assessment, opened now where there is none."""
    for one in list_objections(work, whose=Whose(tenant=BUREAU), object=assessment_id):
        if one.state == ObjectionState.RECEIVED:
            return one.id
    labels = "、".join(_label(name) for name in wrong)
    by = Asking(tenant=BUREAU, party=Party.REGULATOR)
    words = f"解释复核认为下列理由的依据有误：{labels}。"
    return object_to(work, ObjectionKind.ASSESSMENT, assessment_id, words, id=id, by=by).id


def _judged(one: ReviewedReason) -> JudgedReason:
    return JudgedReason(
        feature=one.feature,
        label=_label(one.feature),
        verdict=Verdict(one.verdict),
        words=one.words,
        reviewer=one.reviewer,
        correction_id=one.correction_id,
        reviewed_at=one.reviewed_at,
    )


def _label(feature: str) -> str:
    return FEATURES[feature].label if feature in FEATURES else feature


def _audit(work: Work, tenant: str, actor: str, action: Action, object_id: str) -> AuditEvent:
    return AuditEvent(tenant=tenant, actor=actor, action=action, object_id=object_id, at=work.at)
