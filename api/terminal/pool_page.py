"""How does a terminal show what the pool comes to?"""

import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from data.spec.table import Unit
from risk.policies.facts import say
from risk.policies.parameters import UNVERIFIED_MARK as MARK
from risk.policies.rule import PARTY_LABELS, Party

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from risk.pool_report import Aims, Concentration, LossCurve, Outcome, PartyLine, PoolReport

WIDTH = 120
"""Columns of a page that is piped."""
BAR = 40
WAN = 10_000


def show_pool(found: "PoolReport") -> None:
    """Print the report; every figure that hangs on an unverified number is marked."""
    from rich.console import Console, Group

    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    console.print(Group(*_page(found)))


def _page(found: "PoolReport") -> Iterator["RenderableType"]:
    from rich.text import Text

    yield Text(
        f"资金池 {found.as_of}" + ("（演示数据，企业与数字均为虚构）" if found.demonstration else ""), style="bold"
    )
    yield _concentrations(found)
    yield _names(found.filed)
    yield _losses(found)
    yield from _curve("补偿资金在现有贷款上的损失", found.base.fund)
    yield _parties(found)
    yield _outcomes(found)
    if found.aims is not None:
        yield _aims(found.aims)
    yield _banks(found)
    yield _grades(found)
    yield _parameters(found)
    yield from (Text(f"· {note}", style="dim") for note in found.notes)
    yield Text(f"· 模型 {found.model}；{found.scenarios:,} 种年景，种子 {found.seed}。", style="dim")


