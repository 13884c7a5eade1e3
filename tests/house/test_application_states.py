"""The diagram of an application's states is the table's own."""

from pathlib import Path

from risk.joint.states import MOVES, State, diagram

ROOT = Path(__file__).resolve().parents[2]


def test_the_diagram_in_the_documents_is_the_one_of_the_table() -> None:
    text = (ROOT / "docs" / "application-states.md").read_text(encoding="utf-8")

    assert text.split("```mermaid\n")[1].split("```")[0] == diagram()


def test_every_state_is_reached_by_a_move_and_every_move_is_drawn() -> None:
    reached = {rule.to for rule in MOVES.values()} | {State.DRAFT}

    assert reached >= set(State)
    assert all(rule.label in diagram() for rule in MOVES.values())
