"""How are words of a file read alike, however they were typed?"""

import re
import unicodedata
from datetime import date, timedelta

MISSING_WORDS = frozenset(
    {"", "无", "-", "--", "---", "—", "——", "–", "/", "\\", "N/A", "NA", "NAN", "NULL", "NONE", "#N/A", "空", "暂无"}
    | {"不详", "未知", "未填", "…", "……", "*"}
)
"""Texts that stand for a blank cell."""

OPEN_END_WORDS = frozenset({"长期", "至今", "永久", "无固定期限"})
EXCEL_EPOCH = date(1899, 12, 30)

_INVISIBLE = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_SPACES = re.compile(r"\s+")
_DAY = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?(?:[ T]\d{1,2}[:时].*)?")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})[-./年](\d{1,2})月?")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_YEAR = re.compile(r"(\d{4})(?:年度?|\.0)?")


def tidy(text: str) -> str:
    """Write full-width letters, digits, brackets and spaces in their plain form and drop what cannot be seen.

    >>> tidy("　２０２４（一） ")
    '2024(一)'
    """
    if text.isprintable() and "  " not in text and unicodedata.is_normalized("NFKC", text):
        return text.strip()
    return _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))).strip()


def squeeze(text: str) -> str:
    """Tidy a text and take every space out of it."""
    return tidy(text).replace(" ", "")


def is_missing_word(text: str) -> bool:
    """Tell whether a tidied text stands for a blank."""
    return text.upper() in MISSING_WORDS


def as_text(cell: object) -> str:
    """Say a cell as a tidied text; a whole number has no decimals, a blank is "".

    >>> as_text(12.0), as_text("　甲 "), as_text(None), as_text(date(2024, 1, 5))
    ('12', '甲', '', '2024-01-05')
    """
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, date):
        return cell.isoformat()[:10]
    return tidy(str(cell))


def parse_day(cell: object) -> date | None:
    """Read a day however it was written; None for no such day; a month alone is its last day.

    >>> [parse_day(cell).isoformat() for cell in ("2024.1.1", "2024年1月5日", 20240101, 45292.0, "2024年2月")]
    ['2024-01-01', '2024-01-05', '2024-01-01', '2024-01-01', '2024-02-29']
    >>> parse_day("2024-02-30") is None
    True
    """
    if isinstance(cell, date):
        return date(cell.year, cell.month, cell.day)
    text = as_text(cell)
    return _written_day(text) or _serial_day(text)


def _written_day(text: str) -> date | None:
    found = _DAY.fullmatch(text) or _DIGITS.fullmatch(text)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
        month = _MONTH.fullmatch(text)
        return _last_day(int(month[1]), int(month[2])) if month else None
    except ValueError:
        return None


def _last_day(year: int, month: int) -> date:
    first = date(year, month, 1)
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _serial_day(text: str) -> date | None:
    # 20000 to 80000 are the days 1954-10-03 to 2119-01-11 in a spreadsheet's count.
    if _SERIAL.fullmatch(text) and 20_000 <= float(text) < 80_000:
        return EXCEL_EPOCH + timedelta(days=int(float(text)))
    return None


def parse_year(cell: object) -> date | None:
    """Read a year as its 31 December; None for no such year.

    >>> parse_year("2023年度"), parse_year(2023.0), parse_year("23")
    (datetime.date(2023, 12, 31), datetime.date(2023, 12, 31), None)
    """
    found = _YEAR.fullmatch(as_text(cell))
    day = date(int(found[1]), 12, 31) if found and int(found[1]) > 0 else parse_day(cell)
    return None if day is None else day.replace(month=12, day=31)


def is_open_end(text: str) -> bool:
    """Tell whether a tidied text says that something has no end."""
    return text in OPEN_END_WORDS or text.startswith("9999-12-31") or text == "99991231"
