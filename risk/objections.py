"""How is an enterprise's objection taken, verified in time, and answered? Every change is a new version."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import chinese_calendar
from chinese_calendar.constants import holidays

from data.spec.access import Access, ConsentBasis, Purpose
from data.spec.audit import Action, AuditEvent
from data.spec.consent import Party
from data.spec.dated import ParameterSet
from data.spec.events import EventType, ExchangeEvent
from data.spec.whose import EVERYBODYS
from data.store.assessments import find_assessed
from data.store.consents import find_by_id
from data.store.objections import Objection, list_objections, write_objection
from data.store.work import Work
from risk.consent_words import Asking
from risk.objection_words import (
    CalendarEnded,
    NotYourObjection,
    ObjectionAnswered,
    ObjectionKind,
    ObjectionState,
    ObjectionUnknown,
    ObjectUnknown,
)

KNOWN_YEARS = range(min(holidays).year, max(holidays).year + 1)
"""Years whose holidays the library knows: of any other it cannot tell a working day."""


def object_to(work: Work, kind: ObjectionKind, object_id: str, words: str, *, id: str, by: Asking) -> Objection:
    """Take an objection to an assessment or a consent; never commits.

    The bureau itself opens one where its reviewers find evidence wrong. Raises ObjectUnknown, CalendarEnded.
    """
    enterprise = _enterprise_of(work, kind, object_id, by)
    received = work.at.date()
    terms = _terms().numbers(received)
    made = Objection(
        id=id,
        version=1,
        tenant=by.tenant,
        enterprise_id=enterprise,
        kind=kind,
        object=object_id,
        words=words,
        state=ObjectionState.RECEIVED,
        answer="",
        received_at=work.at,
        verify_by=working_days_after(received, int(terms["working_days"])),
        answer_by=received + timedelta(days=int(terms["days"])),
        changed_at=work.at,
        changed_by=by.party,
    )
    write_objection(work, made, audit=_told(work, made, by, Action.OBJECTION_RECEIVED))
    return made


def answer(work: Work, id: str, *, upheld: bool, words: str, by: Asking) -> Objection:
    """Answer an objection, as the bureau; raise ObjectionUnknown, ObjectionAnswered, NotYourObjection."""
    if by.party is not Party.REGULATOR:
        raise NotYourObjection("异议由科技局答复。", help="贵方可以撤回自己提出的异议。")
    state = ObjectionState.UPHELD if upheld else ObjectionState.REJECTED
    return _end(work, id, state, words, by, Action.OBJECTION_ANSWERED)


def withdraw(work: Work, id: str, *, by: Asking) -> Objection:
    """Take an objection back, as who brought it in; raise ObjectionUnknown, ObjectionAnswered, NotYourObjection."""
    if read(work, id, by=by).tenant != by.tenant:
        raise NotYourObjection("异议由提出的一方撤回。", help="请由提出的一方办理。")
    return _end(work, id, ObjectionState.WITHDRAWN, "", by, Action.OBJECTION_WITHDRAWN)


def read(work: Work, id: str, *, by: Asking) -> Objection:
    """Return an objection as it stands; raise ObjectionUnknown."""
    found = list_objections(work, whose=by.whose, id=id)
    if not found:
        raise ObjectionUnknown("没有这个编号的异议。", help="请核对异议编号。")
    return found[0]


def list_all(work: Work, *, by: Asking, after: str | None, limit: int) -> list[Objection]:
    """List the objections that the one who asks may see, by id."""
    return list_objections(work, whose=by.whose, after=after, limit=limit)


def is_disputed(work: Work, assessment_id: str) -> bool:
    """Tell whether an objection to an assessment is open, whoever brought it in."""
    with work.under_duty():
        found = list_objections(work, whose=EVERYBODYS, object=assessment_id)
    return any(one.state == ObjectionState.RECEIVED for one in found)


def note_reading(work: Work, object_id: str, *, by: Asking) -> None:
    """Record that objections were read."""
    work.record(
        AuditEvent(tenant=by.tenant, actor=by.tenant, action=Action.OBJECTION_READ, object_id=object_id, at=work.at)
    )


def working_days_after(day: date, count: int) -> date:
    """Return the working day so many working days later, by the State Council's calendar; raise CalendarEnded."""
    later = day
    while count:
        later += timedelta(days=1)
        if later.year not in KNOWN_YEARS:
            raise CalendarEnded(
                f"工作日历尚无 {later.year} 年的安排，不能确定期限。", help="请更新 chinesecalendar 后再试。"
            )
        count -= chinese_calendar.is_workday(later)
    return later


@cache
def _terms() -> ParameterSet:
    return ParameterSet.parse(Path(__file__).with_name("objection_terms.yaml").read_text(encoding="utf-8"))


def _enterprise_of(work: Work, kind: ObjectionKind, object_id: str, by: Asking) -> int:
    """Return whose the objected thing is, where the one who asks may object to it."""
    enterprise = None
    if kind is ObjectionKind.CONSENT:
        versions = find_by_id(work, object_id, whose=by.whose)
        enterprise = versions[-1].enterprise_id if versions else None
    else:
        looking = Access(
            tenant=by.tenant, actor=by.tenant, purpose=Purpose.PRE_LOAN, basis=ConsentBasis("own", 0), at=work.at
        )
        anybodys = by.party is not Party.GRANTEE
        found = find_assessed(work, object_id, access=looking, anybodys=anybodys)
        enterprise = found if by.party is not Party.ENTERPRISE or found == by.subject else None
    if enterprise is None:
        raise ObjectUnknown("没有可以提出异议的这一项。", help="请核对评估或授权的编号。")
    return enterprise


def _end(work: Work, id: str, state: ObjectionState, words: str, by: Asking, action: Action) -> Objection:
    found = read(work, id, by=by)
    if found.state != ObjectionState.RECEIVED:
        raise ObjectionAnswered("这一异议已经办结。", help="如有新的理由，请另行提出。")
    ended = replace(
        found,
        version=found.version + 1,
        state=state,
        answer=words,
        changed_at=work.at,
        changed_by=by.party,
    )
    write_objection(work, ended, audit=_told(work, ended, by, action))
    if action is Action.OBJECTION_ANSWERED:
        work.announce(ExchangeEvent(tenant=found.tenant, type=EventType.OBJECTION_ANSWERED, object_id=id, at=work.at))
    return ended


def _told(work: Work, objection: Objection, by: Asking, action: Action) -> AuditEvent:
    return AuditEvent(tenant=objection.tenant, actor=by.tenant, action=action, object_id=objection.id, at=work.at)
