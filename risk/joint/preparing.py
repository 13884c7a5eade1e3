"""What does each move have to tell, what must hold for it, and what does it book?

Every function is pure: it gets a case, and returns what is to be kept, or raises a Refusal and nothing is kept.
"""

from collections.abc import Callable, Mapping

from risk.joint import lending
from risk.joint.application import asked_record, read_asked
from risk.joint.case import Case, Prepared, ToldMissing, judged, tell, verdict_kept
from risk.joint.conclusion import check_conclusion, concluded
from risk.joint.states import Move
from risk.joint.terms import check_reason
from risk.joint.words import Conclusion
from risk.policies.rule import Stage


def _nothing(case: Case) -> Prepared:
    note = case.told.get("words", "")
    tell(case, words=("words",))
    return Prepared(details={"words": note} if note else {})


def _reasoned(case: Case) -> Prepared:
    """Ask for words: those whom the move concerns must learn why."""
    if not case.told.get("words", "").strip():
        raise ToldMissing("还缺：原因（words）。", help="终端用 --set words=原因，接口用 words 填写；各方都看得到。")
    return _nothing(case)


def _revise(case: Case) -> Prepared:
    asked, words = case.application.asked, ("purpose",)
    before = asked_record(asked)
    texts = {**before["loan"], **before["told"]} | {k: v for k, v in case.told.items() if k not in words}
    again = read_asked(
        case.application.product, texts, guarantee=asked.guarantee, purpose=case.told.get("purpose", asked.purpose)
    )
    return Prepared(details=asked_record(again))


def _submit(case: Case) -> Prepared:
    tell(case)
    verdict, facts = judged(case, Stage.APPLY, on=case.on)
    return Prepared(details=verdict_kept(verdict, facts))


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


PREPARE: Mapping[Move, Callable[[Case], Prepared]] = {
    Move.REVISE: _revise,
    Move.SUBMIT: _submit,
    Move.RETURN: _reasoned,
    Move.RECOMMEND: _nothing,
    Move.APPROVE: _approve,
    Move.DECLINE: _decline,
    Move.DISBURSE: lending.disburse,
    Move.FILE: lending.file,
    Move.REVOKE_FILING: _reasoned,
    Move.WATCH: _nothing,
    Move.SETTLE: lending.settle_loan,
    Move.SUBSIDISE: lending.subsidise,
    Move.REPORT_OVERDUE: lending.report_overdue,
    Move.CURE: _nothing,
    Move.PAY_OUT: lending.pay_out,
    Move.CLAIM: lending.claim_loss,
    Move.REFUSE_CLAIM: _reasoned,
    Move.COMPENSATE: lending.compensate,
    Move.RECOVER: lending.recover,
    Move.WITHDRAW: _nothing,
}
"""Moves of an evaluation are prepared by risk.joint.evaluating."""
