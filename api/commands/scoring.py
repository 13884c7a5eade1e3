"""How is one enterprise assessed, and how are all of them?"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.options import AsJson, AsOf
from api.terminal.bars import shown
from api.terminal.door import UsageRefused, command, parse_day, print_json, read_settings, rewritten, say
from data.spec.access import Purpose
from data.spec.tables.lending import PRODUCTS

if TYPE_CHECKING:
    from api.settings import Settings
    from data.spec.identifiers import Identifier

PURPOSES = ("pre_loan", "monitoring", "guarantee", "joint_evaluation")


@command
def assess(  # noqa: PLR0913 # what the person at the terminal may choose
    enterprise: Annotated[str, typer.Argument(metavar="信用代码", help="统一社会信用代码，或 来源:标识。")],
    as_of: AsOf = None,
    purpose: Annotated[str, typer.Option(metavar="用途", help=f"{'、'.join(PURPOSES)} 之一。")] = "pre_loan",
    relative_to: Annotated[
        str,
        typer.Option(
            "--relative-to",
            metavar="参照",
            help="分值与谁相比：population 总体、cutoff 上一等级的分数线、peers 同行业同阶段企业。",
        ),
    ] = "population",
    product: Annotated[
        str | None,
        typer.Option(metavar="产品", help=f"所审的贷款产品（{'、'.join(PRODUCTS)}），分数含该产品的截距。"),
    ] = None,
    wording: Annotated[
        str, typer.Option(metavar="读者", help="理由写给谁：bank 银行、bureau 科技局、enterprise 企业。")
    ] = "bank",
    language: Annotated[str, typer.Option(metavar="语言", help="理由的语言：zh 中文、en 英文。")] = "zh",
    as_json: AsJson = False,
) -> None:
    """评估一家企业：分数、等级、违约概率与理由。

    答复含区间、各方面的分值，以及每条理由的来源文件与行号；只用评估日之前已知的材料。
    分值可与总体、上一等级的分数线或同行业同阶段企业相比，总分不因此改变；措辞按读者与语言选取。

    退出码：0 给出了答复（含“不予评分”），1 故障，2 被拒绝（没有这家企业、日期未到）。
    """
    from api.terminal.page import show
    from api.wiring import open_desks
    from data.spec.identifiers import parse_identifier
    from risk.assessment import RelativeTo
    from risk.readers import Audience, Language

    check_word(purpose, PURPOSES, "用途")
    if product is not None:
        check_word(product, list(PRODUCTS), "产品")
    check_word(relative_to, [one.value for one in RelativeTo], "参照")
    check_word(wording, [one.value for one in Audience], "读者")
    check_word(language, [one.value for one in Language], "语言")
    day = parse_day(as_of, "--as-of")
    identifier = parse_identifier(enterprise)
    desks = open_desks(store_of(read_settings(), identifier))
    at = desks.now()
    answer = desks.assessments.assess_for_bureau(
        identifier,
        purpose=Purpose(purpose),
        as_of=day or at.date(),
        at=at,
        relative_to=RelativeTo(relative_to),
        product=product,
    )
    told = desks.assessments.explain(answer, audience=Audience(wording), language=Language(language))
    if as_json:
        print_json({"assessment": answer, "explanation": told})
    else:
        show(answer, told)


def check_word(given: str, known: Sequence[str], what: str) -> None:
    """Refuse a word that is not one of those known."""
    if given not in known:
        raise UsageRefused(f"没有{what}“{given}”。", help="可用的有：" + "、".join(known))


def store_of(settings: "Settings", identifier: "Identifier") -> "Settings":
    """Choose the store: real sources have one each (decision 13)."""
    own = settings.state / str(identifier.scheme)
    return settings.at(own) if own.is_dir() else settings


@command
def score_all(
    as_of: AsOf = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="文件", help="写入 .csv 或 .xlsx；缺省为标准输出上的 CSV。")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """给库中全部企业评分，每家一行。

    单元格若以 = + - @ 开头会加上引号，避免表格软件当作公式执行。退出码：0 已写出，1 故障，2 被拒绝。
    """
    from api.score_table import check_suffix, summary, write_table
    from api.wiring import open_desks

    check_suffix(output)
    day = parse_day(as_of, "--as-of")
    with shown() as progress:
        desks = open_desks(read_settings())
        at = desks.now()
        answers = desks.assessments.assess_all(as_of=day or at.date(), at=at, progress=progress)
        if output is not None:
            with rewritten(output) as partial:
                write_table(answers, partial, kind=output.suffix.lower())
    told = {"as_of": day or at.date(), "output": output, **summary(answers)}
    if as_json:
        print_json(told)
    elif output is None:
        write_table(answers, None, kind=".csv")
    else:
        say(f"已写出 {output}：{len(answers):,} 家企业。")
