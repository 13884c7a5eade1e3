"""What is the answer about one enterprise on one day?"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pandas as pd
from pydantic import TypeAdapter

from data.spec.access import Access
from data.spec.audit import Action, AuditEvent
from data.spec.events import EventType, ExchangeEvent
from data.store.assessments import StoredAssessment, write_assessment
from data.store.assessments import read_assessment as read_stored
from data.store.enterprise_events import read_enterprise_events
from data.store.reads import Enterprise, read_batches
from data.store.work import Work
from features.spine import spine_row
from models.card import ModelCard
from models.fitted import Model
from risk import consent, startup
from risk.answering import Champions, Question, begin, live_model, put_score
from risk.assessment import Assessment
from risk.fitness import baseline_beside
from risk.freshness import Freshness, read_freshness
from risk.limits import read_scoring_limits
from risk.remarks import about, remarks_of
from risk.scoring import Judged, judge
from risk.sources import Sources
from risk.standing import standings
from risk.unscored import put_standing


def assess(work: Work, question: Question, champions: Champions) -> Assessment:
    """Answer the question, keep the answer as given, and record that it was given; never commits.

    Raises EnterpriseUnknown, DayInFuture, ConsentRequired, ConsentExpired, ConsentRevoked, ConsentHistory,
        ConsentUsedUp.
    """
    question.check_day()
    enterprise, access = consent.authorise(
        work,
        question.identifier,
        tenant=question.tenant,
        actor=question.actor,
        purpose=question.purpose,
        at=question.at,
        as_of=question.as_of,
    )
    consent.check_use(work, enterprise, access)
    answer = _answer(work, question, enterprise, access, champions)
    _keep(work, answer, enterprise, access)
    return answer


def read_assessment(work: Work, id: str, *, access: Access) -> Assessment | None:
    """Return an assessment as it was given to this tenant, and record the reading; None where there is none."""
    stored = read_stored(work, id, access=access)
    if stored is None:
        return None
    work.record(_audit(access, Action.ASSESSMENT_READ, id))
    return assessment_of(stored)


def assessment_of(stored: StoredAssessment) -> Assessment:
    """Return an assessment as it was given, out of what is kept of it."""
    return _form().validate_python(stored.body)


def _answer(work: Work, question: Question, enterprise: Enterprise, access: Access, champions: Champions) -> Assessment:
    events = read_enterprise_events(work, enterprise.id, access=access)
    seen_before = recorded_before(events.last_recorded_at, question.at)
    begun = replace(begin(question, enterprise.name, access), recorded_before=seen_before)
    freshness = read_freshness(work, as_of=question.as_of, recorded_before=seen_before)
    scored = answer_from(events, begun, question, enterprise.id, champions, freshness)
    sources = Sources(read_batches(work), events, enterprise.id, question.as_of, question.own_loan)
    return replace(
        scored,
        reasons_for=tuple(sources.cite(reason) for reason in scored.reasons_for),
        reasons_against=tuple(sources.cite(reason) for reason in scored.reasons_against),
    )


def answer_from(
    events: Mapping[str, pd.DataFrame],
    begun: Assessment,
    question: Question,
    enterprise_id: int,
    champions: Champions,
    freshness: Freshness,
) -> Assessment:
    """Return the answer that these rows and the live model give; its reasons cite no rows yet."""
    limits = read_scoring_limits(question.as_of)
    standing = standings(events, [enterprise_id], question.as_of, stale_days=limits.stale_days).get(enterprise_id)
    remarks = remarks_of(events, [enterprise_id], freshness, question.as_of)[enterprise_id]
    if standing is not None:
        return replace(put_standing(begun, standing), remarks=remarks)
    live = live_model(champions, question)
    if live is None:
        answer = startup.answer(begun, events, enterprise_id, late=freshness.late_tables)
    else:
        answer = put_score(begun, judged(live, events, question, enterprise_id, champions, freshness))
    return replace(answer, remarks=about(remarks, answer.fingerprints))


def judged(
    live: tuple[str, Model, ModelCard],
    events: Mapping[str, pd.DataFrame],
    question: Question,
    enterprise_id: int,
    champions: Champions,
    freshness: Freshness,
) -> Judged:
    """Return what the live model makes of these rows, on the question's terms; whether it may be shown is fitness."""
    spine = spine_row(enterprise_id, as_of=question.as_of, own_loan=question.own_loan)
    beside, late = baseline_beside(champions, live[0]), freshness.late_tables
    return next(judge(live, events, spine, terms=question.terms, baseline=beside, late=late))


def recorded_before(last_recorded_at: datetime | None, at: datetime) -> datetime:
    """Return the instant before which all that was seen had been recorded: `at`, unless a clock was set back since.

    A demonstration's day never passes, so that its morning may follow its evening.
    """
    return at if last_recorded_at is None else max(at, last_recorded_at + timedelta(microseconds=1))


def _keep(work: Work, answer: Assessment, enterprise: Enterprise, access: Access) -> None:
    write_assessment(
        work,
        id=answer.id,
        enterprise_id=enterprise.id,
        access=access,
        made_at=answer.made_at,
        body=_form().dump_python(answer, mode="json"),
        audit=_audit(access, Action.ASSESSMENT_MADE, answer.id),
    )
    work.announce(
        ExchangeEvent(tenant=access.tenant, type=EventType.ASSESSMENT_MADE, object_id=answer.id, at=answer.made_at)
    )


def _audit(access: Access, action: Action, object_id: str) -> AuditEvent:
    return AuditEvent(tenant=access.tenant, actor=access.actor, action=action, object_id=object_id, at=access.at)


@cache
def _form() -> TypeAdapter[Assessment]:
    return TypeAdapter(Assessment)
