"""How does an integrator try every operation by hand? `python -m api.bruno` writes a Bruno collection to docs/bruno.

One `.bru` file for each operation of the OpenAPI document, in a folder for each tag; the example of a body is made of
its fields' own examples. Form of the files: https://docs.usebruno.com/bru-lang/overview
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from api.schema import schema

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "bruno"
BY_HAND = frozenset({"README.md", "collection.bru"})
"""What stands there beside: how to begin, and the script that signs for a registered client."""

FOLDERS: Mapping[str, str] = {
    "评估": "assessments",
    "授权": "consents",
    "异议": "objections",
    "联合评价": "applications",
    "预警": "warnings",
    "贷款": "loans",
    "反馈": "feedback",
    "样本回溯": "back-tests",
    "事件": "events",
    "身份": "identity",
    "批量评估": "assessment-batches",
    "企业": "enterprises",
    "政策": "policies",
    "目录": "catalogue",
    "审计": "audit",
    "健康": "health",
}
"""In which folder a tag's requests stand: plain names survive every archive and file system; Bruno shows the tag."""

Operation = Mapping[str, Any]
Schema = Mapping[str, Any]

DRAWN = {"Idempotency-Key": "{{$guid}}", "If-Match": "{{etag}}", "DPoP": "{{dpop}}"}
"""Headers that are no fixed example: a new key each time, the version read last, a proof made by the script."""

ENVIRONMENT = {"base_url": "http://127.0.0.1:8000", "client_id": "bank-a-1"}
SECRETS = ("token", "client_key")


def collection(document: Schema) -> dict[str, str]:
    """Return every file of the collection that follows from the document, by its path in the folder."""
    about = {"version": "1", "name": document["info"]["title"], "type": "collection", "ignore": []}
    files = {
        "bruno.json": json.dumps(about, ensure_ascii=False, indent=2) + "\n",
        "environments/local.bru": blocks(
            dictionary("vars", {**ENVIRONMENT, "uscc": _firm(document), **_ids(document)}), listed(SECRETS)
        ),
    }
    for number, tag in enumerate(document["tags"], 1):
        meta = dictionary("meta", {"name": tag["name"], "seq": number})
        files[f"{FOLDERS[tag['name']]}/folder.bru"] = blocks(meta, text("docs", tag["description"]))
    places = {tag["name"]: count(1) for tag in document["tags"]}
    for path, method, operation in _operations(document):
        tag = operation["tags"][0]
        said = _request(document, path, method, operation, seq=next(places[tag]))
        files[f"{FOLDERS[tag]}/{operation['operationId']}.bru"] = said
    return files


def blocks(*parts: str) -> str:
    """Put blocks below each other; an empty one is left out."""
    return "\n".join(part for part in parts if part)


def dictionary(name: str, pairs: Mapping[str, object]) -> str:
    """Write a block of pairs; nothing where there is none."""
    lines = "".join(f"  {key}: {value}".rstrip() + "\n" for key, value in pairs.items())
    return f"{name} {{\n{lines}}}\n" if pairs else ""


def listed(names: Sequence[str]) -> str:
    """Write the names of variables whose values are kept out of the file."""
    return "vars:secret [\n" + ",\n".join(f"  {name}" for name in names) + "\n]\n"


def text(name: str, content: str) -> str:
    """Write a block of text; indented, for a brace at the edge would end it."""
    lines = (f"  {line}".rstrip() for line in content.strip("\n").split("\n"))
    return f"{name} {{\n" + "\n".join(lines) + "\n}\n"


def example(document: Schema, said: Schema) -> Any:
    """Return an example of a schema, from its own examples and those of its fields."""
    if "$ref" in said:
        return example(document, document["components"]["schemas"][said["$ref"].rsplit("/", 1)[1]])
    for given in (said.get("examples"), said.get("enum"), [said["const"]] if "const" in said else None):
        if given:
            return given[0]
    if "anyOf" in said:
        return example(document, said["anyOf"][0])
    if "properties" in said:
        return {name: example(document, one) for name, one in said["properties"].items()}
    if said.get("type") == "array":
        return [example(document, said["items"])]
    return None


