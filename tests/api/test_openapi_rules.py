"""Does the committed document keep the rules that linters of OpenAPI recommend?"""

import copy
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

DOCUMENT: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[2] / "docs" / "openapi.json").read_text(encoding="utf-8")
)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        yield from ((path, operation) for operation in item.values())


def _faults(document: dict[str, Any]) -> list[str]:
    names = [operation["operationId"] for _, operation in _operations(document)]
    tags = {tag["name"] for tag in document["tags"] if tag.get("description")}
    found = [f"info {key}" for key in ("license", "contact", "description") if not document["info"].get(key)]
    found += [] if document.get("servers") else ["servers"]
    found += [f"twice {name}" for name in set(names) if names.count(name) > 1]
    found += [f"slash {path}" for path in document["paths"] if path != "/" and path.endswith("/")]
    for path, operation in _operations(document):
        said = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
        found += [] if said == set(re.findall(r"{(\w+)}", path)) else [f"parameters {path}"]
        found += [] if set(operation["tags"]) <= tags else [f"tags {path}"]
        found += [] if any(code.startswith("4") for code in operation["responses"]) else [f"4xx {path}"]
    return found


def test_the_document_keeps_the_rules() -> None:
    assert _faults(DOCUMENT) == []


def _first(document: dict[str, Any]) -> dict[str, Any]:
    return next(operation for path, operation in _operations(document) if "{" in path)


SPOILT: dict[str, Callable[[dict[str, Any]], object]] = {
    "info license": lambda document: document["info"].pop("license"),
    "info contact": lambda document: document["info"].pop("contact"),
    "info description": lambda document: document["info"].pop("description"),
    "servers": lambda document: document.pop("servers"),
    "slash /v1/x/": lambda document: document["paths"].update({"/v1/x/": {}}),
    "parameters": lambda document: _first(document).update(parameters=[]),
    "tags": lambda document: _first(document).update(tags=["none"]),
    "4xx": lambda document: _first(document).update(responses={"200": {}}),
    "twice": lambda document: document["paths"].update({"/v1/x": {"get": copy.deepcopy(_first(document))}}),
}


@pytest.mark.parametrize("fault", SPOILT)
def test_each_rule_can_be_broken(fault: str) -> None:
    document = copy.deepcopy(DOCUMENT)

    SPOILT[fault](document)

    assert any(found.startswith(fault) for found in _faults(document))
