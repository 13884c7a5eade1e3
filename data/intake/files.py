"""How is an official file, or a folder of them, taken in?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from data.intake.annotating import write_annotated
from data.intake.batch import BatchReport, SetAside, Source, load_frame
from data.intake.drafting import RowFault, Skipped, draft_sheet
from data.intake.header import Confirmed, Header, ListUnknown, name_column
from data.intake.header_hints import hints_for_unused, recognise
from data.intake.list_file import Identity, ListFile
from data.intake.lists import LISTS
from data.intake.mapping import confirm, label_of, plain, plain_header, recall
from data.intake.own_workbooks import NO_ROWS, Use, WorkbookInfo, check_free, read_info, version_of
from data.intake.refusals import RowsRefused
from data.intake.sheet import SUFFIXES, SourceFile, read_source_file
from data.intake.shrinking import Length
from data.intake.words import as_text
from data.spec.errors import Refusal
from data.spec.progress import Progress, Silent
from data.store import Store


class FolderEmpty(Refusal):
    """The folder holds no file that could be a list."""

    code = "folder-empty"


@dataclass(frozen=True, kw_only=True)
class Instructions:
    """Say how a person wants files to be taken.

    `headers` says what headers of the file mean (and is remembered for files of `office`); `force` takes a
    whole list that looks cut off; `annotated` is where the file goes back to its sender, with remarks on bad cells.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    office: str = ""
    force: bool = False
    annotated: Path | None = None


AS_IT_IS = Instructions()


def load_file(  # noqa: PLR0913 # store and path, and what the command line may choose
    store: Store,
    path: Path,
    *,
    at: datetime,
    actor: str,
    list_name: str | None = None,
    known_on: date | None = None,
    strict: bool = False,
    instructions: Instructions = AS_IT_IS,
    progress: Progress | None = None,
) -> BatchReport:
    """Take one official file in as one batch, or refuse it and change nothing.

    `list_name` names the list where the headers do not; `known_on` the day of a list that does not say
    its own.
    Raises a Refusal for a file fault, for no row kept, and where strict for a row fault; a refusal for rows
    leaves the annotated workbook too, where one is wanted.
    """
    heard = progress or Silent()
    heard.stage(f"读取 {path.name}", 3)
    if instructions.annotated is not None:
        check_free(instructions.annotated)
    file = read_source_file(path)
    heard.advance()
    recognised = _recognise(store, file, instructions, list_name=list_name, at=at)
    draft = draft_sheet(recognised.header, known_on=known_on)
    heard.advance()
    with _annotating(path, file, recognised.header, instructions) as annotate:
        report = load_frame(
            store,
            _source(file, recognised, instructions, known_on=known_on, skipped=draft.skipped),
            draft.frame,
            set_aside=SetAside(draft.faults, draft.raw),
            at=at,
            actor=actor,
            strict=strict,
        )
        report = replace(report, notes=(*report.notes, *annotate(report.faults)))
    heard.advance()
    return report


@dataclass(frozen=True)
class _Recognised:
    """Carry a header, what a person now confirms of it, and what was remembered."""

    header: Header
    confirmed: Mapping[str, str]
    recalled: Mapping[str, str]


def _recognise(
    store: Store, file: SourceFile, instructions: Instructions, *, list_name: str | None, at: datetime
) -> _Recognised:
    confirmed: dict[str, str] = {}
    if instructions.headers:
        if list_name is None or list_name not in LISTS:
            raise ListUnknown("给出表头对应时须指明名单。", help="例如：lukeping intake patent 文件 --map 列名=字段名")
        confirmed = confirm(LISTS[list_name], instructions.headers, file)
    recalled = recall(store, instructions.office, at=at)
    known = dict(recalled) | ({list_name: {**recalled.get(list_name, {}), **confirmed}} if list_name else {})
    header = recognise(file, list_name=list_name, confirmed=known)
    return _Recognised(header, confirmed, recalled.get(header.list_file.name, {}))


