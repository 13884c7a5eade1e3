"""How do a column's cells become values of one kind, and which cells cannot?

Each different cell is read once; columns of a million rows repeat themselves.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from data.intake.broken_cells import ERRORS, UNCOUNTED
from data.intake.words import as_text, is_missing_word, is_open_end, parse_day, parse_year, squeeze, tidy
from data.spec.errors import IdentifierMalformed
from data.spec.identifiers import DISTRICTS, check_uscc, is_patent_number
from data.spec.table import Column, Kind

SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_NUMBER = re.compile(
    r"([-+]?\d+(?:\.\d+)?(?:E[-+]?\d+)?)(亿元|亿|万元|万|千元|元|%|‰|人|项|天|年|月|小时|件|个|台)?", re.I
)
_SUFFIXES = {"亿元": 1e8, "亿": 1e8, "万元": 1e4, "万": 1e4, "千元": 1e3, "%": 0.01, "‰": 0.001}
_TRUE = frozenset({"是", "有", "Y", "YES", "TRUE", "T", "1", "√", "✓", "对"})
_FALSE = frozenset({"否", "不是", "非", "N", "NO", "FALSE", "F", "0", "×", "X"})
_DISTRICT_WORDS = {"高新": "370371", "经开": "370372", "经济开发": "370372", "文昌湖": "370373"}
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
_DIGITS_HELD = 1e15


class CellFault(ValueError):
    """Say that a cell cannot be read, by a stable code and a Chinese sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


Read = Callable[[Any], Any]
"""Turns a cell into a value, None for a blank; raises CellFault."""


@dataclass(frozen=True)
class Parsed:
    """Carry a column's values, and per place of a cell that could not be read its fault."""

    values: "pd.Series[Any]"
    faults: Mapping[int, CellFault]


def parse_column(
    cells: "pd.Series[Any]", column: Column, *, factor: float | None = None, synonyms: Mapping[str, str] | None = None
) -> Parsed:
    """Read a column's cells as its kind says.

    factor multiplies amounts and percentages whose unit stands in the header; synonyms are file texts
    of a CODE column beside its labels.
    Shapes: values has cells' index and the dtype of `data.store.frames`.
    """
    if column.kind in (Kind.INTEGER, Kind.NUMBER, Kind.MONEY):
        return _parse_numbers(cells, column, factor or 1.0)
    reads: Mapping[Kind, Callable[[], Read]] = {
        Kind.TEXT: lambda: read_text,
        Kind.CODE: lambda: _choice_reader(column, synonyms or {}),
        Kind.USCC: lambda: _blank_or(read_uscc),
        Kind.DATE: lambda: read_day,
        Kind.YEAR: lambda: read_year,
        Kind.FLAG: lambda: read_flag,
    }
    dtype = {Kind.DATE: "datetime64[s]", Kind.YEAR: "datetime64[s]", Kind.FLAG: "float64"}.get(column.kind, "str")
    return parse_cells(cells, reads[column.kind](), dtype=dtype)


def parse_cells(cells: "pd.Series[Any]", read: Read, *, dtype: str) -> Parsed:
    """Read each different cell once."""
    codes, uniques = pd.factorize(cells.to_numpy(dtype=object), use_na_sentinel=True)
    values: list[Any] = []
    faults: dict[int, CellFault] = {}
    for place, cell in enumerate(uniques):
        try:
            _check_whole(cell)
            values.append(read(cell))
        except CellFault as fault:
            values.append(None)
            faults[place] = fault
    told = pd.Series([*values, None], dtype=dtype)
    taken = told.take(np.where(codes < 0, len(values), codes))
    taken.index = cells.index
    return Parsed(taken, _placed(codes, faults))


def _check_whole(cell: Any) -> None:
    """Raise CellFault for what a spreadsheet shows where there is no value."""
    if isinstance(cell, str) and cell in ERRORS:
        raise CellFault("cell-error", "是公式的错误值")
    if isinstance(cell, str) and cell == UNCOUNTED:
        raise CellFault("formula-without-result", "没有计算结果")


def _placed(codes: Any, faults: Mapping[int, CellFault]) -> dict[int, CellFault]:
    if not faults:
        return {}
    spoilt = np.flatnonzero(np.isin(codes, list(faults)))
    return {int(place): faults[int(codes[place])] for place in spoilt}


LARGEST = 1e13
"""No amount in yuan and no count in a list is larger; up to here float64 holds every fen exactly."""


def _parse_numbers(cells: "pd.Series[Any]", column: Column, factor: float) -> Parsed:
    plain = pd.to_numeric(cells, errors="coerce").astype("float64")
    odd = plain.isna() | (plain.abs() > LARGEST)
    slow = parse_cells(cells[odd], lambda cell: _read_number(cell, factor), dtype="float64")
    values = (plain * factor).where(~odd, slow.values.reindex(cells.index))
    places = np.flatnonzero(odd.to_numpy())
    faults = {int(places[place]): fault for place, fault in slow.faults.items()}
    if column.kind is Kind.INTEGER:
        broken = np.flatnonzero((values.round(6) != values.round(0)).to_numpy() & values.notna().to_numpy())
        faults |= {int(place): CellFault("integer-malformed", "应为整数") for place in broken}
    return Parsed(values.round(2) if column.kind is Kind.MONEY else values, faults)


