"""Which words of answers may become more? All of them, and the schema says so."""

from collections.abc import Iterator, Mapping
from typing import Any

OPEN = "x-extensible-enum"
"""In the place of `enum`, which lets a generated client refuse a word that came later (Zalando, rule 112)."""

SAID = "以后可能新增"
REFERENCE = "#/components/schemas/"


def open_enums(document: Mapping[str, Any]) -> None:
    """Turn the enums of shapes that only answers have into open ones, in place."""
    shapes = document["components"]["schemas"]
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    asked = _reachable([one.get("requestBody", {}) for one in operations], shapes)
    for name, shape in shapes.items():
        if name not in asked:
            for declared in shape.get("properties", {}).values():
                _open(declared)


def _reachable(roots: list[Any], shapes: Mapping[str, Any]) -> set[str]:
    """Return the names of the shapes to which these lead."""
    waiting, found = list(roots), set[str]()
    while waiting:
        names = {name for name in _references(waiting.pop()) if name not in found}
        found |= names
        waiting += [shapes[name] for name in names]
    return found


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].removeprefix(REFERENCE)
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from _references(one)


def _open(declared: dict[str, Any]) -> None:
    """Open a field's words, wherever they stand in it, and say so where its description does not yet."""
    places = [declared, *declared.get("anyOf", []), *([declared["items"]] if "items" in declared else [])]
    closed = [place for place in places if "enum" in place]
    for place in closed:
        place[OPEN] = place.pop("enum")
    if closed and SAID not in declared.get("description", ""):
        declared["description"] = f"{declared.get('description', '')}；{SAID}"
