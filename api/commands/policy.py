"""What do policy products ask, pay and leave to whom?"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.options import AsJson
from api.terminal.door import EXIT_FAULT, UsageRefused, command, parse_day, print_json

if TYPE_CHECKING:
    from api.policy_desk import ProductCases

HELP = """政策产品：逐条核对条件，测算各方分担、企业成本、额度与定价。

退出码：0 给出了答复，1 故障或有用例未通过，2 被拒绝或用法有误。加 --json 得到一个 JSON 对象。
"""


@command
def cases(as_json: AsJson = False) -> None:
    """运行全部政策用例，并查找缺用例的取值变动。

    每个参数的每次变动，首日与前一日都应有用例。

    退出码：0 全部通过，1 有用例未通过或有变动缺用例，2 被拒绝。
    """
    from api.wiring import policy_desk

    ran = policy_desk().run_cases()
    if as_json:
        print_json(_counts(ran))
    else:
        from api.terminal.policy_page import show_cases

        show_cases(ran)
    if any(one.failures or one.missing for one in ran):
        raise typer.Exit(EXIT_FAULT)


def _counts(ran: "Sequence[ProductCases]") -> Mapping[str, Any]:
    return {
        "passed": sum(len(one.results) - len(one.failures) for one in ran),
        "failed": sum(len(one.failures) for one in ran),
        "missing": sum(len(one.missing) for one in ran),
        "products": [
            {
                "product": one.product,
                "label": one.label,
                "passed": len(one.results) - len(one.failures),
                "failed": len(one.failures),
                "failures": one.failures,
                "missing": one.missing,
            }
            for one in ran
        ],
    }


@command
def attempt(
    product: Annotated[str, typer.Argument(metavar="产品", help="产品代码，如 lukedai、lukedan、lukebao、rnd_loan。")],
    facts: Annotated[
        Path | None, typer.Option("--facts", metavar="文件", help="YAML 文件，每行 名称: 值；未写的为未知。")
    ] = None,
    told: Annotated[
        list[str] | None, typer.Option("--set", metavar="名称=值", help="一项事实，可重复；优先于文件。")
    ] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="日期", help="按哪一天的规定；缺省为今天。")] = None,
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="环节", help="申请、备案、补贴、补偿之一；缺省为第一环。")
    ] = None,
    reform: Annotated[
        list[str] | None, typer.Option("--reform", metavar="参数=值", help="拟议的取值，可重复；不改动文件。")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """试算一个政策产品：条件、分担、成本、额度、定价；不保存任何东西。

    不给事实即列出所缺的事实及其名称。金额可写 500万，比例可写 3.6%。未核实的数字一律标明〔未核实〕。

    退出码：0 给出了答复（包括不符合、当日未施行），1 故障，2 被拒绝（没有这个产品、事实名称或取值有误）。
    """
    from api.clock import now
    from api.wiring import policy_desk

    texts = {**read_mapping(facts, "--facts"), **pairs(told, "--set")}
    day = parse_day(on, "--on") or now().date()
    trial = policy_desk().attempt(product, texts, on=day, stage=stage, reforms=pairs(reform, "--reform"))
    if as_json:
        from risk.policies.trial import trial_record

        print_json({"trial": trial_record(trial)})
    else:
        from api.terminal.policy_page import show_trial

        show_trial(trial)


def read_mapping(path: Path | None, what: str) -> dict[str, object]:
    """Read a strict YAML file of names and values, nothing where there is none; raise UsageRefused, YamlMalformed."""
    from data.spec.dated import YamlMalformed, load_strict

    if path is None:
        return {}
    try:
        told = load_strict(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageRefused(f"无法读取文件 {path}。", help=f"请核对{what}的路径。") from error
    except UnicodeDecodeError as error:
        raise YamlMalformed("文件不是 UTF-8 文本。", help="请另存为 UTF-8。") from error
    if not isinstance(told, dict):
        raise YamlMalformed("文件应为一组 名称: 值。", help="例：amount: 400万")
    return {str(name): value for name, value in told.items()}


def pairs(texts: list[str] | None, option: str) -> dict[str, str]:
    """Read name=value as told to a repeated option; raise UsageRefused."""
    parts = [text.partition("=") for text in texts or ()]
    wrong = [name for name, sign, _ in parts if not sign or not name.strip()]
    if wrong:
        raise UsageRefused(f"{option} 的值“{wrong[0]}”不是 名称=值。", help=f"例：{option} amount=400万")
    return {name.strip(): value for name, _, value in parts}


COMMANDS = (("cases", cases), ("try", attempt))
