"""What does a policy trial, and what do the worked cases, look like on a terminal?"""

import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from data.spec.dated import STATUS_LABELS
from risk.policies.facts import say
from risk.policies.rule import PARTY_LABELS, STAGE_LABELS
from risk.policies.trial import Trial
from risk.policies.verdict import ANSWER_LABELS, FAILING, OUTCOME_LABELS, Finding, Outcome, Verdict

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

    from api.policy_desk import ProductCases
    from risk.policies.cost import FirmCost
    from risk.policies.limit import Limit
    from risk.policies.losses import Losses
    from risk.policies.parameters import Used
    from risk.policies.price import Price

WIDTH = 140
"""Columns of a page that is piped."""

SIGNS = {
    Outcome.MET: ("●", "blue"),
    Outcome.CONDITIONAL: ("◐", "yellow"),
    Outcome.FAILED: ("○", "red"),
    Outcome.UNKNOWN: ("？", "red"),
    Outcome.NOT_IN_FORCE: ("－", "dim"),
}


def show_trial(trial: Trial) -> None:
    """Print a trial on stdout."""
    console = _console()
    for part in _parts(trial):
        console.print(part)


def _console() -> "Console":
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)


def _parts(trial: Trial) -> Iterator["RenderableType"]:
    yield _head(trial)
    yield from _findings(trial.verdict)
    if trial.watch is not None and not trial.watch.passed:
        yield _heading(f"{trial.watch.label}：{ANSWER_LABELS[trial.watch.answer]}")
        yield from _findings(trial.watch)
    if trial.gaps:
        yield _heading("备案尚缺")
        yield _bullets([f"{gap.label}：{gap.note}" for gap in trial.gaps])
    yield from _money(trial)
    if trial.notes:
        yield _heading("说明")
        yield _bullets(trial.notes)
    if trial.unverified:
        yield _heading(f"以上用到而数值或起始日未核实的，共 {len(trial.unverified)} 项")
        yield _sources(trial.unverified)


def _head(trial: Trial) -> "RenderableType":
    from rich import box
    from rich.console import Group
    from rich.panel import Panel
    from rich.text import Text

    verdict = trial.verdict
    style = "bold blue" if verdict.passed else "bold yellow" if not verdict.findings else "bold red"
    lines = [
        Text.assemble((trial.label, "bold"), "  ", (trial.product, "dim")),
        Text(),
        Text.assemble(f"{STAGE_LABELS[verdict.stage]}：", (ANSWER_LABELS[verdict.answer], style)),
        *(Text(note, style="yellow") for note in verdict.notes),
        Text(),
        Text(f"按 {trial.on} 的规定试算，不保存任何东西；由各方独立决策。", style="dim"),
    ]
    mark = "[black on yellow] 示意产品：数字背后没有正式文件 [/]" if trial.illustrative else None
    return Panel(Group(*lines), title="[bold]鲁科评 · 政策试算[/]", subtitle=mark, box=box.ROUNDED, padding=(1, 2))


def _heading(title: str) -> "Text":
    from rich.text import Text

    return Text(f"\n{title}", style="bold")


def _dim(text: str) -> "Text":
    from rich.text import Text

    return Text(text, style="dim")


def _bullets(lines: Sequence[str]) -> "Table":
    """List lines; a column of its own lets a long Chinese sentence fold where the line ends."""
    from rich.table import Table

    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for line in lines:
        table.add_row("·", line, style="dim")
    return table


def _table(*titles: str, right: Sequence[int] = ()) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for place, title in enumerate(titles):
        table.add_column(title, overflow="fold", justify="right" if place in right else "left")
    return table


def _findings(verdict: Verdict) -> Iterator["RenderableType"]:
    if not verdict.findings:
        return
    table = _table("", "条件", "实际", "要求", "结论", "依据")
    for finding in verdict.findings:
        sign, style = SIGNS[finding.outcome]
        table.add_row(_signed(sign, style), finding.label, finding.measured, _required(finding), *_told(finding))
    yield table


def _signed(sign: str, style: str) -> "Text":
    from rich.text import Text

    return Text(sign, style=style)


