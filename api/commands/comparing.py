"""How is a card's model compared with something simpler?"""

from typing import Annotated

import typer

from api.commands.modelling import CARDS
from api.commands.options import AsJson, AsOf
from api.desks import Candidate, CandidateTable
from api.terminal.bars import shown
from api.terminal.door import UsageRefused, command, parse_day, print_json, read_settings, tell

TITLES = {
    "auc": "AUC",
    "ks": "KS",
    "brier": "Brier",
    "log_loss": "对数损失",
    "calibration_slope": "校准斜率",
    "behind": "落后 LightGBM（AUC）",
}


@command
def compare(
    card: Annotated[str, typer.Argument(metavar="卡", help="application 申请卡，behaviour 行为卡。")],
    as_of: AsOf = None,
    tune: Annotated[bool, typer.Option("--tune", help="先调参；只有超出抽样误差的改进才采用。")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="把 WOE 评分卡留在启用的模型旁：两者相差过大时不予评分。")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """把一张卡的 LightGBM 与较简单的方案放在一起比较，并给出建议。

    对照：WOE 评分卡、逻辑回归、最好的单项指标、官方百分制；同样的行、按企业分组、只用更早的数据。
    每个数字都带 95% 区间；LightGBM 没有超出抽样误差的优势时，建议较简单的方案。
    不加 --keep 时不改动任何东西。

    退出码：0 给出了结果，1 故障，2 被拒绝（违约数太少，或没有安装分析组件）。
    """
    from api.wiring import open_desks

    if card not in CARDS:
        raise UsageRefused(f"没有名为“{card}”的卡。", help="可用的有：" + "、".join(CARDS))
    day = parse_day(as_of, "--as-of")
    with shown() as progress:
        desks = open_desks(read_settings())
        at = desks.now()
        found = desks.training.compare(card=card, as_of=day or at.date(), at=at, progress=progress, tune=tune)
        kept = (
            desks.training.keep_baseline(card=card, as_of=day or at.date(), at=at, progress=progress) if keep else None
        )
    if as_json:
        print_json({"comparison": found, "kept_beside": kept})
        return
    _print(found)
    if kept is not None:
        tell(f"  · WOE 评分卡已留在模型 {kept} 旁，供逐笔比对")


def _print(found: CandidateTable) -> None:
    import sys

    from rich import box
    from rich.console import Console
    from rich.table import Table

    tell(f"{found.label}：{found.rows:,} 行，{found.defaults} 次违约；{found.validation}；括号内为 95% 区间")
    table = Table(box=box.SIMPLE_HEAD)
    for title in ("方案", *TITLES.values()):
        table.add_column(title, no_wrap=True)
    for candidate in found.candidates:
        mark = " ◀" if candidate.name == found.recommended else ""
        table.add_row(candidate.label + mark, *_cells(candidate))
    Console(width=None if sys.stdout.isatty() else 180, highlight=False).print(table)
    tell(found.reason)
    for note in found.notes:
        tell(f"  · {note}")
    if found.demonstration:
        tell("  · 演示数据上的指标只说明流程走得通，不说明模型的实际效果")


def _cells(candidate: Candidate) -> list[str]:
    figures = [candidate.figures[name] for name in TITLES]
    return [f"{one.value:.3f}（{one.low:.3f}–{one.high:.3f}）" for one in figures]
