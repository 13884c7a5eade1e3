"""How does an enterprise's consent begin, change hands of state, and end? Every change is a new version, never an edit.

Whether one holds is asked in `risk.consent` alone, at the instant of reading; here stand the moves between states.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from data.spec.access import BUREAU, Access, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.consent import ALL_CATEGORIES, Consent, ConsentStatus, Paper, Party
from data.spec.dated import ParameterSet
from data.spec.events import EventType, ExchangeEvent
from data.spec.whose import Whose
from data.store.consents import find_by_id, list_of, write_consent
from data.store.reads import find_enterprise, name_enterprises
from data.store.work import Work
from risk.consent_words import (
    Asking,
    ConsentEnded,
    ConsentMove,
    ConsentShown,
    ConsentTermsUnsound,
    ConsentUnknown,
    NotYourConsent,
    PaperIncomplete,
    WantedConsent,
)

TERMINAL = frozenset({ConsentStatus.REJECTED, ConsentStatus.REVOKED, ConsentStatus.EXPIRED, ConsentStatus.SUPERSEDED})
"""States that nothing leaves."""


LAPSES: Mapping[ConsentStatus, tuple[ConsentStatus, str]] = {
    ConsentStatus.AUTHORISED: (ConsentStatus.EXPIRED, "term-over"),
    ConsentStatus.AWAITING: (ConsentStatus.REJECTED, "not-confirmed-in-time"),
}
"""By state, what time alone makes of it, and the reason that is told."""


@dataclass(frozen=True)
class Rule:
    """Say from which state a move leads where, who may make it, and how it is told."""

    before: ConsentStatus
    after: ConsentStatus
    by: frozenset[Party]
    action: Action
    event: EventType


RULES: Mapping[ConsentMove, Rule] = {
    ConsentMove.AUTHORISE: Rule(
        ConsentStatus.AWAITING,
        ConsentStatus.AUTHORISED,
        frozenset({Party.ENTERPRISE, Party.REGULATOR}),
        Action.CONSENT_AUTHORISED,
        EventType.CONSENT_AUTHORISED,
    ),
    ConsentMove.REJECT: Rule(
        ConsentStatus.AWAITING,
        ConsentStatus.REJECTED,
        frozenset({Party.ENTERPRISE, Party.GRANTEE, Party.REGULATOR}),
        Action.CONSENT_REJECTED,
        EventType.CONSENT_REJECTED,
    ),
    ConsentMove.REVOKE: Rule(
        ConsentStatus.AUTHORISED,
        ConsentStatus.REVOKED,
        frozenset({Party.ENTERPRISE, Party.GRANTEE, Party.REGULATOR}),
        Action.CONSENT_REVOKED,
        EventType.CONSENT_REVOKED,
    ),
}


@cache
def _terms() -> ParameterSet:
    return ParameterSet.parse(Path(__file__).with_name("consent_terms.yaml").read_text(encoding="utf-8"))


def terms(at: datetime) -> dict[str, int]:
    """Return the dated terms of consents: months, hours and days."""
    return {name: int(value) for name, value in _terms().numbers(at.date()).items()}


def status_at(consent: Consent, at: datetime) -> ConsentStatus:
    """Return the state at an instant: what was never confirmed in time is rejected, what has ended is expired."""
    return LAPSES[consent.status][0] if lapsed_at(consent, at) is not None else consent.status


def lapsed_at(consent: Consent, at: datetime) -> datetime | None:
    """Return since when a consent has ended by its own days, with nobody's doing; None where it has not at an instant.

    An authorised one ends with its last day, one that awaits its enterprise with its waiting too.
    """
    if consent.status not in LAPSES:
        return None
    ends = consent.valid_to
    if consent.status is ConsentStatus.AWAITING:
        asked = consent.asked_at or consent.valid_from
        ends = min(ends, asked + timedelta(hours=terms(at)["waiting_hours"]))
    return ends if ends <= at else None


def as_it_stands(consent: Consent, at: datetime) -> Consent:
    """Return the version in force, with when, by whom and why it last changed: a lapse is the platform's own."""
    ended = lapsed_at(consent, at)
    if ended is None:
        return consent
    return replace(consent, changed_at=ended, changed_by=Party.PLATFORM, reason=LAPSES[consent.status][1])


