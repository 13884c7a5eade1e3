"""Which names wait for a person, and what does the person decide?"""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.options import AsJson
from api.terminal.door import UsageRefused, command, print_json, read_settings, tell

if TYPE_CHECKING:
    from rich.text import Text

    from api.name_desk import DecidedName, DoubtfulName

DECIDE = "decide"
CODE_LABELS = {
    "name-unmatched": "对不上任何企业",
    "name-ambiguous": "对得上几家企业",
    "name-out-of-time": "同名企业当时尚未成立",
    "names-disagree": "现名与原名分属不同企业",
    "decision-contradicted": "原认定与企业名录不符",
}
CANDIDATES_SHOWN = 3
WIDTH = 140
"""Columns of a page that is piped."""


@command
def names(
    act: Annotated[str | None, typer.Argument(metavar="[decide]", help="要作认定时写 decide；不写则列出。")] = None,
    entry: Annotated[int | None, typer.Argument(metavar="[编号]", help="所列的编号。", show_default=False)] = None,
    enterprise: Annotated[
        str | None, typer.Option("--enterprise", metavar="信用代码", help="认定为这家企业；不限于所列候选。")
    ] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="认定不是库中的任何企业。")] = False,
    revise: Annotated[bool, typer.Option("--revise", help="改判：撤回原认定带入的行，再按新认定处理。")] = False,
    decided: Annotated[bool, typer.Option("--decided", help="列出已作的认定，而不是待认定的名称。")] = False,
    as_json: AsJson = False,
) -> None:
    """待认定的企业名称：列出名单中对不上唯一一家企业的名称，并由人认定。

    认定按名单记住：等待的行立即入库，不必重新导入文件；同一名单以后的文件不再询问。改判加 --revise。

    退出码：0 已列出或已认定，1 故障，2 被拒绝（没有这个编号或企业、已经认定过），此时毫无改动。
    """
    from api.wiring import open_desks

    if act is None:
        desks = open_desks(read_settings())
        listed = desks.names.list_names(decided=decided, at=desks.now())
        if as_json:
            print_json({"names": listed})
        else:
            _show(listed, decided=decided)
        return
    meant = _wanted(act, entry, enterprise, nobody=nobody)
    desks = open_desks(read_settings())
    from data.spec.identifiers import parse_identifier

    done = desks.names.decide(
        entry or 0, enterprise=None if meant is None else parse_identifier(meant), revise=revise, at=desks.now()
    )
    if as_json:
        print_json({"decision": done})
    else:
        _tell(done)


def _wanted(act: str, entry: int | None, enterprise: str | None, *, nobody: bool) -> str | None:
    """Return the code decided for, None for nobody."""
    if act != DECIDE or entry is None:
        raise UsageRefused("作认定需要写明 decide 与编号。", help="例如：lukeping names decide 3 --nobody")
    if nobody == (enterprise is not None):
        raise UsageRefused("请在 --enterprise 与 --nobody 中给出一个。", help="编号与候选见 lukeping names。")
    return enterprise


def _show(listed: "Sequence[DoubtfulName]", *, decided: bool) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    if not listed:
        tell("还没有作过认定。" if decided else "没有待认定的名称。")
        return
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 1, 0))
    table.add_column("编号", justify="right", no_wrap=True)
    table.add_column("所说的名称与出处", overflow="fold", ratio=3)
    table.add_column("行", justify="right", no_wrap=True)
    table.add_column("认定" if decided else "候选（相近度）", overflow="fold", ratio=2)
    for one in sorted(listed, key=lambda name: not name.candidates):
        rows = "" if decided and not one.rows_waiting else str(one.rows_waiting)
        table.add_row(str(one.entry), _said(one), rows, _decision(one) if decided else _candidates(one))
    Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False).print(table)
    how = "lukeping names decide 编号 --enterprise 信用代码（或 --nobody）"
    if decided:
        tell(f"  共 {len(listed)} 个认定。改判：{how} --revise")
    else:
        tell(f"  共 {len(listed)} 个名称，{sum(one.rows_waiting for one in listed)} 行在等待。认定：{how}")


def _said(one: "DoubtfulName") -> "Text":
    from rich.text import Text

    former = f"（另称 {one.former_name}）" if one.former_name else ""
    where = f"《{one.list_label}》{one.first_file} 第 {one.first_row} 行（{one.first_batch}）"
    return Text.assemble((one.name + former, "bold"), "  ", CODE_LABELS[one.code], "\n", (where, "dim"))


def _candidates(one: "DoubtfulName") -> "Text":
    from rich.text import Text

    if not one.candidates:
        return Text("没有相近的企业", style="dim")
    lines: list[tuple[str, str]] = []
    for candidate in one.candidates[:CANDIDATES_SHOWN]:
        also = "" if candidate.name == candidate.enterprise_name else f"，现名 {candidate.enterprise_name}"
        lines += [
            (candidate.name, ""),
            (f"{also}\n  {candidate.enterprise}  {candidate.score:.0f} {candidate.why_label}\n", "dim"),
        ]
    return Text.assemble(*lines[:-1], (lines[-1][0].rstrip("\n"), "dim"))


def _decision(one: "DoubtfulName") -> "Text":
    from rich.text import Text

    from api.clock import SHANGHAI

    if one.decision is None:
        return Text()
    by = f"{one.decision.by}  {one.decision.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    if one.decision.enterprise is None:
        return Text.assemble("不是库中的任何企业", "\n", (by, "dim"))
    meant = (f"{one.decision.enterprise_name}  ", ""), (one.decision.enterprise, "dim")
    return Text.assemble(*meant, "\n", (by, "dim"))


def _tell(done: "DecidedName") -> None:
    meant = "不是库中的任何企业" if done.enterprise is None else f"{done.enterprise_name}（{done.enterprise}）"
    tell(f"《{done.list_label}》中的“{done.name}”已认定为：{meant}")
    if done.rows_withdrawn:
        tell(f"  撤回原认定带入的 {done.rows_withdrawn} 行")
    for part in done.taken:
        aside = f"，隔离 {len(part.set_aside)} 项" if part.set_aside else ""
        tell(f"  {part.file}：入库 {part.kept} 行，已有 {part.already_known} 行{aside}（批次 {part.batch_id}）")
        for reason in part.set_aside:
            tell(f"    {reason}")
    if done.rows_waiting:
        tell(f"  {done.rows_waiting} 行仍然隔离")
    for note in done.notes:
        tell(f"  {note}")
    if done.remembered:
        tell("  认定已记住：同一名单以后的文件不再询问。")
    else:
        tell("  企业名录与此认定不符，仍待认定：请核对后再认定一次，届时以认定为准。")
