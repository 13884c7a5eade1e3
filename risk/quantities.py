"""How is a number said as people say it, in Chinese and in English?"""

from collections.abc import Mapping

from data.spec.table import Unit
from risk.readers import Language
from risk.wording import read_facts

YES_NO: Mapping[Language, tuple[str, str]] = {Language.ZH: ("是", "否"), Language.EN: ("yes", "no")}
UNITS_ZH: Mapping[str, str] = {Unit.MONTH: "个月"}
UNITS_EN: Mapping[str, tuple[str, str]] = {
    Unit.PERSON: (" person", " people"),
    Unit.DAY: (" day", " days"),
    Unit.MONTH: (" month", " months"),
    Unit.YEAR: (" year", " years"),
    Unit.HOUR: (" hour", " hours"),
    Unit.POINT: (" point", " points"),
    Unit.TIMES: (" time", " times"),
}


def say_value(value: float, unit: str, *, label: str = "", language: Language = Language.ZH) -> str:
    """Return a value with its unit: 万元, per cent, 是/否, days; a count bears the word that its label calls for.

    >>> say_value(12_345_678.0, "元"), say_value(7, "月"), say_value(2, "项", label="近三年行政处罚数")
    ('1,234.6万元', '7个月', '2次')
    """
    if unit == Unit.FLAG:
        return YES_NO[language][0 if value else 1]
    if unit == Unit.RATIO:
        return f"{value * 100 + 0.0:.1f}%".replace("-0.0%", "0.0%")
    if unit == Unit.YUAN:
        return _money(value) if language is Language.ZH else _money_en(value)
    number = f"{value:,.0f}" if round(value, 1) == round(value) else f"{value:,.1f}"
    return number + (_unit(unit, label) if language is Language.ZH else _unit_en(number, unit))


def _money(value: float) -> str:
    return f"{value / 10_000:,.1f}万元" if abs(value) >= 1_000 else f"{value:,.0f}元"


def _money_en(value: float) -> str:
    size = abs(value)
    if size >= 1_000_000:
        return f"CNY {value / 1_000_000:,.2f} million"
    return f"CNY {value / 1_000:,.1f} thousand" if size >= 1_000 else f"CNY {value:,.0f}"


def _unit(unit: str, label: str) -> str:
    """Return the unit; of items, the counting word of the longest ending that the label has."""
    if unit != Unit.ITEM:
        return UNITS_ZH.get(unit, unit)
    bare, measures = plain(label), read_facts(Language.ZH).measures
    endings = [ending for ending in measures if bare.endswith(ending)]
    return measures[max(endings, key=len)] if endings else unit


def _unit_en(number: str, unit: str) -> str:
    one, many = UNITS_EN.get(unit, ("", ""))
    return one if number == "1" else many


def plain(label: str) -> str:
    """Return a label without the explanation in brackets at its end.

    >>> plain("研发投入强度（研发费用占营业收入）")
    '研发投入强度'
    """
    return label.partition("（")[0] if label.endswith("）") else label


def say_points(points: float) -> str:
    """Return signed points with one decimal.

    >>> say_points(3.26), say_points(-0.04)
    ('+3.3', '0.0')
    """
    rounded = round(points, 1)
    return f"{rounded:+.1f}" if rounded else "0.0"
