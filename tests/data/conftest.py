"""What tests of the store and the intake start from: an empty store, and files written on the spot."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from data.spec.digests import Digest
from data.spec.identifiers import with_uscc_check_digit
from data.store import Store
from data.store.audit import Chaining

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
Book = Callable[[str, Sequence[Sequence[object]]], Path]


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the tables once; each test opens a copy."""
    path = tmp_path_factory.mktemp("store") / "made.db"
    Store.create(f"sqlite:///{path}", at=AT, demonstration_today=date(2026, 1, 1)).close()
    return path


@pytest.fixture
def store(made_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Open a store of its own; LUKEPING_DIGEST=sm3 runs every sentence on the other digest."""
    path = tmp_path_factory.mktemp("store") / "store.db"
    shutil.copy(made_once, path)
    opened = Store.open(f"sqlite:///{path}", chaining=Chaining(Digest(os.environ.get("LUKEPING_DIGEST", "sha256"))))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def codes() -> list[str]:
    """Return well-formed codes of enterprises that do not exist."""
    return [with_uscc_check_digit(f"91370303MA{number:07d}") for number in range(20)]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Write rows as a workbook of one sheet."""

    def write(name: str, rows: Sequence[Sequence[object]]) -> Path:
        with xlsxwriter.Workbook(str(tmp_path / name)) as workbook:
            sheet = workbook.add_worksheet("名单")
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    sheet.write(number, place, cell)
        return tmp_path / name

    return write


@pytest.fixture
def text(tmp_path: Path) -> Callable[..., Path]:
    """Write rows as separated values."""

    def write(name: str, rows: Sequence[Sequence[object]], *, encoding: str = "utf-8-sig") -> Path:
        lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
        (tmp_path / name).write_bytes("\r\n".join(lines).encode(encoding))
        return tmp_path / name

    return write