def _required(finding: Finding) -> str:
    return f"{finding.required or '—'}{finding.mark}"


def _told(finding: Finding) -> tuple[str, str]:
    person = "，转人工" if finding.to_person and finding.outcome in FAILING else ""
    why = f"{OUTCOME_LABELS[finding.outcome]}{person}" + (f"。{finding.note}" if finding.note else "")
    known = f"{finding.reference}（{STATUS_LABELS[finding.status]}）" if finding.reference else ""
    return why, known


def _money(trial: Trial) -> Iterator["RenderableType"]:
    if trial.benefits:
        yield _heading("谁给谁")
        yield _benefits(trial)
    if trial.losses is not None:
        yield _heading("各方承担的损失（元）")
        yield _dim(_assumptions(trial.losses))
        yield _parties(trial.losses, _mark(trial.losses.parameters))
        yield _dim(f"支持不改变违约概率，只改变由谁承担。{_sharing(trial)}")
    elif trial.covered is not None:
        yield _heading("分担")
        yield _dim(_sharing(trial))
    if trial.cost is not None:
        yield _heading("企业成本（元）")
        yield _cost(trial.cost)
    if trial.limit is not None:
        yield _heading("建议额度")
        yield _limit(trial.limit)
    if trial.price is not None:
        yield _heading("建议年利率")
        yield _price(trial.price)


def _benefits(trial: Trial) -> "Table":
    table = _table("项目", "由", "给", "金额", "算法", right=(3,))
    for paid in trial.benefits:
        amount = "未知" if paid.amount is None else f"{_yuan(paid.amount)}{paid.mark}"
        payer, receiver = PARTY_LABELS[paid.payer], PARTY_LABELS[paid.receiver]
        table.add_row(paid.label, payer, receiver, amount, f"{paid.formula}。{paid.note}".removesuffix("。"))
    return table


