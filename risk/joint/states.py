"""Where is an application in its life, which moves lead on from there, and who makes them?

States and moves are one table; the diagram in docs/application-states.md is generated from it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from data.spec.audit import Action
from data.spec.errors import Refusal
from risk.joint.words import ROLE_LABELS, Role


class State(StrEnum):
    """Name where an application is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    DISTRICT_RECOMMENDED = "district_recommended"
    UNDER_EVALUATION = "under_evaluation"
    CONCLUDED = "concluded"
    APPROVED = "approved"
    DECLINED = "declined"
    DISBURSED = "disbursed"
    FILED = "filed"
    WATCHED = "watched"
    SETTLED = "settled"
    OVERDUE = "overdue"
    CLAIMED = "claimed"
    COMPENSATED = "compensated"
    RECOVERED = "recovered"
    WITHDRAWN = "withdrawn"


STATE_LABELS: Mapping[State, str] = {
    State.DRAFT: "草稿",
    State.SUBMITTED: "已提交",
    State.DISTRICT_RECOMMENDED: "区县已推荐",
    State.UNDER_EVALUATION: "评价中",
    State.CONCLUDED: "已出结论",
    State.APPROVED: "银行已同意",
    State.DECLINED: "银行未同意",
    State.DISBURSED: "已放款",
    State.FILED: "已备案",
    State.WATCHED: "贷后观察",
    State.SETTLED: "已结清",
    State.OVERDUE: "已逾期",
    State.CLAIMED: "已申请补偿",
    State.COMPENSATED: "已补偿",
    State.RECOVERED: "追偿中",
    State.WITHDRAWN: "已撤回",
}


class Move(StrEnum):
    """Name what can be done with an application."""

    REVISE = "revise"
    SUBMIT = "submit"
    RETURN = "return"
    RECOMMEND = "recommend"
    BEGIN = "begin"
    OPEN = "open"
    EXPLAIN = "explain"
    PROPOSE_OVERRIDE = "propose_override"
    CONCLUDE = "conclude"
    APPROVE = "approve"
    DECLINE = "decline"
    DISBURSE = "disburse"
    FILE = "file"
    REVOKE_FILING = "revoke_filing"
    WATCH = "watch"
    SETTLE = "settle"
    SUBSIDISE = "subsidise"
    REPORT_OVERDUE = "report_overdue"
    CURE = "cure"
    PAY_OUT = "pay_out"
    CLAIM = "claim"
    REFUSE_CLAIM = "refuse_claim"
    COMPENSATE = "compensate"
    RECOVER = "recover"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, kw_only=True)
class MoveRule:
    """Say of a move who makes it, from which states, to which, and as what it is audited; no `to`: it stays."""

    label: str
    by: frozenset[Role]
    of: frozenset[State]
    to: State | None
    action: Action


def _rule(label: str, by: Iterable[Role], of: Iterable[State], to: State | None, action: Action) -> MoveRule:
    return MoveRule(label=label, by=frozenset(by), of=frozenset(of), to=to, action=action)


_BANK, _GUARANTOR, _REVIEWER = (Role.BANK,), (Role.GUARANTOR,), (Role.REVIEWER,)
_PARTIES, _OPERATOR = (Role.BANK, Role.GUARANTOR, Role.REVIEWER), (Role.OPERATOR,)
_LENT = (State.DISBURSED, State.FILED, State.WATCHED)
_BEFORE_LOAN = (
    State.DRAFT,
    State.SUBMITTED,
    State.DISTRICT_RECOMMENDED,
    State.UNDER_EVALUATION,
    State.CONCLUDED,
    State.APPROVED,
)

