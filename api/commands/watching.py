"""Which borrowers give cause for concern, and what was done about it?"""

import sys
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.options import AsJson, AsOf
from api.terminal.bars import shown
from api.terminal.door import UsageRefused, command, parse_day, print_json, read_settings, tell

if TYPE_CHECKING:
    from rich.text import Text

    from risk.warning_report import Outcome, RiskWarning, WatchReport

ACKNOWLEDGE = "ack"
DAYS = 90
"""So far back warnings are listed unless a day is given."""
LONG_AGO = date(2000, 1, 1)
WIDTH = 140
"""Columns of a page that is piped."""
STYLES = {3: "bold red", 2: "yellow", 1: ""}


@command
def watch(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ack 编号]", help="要作处理时写 ack 与所列的编号；不写则列出。", show_default=False),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="日期", help="从哪一天起可知的预警；缺省为评估日前90天。")
    ] = None,
    batch: Annotated[
        str | None, typer.Option("--batch", metavar="批次", help="只列一个批次的行所引起的预警，如 B000012。")
    ] = None,
    as_of: AsOf = None,
    outcome: Annotated[
        str,
        typer.Option(
            "--outcome", metavar="结果", help="seen 已知悉、acting 已采取措施、false_alarm 误报、came_true 风险已成真。"
        ),
    ] = "seen",
    note: Annotated[str, typer.Option("--note", metavar="说明", help="处理说明；随结果保存。")] = "",
    as_json: AsJson = False,
) -> None:
    """贷后预警：在贷企业的逾期、失信、欠税、专利失效、资质丧失、研发与人员下降、担保圈风险。

    每条预警写明来源行与告知对象：只告知有在贷且获授权的银行；来自其他企业的信息只提示，不列明细。
    处理记录只增不改，并记入审计。门槛与严重程度写在带日期的 YAML 中，均为本项目设定、未核实。

    退出码：0 已列出或已处理，1 故障，2 被拒绝（没有这个编号、日期有误）。
    """
    if not words:
        _list(since, as_of, batch, as_json=as_json)
        return
    from api.wiring import watch_desk

    meant = _outcome(outcome)
    if len(words) != 2 or words[0] != ACKNOWLEDGE:
        raise UsageRefused("作处理需要写明 ack 与编号。", help="例如：lukeping watch ack W0123456789 --outcome acting")
    first = parse_day(since, "--since") or LONG_AGO
    with shown() as progress:
        desk = watch_desk(read_settings())
        done = desk.acknowledge(words[1], outcome=meant, note=note, since=first, at=desk.now(), progress=progress)
    if as_json:
        print_json({"warning": done})
    else:
        tell(f"{done.id} {done.enterprise_name}“{done.label}”已记为：{_done(done)}")


def _list(since: str | None, as_of: str | None, batch: str | None, *, as_json: bool) -> None:
    from api.wiring import watch_desk

    day, first = parse_day(as_of, "--as-of"), parse_day(since, "--since")
    with shown() as progress:
        desk = watch_desk(read_settings())
        at = desk.now()
        day = day or at.date()
        first = first or (day - timedelta(days=DAYS) if batch is None else LONG_AGO)
        found = desk.list_warnings(as_of=day, since=first, at=at, progress=progress, batch_id=batch)
    if as_json:
        print_json({"watch": found})
    else:
        _show(found)


def _outcome(text: str) -> "Outcome":
    from risk.warning_report import OUTCOME_LABELS, Outcome

    by_label = {label: one for one, label in OUTCOME_LABELS.items()}
    if text not in set(Outcome) and text not in by_label:
        raise UsageRefused(f"没有结果“{text}”。", help="可用的有：" + "、".join(Outcome))
    return by_label.get(text) or Outcome(text)


def _show(found: "WatchReport") -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    marked = "（演示数据，企业与数字均为虚构）" if found.demonstration else ""
    console.print(f"贷后预警 {found.since} 至 {found.as_of}{marked}", style="bold")
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for title in ("编号", "程度", "可知日"):
        table.add_column(title, no_wrap=True)
    table.add_column("企业与事由", overflow="fold", ratio=3)
    table.add_column("告知", overflow="fold", ratio=2)
    table.add_column("处理", overflow="fold")
    for one in found.warnings:
        table.add_row(one.id, _severity(one), str(one.known_on), _said(one), _told(one), _done(one))
    if found.warnings:
        console.print(table)
    waiting = sum(one.acknowledged is None for one in found.warnings)
    tell(f"  在贷企业 {found.borrowers:,} 家，预警 {len(found.warnings):,} 条，{waiting:,} 条尚未处理。")
    tell("  处理：lukeping watch ack 编号 --outcome acting --note 说明。程度与门槛为本项目设定〔未核实〕。")


def _severity(one: "RiskWarning") -> "Text":
    from rich.text import Text

    return Text(one.severity_label, style=STYLES[one.severity])


def _said(one: "RiskWarning") -> "Text":
    from rich.text import Text

    sources = next((told.evidence for told in one.told if told.evidence), ())
    lines = [f"《{row.list_label}》{row.file} 第 {row.file_row} 行（{row.batch_id}）" for row in sources[:1]]
    where = "\n".join(lines) if not one.bare else "只提示，不列明细"
    said = one.sentence.removesuffix("：只提示，不列明细")
    return Text.assemble((one.enterprise_name, "bold"), f"  {said}\n", (where, "dim"))


def _told(one: "RiskWarning") -> str:
    banks = "、".join(f"{told.name}（{told.ground}）" for told in one.told)
    return banks + (f"；{one.withheld}家银行未获授权，不告知" if one.withheld else "")


def _done(one: "RiskWarning") -> str:
    from api.clock import SHANGHAI
    from risk.warning_report import OUTCOME_LABELS

    done = one.acknowledged
    if done is None:
        return ""
    note = f"（{done.note}）" if done.note else ""
    return f"{OUTCOME_LABELS[done.outcome]}{note} {done.by} {done.at.astimezone(SHANGHAI):%Y-%m-%d}"
