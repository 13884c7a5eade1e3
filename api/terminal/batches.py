"""What do loaded batches look like on a terminal?"""

import sys
from collections.abc import Iterator, Sequence

from api.desks import LoadedBatch, RowsSetAside
from api.terminal.door import tell

ROWS_SHOWN = 6
FILES_SHOWN = 3


def tell_batches(batches: Sequence[LoadedBatch]) -> None:
    """Account for every row in a table, then say which rows were set aside or want a look, and what was noted."""
    files = [batch for batch in batches if not batch.derived]
    _table(files)
    for batch in batches:
        if batch.derived:
            tell(f"  推算{batch.list_label}：共 {batch.read:,} 行，其中新增或更正 {batch.kept:,} 行")
    for line in _lines(files):
        tell(f"  {line}")


def _table(batches: Sequence[LoadedBatch]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    for title in ("名单", "文件"):
        table.add_column(title, overflow="fold")
    for title in ("读到", "入库", "已有", "重复", "略过", "隔离"):
        table.add_column(title, justify="right", no_wrap=True)
    counts = [(one.read, one.kept, one.already_known, one.repeated, one.skipped, one.refused) for one in batches]
    for batch, numbers in zip(batches, counts, strict=True):
        table.add_row(batch.list_label, batch.file, *(f"{number:,}" for number in numbers))
    table.add_section()
    table.add_row("合计", f"{len(batches)} 个文件", *(f"{sum(column):,}" for column in zip(*counts, strict=True)))
    Console(width=None if sys.stdout.isatty() else 140).print(table)


def _lines(batches: Sequence[LoadedBatch]) -> Iterator[str]:
    seen = [batch.file for batch in batches if batch.seen_before]
    if seen:
        named = "、".join(seen[:FILES_SHOWN]) + (" 等" if len(seen) > FILES_SHOWN else "")
        yield f"{len(seen)} 个文件以前原样入过库，未作改动：{named}"
    for batch in batches:
        for reason in batch.quarantined:
            yield f"{batch.file}：{_told(reason)}"
        for reason in batch.doubtful:
            yield f"{batch.file}：已入库，请核对：{_told(reason)}"
    if len(batches) == 1:
        yield from (f"· {note}" for note in batches[0].notes)
        if batches[0].batch_id is not None:
            yield f"· 批次编号：{batches[0].batch_id}"


def _told(reason: RowsSetAside) -> str:
    shown_rows = "、".join(str(row) for row in reason.rows[:ROWS_SHOWN])
    more = " 等" if len(reason.rows) > ROWS_SHOWN else ""
    return f"{reason.message}（{reason.code}）{len(reason.rows)} 行：第 {shown_rows} 行{more}"
