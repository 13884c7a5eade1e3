"""What does each move have to tell, what must hold for it, and what does it book?

Every function is pure: it gets a case, and returns what is to be kept, or raises a Refusal and nothing is kept.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from data.spec.errors import DayInFuture, Refusal
from data.store.applications import Entry
from risk.assessment import Assessment
from risk.joint.application import Application, asked_record, read_asked, vocabulary, yuan
from risk.joint.books import AmountTooGreat, borne_by, guaranteed, returned
from risk.joint.facts import Traced, sources_of, values_of
from risk.joint.findings import say_finding
from risk.joint.permissions import Actor
from risk.joint.states import Move
from risk.joint.terms import check_reason
from risk.joint.words import Book, Conclusion
from risk.policies.claim import settle
from risk.policies.facts import Fact, Value, read_facts
from risk.policies.money import check_amount
from risk.policies.rule import STAGE_LABELS, Party, Stage, add_months
from risk.policies.support import benefits_of, cap_of
from risk.policies.verdict import FAILING, Answer, Verdict, evaluate, record_of

MONEY: Mapping[str, Fact] = {
    "disbursed": Fact(label="放款金额", unit="元"),
    "payout": Fact(label="代偿金额", unit="元"),
    "principal_loss": Fact(label="本金损失", unit="元"),
    "recovered": Fact(label="追回金额", unit="元"),
    "recovery_cost": Fact(label="追偿费用", unit="元"),
}
"""What moves tell beside the facts of policies."""


class ToldMissing(Refusal):
    """The move does not tell what it must."""

    code = "told-missing"


class ConditionsNotMet(Refusal):
    """The product's conditions of this stage are not met: each is named with its document."""

    code = "conditions-not-met"


class NotRecommended(Refusal):
    """The joint evaluation did not recommend the loan."""

    code = "not-recommended"
    status = 409


class OverrideExpired(Refusal):
    """The conclusion was an override, and its days are over."""

    code = "override-expired"
    status = 409


class AssessmentExpired(Refusal):
    """The score behind the evaluation is no longer valid."""

    code = "assessment-expired"
    status = 409


class EvidenceNeeded(Refusal):
    """A claim without evidence."""

    code = "evidence-needed"


class NothingToGrant(Refusal):
    """The product pays nothing on this loan."""

    code = "nothing-to-grant"


@dataclass(frozen=True, kw_only=True)
class Case:
    """Hold what a move is prepared from; `facts` tells the facts known on a day."""

    application: Application
    by: Actor
    on: date
    told: Mapping[str, str]
    attachments: tuple[str, ...]
    facts: Callable[[date], Traced]
    assessment: Assessment | None = None


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Hold what a move keeps in the history and in the books."""

    details: Mapping[str, Any] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()


def tell(
    case: Case, *, needs: Iterable[str] = (), may: Iterable[str] = (), words: Iterable[str] = ()
) -> dict[str, Value]:
    """Read the facts that a move tells; raise ToldMissing, FactUnknown, FactMalformed, DayInFuture.

    `words` are told as text and left to the caller.
    """
    known = {**vocabulary(case.application.product), **MONEY}
    named = (*needs, *(name for name in may if name in known))
    texts = {name: text for name, text in case.told.items() if name not in set(words)}
    found = read_facts(texts, {name: known[name] for name in named})
    missing = [f"{known[name].label}（{name}）" for name in needs if name not in found]
    if missing:
        raise ToldMissing(f"还缺：{'、'.join(missing)}。", help="用 --set 名称=值 填写。")
    late = [known[name].label for name, value in found.items() if isinstance(value, date) and value > case.on]
    if late and "matures_on" not in found:
        raise DayInFuture(f"“{late[0]}”还没有到来，办理日是{case.on}。", help="请核对日期。")
    return found


def _kept(told: Mapping[str, Value]) -> dict[str, str]:
    return {name: str(value) for name, value in told.items() if name not in MONEY}


def _nothing(case: Case) -> Prepared:
    note = case.told.get("words", "")
    tell(case, words=("words",))
    return Prepared(details={"words": note} if note else {})


def _reasoned(case: Case) -> Prepared:
    """Ask for words: those whom the move concerns must learn why."""
    if not case.told.get("words", "").strip():
        raise ToldMissing("还缺：原因（words）。", help="用 --set words=原因 填写，各方都看得到。")
    return _nothing(case)


def _revise(case: Case) -> Prepared:
    asked, words = case.application.asked, ("purpose",)
    before = asked_record(asked)
    texts = {**before["loan"], **before["told"]} | {k: v for k, v in case.told.items() if k not in words}
    again = read_asked(
        case.application.product, texts, guarantee=asked.guarantee, purpose=case.told.get("purpose", asked.purpose)
    )
    return Prepared(details=asked_record(again))


def judged(case: Case, stage: Stage, *, on: date, more: Mapping[str, Value] | None = None) -> tuple[Verdict, Traced]:
    """Return the verdict of the product on a day's facts, and the facts."""
    facts = case.facts(on)
    return evaluate(case.application.product, {**values_of(facts), **(more or {})}, on=on, stage=stage), facts


