"""What would firms have been scored on past days? A bank joins its own labels at home: none of them comes here.

Every pair goes through the consent gate for this purpose alone, beside the legal basis that the bank records for the
whole. One unit of work settles one pair; what is answered is a score, never a reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from data.spec.access import Purpose
from data.spec.audit import Action, AuditEvent
from data.spec.back_tests import BackTest, BackTestWish, ModelWanted, Pair, PairScore
from data.spec.batches import BatchState, ItemState
from data.spec.consent import Consent
from data.spec.errors import IdentifierMalformed
from data.spec.events import EventType
from data.spec.identifiers import Identifier, parse_identifier
from data.store.back_tests import BACK_TESTS, settle_scored, write_back_test
from data.store.enterprise_events import read_enterprise_events
from data.store.rates import read_buckets, write_bucket
from data.store.work import Work
from models.card import ModelCard
from models.fitted import Model
from risk import consent
from risk.answering import CARD_OF, Champions, Question, begin
from risk.assess import answer_from, recorded_before
from risk.assessment import Assessment
from risk.back_test_words import NO_MODEL_THEN, PAIR_REPEATED, BackTestEnded, BackTestQuotaExceeded, PairResult
from risk.exchange_limits import DAY_SECONDS, read_back_test_terms
from risk.fitness import Baseline, baseline_beside
from risk.freshness import read_freshness
from risk.quotas import SECOND, take
from risk.turns import Turn, Turns

Live = tuple[str, Model, ModelCard]
QUOTA = "back_test"
PURPOSES = {CARD_OF[purpose]: purpose for purpose in (Purpose.PRE_LOAN, Purpose.MONITORING)}
"""By card, the purpose of which it is the card."""


class ModelsInTime(Champions, Protocol):
    """Know which model answers for a card, and which did on a day."""

    def champion_on(self, card: str, day: date) -> Live | None:
        """Return the model that answered on a day; None where none did, or it cannot be asked any more."""


TURNS = Turns(BACK_TESTS, finished=EventType.BACK_TEST_FINISHED, tries=lambda day: read_back_test_terms(day).tries)


def open_back_test(
    work: Work, id: str, named: Sequence[tuple[str, date]], wish: BackTestWish, *, tenant: str
) -> BackTest:
    """Keep a back-test of these pairs; what cannot be an identifier, or stands twice, is refused by itself.

    Never commits. Raises BackTestQuotaExceeded.
    """
    terms = read_back_test_terms(work.at.date())
    _take_pairs(work, tenant, len(named))
    expires_at = work.at + timedelta(days=terms.kept_days)
    write_back_test(work, id, tenant=tenant, wish=wish, pairs=_pairs(named), expires_at=expires_at)
    details: dict[str, str | int | None] = {
        "pairs": len(named),
        "basis": str(wish.basis.kind),
        "document": wish.basis.document_sha256,
    }
    work.record(
        AuditEvent(
            tenant=tenant,
            actor=tenant,
            action=Action.BACK_TEST_REQUESTED,
            object_id=id,
            at=work.at,
            details=details,
        )
    )
    return TURNS.again(work, id, tenant=tenant)


def work_turn(work: Work, turn: Turn, models: ModelsInTime, *, demonstration: bool) -> None:
    """Score the pair whose turn it is by what was known before its day; never commits."""
    TURNS.do(work, turn, lambda test, pair: _score_pair(work, test, pair, models, demonstration=demonstration))


def cancel_back_test(work: Work, test: BackTest) -> BackTest:
    """Let nothing more become of what waits; scores stay, and pairs taken from the quota. Never commits.

    Raises BackTestEnded.
    """
    if not test.state.is_open:
        raise BackTestEnded("这次样本回溯已经结束，没有可以取消的各对。", help="已有的分数可照常读取。")
    work.record(_audit(work, test, Action.BACK_TEST_CANCELLED, test.id))
    return TURNS.stop(work, test, BatchState.CANCELLED)


def read_back_test(work: Work, id: str, *, tenant: str, to_change: bool = False) -> BackTest | None:
    """Return a back-test of this tenant's own, `to_change` it kept from others; None where it has none by this id."""
    return (BACK_TESTS.lock if to_change else BACK_TESTS.find)(work, id, tenant=tenant)


def read_errors(work: Work, test: BackTest, *, after: int, limit: int) -> list[Pair]:
    """Return the pairs that were refused, in the order of the request."""
    return BACK_TESTS.list_items(work, test, states=[ItemState.REFUSED], after=after, limit=limit)


def read_results(work: Work, test: BackTest, *, after: int, limit: int) -> list[PairResult]:
    """Return the scores that may be read at this instant, and record the reading; never commits."""
    found = BACK_TESTS.list_items(work, test, states=[ItemState.MADE], after=after, limit=limit)
    given = consent.consents_by_firm(work, grantee=test.tenant)
    work.record(_audit(work, test, Action.BACK_TEST_READ, test.id))
    return [_result(one, given, work.at) for one in found]


