"""Which list is this, in which row does its header stand, and which column says what?"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from data.intake.list_file import CODE_HEADERS, NAME_HEADERS, ORIGIN_HEADERS, OWNER_HEADERS, Identity, ListFile
from data.intake.lists import LISTS
from data.intake.own_workbooks import NO_ROWS, WorkbookInfo, read_info
from data.intake.sheet import Sheet, SourceFile
from data.intake.words import as_text, parse_day, squeeze
from data.spec.errors import Refusal
from data.spec.table import Kind, Unit

CODE, NAME, KNOWN, OWNER, ORIGIN = "@code", "@name", "@known", "@owner", "@origin"
"""What a column may say beside the table's own columns."""

DEEPEST_HEADER = 30
_UNIT = re.compile(r"\((?:单位[::])?([^()]*)\)$")
_SHEET_UNIT = re.compile(r"单位[::]\(?(亿元|百万元|万元|千元|元)")
_DAY_SAID = re.compile(
    r"(?:公告|公布|公示|发布|印发|更新|统计|报送|填报)(?:日期|时间|日)[::]?(\d{4}[-./年]?\d{1,2}[-./月]?\d{1,2}日?)"
)
_MONEY_FACTORS = {"元": 1.0, "千元": 1e3, "万元": 1e4, "万": 1e4, "百万元": 1e6, "亿元": 1e8, "亿": 1e8}
_RATIO_FACTORS = {"%": 0.01, "百分比": 0.01, "‰": 0.001}


Confirmed = Mapping[str, Mapping[str, str]]
"""By list: what a person confirmed a header to mean, as squeezed header text -> column or role."""

NOTHING_CONFIRMED: Confirmed = {}


@dataclass(frozen=True)
class Closest:
    """Say how near a list came to a sheet's row: which columns are there, and which it lacks."""

    list_file: ListFile
    sheet: Sheet
    last: int
    texts: tuple[str, ...]
    places: Mapping[str, int]
    lacking: tuple[str, ...]


class ListUnrecognised(Refusal):
    """No list, or more than one, fits the file; `closest` holds the nearest misses."""

    code = "list-unrecognised"

    def __init__(self, message: str, *, help: str, closest: Sequence[Closest] = ()) -> None:
        super().__init__(message, help=help)
        self.closest = tuple(closest)


class TemplateOfOtherList(Refusal):
    """A template of ours was filled for another list than the one named."""

    code = "template-of-other-list"


class ListUnknown(Refusal):
    """There is no list of this name."""

    code = "list-unknown"


class SheetsAmbiguous(Refusal):
    """More than one sheet of the workbook looks like a list."""

    code = "sheets-ambiguous"


@dataclass(frozen=True, kw_only=True)
class Header:
    """Say where the header stands and what each column means.

    `first` and `last` are the header's rows (counted from 0); `places` maps a column of the table, or one
    of the roles above, to its place; `factors` says by what a place's numbers are multiplied; `unit` is what the
    sheet's title says of amounts.
    """

    list_file: ListFile
    sheet: Sheet
    first: int
    last: int
    texts: tuple[str, ...]
    places: Mapping[str, int]
    factors: Mapping[str, float]
    unit: str
    announced_on: date | None
    words_found: int

    @property
    def unused(self) -> tuple[str, ...]:
        """Name the columns that the list has no use for."""
        used = set(self.places.values())
        nameless = {place for place, text in enumerate(self.texts) if not text} - used
        below = self.sheet.rows[self.last + 1 :] if nameless else []
        told = {place for row in below for place in nameless if place < len(row) and as_text(row[place])}
        names = (
            text or (f"第{place + 1}列（无表头）" if place in told else "") for place, text in enumerate(self.texts)
        )
        return tuple(name for place, name in enumerate(names) if name and place not in used)

    def said(self, place: int) -> str:
        """Return a column's header, with the unit that the sheet's title gives its amounts."""
        columns, text = self.list_file.table.columns, self.texts[place]
        money = {at for name, at in self.places.items() if name in columns and columns[name].kind is Kind.MONEY}
        return f"{text}（{self.unit}）" if place in money and self.unit and not _split(text)[1] else text

    def named(self) -> dict[str, str]:
        """Say what the file calls each column of the table and each role, the enterprise's name among them."""
        texts = {name: self.said(place) for name, place in self.places.items()}
        own_name = name_column(self.list_file)
        return texts | ({NAME: texts[own_name]} if own_name in texts else {})


