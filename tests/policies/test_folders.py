"""A product is its folder and nothing else, and the room of policies looks at data.spec alone."""

import ast
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from risk.policies import product as shelf
from risk.policies.product import product_codes

HERE = shelf.HERE
FILES = sorted(HERE.rglob("*.py"))
ALLOWED = ("data.spec", "risk.policies", "pydantic")


def imports(path: Path) -> Iterator[str]:
    """Give every module that a file imports, inside functions as well."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield str(node.module)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HERE)))
def test_policies_import_data_spec_alone(path: Path) -> None:
    strange = [
        name
        for name in imports(path)
        if not name.startswith(ALLOWED) and name.split(".")[0] not in sys.stdlib_module_names
    ]

    assert strange == []


@pytest.mark.parametrize("code", product_codes())
def test_a_product_is_three_files_in_a_package(code: str) -> None:
    found = {path.name for path in (HERE / code).iterdir() if path.is_file()}

    assert found == {"__init__.py", "product.yaml", "rules.py", "cases.yaml"}
    assert f"code: {code}\n" in (HERE / code / "product.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("code", product_codes())
def test_no_number_of_a_document_stands_in_python(code: str) -> None:
    tree = ast.parse((HERE / code / "rules.py").read_text(encoding="utf-8"))
    numbers = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and type(node.value) in (int, float)
    }

    # 0 and 1, months of a year, the day 31 December, digits shown.
    assert numbers <= {0, 1, 12, 31, 4}


def test_a_new_folder_is_a_new_product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(HERE / "rnd_loan", tmp_path / "another_loan")
    monkeypatch.setattr(shelf, "HERE", tmp_path)

    assert product_codes() == ("another_loan",)
