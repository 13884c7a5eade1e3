"""What do an application, its opened sheets and a list look like on a terminal, and as plain values?"""

import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.application_desk import Shown
from api.terminal.door import tell
from risk.joint.application import Application, asked_record, vocabulary
from risk.joint.evaluating import HandedIn, unexplained
from risk.joint.lists import OfficialList
from risk.joint.opening import Opening, opening_record
from risk.joint.sheets import marks_of
from risk.joint.states import MOVES, STATE_LABELS, Move
from risk.joint.words import (
    BOOK_LABELS,
    CONCLUSION_LABELS,
    DIMENSION_LABELS,
    GUARANTEE_LABELS,
    ROLE_LABELS,
    SHEET_LABELS,
    Book,
    Dimension,
    Role,
    Sheet,
)
from risk.policies.facts import say
from risk.policies.rule import PARTY_LABELS, Party
from risk.policies.verdict import ANSWER_LABELS, OUTCOME_LABELS, Outcome, Verdict, verdict_of

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from risk.joint.application import Step

WIDTH = 140
"""Columns of a page that is piped."""

DEMONSTRATION = "演示数据：企业、机构与数字均为虚构。"
OWN_DECISION = "联合评价与评分仅供参考，是否贷款由银行独立决定。"


def brief_record(application: Application) -> dict[str, Any]:
    """Return the head of an application as plain values."""
    return {
        "number": application.number,
        "state": str(application.state),
        "state_label": STATE_LABELS[application.state],
        "version": application.stored.version,
        "enterprise": str(application.enterprise.identifier),
        "enterprise_name": application.enterprise.name,
        "product": application.stored.product,
        "bank": application.stored.bank,
        "guarantor": application.stored.guarantor,
        "amount": str(application.asked.amount),
    }


def shown_record(shown: Shown) -> dict[str, Any]:
    """Return an application as plain values, as far as it is open to whoever asked."""
    application = shown.application
    return {
        **brief_record(application),
        "asked": asked_record(application.asked),
        "moves": [_move_record(made) for made in application.stored.moves],
        "books": [
            {
                "kind": entry.kind,
                "party": entry.party,
                "amount": str(entry.amount),
                "booked_on": entry.booked_on,
                "version": entry.version,
            }
            for entry in application.stored.entries
        ],
        "sheets": [{"party": one.party, "saw_model": one.saw_model, **one.body} for one in shown.sheets],
        "awaited": [str(one) for one in shown.awaited],
        "opening": None if shown.opening is None else opening_record(shown.opening),
        "possible": [each.partition("（")[0] for each in shown.possible],
        "demonstration": shown.demonstration,
    }


def _move_record(made: "Step") -> dict[str, Any]:
    told = {name: value for name, value in made.details.items() if name not in ("opening", "support")}
    head = {"version": made.version, "move": made.move, "state": made.state, "on": made.on, "at": made.at}
    return {**head, "institution": made.tenant, "role": made.role, "actor": made.actor, "details": told}


def list_record(made: OfficialList, path: Path) -> dict[str, Any]:
    """Return a list as plain values: its sheets, rows and totals; amounts are text."""
    return {
        "kind": str(made.kind),
        "label": made.label,
        "since": made.since,
        "until": made.until,
        "file": str(path),
        "sheets": [
            {
                "name": sheet.name,
                "titles": sheet.titles,
                "rows": [[str(cell) if isinstance(cell, Decimal) else cell for cell in row] for row in sheet.rows],
                "totals": {
                    sheet.titles[total.column]: {"listed": str(total.listed), "booked": str(total.booked)}
                    for total in sheet.totals
                },
            }
            for sheet in made.sheets
        ],
    }


def hand_in_record(done: HandedIn) -> dict[str, Any]:
    """Return how a hand-in ended as plain values."""
    awaited = [str(one) for one in done.awaited]
    return {"sheet": str(done.sheet), "saw_model": done.saw_model, "awaited": awaited, "opened": not awaited}


def show_hand_in(done: HandedIn) -> None:
    """Print how a hand-in ended."""
    number = done.application.number
    tell(f"{number}：{SHEET_LABELS[done.sheet]}的评价表已交，交后不改。")
    if done.saw_model:
        tell("  已记录：给分之前看过模型的结果。")
    waiting = "、".join(SHEET_LABELS[one] for one in done.awaited)
    tell(f"  还在等：{waiting}。" if waiting else f"  各方已交齐，同时开启：lukeping application open {number}")


def show_move(shown: Shown) -> None:
    """Print what a move came to: the state, what it found and booked, and what may follow."""
    application = shown.application
    made = application.stored.moves[-1]
    console = _console()
    console.print(f"{application.number}  {application.enterprise.name}  [bold]{_label(made.move)}[/]")
    console.print(f"  现在：{STATE_LABELS[application.state]}（第{made.version}步）")
    if "verdict" in made.details:
        console.print(_findings(verdict_of(made.details["verdict"])))
    if "watch" in made.details:
        console.print(_findings(verdict_of(made.details["watch"])))
    for entry in application.stored.entries:
        if entry.version == made.version:
            console.print(f"  {BOOK_LABELS[Book(entry.kind)]}：{_party(entry.party)} {entry.amount:,.2f}元")
    _follow(console, shown)