def find_header(file: SourceFile, *, list_name: str | None = None, confirmed: Confirmed = NOTHING_CONFIRMED) -> Header:
    """Recognise the list by its headers, and where several fit by words of the title and the file's name.

    A workbook of our own says its list itself.
    Raises ListUnknown, TemplateOfOtherList, ListUnrecognised (naming the closest lists and what they miss) or
    SheetsAmbiguous.
    """
    info = read_info((sheet.name, sheet.rows) for sheet in file.sheets)
    wanted = _wanted(_agreed(info, list_name))
    sheets = [sheet for sheet in file.sheets if info is None or sheet.name not in NO_ROWS]
    per_sheet = [(sheet, _candidates(sheet, file.name, wanted, confirmed)) for sheet in sheets]
    fitting = [(sheet, headers) for sheet, headers in per_sheet if headers]
    if not fitting:
        raise _unrecognised(file.name, sheets, wanted, confirmed)
    if len(fitting) > 1:
        names = "、".join(sheet.name for sheet, _ in fitting)
        raise SheetsAmbiguous(f"工作簿中有多个名单工作表：{names}。", help="请把每个名单存为单独的文件。")
    return _best(fitting[0][1])


def _agreed(info: WorkbookInfo | None, list_name: str | None) -> str | None:
    if info is None or info.list not in LISTS:
        return list_name
    if list_name not in (None, info.list):
        raise TemplateOfOtherList(
            f"这份模板是“{LISTS[info.list].label}”（{info.list}）的，不是“{list_name}”的。",
            help=f"请用：lukeping intake {info.list} 文件。",
        )
    return info.list


def _wanted(list_name: str | None) -> list[ListFile]:
    if list_name is None:
        return list(LISTS.values())
    if list_name not in LISTS:
        raise ListUnknown(f"没有名为“{list_name}”的名单。", help=f"可用的有：{'、'.join(LISTS)}。")
    return [LISTS[list_name]]


def _best(headers: Sequence[Header]) -> Header:
    ranked = sorted(headers, key=_rank, reverse=True)
    tied = [header for header in ranked if _rank(header) == _rank(ranked[0])]
    if len(tied) > 1:
        names = "、".join(f"{header.list_file.label}（{header.list_file.name}）" for header in tied)
        raise ListUnrecognised(
            f"文件同时符合多个名单：{names}。",
            help="请指明名单（lukeping intake 名单 文件），或在文件名、标题中写明名单名称。",
        )
    return ranked[0]


def _rank(header: Header) -> tuple[int, int]:
    return len(header.places), header.words_found


def _candidates(sheet: Sheet, file_name: str, lists: Sequence[ListFile], confirmed: Confirmed) -> list[Header]:
    """Return the headers of the first row that fits any list, or of it and the next where both place more columns."""
    found: list[Header] = []
    for first, last, texts in _possible_rows(sheet):
        if found and (first, last) != (found[0].first, found[0].first + 1):
            continue
        headers = _fits(sheet, first, last, texts, file_name, lists, confirmed)
        if headers and (not found or _most(headers) > _most(found)):
            found = headers
    return found


def _most(headers: Sequence[Header]) -> int:
    return max(len(header.places) for header in headers)


def _fits(
    sheet: Sheet,
    first: int,
    last: int,
    texts: tuple[str, ...],
    file_name: str,
    lists: Sequence[ListFile],
    confirmed: Confirmed,
) -> list[Header]:
    parts = [_split(text) for text in texts]
    title = "".join(squeeze(as_text(cell)) for row in sheet.rows[:first] for cell in row)
    found = [_fit(one, parts, title=title, file_name=file_name, confirmed=confirmed.get(one.name, {})) for one in lists]
    return [
        Header(sheet=sheet, first=first, last=last, texts=texts, **fit)  # type: ignore[arg-type] # the fields of a fit
        for fit in found
        if fit is not None
    ]


def _possible_rows(sheet: Sheet) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    top = [[as_text(cell) for cell in row] for row in sheet.rows[:DEEPEST_HEADER]]
    for place, row in enumerate(top):
        if sum(map(bool, row)) >= 2:
            yield place, place, tuple(row)
    for place, (upper, lower) in enumerate(itertools.pairwise(top)):
        if sum(map(bool, upper)) >= 2 and any(lower):
            yield place, place + 1, tuple(low or up for up, low in zip(upper, lower, strict=False))


def _split(text: str) -> tuple[str, str]:
    """Part a header into its words and the unit in brackets behind them."""
    plain = squeeze(text).lstrip("*").rstrip("*:")
    unit = _UNIT.search(plain)
    return (plain[: unit.start()], unit[1]) if unit else (plain, "")


def _fit(
    list_file: ListFile,
    parts: Sequence[tuple[str, str]],
    *,
    title: str,
    file_name: str,
    confirmed: Mapping[str, str],
) -> dict[str, object] | None:
    """Place a list's columns on a header's parts; None where it lacks one it cannot do without."""
    places = _places(list_file, parts, confirmed)
    if _lacks(list_file, places):
        return None
    said, whole_sheet = squeeze(file_name) + title, _SHEET_UNIT.search(title)
    unit = whole_sheet[1] if whole_sheet else ""
    return {
        "list_file": list_file,
        "places": places,
        "factors": _factors(list_file, places, parts, unit),
        "unit": unit,
        "announced_on": _announced(title),
        "words_found": sum(word in said for word in list_file.words),
    }


