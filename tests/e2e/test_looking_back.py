"""Past answers are given again or the difference named; changes lead to rows; advice is recomputed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import count

import pytest

from data.spec.access import BUREAU, Purpose
from data.spec.identifiers import parse_identifier
from models.card import ModelCard
from models.fitted import Model
from models.refusals import ModelUnknown
from risk.advice import advise
from risk.answering import Question
from risk.assess import assess
from risk.assessment import Assessment, Status
from risk.change import NotComparable, explain_change
from risk.readers import Language
from risk.receipt import PARTS
from risk.replay import Replay, compare, replay
from risk.wording import read_changes
from tests.e2e.town import AT, TODAY, City

NUMBERS = count()
EARLIER = date(2025, 1, 1)


class Shelved:
    """Load models of the city's shelf by name."""

    def __init__(self, city: City) -> None:
        self.register = city.shelf.register

    def load(self, name: str) -> tuple[Model, ModelCard]:
        return self.register.load(name)


class Bare:
    """Have no model any more."""

    def load(self, name: str) -> tuple[Model, ModelCard]:
        raise ModelUnknown(f"没有名为 {name} 的模型。")


def question(code: str, *, as_of: date = TODAY, purpose: Purpose = Purpose.PRE_LOAN) -> Question:
    return Question(
        id=f"back-{next(NUMBERS):04d}",
        identifier=parse_identifier(code),
        tenant=BUREAU,
        actor="test",
        purpose=purpose,
        as_of=as_of,
        at=AT,
        demonstration=True,
    )


@pytest.fixture(scope="module")
def borrowers(city: City) -> list[str]:
    return city.truth("applications")["code"].drop_duplicates().head(40).tolist()


@pytest.fixture(scope="module")
def answered(city: City, borrowers: list[str]) -> list[Assessment]:
    with city.store.work(at=AT) as work:
        answers = [assess(work, question(code), city.shelf) for code in borrowers]
        work.commit()
    return answers


@pytest.fixture(scope="module")
def scored(answered: list[Assessment]) -> list[Assessment]:
    return [one for one in answered if one.status is Status.SCORED]


@pytest.fixture(scope="module")
def again(city: City) -> Callable[[str], Replay | None]:
    def ask(id: str) -> Replay | None:
        with city.store.work(at=AT) as work:
            return replay(work, id, Shelved(city), tenant=BUREAU, actor="test", demonstration=True)

    return ask


def test_every_answer_is_given_again_whatever_it_said(
    answered: list[Assessment], again: Callable[[str], Replay | None]
) -> None:
    told = [again(one.id) for one in answered]

    assert [one.differences for one in told if one is not None and not one.equal] == []
    assert len(told) == len(answered) >= 40
    assert len({one.status for one in answered}) > 1


def test_a_receipt_has_a_hash_for_every_part(scored: list[Assessment]) -> None:
    for one in scored:
        assert set(one.receipt) == set(PARTS)
        assert all(len(digest) == 64 for digest in one.receipt.values())


@pytest.mark.parametrize(
    ("tampered", "part"),
    [
        ({"score": 1}, "score"),
        ({"pd": 0.5}, "pd"),
        ({"grade": "Z"}, "grade"),
        ({"receipt": {}}, "receipt.model"),
        ({"contributions": {}}, "contributions."),
        ({"values": {}}, "values."),
    ],
)
def test_what_was_changed_is_named(scored: list[Assessment], tampered: dict[str, object], part: str) -> None:
    found = [one.part for one in compare(replace(scored[0], **tampered), scored[0])]  # type: ignore[arg-type]

    assert found
    assert all(one.startswith(part) or one.startswith("receipt.") for one in found)


def test_a_model_that_is_gone_is_said_to_be_gone(city: City, scored: list[Assessment]) -> None:
    with city.store.work(at=AT) as work:
        told = replay(work, scored[0].id, Bare(), tenant=BUREAU, actor="test", demonstration=True)

    assert told is not None
    assert not told.equal
    assert [one.part for one in told.differences] == ["model"]


def test_a_stranger_has_nothing_to_replay(city: City, scored: list[Assessment]) -> None:
    with city.store.work(at=AT) as work:
        assert replay(work, scored[0].id, Shelved(city), tenant="bank-9", actor="x", demonstration=True) is None


def test_a_change_over_a_year_sums_and_names_the_rows_behind_it(city: City, scored: list[Assessment]) -> None:
    moved = 0
    for later in scored[:8]:
        with city.store.work(at=AT) as work:
            earlier = assess(work, question(later.identifier, as_of=EARLIER), city.shelf)
            if earlier.status is not Status.SCORED:
                continue
            told = explain_change(
                work, earlier.id, later.id, Shelved(city), tenant=BUREAU, actor="test", demonstration=True
            )
        assert told is not None
        points = sum(one.points for one in told.moved) + sum(one.points for one in told.parts)
        assert points == pytest.approx(told.after - told.before, abs=1e-9)
        assert (told.before, told.after) == (earlier.score, later.score)
        moved += sum(bool(one.entered or one.left) for one in told.moved)

    assert moved > 10


def test_answers_about_two_firms_are_not_bridged(city: City, scored: list[Assessment]) -> None:
    with city.store.work(at=AT) as work, pytest.raises(NotComparable):
        explain_change(work, scored[0].id, scored[1].id, Shelved(city), tenant=BUREAU, actor="test", demonstration=True)


def test_advice_is_what_the_model_says_of_changed_rows(city: City, scored: list[Assessment]) -> None:
    helped = 0
    for one in scored[:15]:
        with city.store.work(at=AT) as work:
            told = advise(work, question(one.identifier), city.shelf)
        assert told.score == one.score
        assert [step.gain for step in told.steps] == sorted((step.gain for step in told.steps), reverse=True)
        assert all(step.gain >= 1 and step.score == told.score + step.gain for step in told.steps)
        assert (told.message == read_changes(Language.ZH).nothing) is (not told.steps)
        helped += bool(told.steps)

    assert helped