def _request(document: Schema, path: str, method: str, operation: Operation, *, seq: int) -> str:
    guarded = bool(operation.get("security"))
    kind, body = _body(document, operation)
    where = "{{base_url}}" + re.sub(r"{(\w+)}", lambda found: "{{" + _variable(path, found[1]) + "}}", path)
    return blocks(
        dictionary("meta", {"name": operation["summary"], "type": "http", "seq": seq}),
        dictionary(method, {"url": where, "body": kind, "auth": "bearer" if guarded else "none"}),
        dictionary("params:query", _parameters(operation, "query")),
        dictionary("headers", _parameters(operation, "header")),
        dictionary("auth:bearer", {"token": "{{token}}"} if guarded else {}),
        body,
        dictionary("vars:post-response", _kept(document, path, operation)),
        text("docs", "\n".join(_docs(operation))),
    )


def _body(document: Schema, operation: Operation) -> tuple[str, str]:
    """Return the kind of body, and its block."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        said = json.dumps(example(document, content["application/json"]["schema"]), ensure_ascii=False, indent=2)
        return "json", text("body:json", said.replace(_firm(document), "{{uscc}}"))
    for said in content.values():
        fields = said["schema"]["properties"]
        pairs = {
            name if name in said["schema"]["required"] else f"~{name}": one.get("const", "{{" + name + "}}")
            for name, one in fields.items()
        }
        return "formUrlEncoded", dictionary("body:form-urlencoded", pairs)
    return "none", ""


def _parameters(operation: Operation, place: str) -> dict[str, object]:
    """Return the parameters of a kind with an example each; those of a query wait to be switched on."""
    return {
        f"~{one['name']}" if place == "query" else one["name"]: DRAWN.get(one["name"]) or one["schema"]["examples"][0]
        for one in operation.get("parameters", ())
        if one["in"] == place
    }


def _kept(document: Schema, path: str, operation: Operation) -> dict[str, str]:
    """Return what of an answer later requests need: the token, or the id of what was made."""
    if operation["operationId"] == "issue_token":
        return {"access_token": "res.body.access_token"}
    names = (name for name in ("id", "loan_no") if f"{path}/{{{name}}}" in document["paths"])
    made = {"201", "202"} & operation["responses"].keys()
    return {_variable(path, name): f"res.body.{name}" for name in names if made}


def _docs(operation: Operation) -> Iterator[str]:
    """Tell what an operation does, who may ask, what its parameters mean and what it answers."""
    yield from operation["description"].split("\n")
    scopes = [scope for one in operation.get("security", ()) for scope in one.get("client", ())]
    if scopes:
        yield from ("", f"权限：{'、'.join(scopes)}")
    if operation.get("parameters"):
        yield from ("", "参数：", "")
    for one in operation.get("parameters", ()):
        yield f"- `{one['name']}`：{one['description']}"
    yield from ("", "答复：", "")
    for status, answer in sorted(operation["responses"].items()):
        yield f"- {status}：{answer['description'].replace('Successful Response', '成功')}"


def _firm(document: Schema) -> str:
    """Return the credit code that the examples name: the integrator's own stands in its place."""
    return str(document["components"]["schemas"]["EnterpriseNamed"]["properties"]["value"]["examples"][0])


def _ids(document: Schema) -> dict[str, object]:
    """Return a first value for each id in a path: the document's own example."""
    return {
        _variable(path, one["name"]): one["schema"]["examples"][0]
        for path, _, operation in _operations(document)
        for one in operation.get("parameters", ())
        if one["in"] == "path"
    }


def _variable(path: str, name: str) -> str:
    """Name the variable of an id in a path: after what it is the id of.

    >>> _variable("/v1/assessment-batches/{id}/results", "id")
    'assessment_batch_id'
    """
    if name != "id":
        return name
    words = path.split("/")[2].replace("-", "_")
    return f"{words[:-2]}_id" if words.endswith("ches") else f"{words[:-1]}_id"


def _operations(document: Schema) -> Iterator[tuple[str, str, Operation]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def main() -> None:
    """Write the collection; what no operation stands behind any more goes."""
    files = collection(schema())
    for old in (*FOLDER.glob("*.json"), *FOLDER.glob("**/*.bru")):
        if str(old.relative_to(FOLDER)) not in {*files, *BY_HAND}:
            old.unlink()
    for name, content in files.items():
        place = FOLDER / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