def verdict_kept(verdict: Verdict, facts: Traced) -> dict[str, Any]:
    """Return a verdict with the sources of the facts it read, as it is kept."""
    read = {name: fact for name, fact in facts.items() if name in verdict.facts}
    return {"verdict": record_of(verdict), "sources": sources_of(read)}


def check_conditions(verdict: Verdict) -> None:
    """Raise ConditionsNotMet, naming what was measured, what is asked for and by which document."""
    if verdict.passed:
        return
    failing = [finding for finding in verdict.findings if finding.outcome in FAILING]
    lines = [say_finding(one) for one in failing]
    said = "；".join(lines) or "；".join(verdict.notes)
    raise ConditionsNotMet(
        f"{verdict.label}的{STAGE_LABELS[verdict.stage]}条件未满足：{said}。", help="没有保存任何东西。补齐后再办理。"
    )


def _submit(case: Case) -> Prepared:
    tell(case)
    verdict, facts = judged(case, Stage.APPLY, on=case.on)
    return Prepared(details=verdict_kept(verdict, facts))


def concluded(application: Application) -> Conclusion:
    """Return what the evaluation came to."""
    made = application.last(Move.CONCLUDE)
    assert made is not None
    return Conclusion(made.details["conclusion"])


def check_conclusion(application: Application, *, on: date) -> None:
    """Raise OverrideExpired where the conclusion was an override whose days are over."""
    made = application.last(Move.CONCLUDE)
    until = made.details.get("expires_on") if made else None
    if until and on >= date.fromisoformat(until):
        raise OverrideExpired(f"推翻建议作出的结论已于{until}失效。", help="请撤回后重新申请、重新评价。")


def _decide(case: Case) -> Prepared:
    """Keep the bank's own decision and reasons; one against the conclusion is fed back as overridden, with a code."""
    tell(case, words=("code", "words"))
    check_conclusion(case.application, on=case.on)
    return Prepared(details=check_reason("decision", case.told))


def _approve(case: Case) -> Prepared:
    followed = concluded(case.application) is not Conclusion.NOT_RECOMMENDED
    return _fed_back(_decide(case), followed=followed)


def _decline(case: Case) -> Prepared:
    followed = concluded(case.application) is not Conclusion.RECOMMENDED
    return _fed_back(_decide(case), followed=followed)


def _fed_back(prepared: Prepared, *, followed: bool) -> Prepared:
    return Prepared(details={**prepared.details, "feedback": "followed" if followed else "overridden"})


def _disburse(case: Case) -> Prepared:
    told = tell(case, may=("disbursed", "disbursed_on", "matures_on"), words=("loan_no",))
    check_conclusion(case.application, on=case.on)
    loan_no = case.told.get("loan_no", "").strip()
    if not loan_no:
        raise ToldMissing("还缺：借据号（loan_no）。", help="用 --set loan_no=借据号 填写。")
    asked = case.application.asked
    amount = check_amount(_number(told.get("disbursed", asked.amount)), "放款金额")
    if not 0 < amount <= asked.amount:
        raise AmountTooGreat(
            f"放款{yuan(amount)}，申请的是{yuan(asked.amount)}。", help="放款应大于零且不超过申请金额。"
        )
    day = told.get("disbursed_on", case.on)
    assert isinstance(day, date)
    approved = case.application.last(Move.APPROVE)
    if approved is not None and day < approved.on:
        raise ToldMissing(f"放款日{day}早于银行同意的{approved.on}。", help="请核对放款日期。")
    due = told.get("matures_on", add_months(day, asked.term_months))
    facts = {"disbursed_on": str(day), "matures_on": str(due), "amount": str(amount)}
    entry = Entry(kind=Book.DISBURSED, party=Party.BANK, amount=amount, booked_on=day)
    return Prepared(details={"loan_no": loan_no, "facts": facts}, entries=(entry,))


