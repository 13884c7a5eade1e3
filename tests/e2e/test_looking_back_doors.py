"""Commands replay an answer, bridge two of them and advise, on the store and shelf that gave them."""

import json
import re
from collections.abc import Callable
from math import fsum

import pytest
from sqlalchemy import select

from data.spec.access import BUREAU
from data.store.orm import AUDIT_EVENT
from tests.e2e.town import AT, City, Run


@pytest.fixture
def scored(city: City, run: Run) -> Callable[[str], tuple[str, str, int]]:
    """Return an asker that assesses the first borrower with a score: its code, the answer's id, and the score."""
    codes = city.truth("applications")["code"].drop_duplicates().head(40)

    def ask(day: str) -> tuple[str, str, int]:
        for code in codes:
            answer = json.loads(run("assess", code, "--as-of", day, "--json")[1])["assessment"]
            if answer["score"] is not None:
                return code, answer["id"], answer["score"]
        raise AssertionError("no borrower can be scored")

    return ask


def test_an_answer_is_replayed_by_its_id(run: Run, scored: Callable[[str], tuple[str, str, int]]) -> None:
    _code, id, _score = scored("2026-01-01")

    code, page, _ = run("replay", id)
    told = json.loads(run("replay", id, "--json")[1])["replay"]

    assert code == 0
    assert "完全一致" in page
    assert (told["assessment_id"], told["equal"], told["differences"]) == (id, True, [])


def test_every_look_back_is_on_the_record(city: City, run: Run, scored: Callable[[str], tuple[str, str, int]]) -> None:
    enterprise, id, _score = scored("2026-01-01")
    before = recorded(city)

    run("replay", id)
    run("advise", enterprise)

    assert recorded(city)[len(before) :] == ["assessment.replayed", "improvement.computed"]


def recorded(city: City) -> list[str]:
    with city.store.work(at=AT, read_only=True) as work:
        rows = work.connection.execute(select(AUDIT_EVENT).order_by(AUDIT_EVENT.c.tenant, AUDIT_EVENT.c.seq)).all()
    return [row.action for row in rows if row.tenant == BUREAU]


def test_a_change_adds_up_on_the_page_and_in_json(
    city: City, run: Run, scored: Callable[[str], tuple[str, str, int]]
) -> None:
    enterprise, after, score = scored("2026-01-01")
    earlier = json.loads(run("assess", enterprise, "--as-of", "2025-06-30", "--json")[1])["assessment"]

    code, page, _ = run("change", earlier["id"], after)
    told = json.loads(run("change", earlier["id"], after, "--json")[1])["change"]

    points = fsum(one["points"] for one in (*told["moved"], *told["parts"]))
    assert code == 0
    assert (told["before"], told["after"]) == (earlier["score"], score)
    assert points == pytest.approx(score - earlier["score"], abs=1e-9)
    moved = re.escape(f"{score - earlier['score']:+.2f}")
    assert re.search(rf"合计 +{earlier['score']} +{score} +{moved}", page)


def test_advice_starts_from_the_present_score(run: Run, scored: Callable[[str], tuple[str, str, int]]) -> None:
    enterprise, _id, score = scored("2026-01-01")

    code, page, _ = run("advise", enterprise)
    told = json.loads(run("advise", enterprise, "--json")[1])["improvement"]

    assert code == 0
    assert f"现有信用分 {score}" in page
    assert told["message"] in page
    assert all(step["score"] - score == step["gain"] > 0 for step in told["steps"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("replay", "nothing"), "assessment-unknown"),
        (("change", "nothing", "neither"), "assessment-unknown"),
        (("advise", "91370303MA3C000000"), "identifier-malformed"),
    ],
    ids=["replay", "change", "advise"],
)
def test_what_is_not_there_is_refused_with_2(run: Run, arguments: tuple[str, ...], code: str) -> None:
    ended, out, _ = run(*arguments, "--json")

    assert ended == 2
    assert json.loads(out)["code"] == code


def test_answers_about_two_firms_are_not_bridged(city: City, run: Run) -> None:
    firms = city.truth("applications")["code"].drop_duplicates().head(2)
    first, second = (json.loads(run("assess", firm, "--json")[1])["assessment"]["id"] for firm in firms)

    ended, out, _ = run("change", first, second, "--json")

    assert (ended, json.loads(out)["code"]) == (2, "assessments-not-comparable")
