"""The ground holds: top level, package names, locks, budgets."""

import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("api", "data", "features", "models", "risk")
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "versions" not in path.parts)
TOP_LEVEL = {
    *ROOMS,
    "tests",
    "docs",
    "bench",
    "pyproject.toml",
    "Dockerfile",
    "Makefile",
    "README.md",
    "LICENSE",
    "requirements.txt",
    "requirements-dev.txt",
}


def test_the_top_level_holds_nothing_unexpected() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    found = {path.split("/")[0] for path in tracked.split("\0") if path}

    assert {name for name in found if not name.startswith(".")} <= TOP_LEVEL


@pytest.mark.parametrize("room", ROOMS)
def test_no_installed_package_shadows_a_room(room: str) -> None:
    spec = importlib.util.find_spec(room)

    assert spec is not None
    assert Path(str(spec.origin)).parent == ROOT / room


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_locks_pin_hashes_and_name_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pins = re.findall(r"^([a-z0-9][\w.-]*)==", text, flags=re.MULTILINE)

    assert "://" not in text
    assert "--index" not in text
    assert "--extra" not in text
    assert len(pins) > 20
    assert text.count("--hash=sha256:") >= len(pins)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_longer_than_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_which_question_it_answers(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def _bodies() -> list[int]:
    lengths = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                documented = ast.get_docstring(node, clean=False) is not None
                first = node.body[1] if documented and len(node.body) > 1 else node.body[0]
                lengths.append((node.end_lineno or 0) - first.lineno + 1)
    return lengths


def test_functions_stay_small() -> None:
    lengths = sorted(_bodies())

    assert median(lengths) < 10
    assert lengths[int(0.95 * len(lengths))] <= 40
    assert lengths[-1] <= 60


CLOCKS = {"now", "utcnow", "today"}


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if "api" not in path.parts], ids=lambda path: str(path.relative_to(ROOT))
)
def test_no_clock_ticks_below_the_doors(path: Path) -> None:
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date", "pd", "time"}
    ]

    assert calls == []


def test_importing_models_stays_light() -> None:
    heavy = "import sys, models; print([m for m in ('lightgbm', 'pandas', 'shap', 'sklearn') if m in sys.modules])"

    answer = subprocess.run([sys.executable, "-c", heavy], cwd=ROOT, capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"
