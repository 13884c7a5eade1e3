"""Every test that docs/method-tests.md names is there, and every rule there names one or says why it has none."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "method-tests.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", TEXT)))
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| Rule")]


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda part: part.rsplit("/", 1)[-1])
def test_a_test_that_is_named_exists(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))

    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=range(len(ROWS)))
def test_a_rule_names_its_test_or_says_why_it_has_none(row: str) -> None:
    _, rule, test, _ = (cell.strip() for cell in row.split("|"))

    assert rule
    assert re.fullmatch(r"`tests/\S+\.py::test_\w+`", test) or test.startswith("none yet: ")


def test_all_six_sections_are_there() -> None:
    assert re.findall(r"^## (\d)\.", TEXT, flags=re.MULTILINE) == list("123456")