MOVES: Mapping[Move, MoveRule] = {
    Move.REVISE: _rule("修改", _BANK, [State.DRAFT], None, Action.APPLICATION_REVISED),
    Move.SUBMIT: _rule("提交", _BANK, [State.DRAFT], State.SUBMITTED, Action.APPLICATION_SUBMITTED),
    Move.RETURN: _rule(
        "退回补正",
        [Role.REVIEWER, Role.DISTRICT],
        [State.SUBMITTED, State.DISTRICT_RECOMMENDED],
        State.DRAFT,
        Action.APPLICATION_RETURNED,
    ),
    Move.RECOMMEND: _rule(
        "区县推荐", [Role.DISTRICT], [State.SUBMITTED], State.DISTRICT_RECOMMENDED, Action.APPLICATION_RECOMMENDED
    ),
    Move.BEGIN: _rule(
        "开始评价",
        _REVIEWER,
        [State.SUBMITTED, State.DISTRICT_RECOMMENDED],
        State.UNDER_EVALUATION,
        Action.EVALUATION_STARTED,
    ),
    Move.OPEN: _rule("同时开启各方评价表", _PARTIES, [State.UNDER_EVALUATION], None, Action.SHEETS_OPENED),
    Move.EXPLAIN: _rule("说明差距", _PARTIES, [State.UNDER_EVALUATION], None, Action.GAP_EXPLAINED),
    Move.PROPOSE_OVERRIDE: _rule("提出推翻", _REVIEWER, [State.UNDER_EVALUATION], None, Action.OVERRIDE_PROPOSED),
    Move.CONCLUDE: _rule(
        "作出结论", _REVIEWER, [State.UNDER_EVALUATION], State.CONCLUDED, Action.APPLICATION_CONCLUDED
    ),
    Move.APPROVE: _rule("银行同意", _BANK, [State.CONCLUDED], State.APPROVED, Action.APPLICATION_APPROVED),
    Move.DECLINE: _rule("银行不同意", _BANK, [State.CONCLUDED], State.DECLINED, Action.APPLICATION_DECLINED),
    Move.DISBURSE: _rule("放款", _BANK, [State.APPROVED], State.DISBURSED, Action.LOAN_DISBURSED),
    Move.FILE: _rule("备案", _OPERATOR, [State.DISBURSED], State.FILED, Action.LOAN_FILED),
    Move.REVOKE_FILING: _rule(
        "撤销备案", _OPERATOR, [State.FILED, State.WATCHED], State.DISBURSED, Action.FILING_REVOKED
    ),
    Move.WATCH: _rule("转入贷后观察", [Role.BANK, Role.OPERATOR], [State.FILED], State.WATCHED, Action.LOAN_WATCHED),
    Move.SETTLE: _rule("结清", _BANK, [*_LENT, State.OVERDUE], State.SETTLED, Action.LOAN_SETTLED),
    Move.SUBSIDISE: _rule("给予贴息", _OPERATOR, [State.SETTLED], None, Action.SUBSIDY_GRANTED),
    Move.REPORT_OVERDUE: _rule("报告逾期", _BANK, [*_LENT, State.OVERDUE], State.OVERDUE, Action.OVERDUE_REPORTED),
    Move.CURE: _rule("逾期还清，恢复观察", _BANK, [State.OVERDUE], State.WATCHED, Action.OVERDUE_CURED),
    Move.PAY_OUT: _rule("代偿", _GUARANTOR, [State.OVERDUE], None, Action.PAYOUT_RECORDED),
    Move.CLAIM: _rule("申请补偿", [Role.BANK, Role.GUARANTOR], [State.OVERDUE], State.CLAIMED, Action.CLAIM_SUBMITTED),
    Move.REFUSE_CLAIM: _rule("退回补偿申请", _OPERATOR, [State.CLAIMED], State.OVERDUE, Action.CLAIM_REFUSED),
    Move.COMPENSATE: _rule("拨付补偿", _OPERATOR, [State.CLAIMED], State.COMPENSATED, Action.CLAIM_COMPENSATED),
    Move.RECOVER: _rule(
        "登记追偿",
        [Role.BANK, Role.GUARANTOR],
        [State.COMPENSATED, State.RECOVERED],
        State.RECOVERED,
        Action.RECOVERY_RECORDED,
    ),
    Move.WITHDRAW: _rule("撤回申请", _BANK, _BEFORE_LOAN, State.WITHDRAWN, Action.APPLICATION_CANCELLED),
}
"""The one table of what is done with an application; an application begins as a draft."""


class MoveNotPossible(Refusal):
    """The move does not lead on from where the application is."""

    code = "move-not-possible"
    status = 409


class MoveUnknown(Refusal):
    """No move has this name."""

    code = "move-unknown"


def parse_move(text: str) -> Move:
    """Read a move by its name or Chinese label; raise MoveUnknown that lists them."""
    named = {word: move for move, rule in MOVES.items() for word in (move.value, rule.label)}
    if text not in named:
        listed = "、".join(f"{move}（{rule.label}）" for move, rule in MOVES.items())
        raise MoveUnknown(f"没有名为“{text}”的操作。", help=f"可用的有：{listed}。")
    return named[text]


def possible(state: State, *, needs_district: bool) -> tuple[Move, ...]:
    """Return the moves that lead on from a state, in the order of the table.

    Where the district recommends first, an evaluation begins only after it; elsewhere the district has no say.
    """
    hidden = {(State.SUBMITTED, Move.BEGIN)} if needs_district else {(State.SUBMITTED, Move.RECOMMEND)}
    return tuple(move for move, rule in MOVES.items() if state in rule.of and (state, move) not in hidden)


def check_possible(state: State, move: Move, *, needs_district: bool) -> State:
    """Return the state that the move leads to; raise MoveNotPossible that says which moves are possible now."""
    moves = possible(state, needs_district=needs_district)
    if move not in moves:
        raise MoveNotPossible(
            f"申请目前“{STATE_LABELS[state]}”，不能“{MOVES[move].label}”。", help=_said(moves) or "这一申请已经办结。"
        )
    return MOVES[move].to or state


def is_possible(state: State, move: Move, *, needs_district: bool) -> bool:
    """Tell whether a move leads on from a state."""
    try:
        check_possible(state, move, needs_district=needs_district)
    except MoveNotPossible:
        return False
    return True


def _said(moves: Iterable[Move]) -> str:
    named = [f"{MOVES[move].label}（{move}，{_roles(MOVES[move].by)}）" for move in moves]
    return f"现在可以：{'、'.join(named)}。" if named else ""


def _roles(roles: frozenset[Role]) -> str:
    return "或".join(label for role, label in ROLE_LABELS.items() if role in roles)


def diagram() -> str:
    """Return the table as a Mermaid state diagram: what docs/application-states.md holds."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {state}: {label}" for state, label in STATE_LABELS.items()]
    lines.append(f"    [*] --> {State.DRAFT}")
    for rule in MOVES.values():
        lines += [
            f"    {state} --> {rule.to or state}: {rule.label}（{_roles(rule.by)}）"
            for state in State
            if state in rule.of
        ]
    lines += [f"    {state} --> [*]" for state in State if not _leaves(state)]
    return "\n".join(lines) + "\n"


def _leaves(state: State) -> bool:
    return any(state in rule.of and rule.to not in (None, state) for rule in MOVES.values())