def _read_number(cell: Any, factor: float) -> float | None:
    text = squeeze(as_text(cell)).replace(",", "").replace("¥", "")
    if is_missing_word(text):
        return None
    found = _NUMBER.fullmatch(text)
    if found is None or not math.isfinite(float(found[1])):
        raise CellFault("number-malformed", "不是数字")
    number = float(found[1]) * _SUFFIXES.get(found[2], 1.0 if found[2] == "元" else factor)
    if abs(number) > LARGEST:
        raise CellFault("number-malformed", "数值过大，不可能是真实的金额或数量")
    return number


def read_text(cell: Any) -> str | None:
    """Read a tidied text; a number too long for a spreadsheet has lost digits and is a fault."""
    text = as_text(cell)
    if is_missing_word(text):
        return None
    if isinstance(cell, float) and abs(cell) >= _DIGITS_HELD:
        raise CellFault("digits-lost", "数字过长，已被表格软件改写，原文已经丢失")
    if SCIENTIFIC.fullmatch(text) and isinstance(cell, str) and "+" in text:
        raise CellFault("digits-lost", "已被表格软件改成科学计数法，原文已经丢失")
    return text


def read_day(cell: Any) -> Any:
    """Read a day; "长期" and the like are blanks."""
    return _dated(cell, parse_day)


def read_year(cell: Any) -> Any:
    """Read a year as its last day."""
    return _dated(cell, parse_year)


def _dated(cell: Any, parse: Callable[[object], date | None]) -> Any:
    text = as_text(cell)
    if is_missing_word(text) or is_open_end(text):
        return None
    day = parse(cell)
    if day is None or not _FIRST_DAY <= day <= _LAST_DAY:
        raise CellFault("date-impossible", "不是可能的日期")
    return np.datetime64(day, "s")


def read_flag(cell: Any) -> float | None:
    """Read 是 or 否."""
    text = squeeze(as_text(cell)).upper()
    if text in _TRUE or text in _FALSE:
        return float(text in _TRUE)
    if is_missing_word(text):
        return None
    raise CellFault("flag-malformed", "应为“是”或“否”")


def read_uscc(cell: Any) -> str:
    """Read a 统一社会信用代码; say by the code of the fault what is wrong with it."""
    text = squeeze(as_text(cell)).upper()
    if SCIENTIFIC.fullmatch(text) or (isinstance(cell, float) and abs(cell) >= _DIGITS_HELD):
        raise CellFault("uscc-scientific-notation", "信用代码已被表格软件改成科学计数法，原数字已经丢失")
    return _checked_uscc(text)


@lru_cache(maxsize=1 << 16)
def _checked_uscc(text: str) -> str:
    # Files of one source repeat the same codes, and the check digit is the dearest of all checks.
    try:
        return check_uscc(text)
    except IdentifierMalformed as error:
        wrong_digit = "校验位" in error.message
        reason = error.message.partition("”")[2].rstrip("。")
        raise CellFault("uscc-check-digit" if wrong_digit else "uscc-malformed", reason) from error


def read_patent_number(cell: Any) -> str | None:
    """Read a patent application number as digits, a point and the check character."""
    text = squeeze(as_text(cell)).upper().removeprefix("CN").removeprefix("ZL")
    if is_missing_word(text):
        return None
    dotted = text if "." in text else f"{text[:-1]}.{text[-1]}"
    if not is_patent_number(dotted):
        raise CellFault("patent-number", "不是有效的专利申请号（位数或校验位不符）")
    return dotted


def _blank_or(read: Read) -> Read:
    return lambda cell: None if is_missing_word(as_text(cell)) else read(cell)


def _choice_reader(column: Column, synonyms: Mapping[str, str]) -> Read:
    said = {squeeze(label).upper(): code for code, label in column.choices.items()}
    said |= {squeeze(text).upper(): code for text, code in synonyms.items()}
    said |= {code.upper(): code for code in column.choices}
    is_district = column.choices.keys() == DISTRICTS.keys()

    def read(cell: Any) -> str | None:
        text = squeeze(as_text(cell)).upper()
        if text in said:
            return said[text]
        if is_missing_word(text):
            return None
        found = {code for label, code in said.items() if _begins_alike(label, text)}
        district = _district(text) if is_district else None
        if district or len(found) == 1:
            return district or found.pop()
        raise CellFault("choice-unknown", f"不在可选值之中（{'、'.join(column.choices.values())}）")

    return read


def _begins_alike(label: str, text: str) -> bool:
    return min(len(label), len(text)) >= 2 and (label.startswith(text) or text.startswith(label))


def _district(text: str) -> str | None:
    """Read a district by its short name, with or without the city in front."""
    short = text.removeprefix("山东省").removeprefix("山东").removeprefix("淄博市").removeprefix("淄博")
    for word, code in _DISTRICT_WORDS.items():
        if short.startswith(word):
            return code
    found = [code for code, name in DISTRICTS.items() if len(short) >= 2 and name.startswith(short.rstrip("区县"))]
    return found[0] if len(found) == 1 else None


def quoted(label: str, cell: Any, fault: CellFault) -> str:
    """Say a cell's fault in one sentence, with what stands in the cell."""
    text = tidy(str(cell))
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    return f"“{label}”一栏的“{shown}”{fault.message}。"
