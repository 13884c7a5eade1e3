"""Which rows of which files stand behind one value of one enterprise?"""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.options import AsJson, AsOf
from api.commands.scoring import PURPOSES, store_of
from api.terminal.door import UsageRefused, command, parse_day, print_json, read_settings
from data.spec.access import Purpose
from data.spec.table import Unit

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text
    from rich.tree import Tree

    from risk.lineage import Evidence, EvidenceRow, Lineage

COUNTED_SHOWN = 20
OTHERS_SHOWN = 10
WIDTH = 140
"""Columns of a page that is piped."""


@command
def evidence(
    enterprise: Annotated[str, typer.Argument(metavar="信用代码", help="统一社会信用代码，或 来源:标识。")],
    feature: Annotated[str, typer.Argument(metavar="指标", help="指标名或中文名，见 lukeping catalogue。")],
    as_of: AsOf = None,
    purpose: Annotated[str, typer.Option(metavar="用途", help=f"{'、'.join(PURPOSES)} 之一。")] = "pre_loan",
    recorded_before: Annotated[
        str | None,
        typer.Option("--recorded-before", metavar="日期", help="只看这一天之前已入库的行，用于复核旧答复。"),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="列出全部行，不只最近的。")] = False,
    as_json: AsJson = False,
) -> None:
    """追到来源行：一项指标由哪些文件的哪些行得出，哪些行未计入、为什么。

    数值按来源行逐条重算，并与评估所用的引擎逐位比对；推算的指标列出算式与所依据的各项。

    退出码：0 给出了来历，1 故障，2 被拒绝（没有这家企业、没有这项指标、日期未到）。
    """
    from api.clock import SHANGHAI
    from api.wiring import open_desks
    from data.spec.identifiers import parse_identifier

    if purpose not in PURPOSES:
        raise UsageRefused(f"没有用途“{purpose}”。", help="可用的有：" + "、".join(PURPOSES))
    day, before = parse_day(as_of, "--as-of"), parse_day(recorded_before, "--recorded-before")
    identifier = parse_identifier(enterprise)
    desks = open_desks(store_of(read_settings(), identifier))
    at = desks.now()
    found = desks.evidence.of_value(
        identifier,
        feature,
        purpose=Purpose(purpose),
        as_of=day or at.date(),
        recorded_before=datetime.combine(before, time(), SHANGHAI) if before else None,
        at=at,
    )
    if as_json:
        print_json({"evidence": found})
    else:
        _show(found, everything=everything)


def _show(found: "Evidence", *, everything: bool) -> None:
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    console.print(_head(found))
    if found.lineage.inputs:
        console.print(_tree(found.lineage))
    for one in _aggregates(found.lineage):
        for part in _rows(one, everything=everything):
            console.print(part)
    for note in found.notes:
        console.print(f"· {note}", style="dim")


def _head(found: "Evidence") -> "RenderableType":
    from rich import box
    from rich.console import Group
    from rich.panel import Panel
    from rich.text import Text

    from risk.lineage import SAID_OF_AGREEMENT

    told = found.lineage
    lines = [
        Text.assemble((found.enterprise_name, "bold"), "  ", (found.identifier, "dim")),
        Text(),
        Text.assemble(f"{told.label}  ", _value(told), (f"   {told.feature}", "dim")),
        *([] if told.inputs else [Text(told.how, style="dim")]),
        Text(),
        Text(SAID_OF_AGREEMENT[found.agrees], style="bold red" if found.agrees is False else ""),
        Text(f"评估日 {found.as_of}   只用此前已知的材料{_before(found)}", style="dim"),
    ]
    mark = "[black on yellow] 演示数据 [/]" if found.demonstration else None
    return Panel(Group(*lines), title="[bold]鲁科评 · 数值的来历[/]", subtitle=mark, box=box.ROUNDED, padding=(1, 2))


def _before(found: "Evidence") -> str:
    return f"，且在 {found.recorded_before:%Y-%m-%d %H:%M} 之前已入库" if found.recorded_before else ""


def _value(told: "Lineage") -> "Text":
    from rich.text import Text

    from data.spec.missing import MISSING_LABELS, Missing

    if told.value is None:
        return Text(f"未知（{MISSING_LABELS[Missing(told.missing)]}）" if told.missing else "未知", style="bold yellow")
    return Text(say_number(told.value, told.unit), style="bold blue")


def say_number(value: float, unit: str) -> str:
    """Write a value with its unit, exact enough to be worked out again.

    >>> say_number(3.0, "项"), say_number(1234567.5, "元"), say_number(1.0, "是/否"), say_number(0.0625, "/1")
    ('3项', '1,234,567.50元', '是', '0.0625')
    """
    if unit == Unit.FLAG:
        return "是" if value else "否"
    if unit == Unit.YUAN:
        return f"{value:,.2f}元"
    return f"{value:,.10g}" + ("" if unit == Unit.RATIO else unit)


def _tree(told: "Lineage") -> "Tree":
    from rich.text import Text
    from rich.tree import Tree

    def grow(branch: Tree, parts: "Sequence[Lineage]") -> None:
        for part in parts:
            label = Text.assemble(part.label, "  ", _value(part), "\n", (part.how, "dim"))
            grow(branch.add(label), part.inputs)

    root = Tree(Text.assemble((told.label, "bold"), "  ", _value(told), "\n", (told.how, "dim")), guide_style="dim")
    grow(root, told.inputs)
    return root


def _aggregates(told: "Lineage") -> "list[Lineage]":
    """Return the parts that have rows of their own, each once."""
    found = {told.feature: told} if not told.inputs else {}
    for part in told.inputs:
        found |= {one.feature: one for one in _aggregates(part)}
    return list(found.values())


def _rows(told: "Lineage", *, everything: bool) -> "Iterator[RenderableType]":
    from rich.text import Text

    counted, others = told.counted, told.others
    yield Text.assemble(
        "\n", (told.label, "bold"), "  ", _value(told), f"   计入 {len(counted)} 行，看到而未计入 {len(others)} 行"
    )
    shown = (*counted[: None if everything else COUNTED_SHOWN], *others[: None if everything else OTHERS_SHOWN])
    if shown:
        yield _table(shown)
    left = len(counted) + len(others) - len(shown)
    if left:
        yield Text(f"  另有 {left} 行未列出；加 --all 列出全部，或用 --json。", style="dim")


def _table(rows: "Sequence[EvidenceRow]") -> "RenderableType":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for title in ("", "发生", "可知"):
        table.add_column(title, no_wrap=True)
    table.add_column("内容与来源", overflow="fold")
    table.add_column("为什么", overflow="fold", max_width=22)
    for row in rows:
        table.add_row(
            "●" if row.counted else "○",
            _day(row.happened_on) + (f"\n止 {row.ended_on}" if row.ended_on else ""),
            _day(row.known_on),
            _what(row),
            _why(row),
            style="" if row.counted else "dim",
        )
    return table


def _what(row: "EvidenceRow") -> "Text":
    from rich.text import Text

    cells = "，".join(f"{cell.label} {cell.text}" for cell in row.cells if cell.text)
    return Text.assemble(cells, "\n", (f"《{row.list_label}》{row.file} 第 {row.file_row} 行（{row.batch_id}）", "dim"))


def _day(day: object) -> str:
    return "" if day is None else str(day)


def _why(row: "EvidenceRow") -> str:
    if row.superseded_by is None:
        return row.why
    batch, place = row.superseded_by
    return f"{row.why}（{batch} 第 {place} 行）"
