"""How much may be lent at most, and which limit binds?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from risk.policies.facts import Value, lacking
from risk.policies.money import to_fen
from risk.policies.parameters import UNVERIFIED_MARK, PolicyParameters, Used
from risk.policies.support import Capped


@dataclass(frozen=True, kw_only=True)
class LimitLine:
    """Tell one limit in yuan; None with a note where it cannot be worked out."""

    name: str
    label: str
    amount: Decimal | None
    formula: str
    note: str = ""
    parameters: tuple[Used, ...] = ()

    @property
    def mark(self) -> str:
        """Return what must be written behind the amount: whether one of its numbers, or the formula, is unverified."""
        return next((used.mark for used in self.parameters if used.mark), "" if self.parameters else UNVERIFIED_MARK)


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Tell the smallest of the limits that are known and which one it is; None where none is.

    A limit that is not known could be smaller still: `complete` says whether all are known. `asked` is the amount that
    is asked for, where it is about a loan and known.
    """

    lines: tuple[LimitLine, ...]
    amount: Decimal | None
    binding: str | None
    complete: bool
    asked: Decimal | None = None

    @property
    def binding_lines(self) -> tuple[LimitLine, ...]:
        """Return every limit that is as small as the smallest."""
        return tuple(line for line in self.lines if line.amount is not None and line.amount == self.amount)

    @property
    def excess(self) -> Decimal | None:
        """Return the yuan asked for beyond the limit, 0 where there is room; None where one of the two is unknown."""
        if self.amount is None or self.asked is None:
            return None
        return max(Decimal(0), self.asked - self.amount)


Facts = Mapping[str, Decimal]


def working_capital_need(facts: Facts) -> Decimal:
    """Return the yuan of working capital still to be financed, net of own funds and of all banks' loans.

    revenue x (1 - margin) x (1 + growth) / turnover - own - debt. Source: the common banking formula, unverified.
    """
    yearly = facts["revenue"] * (1 - facts["sales_margin"]) * (1 + facts["expected_growth"])
    need = yearly / facts["working_capital_turnover"] - facts["own_working_capital"] - facts["debt_all_banks"]
    return max(Decimal(0), need)


def _of_research(facts: Facts, multiple: Decimal) -> Decimal:
    return facts["rnd_expense"] * multiple


def _of_group(facts: Facts, share: Decimal) -> Decimal:
    return max(Decimal(0), facts["bank_tier1_capital"] * share - facts["group_exposure"])


NEED_FACTS = (
    "revenue",
    "sales_margin",
    "expected_growth",
    "working_capital_turnover",
    "own_working_capital",
    "debt_all_banks",
)


def limit_of(
    facts: Mapping[str, Value], *, cap: Capped | None, loan: bool, terms: PolicyParameters, on: date
) -> Limit | None:
    """Return the suggested limit: the smallest of policy cap, working-capital need, R&D multiple and group limit.

    Where it is not about a loan the policy cap stands alone; None where there is none.
    """
    plain = {name: value for name, value in facts.items() if isinstance(value, Decimal)}
    lines = (*_policy(cap), *(_of_bank(plain, terms, on) if loan else ()))
    known = {line.name: line.amount for line in lines if line.amount is not None}
    binding = min(known, key=lambda name: known[name], default=None)
    if not lines:
        return None
    return Limit(
        lines=lines,
        amount=None if binding is None else known[binding],
        binding=binding,
        complete=len(known) == len(lines),
        asked=plain.get("amount") if loan else None,
    )


def _of_bank(facts: Facts, terms: PolicyParameters, on: date) -> tuple[LimitLine, ...]:
    research, share = terms.used("rnd_multiple", on), terms.used("group_limit_share", on)
    group = ("bank_tier1_capital", "group_exposure")
    return (
        _need(facts),
        _by_term("rnd_multiple", "研发费用倍数", facts, ("rnd_expense",), _of_research, research),
        _by_term("group_limit", "集团客户限额", facts, group, _of_group, share),
    )


def _policy(cap: Capped | None) -> tuple[LimitLine, ...]:
    if cap is None:
        return ()
    return (
        LimitLine(
            name="policy_cap",
            label="政策上限",
            amount=cap.amount,
            formula=cap.formula,
            note=cap.note,
            parameters=cap.parameters,
        ),
    )


def _need(facts: Facts) -> LimitLine:
    missing = [name for name in NEED_FACTS if name not in facts]
    note = lacking(missing)
    if not missing and not facts["working_capital_turnover"]:
        note = "营运资金周转次数为零，无从测算。"
    return LimitLine(
        name="working_capital_need",
        label="营运资金需求",
        amount=None if note else to_fen(working_capital_need(facts)),
        formula="收入 ×（1－利润率）×（1＋增长率）÷ 周转次数 － 自有营运资金 － 各行贷款（通行测算式，未核实）",
        note=note,
    )


FORMULAS = {
    "rnd_multiple": "上年研发费用 × 倍数",
    "group_limit": "一级资本净额 × 集团限额比例 － 现有集团敞口",
}


def _by_term(
    name: str,
    label: str,
    facts: Facts,
    needed: tuple[str, ...],
    amount: Callable[[Facts, Decimal], Decimal],
    used: Used | None,
) -> LimitLine:
    missing = [fact for fact in needed if fact not in facts]
    number = None if used is None else used.value
    note = lacking(missing) or ("" if number is not None else "当日没有有效的取值。")
    return LimitLine(
        name=name,
        label=label,
        amount=None if missing or number is None else to_fen(amount(facts, number)),
        formula=FORMULAS[name],
        note=note,
        parameters=(used,) if used else (),
    )
