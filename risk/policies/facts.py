"""Which facts may a policy read, in which unit, and how are they written down?

A fact is a Decimal or a date. A word out of a short list (a use, a kind of security) is a number of that list, so that
a verdict keeps the same facts whatever a word is called later.
"""

import difflib
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from data.spec.dated import load_strict
from data.spec.errors import Refusal
from data.spec.table import Unit

Value = Decimal | date
DATE_UNIT = "日期"
CODE_UNIT = "代码"
YEARLY = "/年"
TIMES = "倍"
COUNT = "次"
UNITS = frozenset({*map(str, Unit), DATE_UNIT, CODE_UNIT, YEARLY, TIMES, COUNT})
NEAR_NAMES = 3
SCALES: Mapping[str, Decimal] = {"万": Decimal(10_000), "亿": Decimal(100_000_000), "%": Decimal("0.01")}
SAID_UNITS: Mapping[str, str] = {CODE_UNIT: "", Unit.MONTH: "个月"}
ASKED_UNITS: Mapping[str, str] = {Unit.RATIO: "比例，可写 35%", YEARLY: "年率，可写 3.6%", Unit.YUAN: "元，可写 500万"}
UNKNOWN_WORDS = frozenset({"", "null", "~", "未知"})


class FactUnknown(Refusal):
    """No policy reads a fact of this name."""

    code = "fact-unknown"


class FactMalformed(Refusal):
    """The fact's value cannot be one: not a number, out of bounds, not a date, not a word of its list."""

    code = "fact-malformed"


class Choice(BaseModel):
    """Name one word of a list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    label: str


class Bounds(BaseModel):
    """Hold the least and the greatest value of a unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least: Decimal
    most: Decimal


class Fact(BaseModel):
    """Declare one fact; `choices` are the words of a 代码 or 级 by their number."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    unit: str
    choices: Mapping[Decimal, Choice] = {}


class _FactsFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    bounds: Mapping[str, Bounds]
    facts: Mapping[str, Fact]


@cache
def _file() -> _FactsFile:
    text = Path(__file__).with_name("facts.yaml").read_text(encoding="utf-8")
    return _FactsFile.model_validate(load_strict(text))


def shared_facts() -> Mapping[str, Fact]:
    """Return the facts that several products read, by name (facts.yaml)."""
    return _file().facts


def lacking(names: Iterable[str], vocabulary: Mapping[str, Fact] | None = None) -> str:
    """Say which facts are missing, by label and name; empty where none is.

    >>> lacking(["pd"]), lacking([])
    ('缺少事实：违约概率（pd）。', '')
    """
    known = vocabulary or shared_facts()
    named = [f"{known[name].label}（{name}）" for name in names]
    return f"缺少事实：{'、'.join(named)}。" if named else ""


def fault_of(value: object, fact: Fact) -> str:
    """Say in Chinese why the value cannot be this fact's; empty where it can."""
    if fact.unit == DATE_UNIT:
        return "" if isinstance(value, date) else "不是日期"
    if not isinstance(value, Decimal) or not value.is_finite():
        return "不是一个数"
    if fact.choices:
        return "" if value in fact.choices else "不在可选的项目中"
    return bounds_fault(value, fact.unit)


def bounds_fault(value: Decimal, unit: str) -> str:
    """Say in Chinese why a number cannot be of this unit; empty where it can."""
    if unit == Unit.FLAG:
        return "" if value in (0, 1) else "应为是或否"
    bounds = _file().bounds.get(unit)
    if bounds is not None and not bounds.least <= value <= bounds.most:
        return f"超出了可能的范围（{bounds.least} 至 {bounds.most}）"
    if unit == Unit.YUAN and value != value.quantize(Decimal("0.01")):
        return "细于一分"
    return ""


