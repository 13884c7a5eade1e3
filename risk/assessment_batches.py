"""How are many enterprises assessed one after another, each as it would be alone, and whatever interrupts?

Every item is a row with a state. One unit of work settles one item: its assessment, the audit entry and the item's new
state are kept together or not at all, so that a batch goes on where it was, and nobody waits for a whole batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.spec.access import BUREAU, Access, ConsentBasis, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.batches import AssessmentBatch, BatchItem, BatchState, BatchWish, ItemState
from data.spec.errors import DayInFuture, EnterpriseUnknown, IdentifierMalformed, Refusal
from data.spec.events import EventType, ExchangeEvent
from data.spec.identifiers import parse_identifier
from data.store.assessment_batches import BATCHES, settle_made, settle_refused, write_batch
from data.store.assessments import read_assessments
from data.store.consents import find_consents
from data.store.work import Work
from risk.answering import Champions, Question
from risk.assess import assess, assessment_of
from risk.assessment import RelativeTo
from risk.batches import BatchEnded, BatchResult
from risk.consent import ConsentExpired, ConsentRequired, ConsentRevoked
from risk.exchange_limits import read_batch_terms
from risk.lineage import PermissionRequired

REPEATED = "enterprise-repeated"
FAULT = "fault"
OF_THE_ENTERPRISE = (
    EnterpriseUnknown,
    ConsentRequired,
    ConsentExpired,
    ConsentRevoked,
    PermissionRequired,
    DayInFuture,
)
"""Refusals that are the answer about one enterprise; any other says something of the service."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """Name the item that is to be worked next."""

    batch_id: str
    tenant: str
    position: int


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
    opened = BATCHES.lock(work, id, tenant=tenant)
    assert opened is not None
    return _ended_if_done(work, opened)


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


def take_turn(work: Work) -> Turn | None:
    """Return the item to work next and note that it is tried; None where no batch is open. Never commits.

    The caller commits before it works the item, so that one that ends the process is not tried for ever: after its last
    try it is refused as a fault, here. So no more workers than there are tries may share a store; one is the rule
    (decision 16).
    """
    batch = BATCHES.next_open(work)
    if batch is None:
        return None
    item = BATCHES.first_waiting(work, batch)
    if item is not None and batch.attempts >= read_batch_terms(work.at.date()).tries:
        settle_refused(work, batch, item.position, code=FAULT)
        batch = _again(work, batch)
        item = BATCHES.first_waiting(work, batch)
    if item is None:
        _ended_if_done(work, batch)
        return take_turn(work)
    if batch.state is BatchState.QUEUED:
        BATCHES.move(work, batch, BatchState.RUNNING)
    BATCHES.note_attempt(work, batch)
    return Turn(batch_id=batch.id, tenant=batch.tenant, position=item.position)


def work_turn(work: Work, turn: Turn, champions: Champions, *, assessment_id: str, demonstration: bool) -> None:
    """Assess the enterprise whose turn it is, through the consent gate as for a single request; never commits.

    A refusal is kept as the item's code. One that says something of the service itself fails the batch after its last
    try, and is raised before. A batch that was cancelled meanwhile is left alone.
    """
    batch = BATCHES.lock(work, turn.batch_id, tenant=turn.tenant)
    item = None if batch is None else BATCHES.first_waiting(work, batch)
    if batch is None or item is None or item.position != turn.position:
        return
    question = _question(work, batch, item, assessment_id, demonstration=demonstration)
    try:
        assess(work, question, champions)
    except OF_THE_ENTERPRISE as refusal:
        settle_refused(work, batch, item.position, code=refusal.code)
    except Refusal as refusal:
        _fail(work, batch, refusal)
        return
    else:
        settle_made(work, batch, item.position, assessment_id=assessment_id)
    _ended_if_done(work, _again(work, batch))


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


def _fail(work: Work, batch: AssessmentBatch, refusal: Refusal) -> None:
    """End a batch that the service cannot answer, or let the item be tried again."""
    if batch.attempts < read_batch_terms(work.at.date()).tries:
        raise refusal
    BATCHES.cancel_waiting(work, batch)
    _end(work, batch, BatchState.FAILED)


def cancel_batch(work: Work, batch: AssessmentBatch) -> AssessmentBatch:
    """Let nothing more become of what waits; what was answered stays. Never commits. Raises BatchEnded."""
    if not batch.state.is_open:
        raise BatchEnded("这一批已经结束，没有可以取消的企业。", help="已完成的评估可照常读取。")
    BATCHES.cancel_waiting(work, batch)
    work.record(_audit(batch.tenant, Action.BATCH_CANCELLED, batch.id, work.at))
    return _end(work, batch, BatchState.CANCELLED)


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
    holding = None if batch.tenant == BUREAU else _consenting(work, batch)
    results = []
    for item in items:
        kept = stored[str(item.assessment_id)]
        open_ = holding is None or kept.enterprise_id in holding
        told = assessment_of(kept) if open_ else None
        results.append(BatchResult(position=item.position, assessment_id=kept.id, assessment=told))
    shown = sum(result.assessment is not None for result in results)
    work.record(_audit(batch.tenant, Action.RESULTS_READ, batch.id, work.at, after=after, shown=shown))
    return results


def _consenting(work: Work, batch: AssessmentBatch) -> frozenset[int]:
    return frozenset(find_consents(work, grantee=batch.tenant, purpose=batch.wish.purpose, at=work.at))


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


def _ended_if_done(work: Work, batch: AssessmentBatch) -> AssessmentBatch:
    return batch if batch.waiting or not batch.state.is_open else _end(work, batch, BatchState.FINISHED)


def _end(work: Work, batch: AssessmentBatch, state: BatchState) -> AssessmentBatch:
    BATCHES.move(work, batch, state)
    told = ExchangeEvent(tenant=batch.tenant, type=EventType.BATCH_FINISHED, object_id=batch.id, at=work.at)
    work.announce(told)
    return _again(work, batch)


def _again(work: Work, batch: AssessmentBatch) -> AssessmentBatch:
    found = BATCHES.lock(work, batch.id, tenant=batch.tenant)
    assert found is not None
    return found


def _audit(tenant: str, action: Action, id: str, at: datetime, **details: int) -> AuditEvent:
    return AuditEvent(tenant=tenant, actor=tenant, action=action, object_id=id, at=at, details=details)
