"""What do a replay, a change and advice look like on a terminal?"""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.terminal.page import percent

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from risk.change import Change, Moved
    from risk.improvement import Improvement, Step
    from risk.lineage import EvidenceRow
    from risk.replay import Replay

WIDTH = 140
"""Columns of a page that is piped."""

ROWS_SHOWN = 4


def show_replay(found: "Replay") -> None:
    """Print whether an answer was given again, and each part that was not."""
    from rich.text import Text

    console = _console()
    console.print(
        Text.assemble((found.enterprise_name, "bold"), f"   评估 {found.assessment_id}   评估日 {found.as_of}")
    )
    console.print(f"只用 {found.recorded_before:%Y-%m-%d %H:%M} 之前已入库的材料", style="dim")
    console.print(f"{'✔' if found.equal else '✘'} {found.message}", style="bold blue" if found.equal else "bold red")
    if found.differences:
        table = _table("项目", "所存", "重算")
        for one in found.differences:
            table.add_row(one.label, _plain(one.kept), _plain(one.again))
        console.print(table)


def show_change(found: "Change") -> None:
    """Print the bridge from one score to the other, line by line, with the rows behind what moved."""
    from rich.text import Text

    console = _console()
    console.print(Text.assemble((found.enterprise_name, "bold"), "  ", (found.identifier, "dim")))
    console.print(
        f"{found.before_on} 的 [bold]{found.before}[/] 分 → {found.after_on} 的 [bold]{found.after}[/] 分"
        f"（{found.after - found.before:+d}）"
    )
    table = _table("由来", "此前", "此后", "分值")
    for moved in found.moved:
        table.add_row(_told(moved), _number(moved.before), _number(moved.after), f"{moved.points:+.2f}")
    for part in found.parts:
        if abs(part.points) >= 0.005:
            table.add_row(part.label, "", "", f"{part.points:+.2f}")
    table.add_section()
    table.add_row("合计", str(found.before), str(found.after), f"{found.after - found.before:+.2f}")
    console.print(table)


def show_advice(found: "Improvement") -> None:
    """Print what would help, best first, and what all of it would come to."""
    console = _console()
    console.print(f"现有信用分 [bold]{found.score}[/]，等级 [bold]{found.grade}[/]，违约概率 {percent(found.pd)}")
    if found.steps:
        table = _table("事项", "改动行数", "重算后", "等级", "违约概率", "提高")
        for step in found.steps:
            _add_step(table, step.label, step)
        if found.together is not None:
            table.add_section()
            _add_step(table, "以上合并", found.together)
        console.print(table)
    console.print(f"· {found.message}", style="dim")


def _add_step(table: "Table", label: str, step: "Step") -> None:
    table.add_row(label, str(step.rows), str(step.score), step.grade, percent(step.pd), f"{step.gain:+d} 分")


def _told(moved: "Moved") -> "Text":
    from rich.text import Text

    rows = [*_rows("新计入", moved.entered), *_rows("不再计入", moved.left)]
    return Text.assemble(moved.label, *((f"\n{line}", "dim") for line in rows))


def _rows(title: str, rows: "Sequence[EvidenceRow]") -> list[str]:
    lines = [f"{title}：《{row.list_label}》{row.file} 第 {row.file_row} 行" for row in rows[:ROWS_SHOWN]]
    return lines + ([f"{title}：另有 {len(rows) - ROWS_SHOWN} 行"] if len(rows) > ROWS_SHOWN else [])


def _number(value: float | None) -> str:
    return "未知" if value is None else f"{value:,.6g}"


def _plain(value: object) -> str:
    if value is None:
        return "无"
    if isinstance(value, float):
        return f"{value:.9g}"
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _table(first: str, *others: str) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    table.add_column(first, overflow="fold")
    for title in others:
        table.add_column(title, justify="right", overflow="fold")
    return table


def _console() -> "Console":
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
