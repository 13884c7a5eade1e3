"""Who may do what in which state: every state, role and move."""

import pytest

from data.spec.audit import Action
from risk.joint.permissions import NotYourMove, capacity, check_may, check_sheet, may, may_hand_in
from risk.joint.preparing import PREPARE
from risk.joint.states import MOVES, Move, MoveNotPossible, State, check_possible, is_possible, parse_move, possible
from risk.joint.words import ROLE_LABELS, Role, Sheet

TABLE = """
draft                | revise:bank submit:bank withdraw:bank
submitted            | return:reviewer,district begin:reviewer withdraw:bank
district_recommended | return:reviewer,district begin:reviewer withdraw:bank
under_evaluation     | open:bank,guarantor,reviewer explain:bank,guarantor,reviewer withdraw:bank
under_evaluation     | propose_override:reviewer conclude:reviewer
concluded            | approve:bank decline:bank withdraw:bank
approved             | disburse:bank withdraw:bank
declined             |
disbursed            | file:operator settle:bank report_overdue:bank
filed                | revoke_filing:operator watch:bank,operator settle:bank report_overdue:bank
watched              | revoke_filing:operator settle:bank report_overdue:bank
settled              | subsidise:operator
overdue              | settle:bank report_overdue:bank cure:bank pay_out:guarantor claim:bank,guarantor
claimed              | refuse_claim:operator compensate:operator
compensated          | recover:bank,guarantor
recovered            | recover:bank,guarantor
withdrawn            |
"""
"""Written by hand, as the parties read it: the code's own table must come to the same."""


def _allowed() -> dict[State, dict[Move, set[Role]]]:
    found: dict[State, dict[Move, set[Role]]] = {state: {} for state in State}
    for line in TABLE.strip().splitlines():
        state, _, cells = line.partition("|")
        pairs = (cell.partition(":") for cell in cells.split())
        found[State(state.strip())] |= {
            Move(move): {Role(role) for role in roles.split(",")} for move, _, roles in pairs
        }
    return found


ALLOWED = _allowed()


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("state", State)
def test_who_may_do_what_in_which_state(state: State, move: Move, role: Role) -> None:
    allowed = role in ALLOWED[state].get(move, set())

    assert (may(role, move) and is_possible(state, move, needs_district=False)) is allowed


@pytest.mark.parametrize("state", State)
def test_a_move_from_the_wrong_state_is_refused_with_those_that_are_possible(state: State) -> None:
    for move in set(Move) - set(possible(state, needs_district=False)):
        with pytest.raises(MoveNotPossible) as refused:
            check_possible(state, move, needs_district=False)

        assert MOVES[move].label in refused.value.message
        assert all(MOVES[one].label in refused.value.help for one in possible(state, needs_district=False))
        assert refused.value.help


@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("role", Role)
def test_a_move_of_somebody_else_is_refused_with_whose_it_is(move: Move, role: Role) -> None:
    if may(role, move):
        check_may(role, move)
        return
    with pytest.raises(NotYourMove) as refused:
        check_may(role, move)

    assert all(ROLE_LABELS[one] in refused.value.help for one in MOVES[move].by)


def test_where_the_district_recommends_first_an_evaluation_waits_for_it() -> None:
    assert Move.BEGIN not in possible(State.SUBMITTED, needs_district=True)
    assert Move.RECOMMEND in possible(State.SUBMITTED, needs_district=True)
    assert Move.BEGIN in possible(State.DISTRICT_RECOMMENDED, needs_district=True)


def test_every_move_is_audited_as_something_of_its_own() -> None:
    actions = [rule.action for rule in MOVES.values()]

    assert len(set(actions)) == len(Move)
    assert set(actions) <= set(Action)


def test_every_move_is_prepared_somewhere() -> None:
    evaluation = {Move.BEGIN, Move.OPEN, Move.EXPLAIN, Move.PROPOSE_OVERRIDE, Move.CONCLUDE}

    assert set(PREPARE) == set(Move) - evaluation


@pytest.mark.parametrize(
    ("kind", "asked", "role"),
    [
        ("bureau", None, Role.REVIEWER),
        ("bureau", Role.DISTRICT, Role.DISTRICT),
        ("bureau", Role.OPERATOR, Role.OPERATOR),
        ("bureau", Role.BANK, None),
        ("bank", None, Role.BANK),
        ("bank", Role.OPERATOR, None),
        ("bank", Role.GUARANTOR, None),
        ("guarantor", None, Role.GUARANTOR),
        ("guarantor", Role.BANK, None),
    ],
)
def test_nobody_acts_in_a_capacity_of_another_institution(kind: str, asked: Role | None, role: Role | None) -> None:
    if role is None:
        with pytest.raises(NotYourMove):
            capacity(kind, asked)
    else:
        assert capacity(kind, asked) is role


@pytest.mark.parametrize(
    ("role", "individual", "bulk"),
    [
        (Role.REVIEWER, True, True),
        (Role.BANK, True, True),
        (Role.GUARANTOR, True, False),
        (Role.DISTRICT, False, False),
        (Role.OPERATOR, False, False),
    ],
)
def test_a_guarantor_in_bulk_and_those_who_only_handle_hand_in_no_sheet(
    role: Role, individual: bool, bulk: bool
) -> None:
    assert may_hand_in(role, frozenset(Sheet)) is individual
    assert may_hand_in(role, frozenset({Sheet.BUREAU, Sheet.BANK})) is bulk
    if individual:
        assert check_sheet(role, frozenset(Sheet)) in Sheet


def test_a_move_is_named_in_chinese_or_by_its_code() -> None:
    assert parse_move("备案") is parse_move("file") is Move.FILE
