"""What may be lost on the pool of loans, by whom, and what would a proposed rule change?"""

from typing import Annotated

import typer

from api.commands.options import AsJson, AsOf
from api.terminal.bars import shown
from api.terminal.door import UsageRefused, command, parse_day, print_json, read_settings


@command
def pool(
    as_of: AsOf = None,
    scenarios: Annotated[
        int, typer.Option("--scenarios", metavar="次数", help="模拟多少种年景。", min=1_000, max=1_000_000)
    ] = 20_000,
    stress: Annotated[
        str | None,
        typer.Option("--stress", metavar="情景", help="只算一个压力情景：chain 产业链、ring 互保圈、pd 违约概率加倍。"),
    ] = None,
    reform: Annotated[
        list[str] | None,
        typer.Option("--reform", metavar="产品.参数=值", help="拟议的取值，可重复；例 lukedai.share_bank=0.2。"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """在贷与备案贷款合起来看：集中度、损失分布、各方分担、补偿资金可用年限、压力情景与拟议规定。

    损失按单因子模型模拟，互保圈内违约会传染；同一种子，结果可重复。不保存任何东西，也不改动规定。
    未核实的数字一律标明〔未核实〕。

    退出码：0 给出了答复，1 故障，2 被拒绝（没有在贷、没有模型、没有这个情景或参数、拟议比例合计不是百分之百）。
    """
    from api.pool_desk import PoolWishes
    from api.wiring import pool_desk

    day = parse_day(as_of, "--as-of")
    wishes = PoolWishes(scenarios=scenarios, stress=stress, reforms=_pairs(reform))
    with shown() as progress:
        desk = pool_desk(read_settings())
        at = desk.now()
        found = desk.report(wishes, as_of=day or at.date(), at=at, progress=progress)
    if as_json:
        from risk.pool_report import pool_record

        print_json({"pool": pool_record(found)})
    else:
        from api.terminal.pool_page import show_pool

        show_pool(found)


def _pairs(texts: list[str] | None) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts or ()]
    wrong = [name for name, sign, _ in pairs if not sign or not name.strip()]
    if wrong:
        raise UsageRefused(f"--reform 的值“{wrong[0]}”不是 产品.参数=值。", help="例：--reform lukedai.share_bank=0.2")
    return {name.strip(): value for name, _, value in pairs}
