"""Whatever the OpenAPI document lets a generator think of, is it answered without a fault and never given back?"""

import os
from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI, Request, Response

from risk.permissions import Role
from tests.exchange.conftest import FIRMS, World, make_world
from tests.exchange.generated import LINKS, PHASES, Answers, run
from tests.exchange.rows import ROWS

DEEP = bool(os.environ.get("LUKEPING_DEEP"))
EXAMPLES = 300 if DEEP else 2
"""Made-up requests for each operation and way of making them up, beside the examples, limits and links."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Make a service of its own: what is made here is also taken away."""
    yield from make_world(tmp_path_factory.mktemp("generated"))


@pytest.fixture(scope="module")
def answers(house: World) -> Answers:
    """Run once, and let several sentences be proved by it."""

    def caller(route: tuple[str, str]) -> dict[str, str]:
        owner = ROWS[route].owners[0] if route in ROWS else Role.BANK
        return house.headers(owner, "a")

    phases = PHASES if DEEP else tuple(one for one in PHASES if one != "coverage")
    return run(house.app, caller=caller, examples=EXAMPLES, phases=phases, firms=FIRMS[:1])


def test_no_request_that_a_generator_makes_up_brings_the_service_down(
    answers: Answers, figure: Callable[..., None]
) -> None:
    figure("hostile_requests", answers.requests, part="generated")
    figure("answers_5xx", len(answers.faults), part="generated")
    figure("echoes", len(answers.echoes), part="generated")

    assert answers.troubles == []
    assert answers.faults == []
    assert answers.echoes == []


def test_every_status_is_one_that_the_document_names(answers: Answers, figure: Callable[..., None]) -> None:
    figure("undocumented_statuses", len(answers.undocumented))

    assert sorted(answers.undocumented) == []


def test_every_operation_is_asked_and_every_caller_known(answers: Answers, house: World) -> None:
    document = house.app.openapi()
    labels = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}

    assert {label for _, label, _ in answers.answered} == labels
    guarded = {" ".join(route) for route in ROWS}
    assert not [one for one in answers.answered if one[1] in guarded and one[2] == 401]


def test_links_lead_from_what_was_made_to_what_is_read(answers: Answers) -> None:
    read = {label for phase, label, status in answers.answered if phase in LINKS and status == 200}

    assert any("{id}" in label or "{loan_no}" in label for label in read), read


def test_a_service_that_breaks_and_one_that_gives_input_back_are_found() -> None:
    app = FastAPI()

    @app.get("/broken")
    def broken(number: int) -> Response:
        return Response(status_code=500)

    @app.get("/untold")
    def untold(number: int) -> Response:
        return Response(status_code=409)

    @app.get("/echoing", responses={404: {"description": "unknown"}})
    def echoing(request: Request, text: str = "") -> Response:
        return Response(f"unknown: {request.query_params.get('text')}", status_code=404)

    headers = {"Authorization": "Bearer x", "Idempotency-Key": "k"}
    found = run(app, caller=lambda route: headers, examples=20, phases=("fuzzing",), firms=FIRMS[:1])

    assert any("/broken 500" in one for one in found.faults)
    assert any("/echoing" in one for one in found.echoes)
    assert not [one for one in found.faults if "/echoing" in one]
    assert {"GET /untold 409"} <= found.undocumented


def test_parts_of_a_figure_are_added_up_and_the_last_of_each_counts() -> None:
    from tests.figures import merged

    lines = [
        '{"name": "echoes", "part": "", "value": 1}',
        '{"name": "echoes", "part": "", "value": 2}',
        '{"name": "echoes", "part": "generated", "value": 3}',
        '{"name": "other", "part": "", "value": 4}',
    ]

    assert merged(lines) == {"echoes": 5, "other": 4}
