"""Whatever a firm is compared with, its points add up to the one score that it has; the comparison is kept."""

from collections.abc import Callable
from itertools import count
from math import fsum

import pytest

from data.spec.access import BUREAU, Purpose
from data.spec.identifiers import parse_identifier
from features.catalogue import FEATURES
from models.card import ModelCard
from models.fitted import Model
from risk.answering import Question
from risk.assess import assess
from risk.assessment import Assessment, RelativeTo, Status
from risk.explanation import explain, features_of
from risk.readers import Audience, Language
from risk.replay import replay
from tests.e2e.town import AT, TODAY, City

NUMBERS = count()
FIRMS = 12


class Shelved:
    """Load models of the city's shelf by name."""

    def __init__(self, city: City) -> None:
        self._register = city.shelf.register

    def load(self, name: str) -> tuple[Model, ModelCard]:
        return self._register.load(name)


@pytest.fixture(scope="module")
def ask(city: City) -> Callable[[str, RelativeTo], Assessment]:
    def asked(identifier: str, relative_to: RelativeTo) -> Assessment:
        question = Question(
            id=f"reasons-{next(NUMBERS)}",
            identifier=parse_identifier(identifier),
            tenant=BUREAU,
            actor="test",
            purpose=Purpose.PRE_LOAN,
            as_of=TODAY,
            at=AT,
            demonstration=True,
            relative_to=relative_to,
        )
        with city.store.work(at=AT) as work:
            answer = assess(work, question, city.shelf)
            work.commit()
        return answer

    return asked


@pytest.fixture(scope="module")
def answers(city: City, ask: Callable[[str, RelativeTo], Assessment]) -> list[dict[RelativeTo, Assessment]]:
    """Return the answers about firms with a score, by reference."""
    found = []
    for code in city.numbers().index[::60]:
        first = ask(str(code), RelativeTo.POPULATION)
        if first.status is Status.SCORED and len(found) < FIRMS:
            others = {one: ask(str(code), one) for one in (RelativeTo.CUTOFF, RelativeTo.PEERS)}
            found.append({RelativeTo.POPULATION: first, **others})
    assert len(found) > 5
    return found


@pytest.mark.parametrize("relative_to", list(RelativeTo))
def test_points_add_up_against_every_reference(
    answers: list[dict[RelativeTo, Assessment]], relative_to: RelativeTo
) -> None:
    for by_reference in answers:
        answer = by_reference[relative_to]
        lines = [line.points for line in answer.lines]

        assert answer.score == by_reference[RelativeTo.POPULATION].score
        assert fsum([*lines, *(group.points for group in answer.groups)]) == pytest.approx(answer.score, abs=1e-9)
        assert fsum([*lines, *answer.contributions.values()]) == pytest.approx(answer.score, abs=1e-9)
        assert answer.reference is not None
        assert answer.reference.score == answer.lines[0].points


@pytest.mark.parametrize("relative_to", list(RelativeTo))
def test_what_is_told_adds_up_to_all_groups(
    answers: list[dict[RelativeTo, Assessment]], relative_to: RelativeTo
) -> None:
    for by_reference in answers:
        answer = by_reference[relative_to]
        for audience in Audience:
            told = explain(answer, audience=audience, language=Language.EN)
            parts = [one.points for one in (*told.reasons_for, *told.reasons_against, *told.neutral)]
            assert fsum(parts) == pytest.approx(fsum(group.points for group in answer.groups), abs=1e-9)


def test_a_reason_has_a_direction_and_its_points_are_its_features(
    answers: list[dict[RelativeTo, Assessment]],
) -> None:
    for by_reference in answers:
        for answer in by_reference.values():
            for reason in (*answer.reasons_for, *answer.reasons_against):
                names = features_of(reason)
                assert reason.direction
                assert reason.learned is (int(FEATURES[reason.feature].direction) == 0)
                assert reason.points == pytest.approx(fsum(answer.contributions[name] for name in names), abs=1e-9)


def test_references_are_what_they_say(answers: list[dict[RelativeTo, Assessment]]) -> None:
    told = {one: [found[one].reference for found in answers] for one in RelativeTo}
    scores = {one: [reference.score for reference in found if reference] for one, found in told.items()}

    assert max(scores[RelativeTo.POPULATION]) - min(scores[RelativeTo.POPULATION]) < 1e-9
    assert max(scores[RelativeTo.CUTOFF]) - min(scores[RelativeTo.CUTOFF]) > 1
    assert {reference.kind for reference in told[RelativeTo.PEERS] if reference} & {"peers", "industry"}


def test_an_answer_is_replayed_against_the_reference_it_was_given_with(
    city: City, answers: list[dict[RelativeTo, Assessment]]
) -> None:
    for answer in answers[0].values():
        with city.store.work(at=AT) as work:
            told = replay(work, answer.id, Shelved(city), tenant=BUREAU, actor="test", demonstration=True)
        assert told is not None
        assert told.equal, told.message