def register(work: Work, wanted: WantedConsent, *, id: str, by: Asking, supersedes: str | None = None) -> Consent:
    """Keep a new consent: authorised where the enterprise itself signs or a signed letter is named, else awaiting.

    Never commits. Raises EnterpriseUnknown, ConsentTermsUnsound, PaperIncomplete, NotYourConsent.
    """
    enterprise = find_enterprise(work, wanted.identifier, access=_looking(work, by))
    if by.party is Party.GRANTEE and wanted.grantee != by.tenant:
        raise NotYourConsent("只能登记授予本机构的授权。", help="请以本机构为被授权方。")
    if by.party is Party.ENTERPRISE and enterprise.id != by.subject:
        raise NotYourConsent("只能登记本企业的授权。", help="请核对信用代码。")
    _check_terms(wanted, work.at)
    if by.party is not Party.ENTERPRISE:
        _check_paper(wanted.paper)
    signed = by.party is Party.ENTERPRISE or wanted.paper.document_sha256 is not None
    made = Consent(
        id=id,
        version=1,
        enterprise_id=enterprise.id,
        grantee=wanted.grantee,
        purposes=wanted.purposes,
        categories=wanted.categories,
        permissions=wanted.permissions,
        valid_from=wanted.valid_from,
        valid_to=wanted.valid_to,
        history_from=wanted.history_from,
        daily_limit=wanted.daily_limit,
        status=ConsentStatus.AUTHORISED if signed else ConsentStatus.AWAITING,
        paper=wanted.paper,
        asked_at=work.at,
        changed_at=work.at,
        changed_by=by.party,
        supersedes=supersedes,
    )
    write_consent(work, made, _told(work, made, by, Action.CONSENT_REGISTERED))
    if signed:
        _hold(work, made, by)
    return made


def move(work: Work, id: str, wanted: ConsentMove, *, by: Asking, reason: str = "", seen: int | None = None) -> Consent:
    """Make a move; never commits. `seen` is the version its maker looked at, checked by the door.

    Raises ConsentUnknown, ConsentEnded, NotYourConsent.
    """
    consent, rule = read(work, id, by=by), RULES[wanted]
    if by.party not in rule.by:
        raise NotYourConsent("这一步不由贵方办理。", help="确认授权由企业办理。")
    if status_at(consent, work.at) is not rule.before:
        raise ConsentEnded("授权现在的状态不能这样办理。", help="请重新读取授权；已终止的请重新登记。")
    changed = _next(work, consent, rule.after, by, reason)
    write_consent(work, changed, _told(work, changed, by, rule.action))
    work.announce(ExchangeEvent(tenant=changed.grantee, type=rule.event, object_id=id, at=work.at))
    if rule.after is ConsentStatus.AUTHORISED:
        _supersede(work, changed, by)
    return changed


def renew(work: Work, id: str, *, new_id: str, valid_to: datetime, paper: Paper, by: Asking) -> Consent:
    """Register a consent that takes the place of another once it is authorised: same terms, a later end.

    Raises ConsentUnknown, ConsentEnded, ConsentTermsUnsound, PaperIncomplete, NotYourConsent.
    """
    old = read(work, id, by=by)
    if status_at(old, work.at) not in (ConsentStatus.AUTHORISED, ConsentStatus.EXPIRED):
        raise ConsentEnded("只有有效或到期的授权可以续签。", help="请重新登记授权。")
    enterprise = name_enterprises(work, [old.enterprise_id], access=_looking(work, by))[old.enterprise_id]
    wanted = WantedConsent(
        identifier=enterprise.identifier,
        grantee=old.grantee,
        purposes=old.purposes,
        permissions=old.permissions,
        categories=old.categories,
        valid_from=work.at,
        valid_to=valid_to,
        paper=paper,
        history_from=old.history_from,
        daily_limit=old.daily_limit,
    )
    return register(work, wanted, id=new_id, by=by, supersedes=id)


def read(work: Work, id: str, *, by: Asking) -> Consent:
    """Return the last version of a consent that the one who asks may see; raise ConsentUnknown."""
    versions = history(work, id, by=by)
    return versions[-1]


def history(work: Work, id: str, *, by: Asking) -> tuple[Consent, ...]:
    """Return every version of a consent, the oldest first; raise ConsentUnknown."""
    versions = find_by_id(work, id, whose=by.whose)
    if not versions:
        raise ConsentUnknown("没有这个编号的授权。", help="请核对授权编号。")
    return versions


def list_consents(work: Work, *, by: Asking, after: str | None, limit: int) -> tuple[Consent, ...]:
    """List the consents that the one who asks may see, by id."""
    return list_of(work, whose=by.whose, after=after, limit=limit)