def _table(title: str, first: Sequence[str], numbers: Sequence[str]) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(
        box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), title=f"\n{title}", title_justify="left", title_style="bold"
    )
    for name in first:
        table.add_column(name, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def wan(yuan: float | Decimal) -> str:
    """Say yuan in ten thousands.

    >>> wan(12_345_678), wan(Decimal("500.00"))
    ('1,234.6', '0.1')
    """
    return f"{float(yuan) / WAN:,.1f}"


def _concentrations(found: "PoolReport") -> "RenderableType":
    table = _table(
        f"规模与集中度（敞口＝余额＋未提用额度×转换系数{MARK}）",
        ("范围",),
        ("笔数", "户数", "敞口（万元）", "户 HHI", "圈 HHI", "均分时", "最大十户"),
    )
    for one in (found.filed, found.book):
        table.add_row(
            one.label,
            f"{one.loans:,}",
            f"{one.firms:,}",
            wan(one.exposure),
            f"{one.hhi_firms:.4f}",
            f"{one.hhi_groups:.4f}",
            f"{one.even:.4f}",
            f"{one.top_share:.1%}",
        )
    table.add_row("已违约", "", f"{found.defaulted_firms:,}", wan(found.in_default), "", "", "", "")
    return table


def _names(filed: "Concentration") -> "RenderableType":
    table = _table("备案贷款中最大的户与互保圈", ("名称",), ("户数", "敞口（万元）", "占比"))
    for one in (*filed.top[:5], *filed.groups):
        table.add_row(one.name, str(one.firms), wan(one.exposure), f"{one.share:.1%}")
    return table


def _losses(found: "PoolReport") -> "RenderableType":
    titles = ("公式均值", "模拟均值", "±标准误", "90%", "99%", "99.9%", "99%以外平均")
    table = _table(f"损失分布（万元）{MARK}", ("",), titles)
    for label, one in (("全部在贷", found.base.total), ("补偿资金（省市）", found.base.fund)):
        at = dict(one.quantiles)
        figures = (one.exact, one.mean, one.standard_error, at[0.9], at[0.99], at[0.999], one.tail)
        table.add_row(label, *map(wan, figures))
    return table


def _curve(title: str, curve: "LossCurve") -> Iterator["RenderableType"]:
    from rich.text import Text

    yield Text(f"\n{title}（万元）{MARK}", style="bold")
    most = max(curve.shares)
    tops = [*map(wan, curve.edges[1:]), ""]
    for edge, top, share in zip(curve.edges, tops, curve.shares, strict=True):
        bar = "█" * round(share / most * BAR) or ("▏" if share else "")
        span = f"{wan(edge)}–{top}" if top else f"{wan(edge)} 以上"
        yield Text(f"  {span:>20}  {bar} {share:.2%}")


def _parties(found: "PoolReport") -> "RenderableType":
    titles = ("无支持", "有支持", "占比", "坏年景 99%") + (("拟议", "占比", "坏年景 99%") if found.reform else ())
    table = _table(f"各方预期损失（万元）{MARK}", ("承担方",), titles)
    proposed = found.reform.parties if found.reform else found.base.parties
    for now, then in zip(found.base.parties, proposed, strict=True):
        if now.expected_without or now.expected_with or then.expected_with:
            cells = (wan(now.expected_without), *_borne(now), *(_borne(then) if found.reform else ()))
            table.add_row(now.label, *cells)
    return table


def _borne(line: "PartyLine") -> tuple[str, str, str]:
    return wan(line.expected_with), f"{line.share:.1%}", wan(line.bad_year)


def _outcomes(found: "PoolReport") -> "RenderableType":
    titles = ("预期损失", "资金预期", "资金 99%", "可用年限", "被用尽的可能")
    size = wan(found.fund_size)
    table = _table(f"补偿资金 {size} 万元{MARK}能用多久（万元）", ("情景", "假设"), titles)
    for one in (found.base, *found.stresses, *((found.reform,) if found.reform else ())):
        table.add_row(one.label, one.about + (MARK if one.name != "base" else ""), *_outcome(one))
    return table


def _outcome(one: "Outcome") -> tuple[str, ...]:
    years = "—" if one.years is None else f"{one.years:.1f} 年"
    return (wan(one.total.mean), wan(one.fund.mean), wan(dict(one.fund.quantiles)[0.99]), years, f"{one.exhausted:.2%}")


def _aims(aims: "Aims") -> "RenderableType":
    table = _table("降低银行放贷风险和企业贷款成本", ("",), ("备案，无支持", "备案，有支持", "未备案"))
    for label, *values in _aim_rows(aims):
        table.add_row(label, *("" if value is None else f"{value:.2%}" for value in values))
    table.add_row("给企业的贴息与补贴（万元）", "", wan(aims.subsidy), "")
    table.add_row("按早期研发信用贷款备案（笔）", "", str(aims.early), "")
    table.add_row(f"补偿资金放大倍数{MARK}", "", f"{aims.leverage:.1f} 倍", "")
    if aims.cost_unknown:
        table.caption, table.caption_justify = f"{aims.cost_unknown}笔的利率或担保费率未报，不计入成本。", "left"
    return table


def _aim_rows(aims: "Aims") -> "Iterator[tuple[str, float | None, float | None, float | None]]":
    yield f"银行预期损失率（年）{MARK}", aims.bank_loss_without, aims.bank_loss_with, None
    for party, loss in aims.losses:
        if party is not Party.BANK:
            yield f"　由{PARTY_LABELS[party]}承担{MARK}", None, loss, None
    yield f"银行保本利率（年）{MARK}", aims.bank_rate_without, aims.bank_rate_with, None
    yield "企业综合成本（年）", aims.cost_without, aims.cost_with, aims.cost_unfiled
    for part in aims.cost_parts:
        yield f"　{part.label}", part.without, part.with_support, part.unfiled
    yield "首贷占比", None, aims.first_loans, None
    yield "信用贷款占比", None, aims.credit_loans, aims.credit_loans_unfiled


def _banks(found: "PoolReport") -> "RenderableType":
    titles = (
        "笔数",
        "备案",
        "敞口（万元）",
        f"年损失{MARK}",
        "有支持",
        "一年前户数",
        f"预期违约{MARK}",
        "95%范围",
        "实际",
    )
    table = _table("各银行：在贷，以及一年前的借款企业至今的违约", ("银行",), titles)
    for one in found.banks:
        beyond = not one.low <= one.actual_defaults <= one.high
        table.add_row(
            one.bank,
            f"{one.loans:,}",
            f"{one.filed:,}",
            wan(one.exposure),
            wan(one.expected_loss),
            wan(one.expected_loss_with),
            f"{one.firms_before:,}",
            f"{one.expected_defaults:.1f}",
            f"{one.low}–{one.high}",
            f"[bold red]{one.actual_defaults}[/]" if beyond else str(one.actual_defaults),
        )
    return table


def _grades(found: "PoolReport") -> "RenderableType":
    table = _table(
        f"同一等级{MARK}，一年前备案与未备案的贷款，至今违约",
        ("等级",),
        ("备案", "其中违约", "比例", "未备案", "其中违约", "比例"),
    )
    for one in found.grades:
        table.add_row(one.grade, *_counted(one.filed, one.filed_defaults), *_counted(one.unfiled, one.unfiled_defaults))
    return table


def _counted(loans: int, defaults: int) -> tuple[str, str, str]:
    return f"{loans:,}", f"{defaults:,}", f"{defaults / loans:.1%}" if loans else "—"


def _parameters(found: "PoolReport") -> "RenderableType":
    table = _table("所用的数字", ("名称", "取值", "依据"), ())
    for one in found.used:
        value = "无" if one.value is None else say(one.value, Unit(one.unit) if one.unit in set(Unit) else one.unit)
        table.add_row(one.label, f"{value}{one.mark}", one.reference)
    return table
