"""How is a declaration told to a reader in Chinese: which rows, how they become a number, by which formula?"""

import ast
from collections.abc import Callable, Mapping
from typing import Any

from data.spec.table import Column, Kind, Table, Unit
from features.conditions import After, AtLeast, Below, Condition, Filled, NotAfter
from features.fingerprints import expression_of, source_of
from features.numbers import label_of, number
from features.spec import Aggregate, Derived, Feature, Reduce
from features.windows import Span, Window

SPANS: Mapping[str, str] = {Span.DAYS: "天", Span.MONTHS: "个月", Span.QUARTERS: "个季度", Span.YEARS: "年"}
REDUCTIONS: Mapping[Reduce, str] = {
    Reduce.COUNT: "计条数",
    Reduce.SUM: "“{column}”合计",
    Reduce.MEAN: "“{column}”的平均",
    Reduce.MIN: "最小的“{column}”",
    Reduce.MAX: "最大的“{column}”",
    Reduce.STD: "“{column}”的标准差",
    Reduce.SLOPE: "“{column}”每年的变化（最小二乘）",
    Reduce.LATEST: "最近一条的“{column}”",
    Reduce.PREVIOUS: "最近一条之前那一期的“{column}”",
    Reduce.FIRST: "最早一条的“{column}”",
    Reduce.DISTINCT: "不同“{column}”的个数",
    Reduce.MONTHS: "有记录的月份数",
    Reduce.MAX_GAP: "相邻两条之间最长的天数",
    Reduce.DAYS_SINCE_LATEST: "最近一条距评估日的天数",
    Reduce.DAYS_SINCE_FIRST: "最早一条距评估日的天数",
    Reduce.DAYS_SINCE_SUM: "各条距评估日的天数合计",
    Reduce.PEAK_MONTH_SHARE: "“{column}”最多的一个自然月所占的比重",
    Reduce.TOP_SHARE: "“{column}”中占比最大的“{by}”所占的比重",
}
SIGNS: Mapping[type[ast.operator], str] = {ast.Add: "＋", ast.Sub: "－", ast.Mult: "×", ast.Div: "÷"}
FUNCTIONS: Mapping[str, str] = {
    "ratio": "{0} ÷ {1}（分母不为正时未知）",
    "same_year_ratio": "{0} ÷ {1}，取两者都有的最近年度（一方多一年时，改用{2}或{3}；没有共同的年度时未知）",
    "growth": "（{0} － {1}）÷ {1}，限于 -1 至 10",
    "share_of_years": "{0} ÷ 365.25",
    "surplus": "{0} － {1}（不低于零）",
    "_left": "{0} － {1} ÷ 365.25 ÷ {2}（不低于零）",
    "standing": "（{0} － {2}）÷（{3} － {1}），限于 -5 至 5（四分位数相同时未知）",
}
"""The house's own functions of features.arithmetic, said as sums."""


def tell(feature: Feature) -> str:
    """Return one line: the rows an aggregate takes and how they are counted, or a derived feature's formula."""
    declared = feature.declaration
    return _aggregate(declared) if isinstance(declared, Aggregate) else _formula(feature, declared)


def _aggregate(declared: Aggregate) -> str:
    columns = declared.table.columns
    kept = [_condition(columns, name, wanted) for name, wanted in declared.where.items()]
    parts = [f"取《{declared.table.label}》", *kept]
    if declared.in_force:
        parts.append("评估日仍有效")
    parts.append(_window(declared.window))
    words = {what: _counted(columns[name]) for what in ("column", "by") if (name := getattr(declared, what))}
    counted = REDUCTIONS[declared.reduce].format(**words)
    levels = "、".join(f"{_choice(columns[declared.column or ''], code)}记{n}" for code, n in declared.levels.items())
    return "，".join([*parts, counted]) + (f"（{levels}）" if levels else "")


def _counted(column: Column) -> str:
    """Name a counted column; of a day, the days from happened_on to it are counted."""
    return f"{column.label}距发生日的天数" if column.kind in (Kind.DATE, Kind.YEAR) else column.label