def _follow(console: "Console", shown: Shown) -> None:
    follow = "、".join(shown.possible)
    console.print(f"  您接下来可以：{follow}" if follow else "  接下来由其他方办理，或已办结。", style="dim")
    if shown.demonstration:
        console.print(f"  {DEMONSTRATION}", style="dim")


def show_application(shown: Shown) -> None:
    """Print an application: what is asked for, what was done, the books, the sheets that are open to the reader."""
    console = _console()
    for part in _parts(shown):
        console.print(part)
    _follow(console, shown)


def _parts(shown: Shown) -> "Iterator[RenderableType]":
    application = shown.application
    yield f"[bold]{application.number}  {application.enterprise.name}[/]  {application.enterprise.identifier}"
    stored, state = application.stored, STATE_LABELS[application.state]
    yield f"  {application.product.label}  状态：[bold]{state}[/]（第{stored.version}步）"
    guarantee = GUARANTEE_LABELS[application.asked.guarantee]
    yield f"  银行 {stored.bank}  担保 {stored.guarantor or '无'}  {guarantee}"
    known = vocabulary(application.product)
    asked = {**application.asked.loan, **application.asked.told}
    terms = _table("内容", "填报")
    for name, value in asked.items():
        terms.add_row(known[name].label, say(value, known[name].unit, known[name].choices))
    terms.add_row("用途说明", application.asked.purpose)
    yield terms
    submitted = application.last(Move.SUBMIT)
    if submitted is not None:
        yield _findings(verdict_of(submitted.details["verdict"]))
    yield _history(application)
    if application.stored.entries:
        yield _books(application)
    if shown.awaited:
        yield f"  背靠背评价中，还在等：{'、'.join(SHEET_LABELS[one] for one in shown.awaited)}。"
    if shown.opening is None and shown.sheets:
        yield _marks(shown)
    if shown.opening is not None:
        yield "  评价表已同时开启：lukeping application open " + application.number
    yield f"  {OWN_DECISION}"


def _history(application: Application) -> "Table":
    table = _table("步", "日期", "办理", "由", "说明", right=(0,))
    for made in application.stored.moves:
        by = f"{ROLE_LABELS[Role(made.role)]}（{made.tenant}）"
        table.add_row(str(made.version), str(made.on), _label(made.move), by, _said(made))
    return table


def _said(made: "Step") -> str:
    told = made.details
    parts = [CONCLUSION_LABELS[told["conclusion"]]] if "conclusion" in told else []
    parts += [f"推翻建议，{told['expires_on']}失效"] if "override" in told else []
    parts += [{"followed": "与结论一致", "overridden": "与结论不同"}[told["feedback"]]] if "feedback" in told else []
    parts += [DIMENSION_LABELS[Dimension(told["dimension"])]] if "dimension" in told else []
    parts += [str(told[name]) for name in ("label", "words", "loan_no", "filing_no") if told.get(name)]
    if "verdict" in told:
        parts.append(ANSWER_LABELS[verdict_of(told["verdict"]).answer])
    parts += [f"余额{Decimal(told['balance']):,.2f}元"] if "balance" in told else []
    parts += [f"本金损失{Decimal(told['principal_loss']):,.2f}元"] if "principal_loss" in told else []
    return "；".join(parts)


def _books(application: Application) -> "Table":
    table = _table("台账", "方", "金额（元）", "日期", "步", right=(2, 4))
    for entry in application.stored.entries:
        label = BOOK_LABELS[Book(entry.kind)]
        table.add_row(label, _party(entry.party), f"{entry.amount:,.2f}", str(entry.booked_on), str(entry.version))
    return table


def _findings(verdict: Verdict) -> "Table":
    table = _table("条件", "结果", "现为", "要求", "依据")
    for one in verdict.findings:
        style = "red" if one.outcome in (Outcome.FAILED, Outcome.UNKNOWN) else ""
        asked = f"{one.required}{one.mark}"
        why = f"{one.measured} {one.note}".strip()
        table.add_row(one.label, OUTCOME_LABELS[one.outcome], why, asked, one.reference, style=style)
    table.title = f"{verdict.label}·{verdict.on}：{ANSWER_LABELS[verdict.answer]}"
    return table


def _marks(shown: Shown) -> "Table":
    table = _table("方面", *(SHEET_LABELS[Sheet(one.party)] for one in shown.sheets), right=range(1, 4))
    for dimension, label in DIMENSION_LABELS.items():
        table.add_row(label, *(str(marks_of(one.body)[dimension]) for one in shown.sheets))
    return table


