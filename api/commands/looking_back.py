"""Is a past answer given again, why did a score change, and what would help?"""

from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.options import AsJson, AsOf
from api.commands.scoring import PURPOSES, check_word, store_of
from api.terminal.door import command, parse_day, print_json, read_settings
from data.spec.access import Purpose
from data.spec.tables.lending import PRODUCTS

if TYPE_CHECKING:
    from api.desks import Desks

AssessmentId = Annotated[str, typer.Argument(metavar="评估编号", help="评估页脚上的编号。")]


@command
def replay(assessment: AssessmentId, as_json: AsJson = False) -> None:
    """重放一份评估：按当时入库的材料与当时的模型重算，说明是否一致、哪里不同。

    特征取值、模型、校准、刻度、特征声明与主标尺逐项核对；当时尚未入库的材料一律不看。

    退出码：0 给出了结论（一致或列出不同），1 故障，2 被拒绝（没有这份评估）。
    """
    from api.terminal.looking_back import show_replay

    desks = _desks()
    found = desks.looking_back.replay(assessment, at=desks.now())
    if as_json:
        print_json({"replay": found})
    else:
        show_replay(found)


@command
def change(
    before: Annotated[str, typer.Argument(metavar="前一份", help="较早一份评估的编号。")],
    after: Annotated[str, typer.Argument(metavar="后一份", help="较晚一份评估的编号。")],
    as_json: AsJson = False,
) -> None:
    """两份评估的分数为什么不同：材料、模型、校准、刻度各占多少分，合计恰为差额。

    材料的变化逐项列出新计入与不再计入的来源行。

    退出码：0 给出了说明，1 故障，2 被拒绝（没有这份评估、不是同一家企业、没有分数）。
    """
    from api.terminal.looking_back import show_change

    desks = _desks()
    found = desks.looking_back.change(before, after, at=desks.now())
    if as_json:
        print_json({"change": found})
    else:
        show_change(found)


@command
def advise(
    enterprise: Annotated[str, typer.Argument(metavar="信用代码", help="统一社会信用代码，或 来源:标识。")],
    as_of: AsOf = None,
    purpose: Annotated[str, typer.Option(metavar="用途", help=f"{'、'.join(PURPOSES)} 之一。")] = "pre_loan",
    product: Annotated[
        str | None,
        typer.Option(metavar="产品", help=f"所审的贷款产品（{'、'.join(PRODUCTS)}），分数含该产品的截距。"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """怎样改善：企业自身能改变的事项，逐项与合并，由模型重新计算，不作线性推测。

    只列企业可控、方向安全、幅度有界的事项；没有可行事项也是一种答复。

    退出码：0 给出了答复，1 故障，2 被拒绝（没有这家企业、没有分数可改善、日期未到）。
    """
    from api.terminal.looking_back import show_advice
    from api.wiring import open_desks
    from data.spec.identifiers import parse_identifier

    check_word(purpose, PURPOSES, "用途")
    if product is not None:
        check_word(product, list(PRODUCTS), "产品")
    day, identifier = parse_day(as_of, "--as-of"), parse_identifier(enterprise)
    desks = open_desks(store_of(read_settings(), identifier))
    at = desks.now()
    found = desks.looking_back.advise(
        identifier, purpose=Purpose(purpose), as_of=day or at.date(), at=at, product=product
    )
    if as_json:
        print_json({"improvement": found})
    else:
        show_advice(found)


def _desks() -> "Desks":
    from api.wiring import open_desks

    return open_desks(read_settings())
