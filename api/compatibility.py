"""Would a client of the published schema break on this one? `python -m api.compatibility OLD NEW` tells.

`/v1` is additive: what a client may send stays accepted, what it may rely on in answers stays there. New operations,
optional members and values of open enums are no breaks.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from api.open_enums import OPEN

Schema = Mapping[str, Any]

LEAST = ("minLength", "minimum", "exclusiveMinimum", "minItems")
MOST = ("maxLength", "maximum", "exclusiveMaximum", "maxItems")


class Side(StrEnum):
    """Say who writes what a schema describes: a request's is the client's, an answer's the service's."""

    REQUEST = "request"
    ANSWER = "answer"


@dataclass(frozen=True, order=True)
class Break:
    """Name one thing that a client may have relied on, and where."""

    place: str
    code: str


def breaks(old: Schema, new: Schema) -> list[Break]:
    """Return what a client of the old document may not rely on in the new, in the order of places."""
    return sorted(set(_Comparison(old, new).run()))


@dataclass(frozen=True)
class _Comparison:
    """Compare two documents, each with its own components."""

    old: Schema
    new: Schema

    def run(self) -> Iterator[Break]:
        for path, methods in self.old["paths"].items():
            if path not in self.new["paths"]:
                yield Break(path, "path-removed")
                continue
            for method, before in methods.items():
                after, place = self.new["paths"][path].get(method), f"{method.upper()} {path}"
                if after is None:
                    yield Break(place, "operation-removed")
                else:
                    yield from self._operation(place, before, after)

    def _operation(self, place: str, old: Schema, new: Schema) -> Iterator[Break]:
        if new.get("operationId") != old.get("operationId"):
            yield Break(place, "operation-id-changed")
        if new.get("security") != old.get("security"):
            yield Break(place, "security-changed")
        yield from self._parameters(place, old.get("parameters", []), new.get("parameters", []))
        yield from self._body(place, old.get("requestBody"), new.get("requestBody"))
        for status, before in old["responses"].items():
            if status not in new["responses"]:
                yield Break(f"{place} {status}", "status-removed")
                continue
            after, here = new["responses"][status], f"{place} {status}"
            yield from self._contents(here, before.get("content", {}), after.get("content", {}), Side.ANSWER)

    def _parameters(self, place: str, old: list[Schema], new: list[Schema]) -> Iterator[Break]:
        before = {(one["in"], one["name"].lower()): one for one in old}
        after = {(one["in"], one["name"].lower()): one for one in new}
        for key, one in before.items():
            here = f"{place} {key[0]}:{key[1]}"
            if key not in after:
                yield Break(here, "parameter-removed")
            else:
                yield from self._schema(here, one["schema"], after[key]["schema"], Side.REQUEST, ())
        for key, one in after.items():
            if one.get("required") and not before.get(key, {}).get("required"):
                yield Break(f"{place} {key[0]}:{key[1]}", "required-added")

    def _body(self, place: str, old: Schema | None, new: Schema | None) -> Iterator[Break]:
        if new is not None and new.get("required") and not (old or {}).get("required"):
            yield Break(place, "required-added")
        if old is not None:
            yield from self._contents(place, old["content"], (new or {}).get("content", {}), Side.REQUEST)

    def _contents(self, place: str, old: Schema, new: Schema, side: Side) -> Iterator[Break]:
        for media, before in old.items():
            if media not in new:
                yield Break(f"{place} {media}", "media-type-removed")
            else:
                yield from self._schema(place, before.get("schema", {}), new[media].get("schema", {}), side, ())

    def _schema(
        self, place: str, old: Schema, new: Schema, side: Side, seen: tuple[tuple[str, str], ...]
    ) -> Iterator[Break]:
        """Compare two schemas; `seen` holds the pairs of names above, for a schema may contain itself."""
        pair = (str(old.get("$ref", "")), str(new.get("$ref", "")))
        if all(pair) and pair in seen:
            return
        seen = (*seen, pair)
        before, after = _alternatives(old, self.old), _alternatives(new, self.new)
        yield from _types(place, before, after, side)
        for one, other in _alike(before, after):
            yield from _bounds(place, one, other, side)
            yield from self._members(place, one, other, side, seen)
            if "items" in one and "items" in other:
                yield from self._schema(f"{place}/*", one["items"], other["items"], side, seen)

    def _members(
        self, place: str, old: Schema, new: Schema, side: Side, seen: tuple[tuple[str, str], ...]
    ) -> Iterator[Break]:
        before, after = old.get("properties", {}), new.get("properties", {})
        needed, needs = set(old.get("required", ())), set(new.get("required", ()))
        for name, one in before.items():
            if name not in after:
                yield Break(f"{place}/{name}", "field-removed")
            else:
                yield from self._schema(f"{place}/{name}", one, after[name], side, seen)
        if side is Side.REQUEST:
            yield from (Break(f"{place}/{name}", "required-added") for name in needs - needed)
        else:
            yield from (Break(f"{place}/{name}", "no-longer-certain") for name in (needed - needs) & set(after))
        inner, others = old.get("additionalProperties"), new.get("additionalProperties")
        if isinstance(inner, Mapping) and isinstance(others, Mapping):
            yield from self._schema(f"{place}/*", inner, others, side, seen)


def _alternatives(schema: Schema, document: Schema) -> list[Schema]:
    """Return the plain schemas of which a value may be one, references followed."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return _alternatives(document["components"]["schemas"][name], document)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return [plain for one in schema[several] for plain in _alternatives(one, document)]
    return [schema]


