"""How are models trained and tried, and what are they made of?"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from api.catalogue_desk import Catalogue
from api.commands.options import AsJson, AsOf
from api.evaluation_desk import Evaluation
from api.terminal.bars import shown
from api.terminal.door import UsageRefused, command, parse_day, print_json, read_settings, tell

CARDS = {"application": "申请卡（A卡）", "behaviour": "行为卡（B卡）"}


@command
def train(
    card: Annotated[str, typer.Option(metavar="卡", help="application 申请卡，behaviour 行为卡。")] = "application",
    as_of: AsOf = None,
    tune: Annotated[bool, typer.Option("--tune", help="先调参；只有超出抽样误差的改进才采用。")] = False,
    as_json: AsJson = False,
) -> None:
    """训练一张卡的模型并上架。

    只用训练日之前已知的材料与已到期的结果；同样的数据、同样的种子，得到逐字相同的模型。

    退出码：0 已上架，1 故障，2 被拒绝（例如违约数太少）。
    """
    from api.wiring import open_desks

    if card not in CARDS:
        raise UsageRefused(f"没有名为“{card}”的卡。", help="可用的有：" + "、".join(CARDS))
    day = parse_day(as_of, "--as-of")
    with shown() as progress:
        desks = open_desks(read_settings())
        at = desks.now()
        trained = desks.training.train(card=card, as_of=day or at.date(), at=at, progress=progress, tune=tune)
    if as_json:
        print_json({"model": trained})
        return
    tell(f"{trained.label}：{trained.model_id}")
    tell(f"  {trained.rows:,} 行，{trained.defaults} 次违约" + ("，演示数据" if trained.demonstration else ""))
    for line in _measured(trained.metrics):
        tell(line)
    for note in trained.notes:
        tell(f"  · {note}")


def _measured(metrics: Mapping[str, float]) -> Iterator[str]:
    """Yield one line a figure, its 95 % interval beside it where there is one."""
    for name, value in metrics.items():
        low, high = metrics.get(f"{name}_low"), metrics.get(f"{name}_high")
        if not name.endswith(("_low", "_high")):
            told = "" if low is None or high is None else f"（95% 区间 {low:.4f}–{high:.4f}）"
            yield f"  {name:<34} {value:.4f}{told}"


@command
def promote(
    card: Annotated[str, typer.Argument(metavar="卡", help="application 或 behaviour。")],
    model: Annotated[str, typer.Argument(metavar="[模型]", help="train 上架的模型编号；退回时不写。")] = "",
    reason: Annotated[str, typer.Option(metavar="理由", help="为何启用，写入留痕。")] = "",
    back: Annotated[bool, typer.Option("--back", help="退回到上一个启用的模型。")] = False,
    as_json: AsJson = False,
) -> None:
    """启用一个已上架的模型，或退回上一个；由谁、何时、为何，全部留痕。

    退出码：0 已启用，1 故障，2 被拒绝（没有这个模型、文件受损、没有写理由）。
    """
    from api.wiring import open_desks

    if card not in CARDS:
        raise UsageRefused(f"没有名为“{card}”的卡。", help="可用的有：" + "、".join(CARDS))
    if not reason or bool(model) == back:
        raise UsageRefused(
            "请写明模型编号（或 --back）与 --reason 理由。", help="例：promote application 编号 --reason 复核通过"
        )
    desks = open_desks(read_settings())
    name = desks.training.promote(card=card, model=model or None, reason=reason, at=desks.now())
    if as_json:
        print_json({"card": card, "champion": name})
    else:
        tell(f"{CARDS[card]}现由 {name} 作答。")


@command
def evaluate(
    source: Annotated[str, typer.Argument(metavar="来源", help="cumcm2020c 或 jinan。")],
    folder: Annotated[Path | None, typer.Argument(metavar="[文件夹]", help="缺省为 ../shared/data/来源。")] = None,
    as_json: AsJson = False,
) -> None:
    """在真实数据上检验方法：AUC 与区间、KS、校准。

    临时建库、入库、交叉验证，不留下任何东西。
    退出码：0 给出了结果，1 故障，2 被拒绝（没有数据）。
    """
    from api.wiring import evaluation_desk

    if source not in ("cumcm2020c", "jinan"):
        raise UsageRefused(f"没有名为“{source}”的来源。", help="可用的有：cumcm2020c、jinan。")
    from api.clock import now

    with shown() as progress:
        result = evaluation_desk().evaluate(source, folder, at=now(), progress=progress)
    if as_json:
        print_json({"source": result.source, **result.figures})
        return
    _print_figures(result)


def _print_figures(result: Evaluation) -> None:
    """Print every plain number by its name, then what must be said with them."""
    for name, value in result.figures.items():
        if isinstance(value, float):
            tell(f"  {name:<28} {value:>10.4f}")
        elif isinstance(value, int) and not isinstance(value, bool):
            tell(f"  {name:<28} {value:>10,}")
    for sentence in result.sentences:
        tell(f"· {sentence}")


@command
def catalogue(as_json: AsJson = False) -> None:
    """列出全部指标与现用的模型。

    每项指标都有中文名、单位、方向及其理由、来源与缺失的含义。

    退出码：0 已列出，1 故障，2 被拒绝。
    """
    from api.wiring import open_catalogue

    listed = open_catalogue(read_settings()).read()
    if as_json:
        print_json({"features": listed.features, "models": listed.models})
    else:
        _print_catalogue(listed)


ARROWS = {1: "▲ 越大越险", 0: "○ 不预设", -1: "▼ 越大越稳"}


def _print_catalogue(listed: Catalogue) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(width=None if sys.stdout.isatty() else 140)
    groups = {feature.group: feature.group_label for feature in listed.features}
    for group, label in groups.items():
        table = Table(box=box.SIMPLE_HEAD, title=f"{label}（{group}）", title_justify="left", title_style="bold")
        for title in ("指标", "名称", "单位", "方向", "没有记录时"):
            table.add_column(title, overflow="fold")
        for feature in listed.features:
            if feature.group == group:
                table.add_row(feature.label, feature.name, feature.unit, ARROWS[feature.direction], feature.absence)
        console.print(table)
    console.print(f"共 {len(listed.features)} 项指标。")
    for model in listed.models:
        console.print(f"现用模型：{model.label} {model.id}（{len(model.features)} 项指标）")
