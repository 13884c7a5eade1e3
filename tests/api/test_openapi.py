"""The schema that integrators build on is committed, current and complete."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
AGAIN = "regenerate with: python -m api.schema > docs/openapi.json"


@pytest.fixture
def schema(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, one) for path, methods in schema["paths"].items() for method, one in methods.items()]


def test_the_committed_schema_is_current(schema: dict[str, Any]) -> None:
    assert json.loads(DOCUMENT.read_text(encoding="utf-8")) == schema, AGAIN


def test_the_schema_is_written_by_its_module(capsys: pytest.CaptureFixture[str]) -> None:
    from api.schema import main

    main()

    assert capsys.readouterr().out == DOCUMENT.read_text(encoding="utf-8"), AGAIN


def test_every_operation_is_named_summarised_and_tagged(schema: dict[str, Any]) -> None:
    for path, _method, operation in operations(schema):
        assert operation["operationId"].isidentifier(), path
        assert any("\u4e00" <= letter <= "\u9fff" for letter in operation["summary"]), path
        assert operation["description"], path
        assert operation["tags"], path


def test_every_operation_declares_its_problems(schema: dict[str, Any]) -> None:
    for path, _method, operation in operations(schema):
        refused = [answer for status, answer in operation["responses"].items() if status not in ("200", "201")]
        problems = [answer for answer in refused if "application/problem+json" in answer.get("content", {})]

        assert "500" in operation["responses"], path
        assert all(answer["content"]["application/problem+json"]["examples"] for answer in problems), path


def test_operations_under_v1_demand_the_token(schema: dict[str, Any]) -> None:
    for path, _method, operation in operations(schema):
        assert bool(operation.get("security")) is path.startswith("/v1/"), path
        assert ("401" in operation["responses"]) is path.startswith(("/v1/", "/oauth/token")), path


def test_every_field_has_a_chinese_description_and_an_example(schema: dict[str, Any]) -> None:
    bare = [
        f"{name}.{field}"
        for name, shape in schema["components"]["schemas"].items()
        for field, declared in shape.get("properties", {}).items()
        if not any("\u4e00" <= letter <= "\u9fff" for letter in declared.get("description", ""))
        or not ("examples" in declared or _is_composed(declared))
    ]

    assert bare == []


def _is_composed(declared: dict[str, Any]) -> bool:
    """Tell whether the field is made of other shapes or lists, which carry the examples."""
    return "$ref" in json.dumps(declared) or declared.get("type") == "array"


def test_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    text = json.dumps(schema)
    wanted = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}

    assert wanted <= set(schema["components"]["schemas"])


def test_no_enterprise_is_named_in_an_address(schema: dict[str, Any]) -> None:
    named = [
        (path, parameter["name"])
        for path, _method, operation in operations(schema)
        for parameter in operation.get("parameters", [])
        if parameter["in"] in ("path", "query")
    ]

    assert named
    assert not [one for one in named if "uscc" in one[1] or "enterprise" in one[1]]


def test_words_of_answers_are_open_and_words_of_requests_closed(schema: dict[str, Any]) -> None:
    shapes = schema["components"]["schemas"]
    closed, open_ = _fields_with("enum", shapes), _fields_with("x-extensible-enum", shapes)

    assert "AssessmentRequest.purpose" in closed
    assert {"AssessmentReport.status", "BatchResultReported.status", "ValidityReport.status"} <= open_
    assert not [name for name in closed if "Report" in name or name.startswith("Problem")]
    for name in open_:
        shape, field = name.split(".")
        assert "以后可能新增" in shapes[shape]["properties"][field]["description"], name


def _fields_with(word: str, shapes: dict[str, Any]) -> set[str]:
    return {
        f"{name}.{field}"
        for name, shape in shapes.items()
        for field, declared in shape.get("properties", {}).items()
        if f'"{word}":' in json.dumps(declared)
    }


def test_what_needs_no_token_says_so_and_schemes_have_names_that_tools_accept(schema: dict[str, Any]) -> None:
    for path, _method, operation in operations(schema):
        assert (operation.get("security") == []) is not path.startswith("/v1/"), path
        assert any(status.startswith("4") for status in operation["responses"]), path
    assert set(schema["components"]["securitySchemes"]) == {"client", "demonstration"}
    assert {"contact", "license"} <= set(schema["info"])