def _type(schema: Schema) -> str:
    return str(schema.get("type", "any"))


def _types(place: str, old: list[Schema], new: list[Schema], side: Side) -> Iterator[Break]:
    """A request must take every kind of value that it took, an answer give none that it did not give."""
    before, after = {_type(one) for one in old}, {_type(one) for one in new}
    given, taken = (before, after) if side is Side.REQUEST else (after, before)
    taken |= {"integer"} if "number" in taken else set()
    if not given <= taken and "any" not in taken:
        yield Break(place, "type-changed")


def _alike(old: list[Schema], new: list[Schema]) -> Iterator[tuple[Schema, Schema]]:
    """Pair alternatives of one type, in their order."""
    for kind in dict.fromkeys(map(_type, old)):
        yield from zip(
            [one for one in old if _type(one) == kind], [one for one in new if _type(one) == kind], strict=False
        )


def _bounds(place: str, old: Schema, new: Schema, side: Side) -> Iterator[Break]:
    """Find what a request may no longer hold, and words that no longer mean anything."""
    before, after = _words(old), _words(new)
    if (before - after and (after or side is Side.ANSWER)) or (side is Side.REQUEST and after and not before):
        yield Break(place, "enum-narrowed")
    if side is Side.ANSWER:
        return
    least = any(name in new and new[name] > old.get(name, float("-inf")) for name in LEAST)
    most = any(name in new and new[name] < old.get(name, float("inf")) for name in MOST)
    if least or most:
        yield Break(place, "bound-narrowed")
    if new.get("pattern") not in (None, old.get("pattern")):
        yield Break(place, "pattern-changed")
    if new.get("additionalProperties") is False and old.get("additionalProperties") is not False:
        yield Break(place, "members-closed")


def _words(schema: Schema) -> set[str]:
    said = schema.get("enum") or schema.get(OPEN) or ([schema["const"]] if "const" in schema else [])
    return {json.dumps(word) for word in said}


def main(arguments: list[str]) -> int:
    """Print every break between two documents; return 1 where there is one."""
    old, new = (json.loads(Path(name).read_text(encoding="utf-8")) for name in arguments)
    found = breaks(old, new)
    sys.stdout.writelines(f"{one.code}\t{one.place}\n" for one in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
