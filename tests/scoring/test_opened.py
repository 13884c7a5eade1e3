"""Does an answer show what the consent in force at the reading opens, and not a reason, value or row more?"""

from datetime import date
from typing import Any

import pytest

from data.spec.access import BUREAU
from data.spec.consent import Consent, Permission
from risk.opened import NO_VALUES, SCORE_ONLY
from tests.consents import revoke
from tests.scoring.conftest import FIRMS, NOW, Town, entries

SCORE = frozenset({Permission.SCORE_READ})
REASONS = SCORE | {Permission.EXPLANATION_READ}
ROWS = REASONS | {Permission.INDICATORS_READ}
PATH = "/v1/assessments"
YEAR = "统一社会信用代码,年度,营业收入,资产总额,负债总额,填报日期\n{},2024,1000,400,300,2025-04-12\n"


@pytest.fixture
def scored(town: Town, shelved: str) -> Town:
    """Return a town whose first firm has a score with reasons."""
    town.load("tech_sme_entry", entries(), date(2025, 4, 20))
    town.load("annual_report", YEAR.format(FIRMS[0]), date(2025, 4, 20))
    return town


def made(town: Town, *, by: str = "bank-a", key: str = "k-1") -> Any:
    answer = town.ask("POST", PATH, {"enterprise": {"value": FIRMS[0]}}, by=by, key=key)
    assert answer.status_code == 201, answer.text
    return answer.json()


def reasons(told: Any) -> list[Any]:
    return [*told["reasons_for"], *told["reasons_against"]]


def replaced(town: Town, old: Consent, permissions: frozenset[Permission]) -> None:
    with town.store.work(at=NOW) as work:
        revoke(work, old)
        work.commit()
    town.consent(0, id="later", permissions=permissions)


def test_a_score_alone_comes_with_no_reason_group_or_line(scored: Town) -> None:
    scored.consent(0, permissions=SCORE)

    told = made(scored)
    again = scored.ask("GET", f"{PATH}/{told['id']}").json()

    assert isinstance(told["score"], int)
    assert [told[name] for name in ("reasons_for", "reasons_against", "groups", "lines")] == [[], [], [], []]
    assert SCORE_ONLY in told["notes"]
    assert again == told


def test_reasons_without_indicators_keep_their_sentences_and_lose_values_and_rows(scored: Town) -> None:
    scored.consent(0, permissions=REASONS)
    scored.consent(0, "bank-b", permissions=ROWS)

    told, whole = made(scored), made(scored, by="bank-b")
    again = scored.ask("GET", f"{PATH}/{told['id']}").json()

    values = [part["value"] for one in reasons(told) for part in (one, *one["parts"])]
    assert [one["sentence"] for one in reasons(told)] == [one["sentence"] for one in reasons(whole)] != []
    assert any(one["value"] is not None for one in reasons(whole))
    assert any(one["sources"] for one in reasons(whole))
    assert set(values) == {None}
    assert [one["sources"] for one in reasons(told)] == [[]] * len(reasons(whole))
    assert (told["groups"], told["lines"]) == (whole["groups"], whole["lines"])
    assert NO_VALUES in told["notes"]
    assert not {NO_VALUES, SCORE_ONLY} & set(whole["notes"])
    assert again == told


def test_the_explanation_is_told_whole_where_indicators_are_not_opened(scored: Town) -> None:
    scored.consent(0, permissions=REASONS)
    scored.consent(0, "bank-b", permissions=ROWS)

    told, whole = (
        scored.ask("GET", f"{PATH}/{made(scored, by=bank)['id']}/explanation", by=bank).json()
        for bank in ("bank-a", "bank-b")
    )

    named = ("reasons_for", "reasons_against", "neutral", "unknown")
    assert [told[name] for name in named] == [whole[name] for name in named]


@pytest.mark.parametrize(("later", "shown"), [(SCORE, 0), (ROWS, 1)], ids=["less", "more"])
def test_what_is_open_is_judged_at_the_reading(scored: Town, later: frozenset[Permission], shown: int) -> None:
    first = scored.consent(0, permissions=ROWS if later == SCORE else SCORE)
    before = made(scored)
    replaced(scored, first, later)

    after = scored.ask("GET", f"{PATH}/{before['id']}").json()

    assert bool(reasons(before)) is not bool(reasons(after))
    assert bool(reasons(after)) is bool(shown)
    assert after["score"] == before["score"]


def test_a_replay_is_the_answer_that_was_given(scored: Town) -> None:
    first = scored.consent(0, permissions=SCORE)
    given = made(scored)
    replaced(scored, first, ROWS)

    assert made(scored) == given
    assert reasons(given) == []


def test_the_bureau_sees_all_under_its_duty(scored: Town) -> None:
    told = made(scored, by=BUREAU)

    assert reasons(told)
    assert any(one["sources"] for one in reasons(told))
    assert not {NO_VALUES, SCORE_ONLY} & set(told["notes"])