def show(work: Work, consents: tuple[Consent, ...], *, by: Asking) -> list[ConsentShown]:
    """Return consents as they stand now, each with its firm and the day by which what it showed must be deleted."""
    firms = name_enterprises(work, [one.enterprise_id for one in consents], access=_looking(work, by))
    return [
        ConsentShown(
            consent=as_it_stands(one, work.at),
            status=status_at(one, work.at),
            enterprise_name=firms[one.enterprise_id].name,
            identifier=firms[one.enterprise_id].identifier,
            delete_by=delete_by(one, work.at),
        )
        for one in consents
    ]


def delete_by(consent: Consent, at: datetime) -> datetime | None:
    """Return by when the grantee must delete what it was shown; None while the consent has not ended."""
    status = status_at(consent, at)
    ended = {
        ConsentStatus.EXPIRED: consent.valid_to,
        ConsentStatus.REVOKED: consent.changed_at or at,
    }.get(status)
    return None if ended is None else ended + timedelta(days=terms(at)["deletion_days"])


def note_reading(work: Work, object_id: str, *, by: Asking) -> None:
    """Record that consents were read."""
    work.record(
        AuditEvent(tenant=by.tenant, actor=by.tenant, action=Action.CONSENT_READ, object_id=object_id, at=work.at)
    )


def _check_terms(wanted: WantedConsent, at: datetime) -> None:
    strange = wanted.categories - ALL_CATEGORIES
    if wanted.valid_to <= max(wanted.valid_from, at) or _months(wanted) > terms(at)["longest_months"] or strange:
        raise ConsentTermsUnsound(
            "授权的起止、期限或数据类别不合要求。",
            help=f"止期须在今后，期限至多 {terms(at)['longest_months']} 个月，类别须为目录所列。",
        )


def _check_paper(paper: Paper) -> None:
    """Raise PaperIncomplete where somebody else says that the enterprise signed, and not which text."""
    if paper.document_sha256 is None:
        return
    missing = [name for name, value in _text_of(paper).items() if value is None]
    if missing:
        raise PaperIncomplete(
            f"登记已签署的授权书，还缺{'、'.join(missing)}。",
            help="请与 document_sha256 一并写明所签文本的版本与摘要；未签署的请去掉 document_sha256，由企业确认。",
        )


def _text_of(paper: Paper) -> dict[str, str | None]:
    """Return what says which text was signed, by the name under which it is sent."""
    return {"paper.text_version": paper.text_version, "paper.text_sha256": paper.text_sha256}


def _months(wanted: WantedConsent) -> int:
    """Count the calendar months a consent would hold, a begun one as whole."""
    begun, ended = wanted.valid_from, wanted.valid_to
    whole = (ended.year - begun.year) * 12 + ended.month - begun.month
    rest = (ended.day, ended.timetz().replace(tzinfo=None)) > (begun.day, begun.timetz().replace(tzinfo=None))
    return whole + rest


def _hold(work: Work, consent: Consent, by: Asking) -> None:
    work.announce(
        ExchangeEvent(tenant=consent.grantee, type=EventType.CONSENT_AUTHORISED, object_id=consent.id, at=work.at)
    )
    _supersede(work, consent, by)


def _supersede(work: Work, consent: Consent, by: Asking) -> None:
    """End the consent whose place this one takes."""
    if consent.supersedes is None:
        return
    old = find_by_id(work, consent.supersedes, whose=Whose(tenant=consent.grantee))[-1]
    if status_at(old, work.at) is ConsentStatus.AUTHORISED:
        ended = _next(work, old, ConsentStatus.SUPERSEDED, by, "renewed")
        write_consent(work, ended, _told(work, ended, by, Action.CONSENT_SUPERSEDED))
        work.announce(
            ExchangeEvent(tenant=old.grantee, type=EventType.CONSENT_SUPERSEDED, object_id=old.id, at=work.at)
        )


def _next(work: Work, consent: Consent, status: ConsentStatus, by: Asking, reason: str) -> Consent:
    return replace(
        consent,
        version=consent.version + 1,
        status=status,
        changed_at=work.at,
        changed_by=by.party,
        reason=reason,
    )


def _told(work: Work, consent: Consent, by: Asking, action: Action) -> AuditEvent:
    return AuditEvent(tenant=consent.grantee, actor=by.tenant, action=action, object_id=consent.id, at=work.at)


def _looking(work: Work, by: Asking) -> Access:
    return bureau_access(by.tenant or BUREAU, at=work.at)
