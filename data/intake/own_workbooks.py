"""Which workbooks did we write ourselves, for which list, and which of their sheets hold no rows?"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from data.intake.list_file import ListFile
from data.intake.words import as_text
from data.spec.errors import Refusal

INFO_SHEET = "模板信息"
"""Hidden; says which list a workbook of ours is for (a reader of cells does not see a file's properties)."""

DICTIONARY_SHEET = "字典"
GUIDE_SHEET = "填写说明"
PROBLEM_SHEET = "问题清单"
NO_ROWS = (INFO_SHEET, DICTIONARY_SHEET, GUIDE_SHEET, PROBLEM_SHEET)
_LABELS = ("名单", "模板版本", "用途")


class FileStands(Refusal):
    """A file of this name stands already."""

    code = "file-exists"
    status = 409


class FolderMissing(Refusal):
    """The folder that a file is to be written to is not there."""

    code = "folder-missing"


class Use(StrEnum):
    """Say what a workbook of ours is for."""

    WHOLE = "填报"
    CORRECTION = "更正"
    """Holds some rows of a file only: those that were set aside."""


@dataclass(frozen=True)
class WorkbookInfo:
    """Say for which list, in which version and for what a workbook was written."""

    list: str
    version: str
    use: Use

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Say it as rows of the hidden sheet."""
        return tuple(zip(_LABELS, (self.list, self.version, str(self.use)), strict=True))


def version_of(list_file: ListFile) -> str:
    """Name the version of a list's template: it changes when, and only when, what is asked changes."""
    columns = [
        (name, column.label, str(column.kind), str(column.unit), column.required, *column.choices.values())
        for name, column in list_file.table.columns.items()
    ]
    asked = repr((columns, list_file.known.headers, list_file.identity, sorted(list_file.constants)))
    return hashlib.blake2b(asked.encode(), digest_size=4).hexdigest()


def read_info(sheets: Iterable[tuple[str, Sequence[Sequence[Any]]]]) -> WorkbookInfo | None:
    """Read the hidden sheet of a workbook of ours, given as names and rows; None for any other."""
    for name, rows in sheets:
        said = {as_text(row[0]): as_text(row[1]) for row in rows if len(row) > 1}
        if name == INFO_SHEET and said.keys() >= set(_LABELS):
            use = Use.CORRECTION if said["用途"] == Use.CORRECTION else Use.WHOLE
            return WorkbookInfo(said["名单"], said["模板版本"], use)
    return None


def check_free(path: Path, *, force: bool = False) -> None:
    """Raise FileStands where a file would be written over, unless forced; FolderMissing where there is no folder."""
    if not path.parent.is_dir():
        raise FolderMissing(f"没有文件夹“{path.parent}”。", help="请先建好文件夹，或换一个位置。")
    if path.exists() and not force:
        raise FileStands(f"文件“{path.name}”已经存在，未作改动。", help="请换一个文件名，或加 --force 覆盖。")


@contextmanager
def written(path: Path, *, force: bool = False) -> Iterator[Path]:
    """Give a place to write to, which becomes path only when everything was written; raise FileStands."""
    check_free(path, force=force)
    partial = path.with_name(f".{path.stem}.partial{path.suffix}")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
