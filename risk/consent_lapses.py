"""Who is told that a consent has ended by its own days? Its grantee, once, whichever worker finds it.

That it has ended is a comparison at the instant of reading and rests on nothing here.
"""

from collections.abc import Iterator, Mapping
from itertools import islice

from data.spec.audit import Action, AuditEvent
from data.spec.consent import Consent, ConsentStatus
from data.spec.events import EventType, ExchangeEvent
from data.store.consents import list_unannounced, note_end
from data.store.work import Work
from risk.consent_life import lapsed_at, status_at

MOST_AT_ONCE = 100
"""So many are told of in one unit of work, so that requests that write come in between."""
PLATFORM = "system"

TOLD: Mapping[ConsentStatus, tuple[Action, EventType]] = {
    ConsentStatus.EXPIRED: (Action.CONSENT_EXPIRED, EventType.CONSENT_EXPIRED),
    ConsentStatus.REJECTED: (Action.CONSENT_REJECTED, EventType.CONSENT_REJECTED),
}


def waits_to_be_told(work: Work) -> bool:
    """Tell whether a consent has ended of whose end nobody was told."""
    return next(_lapsed(work), None) is not None


def announce_lapsed(work: Work) -> int:
    """Tell the grantees of consents that have ended by their days, each once, and record it; return how many.

    Never commits: what is noted, told and recorded is kept together or not at all.
    """
    ended = [one for one in islice(_lapsed(work), MOST_AT_ONCE) if note_end(work, one)]
    for one in ended:
        action, event = TOLD[status_at(one, work.at)]
        work.announce(ExchangeEvent(tenant=one.grantee, type=event, object_id=one.id, at=work.at))
        work.record(AuditEvent(tenant=one.grantee, actor=PLATFORM, action=action, object_id=one.id, at=work.at))
    return len(ended)


def _lapsed(work: Work) -> Iterator[Consent]:
    return (one for one in list_unannounced(work) if lapsed_at(one, work.at) is not None)
