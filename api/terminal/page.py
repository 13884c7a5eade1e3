"""What does an assessment look like on a terminal?"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import fsum
from typing import TYPE_CHECKING

from data.spec.table import GROUP_LABELS, Group
from risk.assessment import (
    REMARK_LABELS,
    STATUS_LABELS,
    SUPPORT_LABELS,
    Assessment,
    Explanation,
    GroupPoints,
    Line,
    Reason,
    Status,
    Told,
)
from risk.readers import Audience

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

PURPOSE_LABELS = {
    "pre_loan": "贷前评估",
    "monitoring": "贷后监测",
    "guarantee": "担保评估",
    "joint_evaluation": "联合评价",
}
MARK = "演示数据 · 企业与数字均为虚构"
BAR = 22
"""Cells on either side of the zero line."""

LOWEST, HIGHEST = 300, 900
"""The bounds of the score (house.md 5)."""

SCALE_CELLS = 40
GOOD = "blue"
BAD = "red"
SHOWN_EACH_WAY = 5


def show(answer: Assessment, told: Explanation | None = None) -> None:
    """Print the assessment on stdout, in the words of an explanation where there is one."""
    from rich.console import Console

    print_page(Console(highlight=False), answer, told)


def print_page(console: "Console", answer: Assessment, told: Explanation | None = None) -> None:
    """Print the assessment as one page that is read from top to bottom in half a minute."""
    for part in _parts(answer if told is None else _reworded(answer, told)):
        console.print(part)
    if told is not None and answer.groups:
        for part in _further(told):
            console.print(part)
    console.print(_foot(answer))


def _reworded(answer: Assessment, told: Explanation) -> Assessment:
    return replace(
        answer,
        reasons_for=_in_words(answer.reasons_for, told.reasons_for),
        reasons_against=_in_words(answer.reasons_against, told.reasons_against),
    )


def _in_words(reasons: Sequence[Reason], told: Sequence[Told]) -> tuple[Reason, ...]:
    return tuple(replace(one, sentence=said.sentence) for one, said in zip(reasons, told, strict=True))


def _further(told: Explanation) -> Iterator["RenderableType"]:
    """Yield what the points are relative to, what each group adds beyond the reasons, and, to a firm, its unknowns."""
    from rich.padding import Padding
    from rich.text import Text

    rest = [one.sentence for one in told.neutral if round(one.points, 1)]
    if rest:
        yield _heading("其余部分")
        yield Padding(Text("\n".join(rest)), (0, 0, 0, 2))
    if told.unknown and told.audience is Audience.ENTERPRISE:
        yield _heading("未知的项目")
        yield Padding(Text("\n".join(one.sentence for one in told.unknown)), (0, 0, 0, 2))
    if told.reference:
        yield Padding(Text(told.reference, style="dim"), (1, 0, 0, 2))


def _parts(answer: Assessment) -> Iterator["RenderableType"]:
    yield _head(answer)
    if answer.score is None:
        yield _no_score(answer)
    if answer.groups:
        yield _heading("各方面的分值")
        yield _groups(answer)
        yield _sum_line(answer)
    yield from _reasons("加分的主要理由", "▲", GOOD, answer.reasons_for)
    yield from _reasons("减分的主要理由", "▼", BAD, answer.reasons_against)
    yield from _remarks(answer)


def _head(answer: Assessment) -> "RenderableType":
    from rich import box
    from rich.console import Group as Stack
    from rich.panel import Panel
    from rich.text import Text

    name = Text.assemble((answer.enterprise_name, "bold"), "  ", (answer.identifier, "dim"))
    lines = [name]
    if answer.score is not None:
        lines += [Text(), _score_line(answer), _scale(answer.score), _probability_line(answer)]
    elif answer.grade:
        lines += [Text(), Text.assemble("等级 ", (answer.grade, "bold"), f"  {answer.grade_label}")]
    day = (
        f"评估日 {answer.as_of}   有效期至 {answer.valid_until}   {PURPOSE_LABELS.get(answer.purpose, answer.purpose)}"
    )
    lines += [Text(), Text(day, style="dim")]
    mark = f"[black on yellow] {MARK} [/]" if answer.demonstration else None
    return Panel(Stack(*lines), title="[bold]鲁科评 · 企业信用评估[/]", subtitle=mark, box=box.ROUNDED, padding=(1, 2))


def _score_line(answer: Assessment) -> "Text":
    from rich.text import Text

    grade = f"{answer.grade or ''}" + (f"（{answer.grade_label}）" if answer.grade_label else "")
    return Text.assemble("信用分 ", (str(answer.score), f"bold {GOOD}"), "   等级 ", (grade, "bold"))


def _scale(score: int) -> "Text":
    from rich.text import Text

    place = round((score - LOWEST) / (HIGHEST - LOWEST) * SCALE_CELLS)
    before, after = ("━" * place, GOOD), ("─" * (SCALE_CELLS - place), "dim")
    return Text.assemble((f"{LOWEST} ", "dim"), before, ("●", f"bold {GOOD}"), after, (f" {HIGHEST}", "dim"))


def _probability_line(answer: Assessment) -> "Text":
    from rich.text import Text

    if answer.pd is None:
        return Text("不给出违约概率（专家卡，未经校准）", style="dim")
    horizon = answer.model.horizon_months if answer.model else None
    text = Text.assemble(f"{horizon} 个月内违约概率 " if horizon else "违约概率 ", (percent(answer.pd), "bold"))
    if answer.pd_low is not None and answer.pd_high is not None:
        text.append(f"   80% 区间 {percent(answer.pd_low)} 至 {percent(answer.pd_high)}")
    return text


def percent(value: float) -> str:
    """Write a probability as a reader says it: two digits that mean something, not four.

    >>> percent(0.0234), percent(0.00042), percent(0.5)
    ('2.3%', '0.04%', '50.0%')
    """
    return f"{value:.1%}" if value >= 0.001 else f"{value:.2%}"


def _no_score(answer: Assessment) -> "RenderableType":
    from rich.text import Text

    code = f"（代码 {answer.code}）" if answer.code else ""
    return Text.assemble(
        (f"  {STATUS_LABELS[answer.status]}", f"bold {BAD}" if answer.status is Status.IN_DEFAULT else "bold yellow"),
        f"{code}  {answer.message}",
        f"\n  怎么办：{answer.help}" if answer.help else "",
    )


def _heading(title: str) -> "Text":
    from rich.text import Text

    return Text(f"\n  {title}", style="bold")


def _groups(answer: Assessment) -> "RenderableType":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, show_header=False, padding=(0, 1), pad_edge=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    widest = max((abs(group.points) for group in answer.groups), default=0.0)
    for group in sorted(answer.groups, key=lambda group: -group.points):
        table.add_row(f"  {group.label}", bar(group, widest), f"{group.points:+.2f}")
    return table


def bar(group: GroupPoints, widest: float) -> "Text":
    """Draw one group's points left (worse) or right (better) of a zero line."""
    from rich.text import Text

    cells = round(abs(group.points) / widest * BAR) if widest else 0
    left = "█" * cells if group.points < 0 else ""
    right = "█" * cells if group.points > 0 else ""
    return Text.assemble((left.rjust(BAR), BAD), ("│", "dim"), (right.ljust(BAR), GOOD))