def _window(window: Window | None) -> str:
    return f"评估日前{window.length}{SPANS[window.span]}内" if window else "评估日前的全部记录"


def _condition(columns: Mapping[str, Column], of: str, wanted: Condition) -> str:
    column = columns[of]
    name = f"“{column.label}”"
    if isinstance(wanted, After | NotAfter):
        return f"{name}{'晚于' if isinstance(wanted, After) else '不晚于'}“{columns[wanted.other].label}”"
    if isinstance(wanted, Filled):
        return f"{name}{'已填' if wanted.filled else '为空'}"
    if isinstance(wanted, Below | AtLeast):
        return f"{name}{'低于' if isinstance(wanted, Below) else '不低于'}{wanted.bound:g}"
    if isinstance(wanted, str | tuple):
        words = (wanted,) if isinstance(wanted, str) else wanted
        return f"{name}为{'或'.join(_choice(column, word) for word in words)}"
    return f"{name}为{say_cell(column, wanted)}"


def _choice(column: Column, code: str) -> str:
    return column.choices.get(code, code)


def say_cell(column: Column, value: Any) -> str:
    """Return a cell as the list's reader would write it; blank where it is unknown."""
    if value is None:
        return ""
    if column.kind is Kind.CODE:
        return _choice(column, value)
    if column.kind is Kind.FLAG:
        return "是" if value else "否"
    if column.kind is Kind.MONEY:
        return f"{value:,.2f}{Unit.YUAN}"
    if column.kind in (Kind.INTEGER, Kind.NUMBER):
        unit = column.unit if column.unit not in (None, Unit.RATIO) else ""
        return f"{value:,.10g}{unit}"
    return f"{value.year}年" if column.kind is Kind.YEAR else str(value)


def columns_of(table: Table, values: Mapping[str, Any]) -> list[tuple[str, Column, Any]]:
    """Return each value with its name and its column."""
    return [(name, table.columns[name], value) for name, value in values.items()]


def _formula(feature: Feature, declared: Derived) -> str:
    """Return a formula's expression with labels for names; of a longer one what is told of it, or its source."""
    if declared.told:
        return declared.told
    expression = expression_of(declared.formula)
    if expression is None:
        return source_of(declared.formula)
    return _said(expression, {each.name: f"“{each.label}”" for each in feature.inputs})


def _said(node: ast.expr, labels: Mapping[str, str]) -> str:
    told: Mapping[type[ast.expr], Callable[[Any], str]] = {
        ast.Name: lambda name: labels.get(name.id, name.id),
        ast.Constant: lambda constant: _constant(constant.value),
        ast.BinOp: lambda both: _both(both, labels),
        ast.UnaryOp: lambda one: f"－{_inner(one.operand, labels)}",
        ast.Call: lambda call: _call(call, labels),
    }
    found = told.get(type(node))
    return found(node) if found else _plainly(node, labels)


def _constant(value: Any) -> str:
    """Say a number; of the name of a dated number, its label and its value."""
    if isinstance(value, str):
        return f"{label_of(value)} {number(value):g}"
    return f"{value:g}"


def _both(node: ast.BinOp, labels: Mapping[str, str]) -> str:
    sign = SIGNS.get(type(node.op))
    return f"{_inner(node.left, labels)} {sign} {_inner(node.right, labels)}" if sign else _plainly(node, labels)


def _call(node: ast.Call, labels: Mapping[str, str]) -> str:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    arguments = [_inner(argument, labels) for argument in node.args]
    return FUNCTIONS[name].format(*arguments) if name in FUNCTIONS and not node.keywords else _plainly(node, labels)


def _inner(node: ast.expr, labels: Mapping[str, str]) -> str:
    said = _said(node, labels)
    return said if isinstance(node, ast.Name | ast.Constant) else f"（{said}）"


def _plainly(node: ast.expr, labels: Mapping[str, str]) -> str:
    """Return the expression as it is written, with labels for names."""
    text = ast.unparse(node)
    for name in sorted(labels, key=len, reverse=True):
        text = text.replace(name, labels[name])
    return text
