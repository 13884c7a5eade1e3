"""The house's own words hold: refusal codes, audit actions, commands named in the README."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

from api.cli import COMMANDS, GROUPS
from data.spec.audit import Action
from data.spec.errors import Refusal

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("api", "data", "features", "models", "risk")
SOURCES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts)
TEXTS = {path: path.read_text(encoding="utf-8") for path in SOURCES}


def _refusals() -> list[type[Refusal]]:
    for path, text in TEXTS.items():
        if re.search(r"^class \w+\((\w*Refusal\w*|Refused)", text, flags=re.MULTILINE):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    found, waiting = [], [Refusal]
    while waiting:
        waiting.extend(children := waiting.pop().__subclasses__())
        found.extend(children)
    return sorted((one for one in found if one.__module__.split(".")[0] in ROOMS), key=lambda one: one.__qualname__)


REFUSALS = _refusals()


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: one.__qualname__)
def test_every_refusal_has_a_code_of_its_own_a_status_and_a_sentence(refusal: type[Refusal]) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", refusal.code)
    assert 400 <= refusal.status < 600
    assert inspect.getdoc(refusal)
    assert [other for other in REFUSALS if other.code == refusal.code and "code" in vars(other)] in ([refusal], [])


@pytest.mark.parametrize("action", list(Action))
def test_every_audit_action_is_past_tense_and_recorded_somewhere(action: Action) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z]+(ed|de|ad)", action.value)
    assert any(f"Action.{action.name}" in text for path, text in TEXTS.items() if path.name != "audit.py")


@pytest.mark.parametrize("readme", ["README.md", "docs/README.zh.md"])
def test_commands_named_in_the_readme_exist(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    for target in set(re.findall(r"`?make ([a-z-]+)", text)):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
    for command in set(re.findall(r"bin/lukeping ([a-z-]+)", text)):
        assert command in {name for name, *_ in (*COMMANDS, *GROUPS)}, command


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_enterprise_data_is_read_with_access_only(path: Path) -> None:
    if path.parts[-2:] != ("store", path.name):
        return
    for signature in re.findall(r"^def (?:read|find)_\w+\([^)]*\)", TEXTS[path], flags=re.MULTILINE):
        asks_enterprises = "enterprises" in signature or "identifier" in signature
        assert not asks_enterprises or "access: Access" in signature, signature