def _result(pair: Pair, given: Mapping[int, tuple[Consent, ...]], at: datetime) -> PairResult:
    held = () if pair.enterprise_id is None else given.get(pair.enterprise_id, ())
    open_ = consent.can_ask(held, purpose=Purpose.BACK_TEST, at=at, as_of=pair.as_of)
    return PairResult(position=pair.position, as_of=pair.as_of, score=pair.score if open_ else None)


@dataclass(frozen=True)
class _Chosen:
    """Answer with the model that was chosen, whatever the card."""

    live: Live | None
    shelf: ModelsInTime

    def champion(self, card: str) -> Live | None:
        """Return the model that was chosen."""
        return self.live

    def baseline(self, name: str) -> Baseline | None:
        """Return the card that stands beside a model."""
        return baseline_beside(self.shelf, name)


def _score_pair(work: Work, test: BackTest, pair: Pair, models: ModelsInTime, *, demonstration: bool) -> None:
    question = _question(work, test, pair, demonstration=demonstration)
    question.check_day()
    enterprise, access = consent.authorise(
        work,
        question.identifier,
        tenant=test.tenant,
        actor=test.tenant,
        purpose=Purpose.BACK_TEST,
        at=work.at,
        as_of=pair.as_of,
    )
    if test.wish.model is ModelWanted.THEN:
        live = models.champion_on(test.wish.card, pair.as_of)
    else:
        live = models.champion(test.wish.card)
    if live is None and test.wish.model is ModelWanted.THEN:
        BACK_TESTS.refuse(work, test, pair.position, code=NO_MODEL_THEN)
        return
    events = read_enterprise_events(work, enterprise.id, access=access)
    seen_before = recorded_before(events.last_recorded_at, work.at)
    begun = replace(begin(question, enterprise.name, access), recorded_before=seen_before)
    freshness = read_freshness(work, as_of=pair.as_of, recorded_before=seen_before)
    answer = answer_from(events, begun, question, enterprise.id, _Chosen(live, models), freshness)
    work.record(_audit(work, test, Action.PAIR_SCORED, f"{test.id}/{pair.position}"))
    settle_scored(work, test, pair.position, enterprise_id=enterprise.id, score=_pair_score(answer, live, pair.as_of))


def _pair_score(answer: Assessment, live: Live | None, as_of: date) -> PairScore:
    answered = live is not None and answer.model is not None and answer.model.id == live[0]
    days = live[2].purpose.as_of_days if live is not None and answered else ()
    return PairScore(
        status=str(answer.status),
        code=answer.code,
        score=answer.score,
        grade=answer.grade,
        pd=answer.pd,
        model=answer.model.id if answer.model else None,
        trained_on=answer.model.trained_on if answer.model else None,
        unseen=as_of > max(days) if days else None,
    )


def _question(work: Work, test: BackTest, pair: Pair, *, demonstration: bool) -> Question:
    return Question(
        id=test.id,
        identifier=parse_identifier(str(pair.identifier)),
        tenant=test.tenant,
        actor=test.tenant,
        purpose=PURPOSES[test.wish.card],
        as_of=pair.as_of,
        at=work.at,
        demonstration=demonstration,
    )


def _pairs(named: Sequence[tuple[str, date]]) -> list[Pair]:
    met: set[tuple[Identifier, date]] = set()
    pairs = []
    for position, (text, as_of) in enumerate(named):
        try:
            identifier, code = parse_identifier(text), None
        except IdentifierMalformed as refusal:
            identifier, code = None, refusal.code
        if identifier is not None and (identifier, as_of) in met:
            code = PAIR_REPEATED
        elif identifier is not None:
            met.add((identifier, as_of))
        pairs.append(
            Pair(
                position=position,
                as_of=as_of,
                state=ItemState.REFUSED if code else ItemState.WAITING,
                identifier=None if code else str(identifier),
                code=code,
            )
        )
    return pairs


def _take_pairs(work: Work, tenant: str, count: int) -> None:
    """Take so many pairs from the institution's quota; raise BackTestQuotaExceeded and take none."""
    limit = read_back_test_terms(work.at.date()).limit
    full_at = read_buckets(work, tenant, [QUOTA])
    now = round(work.at.timestamp() * SECOND)
    taking = take(full_at.get(QUOTA, 0), limit, now=now, tokens=count)
    if not taking.granted:
        raise BackTestQuotaExceeded(
            f"样本回溯的配额现余{taking.remaining}对，本次申请{count}对。",
            help=f"每{limit.seconds // DAY_SECONDS}天{limit.requests}对，逐步恢复；请减少对数，或按 Retry-After 再试。",
            wait_seconds=-(-(count - taking.remaining) * limit.interval // SECOND),
        )
    write_bucket(work, tenant, QUOTA, taking.full_at, new=QUOTA not in full_at)


def _audit(work: Work, test: BackTest, action: Action, object_id: str) -> AuditEvent:
    return AuditEvent(tenant=test.tenant, actor=test.tenant, action=action, object_id=object_id, at=work.at)
