"""A route that is going away says so on every answer and in the schema."""

from datetime import UTC, datetime

import pytest
from fastapi import FastAPI, Response
from pydantic import BaseModel
from starlette.testclient import TestClient

from api.envelope import Envelope
from api.exchange.retiring import retiring
from api.log import open_log
from api.problems import install
from data.spec.errors import EnterpriseUnknown
from tests.scoring.conftest import Town

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
SUNSET = datetime(2027, 3, 1, 8, tzinfo=UTC)
TOLD = {
    "deprecation": "@1772323200",
    "sunset": "Mon, 01 Mar 2027 08:00:00 GMT",
    "link": '<https://example.org/v1/new>; rel="deprecation"; type="text/html"',
}


class Body(BaseModel):
    number: int


@pytest.fixture
def app(town: Town) -> FastAPI:
    """Plant one old and one new route, as the service would carry them."""
    planted = FastAPI()
    install(planted)
    going = retiring(since=SINCE, sunset=SUNSET, link="https://example.org/v1/new")

    @planted.post("/v1/old", **going)
    def old(body: Body) -> Response:
        if body.number == 0:
            raise EnterpriseUnknown("没有。")
        return Response("[]", media_type="application/json")

    @planted.get("/v1/new")
    def new() -> list[int]:
        return []

    planted.add_middleware(Envelope, log=open_log(town.folder / "l.log"))
    return planted


@pytest.mark.parametrize(("body", "status"), [({"number": 1}, 200), ({"number": 0}, 404), ({"number": "x"}, 422)])
def test_every_answer_of_a_retiring_route_says_so(app: FastAPI, body: dict[str, object], status: int) -> None:
    answer = TestClient(app).post("/v1/old", json=body)

    assert answer.status_code == status
    assert {name: answer.headers[name] for name in TOLD} == TOLD


def test_no_other_route_does(app: FastAPI) -> None:
    assert not set(TOLD) & set(TestClient(app).get("/v1/new").headers)


def test_the_schema_says_so_too(app: FastAPI) -> None:
    paths = app.openapi()["paths"]

    assert paths["/v1/old"]["post"]["deprecated"] is True
    assert "deprecated" not in paths["/v1/new"]["get"]


def test_no_route_ends_before_it_is_deprecated() -> None:
    with pytest.raises(ValueError, match="before"):
        retiring(since=SUNSET, sunset=SINCE, link="https://example.org/v1/new")
