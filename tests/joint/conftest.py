"""The small house, built once; each test opens a copy."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from data.store import Store
from tests.joint.house import BEFORE, House, build


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("house") / "built.db"
    store = Store.create(f"sqlite:///{path}", at=BEFORE, demonstration_today=date(2026, 12, 31))
    build(store)
    store.close()
    return path


@pytest.fixture
def house(built_once: Path, tmp_path: Path) -> Iterator[House]:
    path = tmp_path / "store.db"
    shutil.copy(built_once, path)
    store = Store.open(f"sqlite:///{path}")
    yield House(store)
    store.close()
