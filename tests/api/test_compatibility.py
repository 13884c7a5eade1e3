"""No client of the published schema breaks; every planted break is found, and nothing that is none."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from api.compatibility import breaks, main

PUBLISHED = Path(__file__).resolve().parents[2] / "docs" / "openapi.published.json"
Document = dict[str, Any]


@pytest.fixture
def published() -> Document:
    loaded: Document = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    return loaded


def test_nothing_that_was_published_is_broken(app: FastAPI, published: Document) -> None:
    assert breaks(published, app.openapi()) == []


def operation(document: Document, method: str, path: str) -> Document:
    found: Document = document["paths"][path][method]
    return found


def shape(document: Document, name: str) -> Document:
    found: Document = document["components"]["schemas"][name]
    return found


def asked(document: Document) -> Document:
    return shape(document, "AssessmentRequest")


def answered(document: Document) -> Document:
    return shape(document, "AssessmentReport")


def assessments(document: Document) -> Document:
    return operation(document, "post", "/v1/assessments")


def parameter(document: Document, path: str, name: str) -> Document:
    found: Document = next(one for one in operation(document, "get", path)["parameters"] if one["name"] == name)
    return found


RESULTS = "/v1/assessment-batches/{id}/results"
BREAKS: dict[str, tuple[Callable[[Document], object], str, str]] = {
    "a path goes": (lambda d: d["paths"].pop("/v1/models"), "path-removed", "/v1/models"),
    "an operation goes": (
        lambda d: d["paths"]["/v1/assessment-batches/{id}"].pop("delete"),
        "operation-removed",
        "DELETE /v1/assessment-batches/{id}",
    ),
    "an operation is renamed": (
        lambda d: assessments(d).update(operationId="other"),
        "operation-id-changed",
        "POST /v1/assessments",
    ),
    "another scope is asked": (
        lambda d: assessments(d).update(security=[{"机构令牌": ["loans:write"]}]),
        "security-changed",
        "POST /v1/assessments",
    ),
    "an answer's field goes": (
        lambda d: answered(d)["properties"].pop("grade"),
        "field-removed",
        "POST /v1/assessments 201/grade",
    ),
    "a request's field goes": (
        lambda d: asked(d)["properties"].pop("as_of"),
        "field-removed",
        "POST /v1/assessments/as_of",
    ),
    "a field within a list goes": (
        lambda d: shape(d, "BatchResultReported")["properties"].pop("score"),
        "field-removed",
        f"GET {RESULTS} 200/items/*/score",
    ),
    "a field within itself goes": (
        lambda d: shape(d, "LineageReported")["properties"].pop("how"),
        "field-removed",
        "GET /v1/assessments/{id}/evidence/{feature} 200/lineage/how",
    ),
    "a new field must be sent": (
        lambda d: (asked(d)["properties"].update(new={"type": "string"}), asked(d)["required"].append("new")),
        "required-added",
        "POST /v1/assessments/new",
    ),
    "an old field must be sent": (
        lambda d: asked(d)["required"].append("purpose"),
        "required-added",
        "POST /v1/assessments/purpose",
    ),
    "a new parameter must be sent": (
        lambda d: operation(d, "get", RESULTS)["parameters"].append(
            {"in": "query", "name": "new", "required": True, "schema": {"type": "string"}}
        ),
        "required-added",
        f"GET {RESULTS} query:new",
    ),
    "a parameter goes": (
        lambda d: operation(d, "get", RESULTS)["parameters"].remove(parameter(d, RESULTS, "cursor")),
        "parameter-removed",
        f"GET {RESULTS} query:cursor",
    ),
    "a parameter's bound narrows": (
        lambda d: parameter(d, RESULTS, "limit")["schema"].update(maximum=100),
        "bound-narrowed",
        f"GET {RESULTS} query:limit",
    ),
    "a request's word goes": (
        lambda d: asked(d)["properties"]["purpose"]["enum"].remove("guarantee"),
        "enum-narrowed",
        "POST /v1/assessments/purpose",
    ),
    "an answer's word goes": (
        lambda d: answered(d)["properties"]["status"]["x-extensible-enum"].remove("in_default"),
        "enum-narrowed",
        "POST /v1/assessments 201/status",
    ),
    "a free text becomes a list of words": (
        lambda d: shape(d, "EnterpriseNamed")["properties"]["value"].update(enum=["a"]),
        "enum-narrowed",
        "POST /v1/assessments/enterprise/value",
    ),
    "a request's type narrows": (
        lambda d: asked(d)["properties"].update(as_of={"type": "string", "format": "date"}),
        "type-changed",
        "POST /v1/assessments/as_of",
    ),
    "an answer's type widens": (
        lambda d: answered(d)["properties"].update(id={"anyOf": [{"type": "string"}, {"type": "null"}]}),
        "type-changed",
        "POST /v1/assessments 201/id",
    ),
    "an integer becomes a number": (
        lambda d: shape(d, "ItemCounts")["properties"]["made"].update(type="number"),
        "type-changed",
        "GET /v1/assessment-batches/{id} 200/counts/made",
    ),
    "a certain field becomes uncertain": (
        lambda d: answered(d)["required"].remove("valid_until"),
        "no-longer-certain",
        "POST /v1/assessments 201/valid_until",
    ),
    "a text gets shorter": (
        lambda d: shape(d, "EnterpriseNamed")["properties"]["value"].update(maxLength=18),
        "bound-narrowed",
        "POST /v1/assessments/enterprise/value",
    ),
    "a batch gets smaller": (
        lambda d: shape(d, "BatchRequest")["properties"]["enterprises"].update(maxItems=10),
        "bound-narrowed",
        "POST /v1/assessment-batches/enterprises",
    ),
    "a pattern changes": (
        lambda d: parameter(d, RESULTS, "id")["schema"].update(pattern="^[0-9]+$"),
        "pattern-changed",
        f"GET {RESULTS} path:id",
    ),
    "a status goes": (
        lambda d: assessments(d)["responses"].pop("201"),
        "status-removed",
        "POST /v1/assessments 201",
    ),
    "a refusal's status goes": (
        lambda d: assessments(d)["responses"].pop("429"),
        "status-removed",
        "POST /v1/assessments 429",
    ),
    "a media type goes": (
        lambda d: assessments(d)["responses"]["404"]["content"].pop("application/problem+json"),
        "media-type-removed",
        "POST /v1/assessments 404 application/problem+json",
    ),
    "a body is no longer taken": (
        lambda d: assessments(d).pop("requestBody"),
        "media-type-removed",
        "POST /v1/assessments application/json",
    ),
}


@pytest.mark.parametrize(("plant", "code", "place"), BREAKS.values(), ids=BREAKS.keys())
def test_a_planted_break_is_found(
    published: Document, plant: Callable[[Document], object], code: str, place: str
) -> None:
    broken = copy.deepcopy(published)
    plant(broken)

    assert (code, place) in [(one.code, one.place) for one in breaks(published, broken)]


SAFE: dict[str, Callable[[Document], object]] = {
    "a new path": lambda d: d["paths"].update({"/v1/new": {"get": {"responses": {}}}}),
    "a new operation": lambda d: d["paths"]["/v1/models"].update(post={"responses": {}}),
    "a new answer's field": lambda d: answered(d)["properties"].update(new={"type": "string"}),
    "a new certain field of an answer": lambda d: answered(d)["required"].append("help"),
    "a new field that may be sent": lambda d: asked(d)["properties"].update(new={"type": "string"}),
    "a field that need not be sent any more": lambda d: asked(d)["required"].remove("enterprise"),
    "a new word of an answer": lambda d: answered(d)["properties"]["status"]["x-extensible-enum"].append("new"),
    "a new word of a request": lambda d: asked(d)["properties"]["purpose"]["enum"].append("new"),
    "a new status": lambda d: assessments(d)["responses"].update({"418": {"description": "new"}}),
    "a wider bound": lambda d: shape(d, "EnterpriseNamed")["properties"]["value"].update(maxLength=100),
    "a request's wider type": lambda d: shape(d, "EnterpriseNamed")["properties"].update(
        value={"anyOf": [{"type": "string", "maxLength": 64, "minLength": 1}, {"type": "null"}]}
    ),
    "an answer's narrower type": lambda d: answered(d)["properties"].update(grade={"type": "string"}),
    "other words of description": lambda d: assessments(d).update(summary="new", description="new"),
    "an answer's words opened": lambda d: answered(d)["properties"]["status"].update(
        enum=answered(d)["properties"]["status"].pop("x-extensible-enum")
    ),
    "a parameter that may be sent": lambda d: operation(d, "get", RESULTS)["parameters"].append(
        {"in": "query", "name": "new", "schema": {"type": "string"}}
    ),
}


@pytest.mark.parametrize("change", SAFE.values(), ids=SAFE.keys())
def test_what_only_adds_is_no_break(published: Document, change: Callable[[Document], object]) -> None:
    changed = copy.deepcopy(published)
    change(changed)

    assert changed != published
    assert breaks(published, changed) == []


def test_the_command_tells_breaks_and_fails(
    published: Document, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = copy.deepcopy(published)
    broken["paths"].pop("/v1/models")
    path = tmp_path / "new.json"
    path.write_text(json.dumps(broken), encoding="utf-8")

    assert main([str(PUBLISHED), str(path)]) == 1
    assert capsys.readouterr().out == "path-removed\t/v1/models\n"
    assert main([str(PUBLISHED), str(PUBLISHED)]) == 0