def _places(list_file: ListFile, parts: Sequence[tuple[str, str]], confirmed: Mapping[str, str]) -> dict[str, int]:
    """Place what a person confirmed, then what the vocabulary knows; each column says one thing."""
    said: dict[str, list[int]] = {}
    for place, (text, unit) in enumerate(parts):
        for form in {text, f"{text}({unit})"}:
            said.setdefault(form, []).append(place)
    places = {meaning: said[header][0] for header, meaning in confirmed.items() if header in said}
    for meaning, words in vocabulary(list_file.name):
        if meaning in places:
            continue
        free = (place for word in words for place in said.get(word, ()) if place not in places.values())
        found = next(free, None)
        if found is not None:
            places[meaning] = found
    return places


@cache
def vocabulary(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Name what a list's header may say, the table's own columns first."""
    list_file = LISTS[name]
    columns = list_file.table.columns.items()
    own = [(column_name, (column.label, *list_file.headers.get(column_name, ()))) for column_name, column in columns]
    roles = [
        (CODE, CODE_HEADERS),
        (NAME, NAME_HEADERS),
        (KNOWN, list_file.known.headers),
        (OWNER, OWNER_HEADERS),
        (ORIGIN, ORIGIN_HEADERS),
    ]
    return tuple((meaning, tuple(squeeze(word) for word in words)) for meaning, words in (*own, *roles))


def _lacks(list_file: ListFile, places: Mapping[str, int]) -> list[str]:
    """Name what a list cannot do without and these places do not give."""
    columns = list_file.table.columns
    needed = [
        name
        for name, column in columns.items()
        if column.required and name not in list_file.constants and (name in list_file.table.key or not list_file.amends)
    ]
    lacking = [columns[name].label for name in needed if name not in places]
    named = places.keys() & {CODE, NAME} or (name_column(list_file) in places)
    if not named or (list_file.identity is Identity.BY_CODE and CODE not in places and NAME not in places):
        lacking.insert(0, "统一社会信用代码" if list_file.identity is Identity.BY_CODE else "企业名称")
    return lacking


def name_column(list_file: ListFile) -> str:
    """Name the column of the table that is the enterprise's own name, or the role that says it."""
    own = [name for name, column in list_file.table.columns.items() if column.label == NAME_HEADERS[0]]
    return own[0] if own else NAME


def _factors(
    list_file: ListFile, places: Mapping[str, int], parts: Sequence[tuple[str, str]], whole_sheet: str
) -> dict[str, float]:
    factors: dict[str, float] = {}
    for name, place in places.items():
        column = list_file.table.columns.get(name)
        unit = parts[place][1]
        if column is not None and column.kind is Kind.MONEY:
            factors[name] = _MONEY_FACTORS.get(unit or whole_sheet, 1.0)
        elif column is not None and column.unit is Unit.RATIO:
            factors[name] = _RATIO_FACTORS.get(unit, 1.0)
    return factors


def _announced(title: str) -> date | None:
    days = [parse_day(day) for day in _DAY_SAID.findall(title)]
    return max((day for day in days if day is not None), default=None)


def _unrecognised(
    file_name: str, sheets: Sequence[Sheet], lists: Sequence[ListFile], confirmed: Confirmed
) -> ListUnrecognised:
    """Name the three closest lists and what each of them misses in the closest row."""
    rows = [(sheet, last, texts) for sheet in sheets for _, last, texts in _possible_rows(sheet)]
    close = [_closest(list_file, rows, confirmed.get(list_file.name, {})) for list_file in lists if rows]
    ranked = sorted(
        (
            (len(one.places), sum(word in squeeze(file_name) for word in one.list_file.words), _missing(one), one)
            for one in close
        ),
        key=lambda row: row[:3],
        reverse=True,
    )
    nearest = [row for row in ranked if row[0] or row[1] or len(lists) == 1][:3]
    told = "；".join(text for _, _, text, _ in nearest) or "没有一个表头单元格属于已知名单"
    return ListUnrecognised(
        f"文件“{file_name}”前 {DEEPEST_HEADER} 行中没有认出名单的表头。最接近的：{told}。",
        help="请核对表头，或指明名单：lukeping intake 名单 文件。",
        closest=[one for _, _, _, one in nearest],
    )


def _missing(one: Closest) -> str:
    return f"{one.list_file.label}（{one.list_file.name}）缺少：{'、'.join(one.lacking)}"


def _closest(
    list_file: ListFile, rows: Sequence[tuple[Sheet, int, tuple[str, ...]]], confirmed: Mapping[str, str]
) -> Closest:
    placed = [(_places(list_file, [_split(text) for text in texts], confirmed), texts) for _, _, texts in rows]
    best = max(range(len(rows)), key=lambda number: len(placed[number][0]))
    (sheet, last, _), (places, texts) = rows[best], placed[best]
    return Closest(list_file, sheet, last, texts, places, tuple(_lacks(list_file, places)))
