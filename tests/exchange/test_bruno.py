"""Is the collection that integrators open complete, current and readable, and does the service take what it sends?"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.bruno import BY_HAND, FOLDER, FOLDERS, collection, main
from api.schema import schema
from tests.exchange.conftest import World, make_world
from tests.exchange.rows import ROWS

AGAIN = "regenerate with: python -m api.bruno"
BLOCK = re.compile(r"^([a-z]+(?::[a-z-]+)?) ([{\[])\n(.*?)^[}\]]\n", re.MULTILINE | re.DOTALL)
PAIR = re.compile(r"  (~?[A-Za-z_][\w-]*):(?: (\S.*))?")
TEXTS = frozenset({"docs", "body:json", "script:pre-request", "script:post-response"})
UNSEEN = frozenset({"request-invalid", "body-unreadable", "not-found", "method-not-allowed"})
"""What is answered where a request is not even of the form that an operation reads."""

Blocks = dict[str, Any]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Make a service of its own: a consent of the examples bounds what others may ask about the firm."""
    yield from make_world(tmp_path_factory.mktemp("bruno"))


def read(text: str) -> Blocks:
    """Read a `.bru` file: blocks of pairs, of names, and of text; anything beside them is a fault."""
    assert BLOCK.sub("", text).strip() == "", BLOCK.sub("", text)
    found = [(name, kind, content) for name, kind, content in BLOCK.findall(text)]
    assert len({name for name, _, _ in found}) == len(found)
    return {name: _content(name, kind, content) for name, kind, content in found}


def _content(name: str, kind: str, content: str) -> Any:
    lines = content.splitlines()
    assert all(line == "" or line.startswith("  ") for line in lines), name
    if name in TEXTS:
        return "\n".join(line[2:] for line in lines)
    if kind == "[":
        return [line.strip().rstrip(",") for line in lines]
    pairs = [PAIR.fullmatch(line) for line in lines]
    assert all(pairs), content
    return {pair[1]: pair[2] or "" for pair in pairs if pair}


FILES = {
    str(path.relative_to(FOLDER)): path.read_text(encoding="utf-8") for path in FOLDER.rglob("*") if path.is_file()
}
REQUESTS = {
    Path(name).stem: read(text)
    for name, text in FILES.items()
    if Path(name).name not in ("collection.bru", "folder.bru") and "/" in name and not name.startswith("environments/")
}
OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for path, methods in schema()["paths"].items()
    for method, operation in methods.items()
}
ENVIRONMENT = read(FILES["environments/local.bru"])


def test_the_committed_collection_is_current() -> None:
    written = {name: text for name, text in FILES.items() if name not in BY_HAND}

    assert written == collection(schema()), AGAIN


def test_the_collection_is_written_by_its_module_and_what_is_stale_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.bruno.FOLDER", tmp_path)
    (tmp_path / "评估").mkdir()
    (tmp_path / "评估" / "gone.bru").write_text("x", encoding="utf-8")
    (tmp_path / "README.md").write_text("x", encoding="utf-8")

    main()

    names = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert names == FILES.keys() - {"collection.bru"}


def test_every_operation_has_a_request_in_the_folder_of_its_tag() -> None:
    assert REQUESTS.keys() == OPERATIONS.keys()
    for name, (method, path, operation) in OPERATIONS.items():
        assert f"{FOLDERS[operation['tags'][0]]}/{name}.bru" in FILES
        request = REQUESTS[name]
        assert request["meta"]["name"] == operation["summary"]
        assert filled(request[method]["url"]) == "http://127.0.0.1:8000" + re.sub(r"{\w+}", "x", path)
        assert request["docs"].startswith(operation["description"].split("\n")[0])


def filled(url: str) -> str:
    """Return an address with every id as x."""
    return re.sub(r"{{(\w+)}}", lambda found: ENVIRONMENT["vars"][found[1]] if found[1] == "base_url" else "x", url)


def test_every_variable_has_a_value_or_is_asked_for() -> None:
    known = {*ENVIRONMENT["vars"], *ENVIRONMENT["vars:secret"]}
    set_by_script = set(re.findall(r'bru\.setVar\("(\w+)"', FILES["collection.bru"]))

    for name, request in REQUESTS.items():
        shown = {key: value for key, value in request.items() if key != "docs"}
        switched_on = re.sub(r'"~\w+": "[^"]*"', "", json.dumps(shown))
        assert set(re.findall(r"{{(\w+)}}", switched_on)) <= known | set_by_script, name


def test_guarded_operations_send_the_token_and_others_do_not() -> None:
    for name, (method, _, operation) in OPERATIONS.items():
        guarded = bool(operation.get("security"))
        assert (REQUESTS[name][method]["auth"] == "bearer") is guarded, name
        assert (REQUESTS[name].get("auth:bearer") == {"token": "{{token}}"}) is guarded, name


def test_the_files_that_a_hand_wrote_can_be_read() -> None:
    for name in ("collection.bru", *(name for name in FILES if name.endswith("folder.bru"))):
        assert read(FILES[name])
    assert json.loads(FILES["bruno.json"])["version"] == "1"
    assert "lk_" not in "".join(FILES.values())


@pytest.mark.parametrize("name", sorted(name for name, request in REQUESTS.items() if "body:json" in request))
def test_the_service_reads_every_example(house: World, name: str) -> None:
    method, path, _ = OPERATIONS[name]
    owner = ROWS[method.upper(), path].owners[0]
    body = REQUESTS[name]["body:json"].replace("{{uscc}}", ENVIRONMENT["vars"]["uscc"])
    headers = {**house.headers(owner, "a"), "Content-Type": "application/json", "If-Match": '"1"'}

    answer = house.client.request(method, re.sub(r"{\w+}", "unknown", path), content=body.encode(), headers=headers)

    assert answer.status_code < 300 or answer.json()["code"] not in UNSEEN, answer.text
