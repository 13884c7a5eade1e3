"""How are official lists and real sources loaded?"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from api.commands.options import AsJson
from api.desks import Chapters, Desks, LoadedBatch
from api.terminal.bars import shown
from api.terminal.door import UsageRefused, command, parse_day, print_json, read_settings, tell

SOURCES = ("cumcm2020c", "jinan")
ROWS_SHOWN = 6


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
    from api.wiring import open_desks

    with shown() as progress:
        desks = open_desks(read_settings())
        batches = _load(
            desks, what, place, known_on=parse_day(known_on, "--known-on"), strict=strict, progress=progress
        )
    if as_json:
        print_json({"batches": [_told(batch) for batch in batches]})
    else:
        _tell(batches)


def _load(
    desks: Desks, what: str, place: Path | None, *, known_on: date | None, strict: bool, progress: Chapters
) -> Sequence[LoadedBatch]:
    at = desks.now()
    if what in SOURCES:
        if place is None:
            raise UsageRefused(f"来源 {what} 需要给出文件夹。", help=f"例如：lukeping intake {what} 文件夹")
        return desks.intake.load_source(what, _existing(place), at=at, progress=progress)
    if place is None and Path(what).is_dir():
        return desks.intake.load_folder(Path(what), at=at, progress=progress)
    list_name = None if place is None else _known_list(desks, what)
    path = _existing(Path(what) if place is None else place)
    return [
        desks.intake.load_file(path, list_name=list_name, known_on=known_on, strict=strict, at=at, progress=progress)
    ]


def _existing(path: Path) -> Path:
    if not path.exists():
        raise UsageRefused(f"没有找到“{path}”。", help="请核对路径。")
    return path


def _known_list(desks: Desks, name: str) -> str:
    names = desks.intake.list_names()
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
        "quarantined": {code: list(rows) for code, rows in batch.quarantined.items()},
    }


def _tell(batches: Sequence[LoadedBatch]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    for title in ("名单", "文件"):
        table.add_column(title, overflow="fold")
    for title in ("读到", "入库", "已有", "略过", "隔离"):
        table.add_column(title, justify="right", no_wrap=True)
    for batch in batches:
        numbers = (batch.read, batch.kept, batch.already_known, batch.skipped, batch.refused)
        table.add_row(batch.list_label, batch.file, *(f"{number:,}" for number in numbers))
    Console().print(table)
    for batch in batches:
        for code, rows in batch.quarantined.items():
            shown_rows = "、".join(str(row) for row in rows[:ROWS_SHOWN]) + ("……" if len(rows) > ROWS_SHOWN else "")
            tell(f"  {batch.file}：{code} {len(rows)} 行（第 {shown_rows} 行）")
