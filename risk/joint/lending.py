"""What must hold for a loan's moves, from disbursement to recovery, and what do they book? Pure."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from data.spec.errors import Refusal
from data.store.applications import Entry
from risk.joint.application import yuan
from risk.joint.books import AmountTooGreat, guaranteed, returned
from risk.joint.case import (
    MONEY,
    Case,
    ConditionsNotMet,
    DayOutOfOrder,
    Prepared,
    ToldMissing,
    check_conditions,
    judged,
    kept,
    number,
    tell,
    verdict_kept,
)
from risk.joint.conclusion import check_conclusion, concluded
from risk.joint.facts import Traced, values_of
from risk.joint.states import Move
from risk.joint.words import Book, Conclusion
from risk.policies.claim import settle
from risk.policies.facts import Value
from risk.policies.money import check_amount
from risk.policies.product import load_product
from risk.policies.rule import Party, Stage, add_months
from risk.policies.support import benefits_of, cap_of
from risk.policies.verdict import Answer, evaluate, record_of


class NotRecommended(Refusal):
    """The joint evaluation did not recommend the loan."""

    code = "not-recommended"
    status = 409


class AssessmentExpired(Refusal):
    """The score behind the evaluation is no longer valid."""

    code = "assessment-expired"
    status = 409


class AssessmentEnded(Refusal):
    """A severe warning has ended the score behind the evaluation."""

    code = "assessment-ended"
    status = 409


class EvidenceNeeded(Refusal):
    """A claim without evidence."""

    code = "evidence-needed"


class NothingToGrant(Refusal):
    """The product pays nothing on this loan."""

    code = "nothing-to-grant"


def disburse(case: Case) -> Prepared:
    """Keep the loan as it was made, and book it."""
    told = tell(case, may=("disbursed", "disbursed_on", "matures_on"), words=("loan_no",))
    check_conclusion(case.application, on=case.on)
    loan_no = case.told.get("loan_no", "").strip()
    if not loan_no:
        raise ToldMissing("还缺：借据号（loan_no）。", help="终端用 --set loan_no=借据号，接口用 facts 填写。")
    asked = case.application.asked
    amount = check_amount(number(told.get("disbursed", asked.amount)), "放款金额")
    if not 0 < amount <= asked.amount:
        raise AmountTooGreat(
            f"放款{yuan(amount)}，申请的是{yuan(asked.amount)}。", help="放款应大于零且不超过申请金额。"
        )
    day = told.get("disbursed_on", case.on)
    assert isinstance(day, date)
    approved = case.application.last(Move.APPROVE)
    if approved is not None and day < approved.on:
        raise DayOutOfOrder(f"放款日{day}早于银行同意的{approved.on}。", help="请核对放款日期。")
    due = told.get("matures_on", add_months(day, asked.term_months))
    assert isinstance(due, date)
    if due <= day:
        raise DayOutOfOrder(f"到期日{due}不晚于放款日{day}。", help="请核对到期日期。")
    facts = {"disbursed_on": str(day), "matures_on": str(due), "amount": str(amount)}
    entry = Entry(kind=Book.DISBURSED, party=Party.BANK, amount=amount, booked_on=day)
    return Prepared(details={"loan_no": loan_no, "facts": facts}, entries=(entry,))


def file(case: Case) -> Prepared:
    """File by the documents of the day of filing, or refuse with what is not met; book what the cap leaves room for."""
    told = tell(case, may=("filed_on",), words=("filing_no", "assessment"))
    day = told.get("filed_on", case.on)
    assert isinstance(day, date)
    application = case.application
    if concluded(application) is Conclusion.NOT_RECOMMENDED:
        raise NotRecommended(
            "联合评价的结论是不同意推荐，不予备案。", help="银行可自担风险；如有新的事实，请重新申请。"
        )
    _check_valid(case, day)
    verdict, facts = judged(case, Stage.FILE, on=day, more={"filed_on": day, "is_filed": Decimal(1)})
    check_conditions(verdict)
    cap = cap_of(application.product, values_of(facts), on=day)
    lent = application.booked(Book.DISBURSED)
    filed = lent if cap is None or cap.amount is None else min(lent, cap.amount)
    if not filed:
        raise AmountTooGreat("该企业本年度已没有可纳入补偿的额度。", help="贷款由银行自担，不需备案。")
    # What else was covered on the day decides how much of a later loss is.
    before = {name: str(facts[name].value) for name in ("covered_balance_before",) if name in facts}
    details = {"facts": {"filed_on": str(day), **before}, **verdict_kept(verdict, facts), **_watched(case, facts, day)}
    details |= {"filing_no": case.told["filing_no"]} if "filing_no" in case.told else {}
    details |= {"assessment_id": case.assessment.id} if case.assessment else {}
    entry = Entry(kind=Book.FILED, party=Party.BANK, amount=filed, booked_on=day)
    return Prepared(details=details, entries=(entry,))


def _watched(case: Case, facts: Traced, day: date) -> dict[str, Any]:
    """Return the findings of the product that watches filings: for people to look at, they refuse nothing."""
    watcher = case.application.product.rulebook.watched_by
    if watcher is None:
        return {}
    own = set(case.application.product.file.facts)
    shared = {name: value for name, value in values_of(facts).items() if name not in own}
    return {"watch": record_of(evaluate(load_product(watcher), shared, on=day, stage=Stage.FILE))}


def _check_valid(case: Case, day: date) -> None:
    again = "请重新评估，并用 --set assessment=评估编号 指明新的评估。"
    if case.assessment is not None and case.assessment.valid_until < day:
        raise AssessmentExpired(f"评价所依据的评估有效至{case.assessment.valid_until}，已不能支持备案。", help=again)
    if case.ending is not None and case.ending.ended_on is not None and case.ending.ended_on <= day:
        raise AssessmentEnded(case.ending.reason, help=again)


def settle_loan(case: Case) -> Prepared:
    """Keep the day and the interest that was paid."""
    told = tell(case, needs=("interest_paid",), may=("settled_on",))
    day, lent = told.get("settled_on", case.on), case.application.last(Move.DISBURSE)
    if lent is not None and str(day) < lent.details["facts"]["disbursed_on"]:
        raise DayOutOfOrder(f"结清日{day}早于放款日。", help="请核对日期。")
    return Prepared(details={"facts": {**kept(told), "settled_on": str(day)}})


def subsidise(case: Case) -> Prepared:
    """Grant what the product pays on a settled loan, and book it."""
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
    return Prepared(details={"facts": kept(told), **verdict_kept(verdict, facts)}, entries=entries)


def report_overdue(case: Case) -> Prepared:
    """Keep how long and how badly the loan is overdue, and what is left of it."""
    told = tell(case, needs=("days_past_due", "five_class", "balance"))
    balance, lent = number(told["balance"]), case.application.booked(Book.DISBURSED)
    if balance > lent:
        raise AmountTooGreat(f"余额{yuan(balance)}超过了放款{yuan(lent)}。", help="请核对余额。")
    return Prepared(details={"facts": kept(told), "balance": str(balance)})


def pay_out(case: Case) -> Prepared:
    """Book what the guarantor pays the bank."""
    told = tell(case, needs=("payout",))
    application = case.application
    amount = check_amount(number(told["payout"]), "代偿金额")
    room = guaranteed(application, application.outstanding) - application.booked(Book.PAYOUT)
    if not 0 < amount <= room:
        raise AmountTooGreat(f"代偿{yuan(amount)}，担保责任还余{yuan(room)}。", help="代偿应大于零且不超过担保责任。")
    return Prepared(entries=(Entry(kind=Book.PAYOUT, party=Party.GUARANTOR, amount=amount, booked_on=case.on),))


def claim_loss(case: Case) -> Prepared:
    """Divide a loss by the shares of the day of lending, the conditions of the claim being met, or refuse."""
    told = tell(case, needs=("principal_loss",), may=("recovery_started",))
    application, loss = case.application, check_amount(number(told["principal_loss"]), "本金损失")
    if not 0 < loss <= application.outstanding:
        raise AmountTooGreat(
            f"本金损失{yuan(loss)}，未收回的本金是{yuan(application.outstanding)}。", help="请核对损失金额。"
        )
    facts = case.facts(case.on)
    known = {**values_of(facts), **{name: value for name, value in told.items() if name not in MONEY}}
    lent_on = known["disbursed_on"]
    assert isinstance(lent_on, date)
    known = _as_lent(case, known, lent_on)
    claim = settle(application.product, known, principal_loss=loss, disbursed_on=lent_on, on=case.on)
    check_conditions(claim.verdict)
    if claim.verdict.answer is not Answer.PASSED or claim.note:
        raise ConditionsNotMet(claim.note, help="没有保存任何东西。")
    if not case.attachments:
        raise EvidenceNeeded(
            "补偿申请须附证据目录。",
            help="逐件列出，如催收函、起诉状、借据（终端用 --evidence 名称=文件，接口用 attachments）。",
        )
    parts = {str(party): str(part) for party, part in claim.parts.items()}
    details = {"facts": kept(told), "principal_loss": str(loss), "parts": parts, "evidence": list(case.attachments)}
    return Prepared(details={**details, **verdict_kept(claim.verdict, facts)})


def _as_lent(case: Case, known: Mapping[str, Value], lent_on: date) -> dict[str, Value]:
    """Return the facts with those that the shares rest on as they were known when the loan was made."""
    sharing = case.application.product.rulebook.sharing
    read = {*sharing.facts, *sharing.hints} if sharing is not None else set()
    then = values_of(case.facts(lent_on))
    kept = {name: value for name, value in known.items() if name not in read}
    return kept | {name: value for name, value in then.items() if name in read}


PAYERS = (Party.PROVINCE, Party.CITY, Party.NATIONAL_FUND, Party.REGUARANTOR)
"""Who pays something when a claim is met; bank and guarantor bear their parts where they are."""


def compensate(case: Case) -> Prepared:
    """Book the loss, who bears it, and what is paid."""
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


def recover(case: Case) -> Prepared:
    """Book what came back, its cost, and to whom it goes."""
    told = tell(case, needs=("recovered",), may=("recovery_cost",))
    recovered = check_amount(number(told["recovered"]), "追回金额")
    cost = check_amount(number(told.get("recovery_cost", Decimal(0))), "追偿费用")
    parts = returned(case.application, recovered=recovered, cost=cost)
    entries = [
        Entry(kind=Book.RECOVERED, party=Party.FIRM, amount=recovered, booked_on=case.on),
        Entry(kind=Book.RECOVERY_COST, party=Party.BANK, amount=cost, booked_on=case.on),
        *(Entry(kind=Book.RETURNED, party=p, amount=a, booked_on=case.on) for p, a in parts.items()),
    ]
    return Prepared(entries=tuple(entry for entry in entries if entry.amount))
