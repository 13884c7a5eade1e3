"""How are official lists and real sources loaded?"""

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from api.commands.options import AsJson
from api.desks import Chapters, IntakeDesk, LoadedBatch
from api.terminal.bars import shown
from api.terminal.door import UsageRefused, command, parse_day, print_json, read_settings, tell

SOURCES = ("cumcm2020c", "jinan")
ROWS_SHOWN = 6
FILES_SHOWN = 3


@command
def intake(
    what: Annotated[str, typer.Argument(metavar="名单或位置", help="文件夹、文件、名单名，或来源 cumcm2020c、jinan。")],
    place: Annotated[Path | None, typer.Argument(metavar="[文件]", help="给出名单名或来源时：文件或文件夹。")] = None,
    known_on: Annotated[
        str | None, typer.Option("--known-on", metavar="日期", help="名单自身没有公布日期时，在此给出。")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="有一行不合格即整个文件不入库。")] = False,
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
            batches = _load_lists(what, place, known_on=day, strict=strict, progress=progress)
    if as_json:
        print_json({"batches": [_told(batch) for batch in batches]})
    else:
        _tell(batches)


def _load_source(source: str, place: Path | None, progress: Chapters) -> Sequence[LoadedBatch]:
    from api.clock import now
    from api.wiring import source_desk

    if place is None:
        raise UsageRefused(f"来源 {source} 需要给出文件夹。", help=f"例如：lukeping intake {source} 文件夹")
    return source_desk(read_settings()).load(source, _existing(place), at=now(), progress=progress)


def _load_lists(
    what: str, place: Path | None, *, known_on: date | None, strict: bool, progress: Chapters
) -> Sequence[LoadedBatch]:
    from api.wiring import open_desks

    path = _existing(Path(what) if place is None else place)
    desks = open_desks(read_settings())
    desk, at = desks.intake, desks.now()
    if place is None and path.is_dir():
        return desk.load_folder(path, at=at, progress=progress)
    list_name = None if place is None else _known_list(desk, what)
    return desk.load_file(path, list_name=list_name, known_on=known_on, strict=strict, at=at, progress=progress)


def _existing(path: Path) -> Path:
    if not path.exists():
        raise UsageRefused(f"没有找到“{path}”。", help="请核对路径。")
    return path


def _known_list(desk: IntakeDesk, name: str) -> str:
    names = desk.list_names()
    by_label = {label: own for own, label in names.items()}
    if name not in names and name not in by_label:
        raise UsageRefused(f"没有名为“{name}”的名单。", help="可用的有：" + "、".join(names))
    return by_label.get(name, name)


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
        "notes": batch.notes,
    }


def _tell(batches: Sequence[LoadedBatch]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    for title in ("名单", "文件"):
        table.add_column(title, overflow="fold")
    for title in ("读到", "入库", "已有", "重复", "略过", "隔离"):
        table.add_column(title, justify="right", no_wrap=True)
    files = [batch for batch in batches if not batch.derived]
    counts = [(one.read, one.kept, one.already_known, one.repeated, one.skipped, one.refused) for one in files]
    for batch, numbers in zip(files, counts, strict=True):
        table.add_row(batch.list_label, batch.file, *(f"{number:,}" for number in numbers))
    table.add_section()
    table.add_row("合计", f"{len(files)} 个文件", *(f"{sum(column):,}" for column in zip(*counts, strict=True)))
    Console(width=None if sys.stdout.isatty() else 140).print(table)
    _tell_derived(batches)
    seen = [batch.file for batch in files if batch.seen_before]
    if seen:
        named = "、".join(seen[:FILES_SHOWN]) + (" 等" if len(seen) > FILES_SHOWN else "")
        tell(f"  {len(seen)} 个文件以前原样入过库，未作改动：{named}")
    for batch in batches:
        for reason in batch.quarantined:
            tell(f"  {batch.file}：{reason.message}（{reason.code}）{len(reason.rows)} 行：{_rows(reason.rows)}")


def _tell_derived(batches: Sequence[LoadedBatch]) -> None:
    for batch in batches:
        if batch.derived:
            tell(f"  推算{batch.list_label}：共 {batch.read:,} 行，其中新增或更正 {batch.kept:,} 行")


def _rows(rows: Sequence[int]) -> str:
    shown_rows = "、".join(str(row) for row in rows[:ROWS_SHOWN])
    return f"第 {shown_rows} 行" + (" 等" if len(rows) > ROWS_SHOWN else "")
