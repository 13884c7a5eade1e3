"""How good and how fresh are the lists behind every answer?"""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from api.clock import SHANGHAI
from api.commands.options import AsJson, AsOf
from api.terminal.bars import shown
from api.terminal.door import command, parse_day, print_json, read_settings

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from risk.source_report import ConflictReport, SourceReport, SourcesReport

WIDTH = 140
"""Columns of a page that is piped."""

STATUSES = {"verified": "已核实", "secondary": "二手来源", "derived": "推算", "unverified": "未核实"}


@command
def sources(
    list_name: Annotated[
        str | None, typer.Option("--list", metavar="名单", help="只看一份名单，列出各栏、漂移与隔离原因。")
    ] = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """名单的质量与新旧：最近一批、覆盖与填报、是否迟到、漂移、隔离，以及来源之间的矛盾。

    各名单的报送周期与容许差写在带日期的 YAML 中，未核实的照实标明。

    退出码：0 已列出，1 故障，2 被拒绝（没有这份名单、日期有误或未到）。
    """
    from api.wiring import open_desks

    day = parse_day(as_of, "--as-of")
    with shown() as progress:
        desks = open_desks(read_settings())
        at = desks.now()
        found = desks.sources.report(as_of=day or at.date(), list_name=list_name, at=at, progress=progress)
    if as_json:
        print_json({"sources": found})
    else:
        _show(found, detailed=list_name is not None)


def _show(found: "SourcesReport", *, detailed: bool) -> None:
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    if detailed:
        for source in found.sources:
            _print_detail(console, source)
    else:
        console.print(_table(found))
    if found.conflicts:
        console.print(_conflicts(found.conflicts))
    for conflict in found.conflicts if detailed else ():
        _print_examples(console, conflict)
    console.print(
        f"· 截至 {found.as_of}，企业名录中 {found.registered:,} 家企业；“知道”为名单收录其中多少家。", style="dim"
    )
    console.print("· 报送周期与容许差多为本项目设定、未核实，见 --json 的 reference 与 status。", style="dim")


def _table(found: "SourcesReport") -> "RenderableType":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("名单", overflow="fold")
    for title in ("最近一批", "入库日", "最新到"):
        table.add_column(title, no_wrap=True)
    for title in ("有效行", "知道", "填报", "隔离"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("是否迟到", no_wrap=True)
    table.add_column("均值漂移", overflow="fold")
    for source in found.sources:
        table.add_row(
            source.label,
            source.last_batch or "—",
            f"{source.last_recorded_at.astimezone(SHANGHAI):%Y-%m-%d}" if source.last_recorded_at else "—",
            str(source.newest_on or "—"),
            f"{source.rows:,}",
            f"{source.firms_share:.1%}",
            "—" if source.filled is None else f"{source.filled:.0%}",
            f"{source.quarantined_share:.2%}",
            _lateness(source),
            "、".join(f"{one.label}{one.size:+.2f}σ" for one in source.moved),
        )
    return table


def _lateness(source: "SourceReport") -> str:
    if source.batches == 0:
        return "[bold red]尚未入库[/]"
    if source.expected is None:
        return "[dim]不定期[/]"
    return "准时" if source.days_late is None else f"[bold red]迟 {source.days_late} 天[/]"


def _print_detail(console: "Console", source: "SourceReport") -> None:
    from rich.markup import escape
    from rich.text import Text

    console.print(Text.assemble("\n", (source.label, "bold"), f"（{source.list}，{source.group_label}）"))
    console.print(
        f"  最近一批 {source.last_batch or '—'}，共 {source.batches} 批；有效 {source.rows:,} 行，"
        f"收录 {source.firms:,} 家（{source.firms_share:.1%}）；最新到 {source.newest_on or '—'}。"
    )
    if source.expected:
        due = source.expected
        console.print(
            f"  每 {due.every_months} 个月一期，期末后 {due.due_days} 天到；"
            f"{due.begins} 起的一期应于 {due.due_on} 前到：{_lateness(source)}"
            + ("。" if due.firms is None else f"；该期到了 {due.firms:,} 家，上一期 {due.firms_before:,} 家。")
        )
        console.print(f"  依据：{due.reference}（{STATUSES[due.status]}）", style="dim")
    console.print(
        f"  读到 {source.rows_read:,} 行，隔离 {source.quarantined:,} 行（{source.quarantined_share:.2%}）"
        + "".join(f"；{one.code} {one.rows} 行，例如：{escape(one.message.rstrip('。'))}" for one in source.refused)
        + "。"
    )
    if source.columns:
        console.print(_columns(source))


def _columns(source: "SourceReport") -> "RenderableType":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("栏目", overflow="fold")
    for title in ("填报", "上一批均值", "本批均值", "变动", "p 值"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("")
    drifts = {one.column: one for one in source.drifts}
    for column in source.columns:
        drift = drifts.get(column.column)
        cells = (
            ("", "", "", "", "")
            if drift is None
            else (
                f"{drift.mean_before:,.4g}",
                f"{drift.mean_after:,.4g}",
                f"{drift.size:+.2f}σ",
                "<0.001" if drift.p_value < 0.001 else f"{drift.p_value:.3f}",
                "[bold red]漂移[/]" if drift.moved else "",
            )
        )
        table.add_row(column.label, f"{column.share:.1%}", *cells)
    return table


def _conflicts(conflicts: "tuple[ConflictReport, ...]") -> "RenderableType":
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), title="来源之间的矛盾", title_justify="left")
    for title in ("事项", "来源一", "来源二"):
        table.add_column(title, overflow="fold")
    for title in ("可比企业", "超出", "占比", "容许差"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("最大的一家", overflow="fold")
    for one in conflicts:
        worst = one.examples[0] if one.examples else None
        table.add_row(
            one.label,
            one.first,
            one.second,
            f"{one.compared:,}",
            f"{one.beyond:,}",
            f"{one.beyond / one.compared:.1%}" if one.compared else "—",
            f"{one.tolerance:.0%}",
            "" if worst is None else f"{escape(worst.enterprise_name)}（{worst.year}年，相差{worst.gap:.0%}）",
        )
    return table


def _print_examples(console: "Console", conflict: "ConflictReport") -> None:
    for one in conflict.examples:
        console.print(
            f"  {one.enterprise_name} {one.identifier} {one.year}年{conflict.label}："
            f"{conflict.first} {one.first:,.0f}{conflict.unit}，{conflict.second} {one.second:,.0f}{conflict.unit}，"
            f"相差 {one.gap:.0%}",
            markup=False,
        )
