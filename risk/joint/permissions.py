"""Who may make a move on an application, or hand in a sheet?

Permissions may ask in which state it is possible, never the reverse.
"""

from dataclasses import dataclass

from data.spec.access import BUREAU
from data.spec.errors import Refusal
from risk.joint.states import MOVES, Move
from risk.joint.words import BUREAU_ROLES, ROLE_LABELS, SHEET_OF, Role, Sheet


class NotYourMove(Refusal):
    """Somebody else makes this move."""

    code = "not-your-move"
    status = 403


class NoSheetOfYours(Refusal):
    """The institution hands in no sheet for this application."""

    code = "no-sheet-of-yours"
    status = 403


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Name who acts: for which institution, in what capacity, which person."""

    tenant: str
    role: Role
    name: str


def capacity(kind: str, asked: Role | None) -> Role:
    """Return in what capacity someone of an institution of a kind acts; the bureau's people say which.

    Raises NotYourMove where the institution has no such capacity.
    """
    if kind == BUREAU:
        role = asked or Role.REVIEWER
        if role in BUREAU_ROLES:
            return role
    elif asked in (None, kind):
        return Role(kind)
    raise NotYourMove(
        f"该机构不能以“{ROLE_LABELS[asked or Role.REVIEWER]}”的身份办理。", help="科技局可为评审、区县或经办。"
    )


def check_may(role: Role, move: Move) -> None:
    """Raise NotYourMove, saying who makes the move."""
    rule = MOVES[move]
    if role not in rule.by:
        by = "或".join(label for one, label in ROLE_LABELS.items() if one in rule.by)
        raise NotYourMove(f"“{rule.label}”不由{ROLE_LABELS[role]}办理。", help=f"应由{by}办理。")


def may(role: Role, move: Move) -> bool:
    """Tell whether someone in this capacity makes the move."""
    try:
        check_may(role, move)
    except NotYourMove:
        return False
    return True


def check_sheet(role: Role, required: frozenset[Sheet]) -> Sheet:
    """Return whose sheet someone in this capacity hands in; raise NoSheetOfYours where none is asked of them."""
    sheet = SHEET_OF.get(role)
    if sheet is None or sheet not in required:
        raise NoSheetOfYours(
            f"这一申请不需要{ROLE_LABELS[role]}的评价表。", help="批量担保按规则准入，担保机构不逐笔评价。"
        )
    return sheet


def may_hand_in(role: Role, required: frozenset[Sheet]) -> bool:
    """Tell whether a sheet is asked of someone in this capacity."""
    try:
        check_sheet(role, required)
    except NoSheetOfYours:
        return False
    return True
