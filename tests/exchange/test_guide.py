"""Is every line of the integrator's guide true? It is run, line by line, against a service."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.cli import main
from tests.exchange.conftest import FIRMS, World, make_world

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "integrators-guide.md"
BLOCK = re.compile(r"```(python|console)\n(.*?)```", flags=re.DOTALL)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[World]:
    yield from make_world(tmp_path / "state")


def test_the_guide_does_what_it_says(
    house: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LUKEPING_STATE", str(house.settings.state))
    blocks = BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    names: dict[str, object] = {
        "folder": tmp_path,
        "address": "http://testserver",
        "http": TestClient(house.app),
        "uscc": FIRMS[0],
        "stranger": FIRMS[1],
    }

    for language, text in blocks:
        if language == "python":
            exec(compile(text, str(GUIDE), "exec"), names)  # The guide's own lines.
        for line in text.splitlines() if language == "console" else ():
            command, *arguments = shlex.split(line.replace("{folder}", str(tmp_path)))
            assert command == "lukeping"
            monkeypatch.setattr("sys.argv", [command, *arguments])
            with pytest.raises(SystemExit) as ended:
                main()
            assert ended.value.code in (0, None), capsys.readouterr().err

    assert len(blocks) >= 7
    assert "bank-a-1" in capsys.readouterr().out


def test_what_the_guide_points_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", GUIDE.read_text(encoding="utf-8")):
        assert (GUIDE.parent / target).exists(), target
