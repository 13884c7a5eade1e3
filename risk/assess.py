"""What is the answer about one enterprise on one day?"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pandas as pd
from pydantic import TypeAdapter

from data.spec.access import Access
from data.spec.audit import Action, AuditEvent
from data.spec.tables import TABLES
from data.store.assessments import read_assessment as read_stored
from data.store.assessments import write_assessment
from data.store.reads import Enterprise, read_batches, read_events
from data.store.work import Work
from risk import consent, startup
from risk.answering import Champions, Question, begin, live_model, put_score
from risk.assessment import Assessment
from risk.scoring import judge
from risk.sources import Sources
from risk.standing import standings


def assess(work: Work, question: Question, champions: Champions) -> Assessment:
    """Answer the question, keep the answer as given, and record that it was given; never commits.

    Raises EnterpriseUnknown, DayInFuture, ConsentRequired, ConsentExpired, ConsentRevoked.
    """
    question.check_day()
    enterprise, access = consent.authorise(
        work,
        question.identifier,
        tenant=question.tenant,
        actor=question.actor,
        purpose=question.purpose,
        at=question.at,
    )
    answer = _answer(work, question, enterprise, access, champions)
    _keep(work, answer, enterprise, access)
    return answer


def read_assessment(work: Work, id: str, *, access: Access) -> Assessment | None:
    """Return an assessment as it was given to this tenant, and record the reading; None where there is none."""
    stored = read_stored(work, id, access=access)
    if stored is None:
        return None
    work.record(_audit(access, Action.ASSESSMENT_READ, id))
    return _form().validate_python(stored.body)


def _answer(work: Work, question: Question, enterprise: Enterprise, access: Access, champions: Champions) -> Assessment:
    opened = access.categories
    readable = [name for name, table in TABLES.items() if opened is None or table.group in opened]
    events = read_events(work, readable, access=access, enterprises=[enterprise.id])
    begun = replace(begin(question, enterprise.name, access), recorded_before=recorded_before(events, question.at))
    scored = answer_from(events, begun, question, enterprise.id, champions)
    sources = Sources(read_batches(work), events, enterprise.id, question.as_of, question.own_loan)
    return replace(
        scored,
        reasons_for=tuple(sources.cite(reason) for reason in scored.reasons_for),
        reasons_against=tuple(sources.cite(reason) for reason in scored.reasons_against),
    )


def answer_from(
    events: Mapping[str, pd.DataFrame], begun: Assessment, question: Question, enterprise_id: int, champions: Champions
) -> Assessment:
    """Return the answer that these rows and the live model give; its reasons cite no rows yet."""
    against = standings(events, [enterprise_id], question.as_of).get(enterprise_id)
    if against is not None:
        return replace(begun, status=against.status, code=against.code, message=against.message)
    live = live_model(champions, question)
    if live is None:
        return startup.answer(begun, events, enterprise_id)
    return put_score(begun, next(judge(live, events, spine_of(enterprise_id, question), on=question.as_of)))


def recorded_before(events: Mapping[str, pd.DataFrame], at: datetime) -> datetime:
    """Return the instant before which all these rows were recorded: `at`, unless a clock was set back since.

    A demonstration's day never passes, so that its morning may follow its evening.
    """
    latest = max((frame["recorded_at"].to_numpy().max() for frame in events.values() if len(frame)), default=None)
    if latest is None:
        return at
    after: datetime = pd.Timestamp(latest).to_pydatetime().replace(tzinfo=UTC) + timedelta(microseconds=1)
    return max(at, after)


def spine_of(enterprise_id: int, question: Question) -> pd.DataFrame:
    """Return the one row that the engine is asked about."""
    return pd.DataFrame(
        {
            "enterprise_id": [enterprise_id],
            "as_of": pd.to_datetime([question.as_of]).as_unit("s"),
            "own_loan": [question.own_loan],
        }
    )


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


def _audit(access: Access, action: Action, object_id: str) -> AuditEvent:
    return AuditEvent(tenant=access.tenant, actor=access.actor, action=action, object_id=object_id, at=access.at)


@cache
def _form() -> TypeAdapter[Assessment]:
    return TypeAdapter(Assessment)