def _file(case: Case) -> Prepared:
    told = tell(case, may=("filed_on",), words=("filing_no", "assessment"))
    day = told.get("filed_on", case.on)
    assert isinstance(day, date)
    application = case.application
    if concluded(application) is Conclusion.NOT_RECOMMENDED:
        raise NotRecommended(
            "联合评价的结论是不同意推荐，不予备案。", help="银行可自担风险；如有新的事实，请重新申请。"
        )
    _check_valid(case.assessment, day)
    verdict, facts = judged(case, Stage.FILE, on=day, more={"filed_on": day, "is_filed": Decimal(1)})
    check_conditions(verdict)
    cap = cap_of(application.product, values_of(facts), on=day)
    lent = application.booked(Book.DISBURSED)
    filed = lent if cap is None or cap.amount is None else min(lent, cap.amount)
    details = {"facts": {"filed_on": str(day)}, **verdict_kept(verdict, facts)}
    details |= {"filing_no": case.told["filing_no"]} if "filing_no" in case.told else {}
    details |= {"assessment_id": case.assessment.id} if case.assessment else {}
    entry = Entry(kind=Book.FILED, party=Party.BANK, amount=filed, booked_on=day)
    return Prepared(details=details, entries=(entry,))


def _check_valid(assessment: Assessment | None, day: date) -> None:
    if assessment is not None and assessment.valid_until < day:
        raise AssessmentExpired(
            f"评价所依据的评估有效至{assessment.valid_until}，已不能支持备案。",
            help="请重新评估，并用 --set assessment=评估编号 指明新的评估。",
        )


def _settled(case: Case) -> Prepared:
    told = tell(case, needs=("interest_paid",), may=("settled_on",), words=())
    day = told.get("settled_on", case.on)
    return Prepared(details={"facts": {**_kept(told), "settled_on": str(day)}})


def _subsidise(case: Case) -> Prepared:
    told = tell(case, may=("has_other_subsidy",))
    verdict, facts = judged(case, Stage.SUBSIDY, on=case.on, more=told)
    check_conditions(verdict)
    known = {**values_of(facts), **told}
    paid = [one for one in benefits_of(case.application.product, known, on=case.on) if one.receiver is Party.FIRM]
    entries = tuple(
        Entry(kind=Book.SUBSIDY, party=one.payer, amount=one.amount, booked_on=case.on) for one in paid if one.amount
    )
    if not entries:
        raise NothingToGrant("按规定没有可给予的贴息。", help="；".join(one.note for one in paid if one.note))
    return Prepared(details={"facts": _kept(told), **verdict_kept(verdict, facts)}, entries=entries)


def _overdue(case: Case) -> Prepared:
    told = tell(case, needs=("days_past_due", "five_class", "balance"))
    balance, lent = _number(told["balance"]), case.application.booked(Book.DISBURSED)
    if balance > lent:
        raise AmountTooGreat(f"余额{yuan(balance)}超过了放款{yuan(lent)}。", help="请核对余额。")
    return Prepared(details={"facts": _kept(told), "balance": str(balance)})


def _pay_out(case: Case) -> Prepared:
    told = tell(case, needs=("payout",))
    application = case.application
    amount = check_amount(_number(told["payout"]), "代偿金额")
    room = guaranteed(application, application.outstanding) - application.booked(Book.PAYOUT)
    if not 0 < amount <= room:
        raise AmountTooGreat(f"代偿{yuan(amount)}，担保责任还余{yuan(room)}。", help="代偿应大于零且不超过担保责任。")
    return Prepared(entries=(Entry(kind=Book.PAYOUT, party=Party.GUARANTOR, amount=amount, booked_on=case.on),))