@contextmanager
def _annotating(
    path: Path, file: SourceFile, header: Header, instructions: Instructions
) -> Iterator[Callable[[Sequence[RowFault]], tuple[str, ...]]]:
    """Give a way to write the annotated workbook; where rows refuse the file, write it before the refusal goes on."""

    def annotate(faults: Sequence[RowFault]) -> tuple[str, ...]:
        if instructions.annotated is None:
            return ()
        if not faults:
            return ("没有需要批注的单元格，未写带批注的工作簿",)
        return (write_annotated(path, file, header, faults, to=instructions.annotated),)

    try:
        yield annotate
    except RowsRefused as refusal:
        refusal.help = "".join((refusal.help, *(f"{note}。" for note in annotate(refusal.faults))))
        raise


def _source(
    file: SourceFile, recognised: _Recognised, instructions: Instructions, *, known_on: date | None, skipped: Skipped
) -> Source:
    header, list_file = recognised.header, recognised.header.list_file
    info = read_info((sheet.name, sheet.rows) for sheet in file.sheets)
    partial = info is not None and info.use is Use.CORRECTION
    return Source(
        list=list_file.name,
        label=list_file.label,
        table=list_file.table,
        file_name=file.name,
        file_sha256=file.sha256,
        known_on=known_on,
        skipped=skipped,
        checks=list_file.checks,
        doubts=list_file.doubts,
        length=_length(list_file, partial=partial, force=instructions.force),
        registers=registers_names(list_file),
        amends=list_file.amends,
        headers=header.named(),
        confirmed=recognised.confirmed,
        office=instructions.office,
        notes=(*_notes(file, header), *_told_of_headers(recognised, info)),
    )


def _length(list_file: ListFile, *, partial: bool, force: bool) -> Length:
    if partial or force:
        return Length.NOTHING
    return Length.REFUSED if list_file.whole else Length.NOTED


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
    below = [place for place in header.sheet.filled if place[0] > header.last and place[1] < len(header.texts)]
    filled = sum(as_text(header.sheet.rows[row][column]) != header.texts[column] for row, column in below)
    if filled:
        notes.append(f"合并单元格：已把同一内容填入其下 {filled} 格")
    if header.unused:
        notes.append(f"未采用的列：{'、'.join(header.unused)}")
    others = [sheet.name for sheet in file.sheets if sheet is not header.sheet and sheet.rows]
    others = [name for name in others if name not in NO_ROWS]
    if others:
        notes.append(f"未读取的工作表：{'、'.join(others)}")
    return tuple(notes)


def _told_of_headers(recognised: _Recognised, info: WorkbookInfo | None) -> Iterator[str]:
    header = recognised.header
    if info is not None and info.version != version_of(header.list_file):
        yield "模板不是当前版本，建议用 lukeping template 重新下载"
    for text, meaning in {**recognised.recalled, **recognised.confirmed}.items():
        place = header.places.get(meaning)
        if place is not None and text in (plain_header(header.texts[place]), plain(header.texts[place])):
            how = "本次确认，已记住" if text in recognised.confirmed else "按记住的对应"
            yield f"表头“{header.texts[place]}”＝“{label_of(header.list_file, meaning)}”（{how}）"
    for hint in hints_for_unused(header):
        yield f"{hint}；如是，请用 --map 确认"


@dataclass(frozen=True, order=True)
class _Place:
    """Say where a file stands in the order of loading."""

    rank: int
    list_place: int
    announced_on: date
    file_name: str
    path: Path


def load_folder(
    store: Store,
    folder: Path,
    *,
    at: datetime,
    actor: str,
    instructions: Instructions = AS_IT_IS,
    progress: Progress | None = None,
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
    confirmed = recall(store, instructions.office, at=at)
    for path in paths:
        places.append(_place(path, confirmed))
        heard.advance()
    heard.stage("导入名单", len(places))
    reports = []
    for place in sorted(places):
        reports.append(load_file(store, place.path, at=at, actor=actor, instructions=instructions))
        heard.note(_line(reports[-1]))
        heard.advance()
    return reports


def _place(path: Path, confirmed: Confirmed) -> _Place:
    header = recognise(read_source_file(path), list_name=None, confirmed=confirmed)
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
