"""How are official lists and real sources loaded?"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from api.commands.lists import Office, list_named
from api.commands.options import AsJson
from api.desks import Chapters, LoadedBatch
from api.list_desks import IntakeWishes
from api.terminal.bars import shown
from api.terminal.batches import tell_batches
from api.terminal.door import UsageRefused, command, parse_day, print_json, read_settings

SOURCES = ("cumcm2020c", "jinan")


@command
def intake(  # noqa: PLR0913 # what the person at the terminal may choose
    what: Annotated[str, typer.Argument(metavar="名单或位置", help="文件夹、文件、名单名，或来源 cumcm2020c、jinan。")],
    place: Annotated[Path | None, typer.Argument(metavar="[文件]", help="给出名单名或来源时：文件或文件夹。")] = None,
    known_on: Annotated[
        str | None, typer.Option("--known-on", metavar="日期", help="名单自身没有公布日期时，在此给出。")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="有一行不合格即整个文件不入库。")] = False,
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="列名=字段名", help="确认文件的一个表头是什么意思，并记住；可多次给出。"),
    ] = None,
    office: Office = "",
    annotated: Annotated[
        Path | None, typer.Option("--annotated", metavar="文件", help="有坏行时，把原表带批注写到这个 xlsx 文件。")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="全量名单比上一份少了一半以上时仍然入库。")] = False,
    as_json: AsJson = False,
) -> None:
    """把名单入库：一个文件夹、一个文件，或指定名单的一个文件。

    不指定名单时自动识别。每个文件是一个批次，要么整批入库，要么毫无改动；同一文件再来一次不会改变任何东西。
    不合格的行连同原因与行号隔离，其余照常入库。真实来源 cumcm2020c 与 jinan 各入自己的存储。

    退出码：0 已入库，1 故障，2 被拒绝（文件无法读取、没有一行可用、严格模式下有坏行）。
    """
    day = parse_day(known_on, "--known-on")
    with shown() as progress:
        if what in SOURCES:
            batches = _load_source(what, place, progress)
        else:
            wishes = _wishes(mapped or [], office, force, annotated)
            batches = _load_lists(what, place, known_on=day, strict=strict, wishes=wishes, progress=progress)
    if as_json:
        print_json({"batches": [_told(batch) for batch in batches]})
    else:
        tell_batches(batches)


def _load_source(source: str, place: Path | None, progress: Chapters) -> Sequence[LoadedBatch]:
    from api.clock import now
    from api.wiring import source_desk

    if place is None:
        raise UsageRefused(f"来源 {source} 需要给出文件夹。", help=f"例如：lukeping intake {source} 文件夹")
    return source_desk(read_settings()).load(source, _existing(place), at=now(), progress=progress)


def _load_lists(
    what: str, place: Path | None, *, known_on: date | None, strict: bool, wishes: IntakeWishes, progress: Chapters
) -> Sequence[LoadedBatch]:
    from api.wiring import open_desks

    path = _existing(Path(what) if place is None else place)
    desks = open_desks(read_settings())
    desk, at = desks.intake, desks.now()
    if place is None and path.is_dir():
        if wishes.headers or wishes.annotated is not None:
            raise UsageRefused("--map 与 --annotated 只用于一个文件。", help="请逐个文件导入。")
        return desk.load_folder(path, wishes=wishes, at=at, progress=progress)
    list_name = None if place is None else list_named(desk.list_names(), what)
    return desk.load_file(
        path, list_name=list_name, known_on=known_on, strict=strict, wishes=wishes, at=at, progress=progress
    )


def _existing(path: Path) -> Path:
    if not path.exists():
        raise UsageRefused(f"没有找到“{path}”。", help="请核对路径。")
    return path


def _wishes(mapped: Sequence[str], office: str, force: bool, annotated: Path | None) -> IntakeWishes:
    headers: dict[str, str] = {}
    for one in mapped:
        header, sign, named = one.rpartition("=")
        if not (header.strip() and sign and named.strip()):
            raise UsageRefused(f"--map 的值“{one}”不是“文件列名=字段名”。", help='例如：--map "专利编号=申请号"')
        headers[header] = named
    return IntakeWishes(headers=headers, office=office, force=force, annotated=annotated)


def _told(batch: LoadedBatch) -> dict[str, object]:
    return {
        "batch_id": batch.batch_id,
        "list": batch.list_name,
        "file": batch.file,
        "read": batch.read,
        "kept": batch.kept,
        "already_known": batch.already_known,
        "skipped": batch.skipped,
        "repeated": batch.repeated,
        "seen_before": batch.seen_before,
        "derived": batch.derived,
        "quarantined": batch.quarantined,
        "doubtful": batch.doubtful,
        "notes": batch.notes,
    }