def show_opening(shown: Shown) -> None:
    """Print everything that was opened at once: marks beside their references, gaps, grade, weights, suggestion."""
    opening = shown.opening
    assert opening is not None
    console = _console()
    console.print(f"[bold]{shown.application.number}  {shown.application.enterprise.name}[/]  同时开启")
    console.print(_matrix(shown, opening))
    for line in _sentences(shown, opening):
        console.print(f"  {line}")
    _follow(console, shown)


def _matrix(shown: Shown, opening: Opening) -> "Table":
    marks = {Sheet(one.party): marks_of(one.body) for one in shown.sheets}
    parties = [f"{SHEET_LABELS[sheet]}（{opening.sheet_weights[sheet] * 100:.0f}%）" for sheet in marks]
    table = _table("方面（权重）", *parties, "综合", "参照", "参照是什么", right=range(1, len(marks) + 3))
    gaps = {(gap.sheet, gap.dimension): gap for gap in opening.gaps}
    for reference in opening.references:
        one = reference.dimension
        cells = []
        for sheet, given in marks.items():
            gap = gaps.get((sheet, one))
            cells.append(
                f"{given[one]} [red]△{gap.gap:+}[/]" if gap is not None and gap.to_explain else str(given[one])
            )
        weight = f"{DIMENSION_LABELS[one]}（{opening.dimension_weights[one] * 100:.0f}%）"
        value = "—" if reference.value is None else str(reference.value)
        table.add_row(weight, *cells, str(opening.composites[one]), value, f"{reference.what}{reference.note}")
    return table


def _sentences(shown: Shown, opening: Opening) -> Iterator[str]:
    model = opening.model
    said = f"{model.grade}（主标尺第{model.place}级，共{model.places}级），信用分{model.score}"
    yield f"模型：{said if model.place else model.message or '没有给出主标尺上的等级'}。"
    for one in opening.notches:
        rows = "、".join(f"{c.row}{'〔重复计分〕' if c.counted_by_model else ''}" for c in one.citations)
        if one.wanted or rows:
            cited = f"；引用 {rows}" if rows else ""
            yield f"{SHEET_LABELS[one.sheet]}要求移动{one.wanted:+}级，准许{one.allowed:+}级{cited}。"
    moved = f"移动{opening.moved:+}级" if opening.moved else "不移动"
    yield f"等级{moved}，结果：{opening.grade_after or '无'}。分数与违约概率从不平均。"
    yield f"综合分 {opening.composite}；分歧指数 {opening.disagreement}（各方面最高与最低之差按权重平均，0 为一致）。"
    saw = [SHEET_LABELS[sheet] for sheet, yes in opening.saw_model.items() if yes]
    yield f"给分之前看过模型结果的：{'、'.join(saw) or '无'}。"
    waiting = [f"{SHEET_LABELS[sheet]}·{DIMENSION_LABELS[one]}" for sheet, one in unexplained(shown.application)]
    yield f"差距尚未说明：{'、'.join(waiting) or '无'}。"
    yield f"[bold]建议（计算）：{CONCLUSION_LABELS[opening.suggestion]}[/]，由人作出结论。"
    yield from (f"·{reason}" for reason in opening.reasons)
    yield OWN_DECISION


def show_all(found: Sequence[Application]) -> None:
    """Print a line for each application."""
    if not found:
        tell("还没有申请。新建见 lukeping application new --help")
        return
    table = _table("编号", "企业", "产品", "银行", "担保", "金额（元）", "状态", "步", right=(5, 7))
    for one in found:
        guarantor, amount = one.stored.guarantor or "", f"{one.asked.amount:,.2f}"
        head = (one.number, one.enterprise.name, one.product.label, one.stored.bank, guarantor, amount)
        table.add_row(*head, STATE_LABELS[one.state], str(one.stored.version))
    _console().print(table)
    tell(f"  共 {len(found)} 笔。查看：lukeping application show 编号")


def show_list(made: OfficialList, path: Path) -> None:
    """Print what a list came to and where its workbook lies."""
    tell(f"《{made.label}》{made.since} 起，{made.until} 前：{path}")
    for sheet in made.sheets:
        tell(f"  {sheet.name}：{len(sheet.rows)} 行")
        for total in sheet.totals:
            tell(f"    {sheet.titles[total.column]}合计 {total.listed:,.2f}元，台账 {total.booked:,.2f}元，一致")


def _console() -> "Console":
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)


def _table(*titles: str, right: Sequence[int] = ()) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title_justify="left")
    for place, title in enumerate(titles):
        table.add_column(title, justify="right" if place in right else "left", overflow="fold")
    return table


def _label(move: str) -> str:
    return MOVES[Move(move)].label if move in set(Move) else "新建申请"


def _party(party: str) -> str:
    return PARTY_LABELS[Party(party)]