def _claim(case: Case) -> Prepared:
    told = tell(case, needs=("principal_loss",), may=("recovery_started",))
    application, loss = case.application, check_amount(_number(told["principal_loss"]), "本金损失")
    if not 0 < loss <= application.outstanding:
        raise AmountTooGreat(
            f"本金损失{yuan(loss)}，未收回的本金是{yuan(application.outstanding)}。", help="请核对损失金额。"
        )
    facts = case.facts(case.on)
    known = {**values_of(facts), **{name: value for name, value in told.items() if name not in MONEY}}
    lent_on = known["disbursed_on"]
    assert isinstance(lent_on, date)
    claim = settle(application.product, known, principal_loss=loss, disbursed_on=lent_on, on=case.on)
    check_conditions(claim.verdict)
    if claim.verdict.answer is not Answer.PASSED or claim.note:
        raise ConditionsNotMet(claim.note, help="没有保存任何东西。")
    if not case.attachments:
        raise EvidenceNeeded(
            "补偿申请须附证据目录。", help="用 --evidence 名称=文件 逐件列出，如催收函、起诉状、借据。"
        )
    parts = {str(party): str(part) for party, part in claim.parts.items()}
    details = {"facts": _kept(told), "principal_loss": str(loss), "parts": parts, "evidence": list(case.attachments)}
    return Prepared(details={**details, **verdict_kept(claim.verdict, facts)})


PAYERS = (Party.PROVINCE, Party.CITY, Party.NATIONAL_FUND, Party.REGUARANTOR)
"""Who pays something when a claim is met; bank and guarantor bear their parts where they are."""


def _compensate(case: Case) -> Prepared:
    tell(case)
    made = case.application.last(Move.CLAIM)
    assert made is not None
    parts = {Party(party): Decimal(text) for party, text in made.details["parts"].items()}
    loss = Decimal(made.details["principal_loss"])
    entries = [Entry(kind=Book.LOSS, party=Party.FIRM, amount=loss, booked_on=case.on)]
    entries += [Entry(kind=Book.BORNE, party=p, amount=a, booked_on=case.on) for p, a in parts.items() if a]
    entries += [
        Entry(kind=Book.COMPENSATED, party=p, amount=parts[p], booked_on=case.on) for p in PAYERS if parts.get(p)
    ]
    return Prepared(entries=tuple(entries))


def _recover(case: Case) -> Prepared:
    told = tell(case, needs=("recovered",), may=("recovery_cost",))
    recovered = check_amount(_number(told["recovered"]), "追回金额")
    cost = check_amount(_number(told.get("recovery_cost", Decimal(0))), "追偿费用")
    parts = returned(case.application, recovered=recovered, cost=cost)
    assert borne_by(case.application)
    entries = [
        Entry(kind=Book.RECOVERED, party=Party.FIRM, amount=recovered, booked_on=case.on),
        Entry(kind=Book.RECOVERY_COST, party=Party.BANK, amount=cost, booked_on=case.on),
        *(Entry(kind=Book.RETURNED, party=p, amount=a, booked_on=case.on) for p, a in parts.items()),
    ]
    return Prepared(entries=tuple(entry for entry in entries if entry.amount))


def _number(value: Value) -> Decimal:
    assert isinstance(value, Decimal)
    return value


PREPARE: Mapping[Move, Callable[[Case], Prepared]] = {
    Move.REVISE: _revise,
    Move.SUBMIT: _submit,
    Move.RETURN: _reasoned,
    Move.RECOMMEND: _nothing,
    Move.APPROVE: _approve,
    Move.DECLINE: _decline,
    Move.DISBURSE: _disburse,
    Move.FILE: _file,
    Move.REVOKE_FILING: _reasoned,
    Move.WATCH: _nothing,
    Move.SETTLE: _settled,
    Move.SUBSIDISE: _subsidise,
    Move.REPORT_OVERDUE: _overdue,
    Move.CURE: _nothing,
    Move.PAY_OUT: _pay_out,
    Move.CLAIM: _claim,
    Move.REFUSE_CLAIM: _reasoned,
    Move.COMPENSATE: _compensate,
    Move.RECOVER: _recover,
    Move.WITHDRAW: _nothing,
}
"""Moves of an evaluation are prepared by risk.joint.evaluating."""
