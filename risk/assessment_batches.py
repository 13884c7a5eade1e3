"""How are many enterprises assessed one after another, each as it would be alone?"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from data.spec.access import BUREAU, Access, ConsentBasis, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.batches import AssessmentBatch, BatchItem, BatchState, BatchWish, ItemState
from data.spec.consent import Consent
from data.spec.errors import DayInFuture, IdentifierMalformed
from data.spec.events import EventType
from data.spec.identifiers import parse_identifier
from data.store.assessment_batches import BATCHES, settle_made, write_batch
from data.store.assessments import read_assessments
from data.store.work import Work
from risk.answering import Champions, Question
from risk.assess import assess, assessment_of
from risk.assessment import RelativeTo
from risk.batches import BatchEnded, BatchResult
from risk.consent import can_ask, consents_by_firm
from risk.exchange_limits import read_batch_terms
from risk.turns import Turn, Turns

REPEATED = "enterprise-repeated"
TURNS = Turns(BATCHES, finished=EventType.BATCH_FINISHED, tries=lambda day: read_batch_terms(day).tries)


def open_batch(work: Work, id: str, named: Sequence[str], wish: BatchWish, *, tenant: str) -> AssessmentBatch:
    """Keep a batch about these enterprises; what cannot be an identifier, or stands twice, is refused by itself.

    Never commits. Raises DayInFuture.
    """
    if wish.as_of > work.at.date():
        raise DayInFuture(f"{wish.as_of}还没有到来。", help="请改用今天或更早的日期。")
    kept_days = read_batch_terms(work.at.date()).kept_days
    expires_at = work.at + timedelta(days=kept_days)
    write_batch(work, id, tenant=tenant, wish=wish, items=_items(named), expires_at=expires_at)
    work.record(_audit(tenant, Action.BATCH_REQUESTED, id, work.at, enterprises=len(named)))
    return TURNS.again(work, id, tenant=tenant)


def _items(named: Sequence[str]) -> list[BatchItem]:
    met: set[str] = set()
    items = []
    for position, text in enumerate(named):
        identifier, code = _identifier(text)
        if identifier is not None and identifier in met:
            identifier, code = None, REPEATED
        met |= {identifier} if identifier else set()
        state = ItemState.REFUSED if code else ItemState.WAITING
        items.append(BatchItem(position=position, state=state, identifier=identifier, code=code))
    return items


def _identifier(text: str) -> tuple[str | None, str | None]:
    try:
        return str(parse_identifier(text)), None
    except IdentifierMalformed as refusal:
        return None, refusal.code


def work_turn(work: Work, turn: Turn, champions: Champions, *, assessment_id: str, demonstration: bool) -> None:
    """Assess the enterprise whose turn it is, through the consent gate as for a single request; never commits."""

    def settle(batch: AssessmentBatch, item: BatchItem) -> None:
        assess(work, _question(work, batch, item, assessment_id, demonstration=demonstration), champions)
        settle_made(work, batch, item.position, assessment_id=assessment_id)

    TURNS.do(work, turn, settle)


def _question(work: Work, batch: AssessmentBatch, item: BatchItem, id: str, *, demonstration: bool) -> Question:
    return Question(
        id=id,
        identifier=parse_identifier(str(item.identifier)),
        tenant=batch.tenant,
        actor=batch.tenant,
        purpose=batch.wish.purpose,
        as_of=batch.wish.as_of,
        at=work.at,
        demonstration=demonstration,
        relative_to=RelativeTo(batch.wish.relative_to),
    )


def cancel_batch(work: Work, batch: AssessmentBatch) -> AssessmentBatch:
    """Let nothing more become of what waits; what was answered stays. Never commits. Raises BatchEnded."""
    if not batch.state.is_open:
        raise BatchEnded("这一批已经结束，没有可以取消的企业。", help="已完成的评估可照常读取。")
    work.record(_audit(batch.tenant, Action.BATCH_CANCELLED, batch.id, work.at))
    return TURNS.stop(work, batch, BatchState.CANCELLED)


def read_batch(work: Work, id: str, *, tenant: str, to_change: bool = False) -> AssessmentBatch | None:
    """Return a batch of this tenant's own, `to_change` it kept from others; None where it has none by this id."""
    return (BATCHES.lock if to_change else BATCHES.find)(work, id, tenant=tenant)


def read_errors(work: Work, batch: AssessmentBatch, *, after: int, limit: int) -> list[BatchItem]:
    """Return the items that were refused, in the order of the request."""
    return BATCHES.list_items(work, batch, states=[ItemState.REFUSED], after=after, limit=limit)


def read_results(work: Work, batch: AssessmentBatch, *, after: int, limit: int) -> list[BatchResult]:
    """Return the assessments of a batch that may be read at this instant, and record the reading; never commits."""
    items = BATCHES.list_items(work, batch, states=[ItemState.MADE], after=after, limit=limit)
    stored = read_assessments(work, [str(item.assessment_id) for item in items], access=_access(batch, work.at))
    given = None if batch.tenant == BUREAU else consents_by_firm(work, grantee=batch.tenant)
    results = []
    for item in items:
        kept = stored[str(item.assessment_id)]
        open_ = given is None or _is_open(given.get(kept.enterprise_id, ()), batch, work.at)
        told = assessment_of(kept) if open_ else None
        results.append(BatchResult(position=item.position, assessment_id=kept.id, assessment=told))
    shown = sum(result.assessment is not None for result in results)
    work.record(_audit(batch.tenant, Action.RESULTS_READ, batch.id, work.at, after=after, shown=shown))
    return results


def _is_open(given: tuple[Consent, ...], batch: AssessmentBatch, at: datetime) -> bool:
    return can_ask(given, purpose=batch.wish.purpose, at=at, as_of=batch.wish.as_of)


def _access(batch: AssessmentBatch, at: datetime) -> Access:
    if batch.tenant == BUREAU:
        return bureau_access(BUREAU, at=at, purpose=batch.wish.purpose)
    return Access(
        tenant=batch.tenant,
        actor=batch.tenant,
        purpose=batch.wish.purpose,
        basis=ConsentBasis("unresolved", 0),
        at=at,
    )


def _audit(tenant: str, action: Action, id: str, at: datetime, **details: int) -> AuditEvent:
    return AuditEvent(tenant=tenant, actor=tenant, action=action, object_id=id, at=at, details=details)