def _yuan(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _percent(ratio: Decimal) -> str:
    return f"{ratio:.2%}"


def _mark(used: "Sequence[Used]") -> str:
    return next((one.mark for one in used if one.mark), "")


def _assumptions(losses: "Losses") -> str:
    mark = _mark(losses.parameters)
    interval = ""
    if losses.expected_low is not None and losses.expected_high is not None:
        interval = f"；按违约概率区间，预期损失 {_yuan(losses.expected_low)} 至 {_yuan(losses.expected_high)}"
    return (
        f"违约敞口 {_yuan(losses.exposure)}，{losses.months} 个月（到期后再加90天）违约概率 {_percent(losses.pd)}，"
        f"违约损失率 {_percent(losses.lgd)}{mark}{interval}。\n"
        f"压力情景：违约概率 {_percent(losses.stressed_pd)}、违约损失率 {_percent(losses.stressed_lgd)}{mark}；"
        f"相关系数由低到高，损失 {_yuan(losses.stressed_low)} 至 {_yuan(losses.stressed_high)}。"
    )


def _parties(losses: "Losses", mark: str) -> "Table":
    titles = ("违约时承担", "预期，无支持", "预期，有支持", "压力，无支持", "压力，有支持")
    table = _table("", *(f"{title}{mark}" for title in titles), right=(1, 2, 3, 4, 5))
    columns = ("in_default", "expected_without", "expected_with", "stressed_without", "stressed_with")
    for party in losses.parties:
        table.add_row(party.label, *(_yuan(getattr(party, column)) for column in columns))
    table.add_section()
    sums = [sum((getattr(party, column) for party in losses.parties), Decimal(0)) for column in columns]
    table.add_row("合计", *map(_yuan, sums), style="bold")
    return table


def _sharing(trial: Trial) -> str:
    if trial.covered is None:
        return "本产品不分担损失。"
    if trial.covered.coverage is None:
        return f"没有测算分担：{trial.covered.note}"
    coverage = trial.covered.coverage
    shares = "、".join(f"{PARTY_LABELS[party]} {_percent(share)}" for party, share in coverage.shares.items())
    covered = "" if coverage.covered == 1 else f"，只覆盖 {_percent(coverage.covered)}"
    refund = f"，省财政至多补偿担保机构 {_yuan(coverage.refund_most)} 元" if coverage.refund_most else ""
    return f"{trial.covered.formula}：{shares}{covered}{refund}{_mark(trial.covered.parameters)}。"


def _cost(cost: "FirmCost") -> "Table":
    table = _table("", "无支持", "有支持", "算法", right=(1, 2))
    for line in cost.lines:
        with_ = f"{_yuan(line.with_support)}{line.mark}"
        table.add_row(line.label, _yuan(line.without_support), with_, line.formula)
    table.add_section()
    table.add_row("合计", _yuan(cost.without_support), _yuan(cost.with_support), "", style="bold")
    table.add_row("折合年成本", _percent(cost.rate_without), _percent(cost.rate_with), "", style="bold")
    return table


def _limit(limit: "Limit") -> "RenderableType":
    from rich.console import Group

    table = _table("", "额度（元）", "算法", right=(1,))
    for line in limit.lines:
        amount = "未知" if line.amount is None else f"{_yuan(line.amount)}{line.mark}"
        table.add_row(line.label, amount, f"{line.formula}。{line.note}".removesuffix("。"))
    if limit.amount is None:
        return Group(table, _dim("没有一项可以测算，不给出建议额度。"))
    binding = limit.binding_lines
    named = "、".join(f"“{line.label}”" for line in binding)
    mark = next((line.mark for line in binding if line.mark), "")
    rest = "" if limit.complete else "另有未知的限额，可能更低。"
    told = f"建议额度 {_yuan(limit.amount)} 元{mark}，由{named}决定。{rest}"
    return Group(table, _bold(told), *((_asked(limit.asked, limit.excess),) if limit.asked and limit.excess else ()))


def _asked(asked: Decimal, excess: Decimal) -> "Text":
    return _bold(f"申请 {_yuan(asked)} 元，超出建议额度 {_yuan(excess)} 元。")


def _bold(text: str) -> "Text":
    from rich.text import Text

    return Text(text, style="bold")


def _price(price: "Price") -> "RenderableType":
    from rich.console import Group

    table = _table("", "银行分担", "年预期损失", "建议年利率", right=(1, 2, 3))
    for label, one in (("无支持", price.without_support), ("有支持", price.with_support)):
        loss = f"{_percent(one.loss_low)} 至 {_percent(one.loss_high)}"
        rates = f"{_percent(one.low)} 至 {_percent(one.high)}{price.mark}"
        table.add_row(label, _percent(one.bank_share), loss, rates)
    return Group(table, _dim(f"{price.formula}。"))


def _sources(unverified: "Sequence[Used]") -> "Table":
    table = _table("参数", "取值", "起始日", "依据", "最近核对")
    for used in unverified:
        value = "未见" if used.value is None else say(used.value, used.unit)
        table.add_row(used.label, f"{value}{used.mark}", str(used.since), used.reference, str(used.last_checked))
    return table


def show_cases(ran: "Sequence[ProductCases]") -> None:
    """Print how the worked cases of every product ended."""
    console = _console()
    table = _table("产品", "代码", "用例", "通过", "未通过", "缺用例的变动", right=(2, 3, 4, 5))
    for one in ran:
        failed = len(one.failures)
        numbers = (len(one.results), len(one.results) - failed, failed, len(one.missing))
        table.add_row(one.label, one.product, *map(str, numbers))
    table.add_section()
    cases, failed = sum(len(one.results) for one in ran), sum(len(one.failures) for one in ran)
    missing = sum(len(one.missing) for one in ran)
    table.add_row("合计", "", *map(str, (cases, cases - failed, failed, missing)), style="bold")
    console.print(table)
    for one in ran:
        for failure in one.failures:
            console.print(f"✗ {one.label}：{failure.case}：{'；'.join(failure.differences)}", style="red", markup=False)
        for gap in one.missing:
            console.print(f"✗ {one.label}：“{gap.label}”在 {gap.day} 没有用例", style="red", markup=False)
