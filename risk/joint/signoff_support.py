"""What stands on a sign-off sheet about support: who bears a loss, who pays, and what does the loan cost? Pure."""

import re
from collections.abc import Sequence
from decimal import Decimal

from risk.document import Section, Table
from risk.joint.support import Support
from risk.policies.cost import FirmCost
from risk.policies.limit import Limit
from risk.policies.rule import PARTY_LABELS
from risk.policies.support import Paid

UNKNOWN = "—"
NAMES_IN_CODE = re.compile(r"（[a-z_0-9]+）")
"""What a note adds for those who type facts; no word for paper."""


def support_sections(support: Support | None) -> tuple[Section, ...]:
    """Return the section about support; none where nothing was worked out when the sheets opened."""
    if support is None:
        return ()
    tables = (_losses(support), _benefits(support.benefits), _cost(support.cost), _limit(support.limit))
    return (
        Section(
            title="支持与各方成本",
            english="Support, and what it costs each party",
            sentences=(*_sentences(support), *(NAMES_IN_CODE.sub("", note) for note in support.notes)),
            tables=tuple(one for one in tables if one is not None),
        ),
    )


def _sentences(support: Support) -> tuple[str, ...]:
    said = [f"按{support.on}的规定试算；支持只改变损失由谁承担，不改变违约的可能。"]
    said += ["该产品的参数为示意，不是官方规定。"] if support.illustrative else []
    said += [f"损失分担：{support.sharing}。"] if support.sharing else []
    said += [f"风险敞口 {_yuan(support.exposure)} 元。"] if support.exposure is not None else []
    return tuple(said)


def _losses(support: Support) -> Table | None:
    rows = tuple(
        (one.label, *map(_yuan, (one.in_default, one.expected_without, one.expected_with, one.stressed_with)))
        for one in support.parties
    )
    if not rows:
        return None
    return Table(
        title=f"损失由谁承担（元）{support.loss_mark}",
        head=("承担方", "一旦违约", "预期，无支持", "预期，有支持", "坏年景，有支持"),
        rows=rows,
        numeric=frozenset({1, 2, 3, 4}),
    )


def _benefits(benefits: Sequence[Paid]) -> Table | None:
    rows = tuple(
        (
            one.label,
            PARTY_LABELS[one.payer],
            PARTY_LABELS[one.receiver],
            f"{_yuan(one.amount)}{one.mark}",
            NAMES_IN_CODE.sub("", one.note) or one.formula,
        )
        for one in benefits
    )
    if not rows:
        return None
    head = ("支持", "由谁出", "给谁", "金额（元）", "算法或说明")
    return Table(title="支持从哪里来", head=head, rows=rows, numeric=frozenset({3}))


def _cost(cost: FirmCost | None) -> Table | None:
    if cost is None:
        return None
    rows = [
        (line.label, _yuan(line.without_support), f"{_yuan(line.with_support)}{line.mark}", line.formula)
        for line in cost.lines
    ]
    rows.append(("合计", _yuan(cost.without_support), _yuan(cost.with_support), ""))
    rows.append(
        ("折合年率", f"{cost.rate_without * 100:.2f}%", f"{cost.rate_with * 100:.2f}%", "合计 ÷（金额 × 年数）")
    )
    head = ("企业的成本", "无支持", "有支持", "算法")
    return Table(title="企业贷款的全部成本（元，整个期限）", head=head, rows=tuple(rows), numeric=frozenset({1, 2}))


def _limit(limit: Limit | None) -> Table | None:
    if limit is None:
        return None
    rows = tuple(
        (
            f"{line.label}{'（起作用）' if line in limit.binding_lines else ''}",
            f"{_yuan(line.amount)}{line.mark if line.amount is not None else ''}",
            NAMES_IN_CODE.sub("", line.note) or line.formula,
        )
        for line in limit.lines
    )
    note = "" if limit.complete else "；有限额算不出，真正的限额可能更低"
    over = f"；申请超出 {_yuan(limit.excess)} 元" if limit.excess else ""
    head = ("限额", "金额（元）", "算法或说明")
    return Table(title=f"可贷多少（取已知限额中最小的一个{note}{over}）", head=head, rows=rows, numeric=frozenset({1}))


def _yuan(amount: Decimal | None) -> str:
    return UNKNOWN if amount is None else f"{amount:,.2f}"