def read_facts(texts: Mapping[str, object], vocabulary: Mapping[str, Fact]) -> dict[str, Value]:
    """Read facts from text; an empty one, null or 未知 is left out, for unknown is not zero.

    Numbers may end in 万, 亿 or %; flags are 是/否 or 1/0; words are named by name, label or number.
    Raises FactUnknown with the nearest names, FactMalformed naming the fact.
    """
    found: dict[str, Value] = {}
    for name, text in texts.items():
        fact = vocabulary.get(name)
        if fact is None:
            raise FactUnknown(f"没有名为“{name}”的事实。", help=near(name, vocabulary))
        if not isinstance(text, str):
            raise FactMalformed(f"“{fact.label}”（{name}）应为一个值。", help="每行写成 名称: 值。")
        if text.strip() not in UNKNOWN_WORDS:
            found[name] = _read(text.strip(), name, fact)
    return found


def near(name: str, vocabulary: Mapping[str, object]) -> str:
    """Name the nearest names, with their labels where they have any; empty where none is near."""
    labels = {str(getattr(one, "label", "")): key for key, one in vocabulary.items()}
    found = difflib.get_close_matches(name.lower(), vocabulary, NEAR_NAMES, cutoff=0.5)
    found += [labels[label] for label in difflib.get_close_matches(name, labels, NEAR_NAMES, cutoff=0.5)]
    said = [f"{key}（{label}）" if (label := _label(vocabulary[key])) else key for key in dict.fromkeys(found)]
    return f"相近的有：{'、'.join(said)}。" if said else ""


def _label(one: object) -> str:
    return str(getattr(one, "label", ""))


def _read(text: str, name: str, fact: Fact) -> Value:
    value = _parse(text, fact)
    fault = fault_of(value, fact)
    if fault:
        raise FactMalformed(f"“{fact.label}”（{name}）的值“{text}”{fault}。", help=_expected(fact))
    assert value is not None
    return value


def _parse(text: str, fact: Fact) -> Value | None:
    if fact.unit == DATE_UNIT:
        return _parse_date(text)
    words = {word: number for number, choice in fact.choices.items() for word in (choice.name, choice.label)}
    words |= {"是": Decimal(1), "否": Decimal(0)} if fact.unit == Unit.FLAG else {}
    return words.get(text) if text in words else parse_number(text)


def _parse_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_number(text: str) -> Decimal | None:
    """Read a number that may end in 万, 亿 or %; None where it is none.

    >>> parse_number("500万"), parse_number("3.6%"), parse_number("NaN"), parse_number("五百")
    (Decimal('5000000'), Decimal('0.036'), Decimal('NaN'), None)
    """
    scale = SCALES.get(text[-1:], Decimal(1))
    try:
        return Decimal(text[:-1] if scale != 1 else text) * scale
    except InvalidOperation:
        return None


def _expected(fact: Fact) -> str:
    if fact.choices:
        return "可选：" + "、".join(f"{choice.name}（{choice.label}）" for choice in fact.choices.values()) + "。"
    if fact.unit == DATE_UNIT:
        return "请写成 2025-06-30 的样子。"
    return unit_help(fact.unit)


def unit_help(unit: str) -> str:
    """Say how a number of this unit is written."""
    return "请写是或否。" if unit == Unit.FLAG else f"单位为{ASKED_UNITS.get(unit, unit)}。"


def say(value: Value, unit: str, choices: Mapping[Decimal, Choice] | None = None) -> str:
    """Write a value with its unit as a person reads it.

    >>> say(Decimal("500000"), "元"), say(Decimal("0.005"), "/年"), say(Decimal(1), "是/否")
    ('500,000.00元', '0.5%/年', '是')
    """
    if isinstance(value, date):
        return value.isoformat()
    if choices and value in choices:
        return choices[value].label
    if unit == Unit.FLAG:
        return "是" if value else "否"
    if unit == Unit.YUAN:
        return f"{value:,.2f}元"
    if unit in (Unit.RATIO, YEARLY):
        return f"{_plain(value * 100)}%" + ("/年" if unit == YEARLY else "")
    return f"{_plain(value)}{SAID_UNITS.get(unit, unit)}"


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
