"""What would help one enterprise, asked on the terms on which it is assessed?"""

from collections.abc import Mapping

import pandas as pd

from data.spec.audit import Action, AuditEvent
from data.spec.errors import Refusal
from data.store.enterprise_events import read_enterprise_events
from data.store.work import Work
from risk import consent
from risk.answering import Champions, Question, live_model
from risk.assess import judged, recorded_before
from risk.freshness import read_freshness
from risk.improvement import Improvement, improve
from risk.limits import read_scoring_limits
from risk.scoring import Judged
from risk.standing import standings
from risk.unscored import Standing


class NothingToImprove(Refusal):
    """There is no score to start from."""

    code = "no-score-to-improve"


def advise(work: Work, question: Question, champions: Champions) -> Improvement:
    """Return what would raise the enterprise's score; record that it was asked, never commit.

    Raises EnterpriseUnknown, DayInFuture, ConsentRequired, ConsentExpired, ConsentRevoked, NothingToImprove.
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
    events = read_enterprise_events(work, enterprise.id, access=access)
    stale_days = read_scoring_limits(question.as_of).stale_days
    against = standings(events, [enterprise.id], question.as_of, stale_days=stale_days).get(enterprise.id)
    live = live_model(champions, question)
    if against is not None or live is None:
        raise _nothing(against)
    seen_before = recorded_before(events.last_recorded_at, question.at)
    freshness = read_freshness(work, as_of=question.as_of, recorded_before=seen_before)

    def again(rows: Mapping[str, pd.DataFrame]) -> Judged:
        return judged(live, rows, question, enterprise.id, champions, freshness)

    now = again(events)
    if now.fitness.against is not None:
        raise _nothing(now.fitness.against)
    found = improve(now, again, events, on=question.as_of)
    work.record(
        AuditEvent(
            tenant=access.tenant,
            actor=access.actor,
            action=Action.IMPROVEMENT_COMPUTED,
            object_id=f"enterprise-{enterprise.id}",
            at=access.at,
        )
    )
    return found


def _nothing(against: Standing | None) -> NothingToImprove:
    why = against.message if against else "目前没有可用于该企业的评分模型。"
    return NothingToImprove(why, help="有了分数之后，才能计算哪些变化有帮助。")
