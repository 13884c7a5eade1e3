"""Which assessments has a severe warning ended, since which day, and who is told?

An assessment ends by what it did not count: a severe warning that became known after its day, or of which the house
had no row yet. What whoever holds it may not read ends nothing for them. The answer that was given stays as it is.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pandas as pd

from data.spec.access import BUREAU, Access, ConsentBasis, Purpose, bureau_access
from data.spec.errors import Refusal
from data.spec.events import EventType, ExchangeEvent
from data.store.assessments import (
    HeldAssessment,
    StoredAssessment,
    later_assessment,
    list_others_since,
    read_assessment,
)
from data.store.consents import list_consents
from data.store.enterprise_events import read_enterprise_events
from data.store.outbox_reads import announced
from data.store.reads import read_events
from data.store.work import Work
from risk.assess import assessment_of
from risk.assessment import Assessment
from risk.consent import check_consent
from risk.limits import read_scoring_limits
from risk.validity import Ending
from risk.warning_rules import RULES, find_signals, read_warning_limits, severe_tables

CODE = "severe-warning"
MOMENT = timedelta(microseconds=1)
ONE_DAY = timedelta(days=1)


def severe_ending(events: Mapping[str, pd.DataFrame], assessment: Assessment, *, at: datetime) -> Ending | None:
    """Return the first severe warning that an assessment did not count, as its ending; None where there is none.

    It ends on the day the warning could be known to the house: the latest of the day it was known, the day its row was
    recorded and the day of the assessment. One after the assessment's last day ends nothing. Pure.

    Shapes: events hold every version of the enterprise's rows of `severe_tables`, recorded at or before `at`.
    """
    limits = read_warning_limits(at.date())
    now = find_signals(events, limits, as_of=at.date() + ONE_DAY, least=limits["ending_severity"])
    then = find_signals(_had(events, assessment), limits, as_of=assessment.as_of, least=limits["ending_severity"])
    counted = set(zip(then["rule"], then["key"], strict=True))
    endings = [
        (_ended_on(row, assessment, at), RULES[str(row["rule"])].label)
        for row in now.to_dict("records")
        if (row["rule"], row["key"]) not in counted
    ]
    first = min(endings, default=None)
    if first is None or first[0] > assessment.valid_until:
        return None
    reason = f"评估之后出现严重预警（{first[1]}），自{first[0]}起不再有效，不能支持备案；请重新申请评估。"
    return Ending(code=CODE, reason=reason, ended_on=first[0])


def _had(events: Mapping[str, pd.DataFrame], assessment: Assessment) -> dict[str, pd.DataFrame]:
    """Return the rows that the house had when it assessed."""
    before = assessment.recorded_before
    if before is None:
        return dict(events)
    instant = before.astimezone(UTC).replace(tzinfo=None)
    return {name: frame[frame["recorded_at"] < instant] for name, frame in events.items()}


def _ended_on(row: Mapping[object, pd.Timestamp], assessment: Assessment, at: datetime) -> date:
    recorded: date = row["recorded_at"].tz_localize(UTC).astimezone(at.tzinfo).date()
    return max(row["known_on"].date(), recorded, assessment.made_at.astimezone(at.tzinfo).date())


def severe_warning(work: Work, given: StoredAssessment) -> Ending | None:
    """Return how a severe warning has ended an assessment, by the rows that whoever holds it may read now."""
    access = _access(work, given)
    return None if access is None else ending_for(work, given.enterprise_id, assessment_of(given), access=access)


def ending_for(work: Work, enterprise_id: int, assessment: Assessment, *, access: Access) -> Ending | None:
    """Return how a severe warning has ended an assessment, by the rows that access opens at the work's instant."""
    tables = severe_tables(read_warning_limits(work.at.date()))
    events = read_enterprise_events(work, enterprise_id, access=access, tables=tables, recorded_before=work.at + MOMENT)
    return severe_ending(events, assessment, at=work.at)


def _access(work: Work, given: StoredAssessment) -> Access | None:
    """Return the access under which an assessment's holder reads now; None where no consent holds."""
    purpose = Purpose(given.purpose)
    if given.tenant == BUREAU:
        return bureau_access(BUREAU, at=work.at, purpose=purpose)
    held = list_consents(work, grantee=given.tenant, enterprise_id=given.enterprise_id)
    try:
        return check_consent(held, purpose=purpose, at=work.at).access(given.tenant, purpose=purpose, at=work.at)
    except Refusal:
        return None


def announce_ended(work: Work) -> int:
    """Tell the holders of assessments which of them severe warnings have ended, each once; return how many.

    The bureau raises the warnings itself and is not told. Never commits.
    """
    access = bureau_access(BUREAU, at=work.at, purpose=Purpose.MONITORING)
    today = work.at.date()
    since = work.at - timedelta(days=read_scoring_limits(today).valid_days + 1)
    held, limits = list_others_since(work, since, access=access), read_warning_limits(today)
    firms = {one.enterprise_id for one in held}
    events = read_events(work, severe_tables(limits), access=access, enterprises=firms) if firms else {}
    if not events:
        return 0
    struck = set(find_signals(events, limits, as_of=today + ONE_DAY, least=limits["ending_severity"])["enterprise_id"])
    waiting = [one for one in held if one.enterprise_id in struck]
    told = announced(work, EventType.ASSESSMENT_ENDED, [one.id for one in waiting])
    ended = [one for one in waiting if one.id not in told and _ends(work, one)]
    for one in ended:
        work.announce(ExchangeEvent(tenant=one.tenant, type=EventType.ASSESSMENT_ENDED, object_id=one.id, at=work.at))
    return len(ended)


def _ends(work: Work, held: HeldAssessment) -> bool:
    """Tell whether an assessment that nothing later has replaced was ended by a severe warning."""
    basis = ConsentBasis("unresolved", 0)
    access = Access(tenant=held.tenant, actor=BUREAU, purpose=Purpose.MONITORING, basis=basis, at=work.at)
    given = read_assessment(work, held.id, access=access)
    return given is not None and later_assessment(work, given) is None and severe_warning(work, given) is not None
