"""How is an official file, or a folder of them, taken in?"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from data.intake.batch import BatchReport, SetAside, Source, load_frame
from data.intake.drafting import Skipped, draft_sheet
from data.intake.header import Header, find_header, name_column
from data.intake.list_file import Identity, ListFile
from data.intake.lists import LISTS
from data.intake.sheet import SUFFIXES, SourceFile, read_source_file
from data.spec.errors import Refusal
from data.spec.progress import Progress, Silent
from data.store import Store


class FolderEmpty(Refusal):
    """The folder holds no file that could be a list."""

    code = "folder-empty"


def load_file(  # noqa: PLR0913 # store and path, and six choices of the command line
    store: Store,
    path: Path,
    *,
    at: datetime,
    actor: str,
    list_name: str | None = None,
    known_on: date | None = None,
    strict: bool = False,
    progress: Progress | None = None,
) -> BatchReport:
    """Take one official file in as one batch, or refuse it and change nothing.

    `list_name` names the list where the headers do not; `known_on` the day of a list that does not say
    its own.
    Raises a Refusal for a file fault, for no row kept, and where strict for a row fault.
    """
    heard = progress or Silent()
    heard.stage(f"读取 {path.name}", 3)
    file = read_source_file(path)
    heard.advance()
    header = find_header(file, list_name=list_name)
    draft = draft_sheet(header, known_on=known_on)
    heard.advance()
    report = load_frame(
        store,
        _source(file, header, known_on=known_on, skipped=draft.skipped),
        draft.frame,
        set_aside=SetAside(draft.faults, draft.raw),
        at=at,
        actor=actor,
        strict=strict,
    )
    heard.advance()
    return report


def _source(file: SourceFile, header: Header, *, known_on: date | None, skipped: Skipped) -> Source:
    list_file = header.list_file
    return Source(
        list=list_file.name,
        label=list_file.label,
        table=list_file.table,
        file_name=file.name,
        file_sha256=file.sha256,
        known_on=known_on,
        skipped=skipped,
        checks=list_file.checks,
        registers=registers_names(list_file),
        amends=list_file.amends,
        notes=_notes(file, header),
    )


def registers_names(list_file: ListFile) -> bool:
    """Tell whether a list says what enterprises are called: the register itself, and renamings."""
    is_register = name_column(list_file) in list_file.table.columns
    return is_register or (list_file.amends and "former_name" in list_file.headers)


def _notes(file: SourceFile, header: Header) -> tuple[str, ...]:
    notes = [f"格式：{file.kind}", f"表头：第 {header.first + 1} 行"]
    if header.sheet.name:
        notes.append(f"工作表：{header.sheet.name}")
    if header.announced_on is not None:
        notes.append(f"标题中的公告日期：{header.announced_on}")
    if header.unused:
        notes.append(f"未采用的列：{'、'.join(header.unused)}")
    others = [sheet.name for sheet in file.sheets if sheet is not header.sheet and sheet.rows]
    if others:
        notes.append(f"未读取的工作表：{'、'.join(others)}")
    return tuple(notes)


@dataclass(frozen=True, order=True)
class _Place:
    """Say where a file stands in the order of loading."""

    rank: int
    list_place: int
    announced_on: date
    file_name: str
    path: Path


def load_folder(
    store: Store, folder: Path, *, at: datetime, actor: str, progress: Progress | None = None
) -> list[BatchReport]:
    """Take a folder of official files in, each as a batch of its own.

    Every file is recognised before any is loaded, so that a file that is no list refuses the folder and
    changes nothing. The register goes first, then lists with codes, then lists by name, amendments last;
    within a list by announcement day.
    Raises FolderEmpty, or the first file's Refusal.
    """
    heard = progress or Silent()
    paths = sorted(path for path in folder.iterdir() if path.name.lower().endswith(SUFFIXES))
    if not paths:
        raise FolderEmpty(f"文件夹“{folder.name}”中没有可导入的文件。", help=f"可导入：{'、'.join(SUFFIXES)}。")
    heard.stage("识别名单", len(paths))
    places = []
    for path in paths:
        places.append(_place(path))
        heard.advance()
    heard.stage("导入名单", len(places))
    reports = []
    for place in sorted(places):
        reports.append(load_file(store, place.path, at=at, actor=actor))
        heard.note(_line(reports[-1]))
        heard.advance()
    return reports


def _place(path: Path) -> _Place:
    header = find_header(read_source_file(path))
    list_file = header.list_file
    day = header.announced_on or date.min
    return _Place(_rank(list_file), list(LISTS).index(list_file.name), day, path.name, path)


def _rank(list_file: ListFile) -> int:
    if name_column(list_file) in list_file.table.columns:
        return 0
    if list_file.amends:
        return 3
    return 1 if list_file.identity is Identity.BY_CODE else 2


def _line(report: BatchReport) -> str:
    known = report.already_known + report.repeated
    return (
        f"{report.file_name}：{report.label}，读取 {report.rows_read} 行，保留 {report.kept}，"
        f"已有 {known}，跳过 {int(report.skipped)}，隔离 {report.quarantined_rows}"
    )