def signed(points: float) -> str:
    """Write points with their sign.

    >>> signed(3.21), signed(-0.04), signed(-12.0)
    ('+3.2', '0.0', '-12.0')
    """
    rounded = round(points, 1)
    return f"{rounded:+.1f}" if rounded else "0.0"


def _sum_line(answer: Assessment) -> "RenderableType":
    """Prove the sum: lines of the model plus groups are the score."""
    from rich.text import Text

    first, *others = answer.lines or (Line(name="base", label="基准分", points=0.0),)
    telling = [line for line in others if abs(line.points) >= 0.005]
    terms = [f"{first.label} {first.points:.2f}", *(f"{line.label} {line.points:+.2f}" for line in telling)]
    groups = fsum(group.points for group in answer.groups)
    total = fsum([*(line.points for line in answer.lines), *(group.points for group in answer.groups)])
    return Text(f"  合计：{'，'.join(terms)}，各方面 {groups:+.2f} ＝ {total:.2f}", style="dim")


def _reasons(title: str, sign: str, colour: str, reasons: Sequence[Reason]) -> Iterator["RenderableType"]:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    if not reasons:
        return
    yield _heading(title)
    # A column of its own lets a long Chinese sentence fold where the line ends, not before it begins.
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for reason in reasons[:SHOWN_EACH_WAY]:
        table.add_row(Text(sign, style=f"bold {colour}"), reason.sentence)
        if reason.parts:
            table.add_row("", Text(part_line(reason), style="dim"))
        for line in source_lines(reason):
            table.add_row("", Text(line, style="dim"))
    yield Padding(table, (0, 0, 0, 2))


def part_line(reason: Reason) -> str:
    """List the features that are told as one reason, each with its points."""
    return "其中：" + "，".join(f"{part.label} {signed(part.points)}" for part in reason.parts)


def _remarks(answer: Assessment) -> Iterator["RenderableType"]:
    """Tell what is the matter with the sources: late, stale, missing, in conflict, withheld."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    if not answer.remarks:
        return
    yield _heading("来源状况")
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for remark in answer.remarks:
        table.add_row(Text(REMARK_LABELS[remark.kind], style="yellow"), remark.sentence)
    yield Padding(table, (0, 0, 0, 2))


def source_lines(reason: Reason) -> list[str]:
    """Point to the rows behind a reason: list, file, rows; one line per file, at most two."""
    rows: dict[tuple[str, str], list[int]] = {}
    for source in reason.sources:
        rows.setdefault((source.list_label, source.file), []).append(source.file_row)
    lines = [
        f"来源：《{label}》{file} 第 {_row_numbers(sorted(set(numbers)))} 行" for (label, file), numbers in rows.items()
    ]
    more = [f"另有 {len(lines) - 2} 个来源文件"] if len(lines) > 2 else []
    return lines[:2] + more


def _row_numbers(numbers: Sequence[int]) -> str:
    shown = "、".join(str(number) for number in numbers[:4])
    return f"{shown} 等 {len(numbers)}" if len(numbers) > 4 else shown


def _foot(answer: Assessment) -> "RenderableType":
    from rich.padding import Padding
    from rich.table import Table

    lines = list(answer.notes)
    if answer.coverage is not None:
        support = f"；训练样本的支持：{SUPPORT_LABELS[answer.support]}" if answer.support else ""
        lines.append(f"所用指标已知 {answer.coverage:.0%}{support}。")
    if answer.model:
        trained = f"，训练数据截至 {answer.model.trained_on}" if answer.model.trained_on else ""
        lines.append(f"模型 {answer.model.label}（{answer.model.id}{trained}）")
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for line in (*lines, f"评估编号 {answer.id}"):
        table.add_row("·", line, style="dim")
    return Padding(table, (1, 0, 1, 2))


def group_label(name: str) -> str:
    """Return a group's Chinese name."""
    return GROUP_LABELS[Group(name)] if name in set(Group) else name
