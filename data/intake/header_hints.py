"""What might a header that no list knows mean, how sure is that, and what stands below it?

A hint is told and never applied: only a person who knows the source can say what its headers mean.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from rapidfuzz import fuzz

from data.intake.cells import CellFault, parse_cells, parse_column, read_day, read_patent_number, read_uscc
from data.intake.header import (
    CODE,
    KNOWN,
    NAME,
    Closest,
    Confirmed,
    Header,
    ListUnrecognised,
    find_header,
    name_column,
    vocabulary,
)
from data.intake.list_file import ListFile
from data.intake.mapping import label_of, plain
from data.intake.sheet import Sheet, SourceFile
from data.intake.words import as_text, is_missing_word
from data.spec.table import Group, Kind

DICTIONARY, PATTERN, ASK = "字典", "模式", "请确认"
"""How sure a hint is: a known word stands in the header; the cells below look it; the words are merely alike."""

ROWS_LOOKED_AT = 60
MOST = 3
_ALIKE, _SURELY, _HARDLY = 50.0, 0.8, 0.5
_BODY = re.compile(r".+(公司|厂|合作社|中心|研究院|研究所|大学|学院|集团|商行|事务所)(\(.*\))?")


@dataclass(frozen=True)
class Hint:
    """Say what a header might mean, in which words of certainty, and one cell below it."""

    header: str
    label: str
    certainty: str
    sample: str

    def __str__(self) -> str:
        sample = f"，如“{self.sample}”" if self.sample else ""
        return f"“{self.header}”可能是“{self.label}”（把握：{self.certainty}{sample}）"


def recognise(file: SourceFile, *, list_name: str | None, confirmed: Confirmed) -> Header:
    """Find the header as `find_header` does; where that fails, say what the unknown headers might mean."""
    try:
        return find_header(file, list_name=list_name, confirmed=confirmed)
    except ListUnrecognised as refusal:
        hints = [(one.list_file, hint) for one in refusal.closest[:1] for hint in hints_of(one)[:MOST]]
        if hints:
            told = "；".join(str(hint) for _, hint in hints)
            maps = " ".join(f'--map "{hint.header}={hint.label}"' for _, hint in hints)
            refusal.help = f"{told}。确认无误后：lukeping intake {hints[0][0].name} {file.name} {maps}"
        raise


def hints_of(closest: Closest) -> list[Hint]:
    """Say what the headers of a near miss might mean: first what the list cannot do without, then the surest."""
    found = _hints(closest.list_file, closest.sheet, closest.last, closest.texts, closest.places)
    return sorted(found, key=lambda hint: hint.label not in closest.lacking)


def hints_for_unused(header: Header) -> list[Hint]:
    """Say what the columns of a recognised sheet that the list has no use for might mean."""
    return _hints(header.list_file, header.sheet, header.last, header.texts, header.places)


def _hints(list_file: ListFile, sheet: Sheet, last: int, texts: Sequence[str], places: Mapping[str, int]) -> list[Hint]:
    below = sheet.rows[last + 1 : last + 1 + ROWS_LOOKED_AT]
    taken, told = set(places.values()), set(places)
    found = []
    for score, place, meaning, certainty, sample in sorted(
        _pairs(list_file, below, texts, places), key=lambda pair: (-pair[0], pair[1])
    ):
        if place not in taken and meaning not in told and score:
            taken.add(place)
            told.add(meaning)
            found.append(Hint(texts[place], label_of(list_file, meaning), certainty, sample))
    return found


def _pairs(
    list_file: ListFile, below: Sequence[Sequence[Any]], texts: Sequence[str], places: Mapping[str, int]
) -> Iterator[tuple[float, int, str, str, str]]:
    """Weigh every header without use against every meaning that is not there yet."""
    free = [place for place, text in enumerate(texts) if text and place not in places.values()]
    wanted = [
        (meaning, words) for meaning, words in vocabulary(list_file.name) if _is_wanted(list_file, meaning, places)
    ]
    for place in free:
        cells = [row[place] for row in below if place < len(row) and not is_missing_word(as_text(row[place]))]
        sample = as_text(cells[0])[:20] if cells else ""
        for meaning, words in wanted:
            score, certainty = _weigh(list_file, meaning, words, plain(texts[place]), cells)
            yield score, place, meaning, certainty, sample


def _is_wanted(list_file: ListFile, meaning: str, places: Mapping[str, int]) -> bool:
    is_named = meaning == NAME and name_column(list_file) in places
    return meaning not in places and meaning not in list_file.constants and not is_named


def _weigh(
    list_file: ListFile, meaning: str, words: Sequence[str], header: str, cells: Sequence[Any]
) -> tuple[float, str]:
    """Return a score, 0 for no hint at all, and how sure it is in words."""
    share, telling = _share_read(list_file, meaning, cells)
    alike = max((fuzz.ratio(header, word) for word in words), default=0.0)
    within = any(len(word) >= 3 and word in header for word in words)
    if share is not None and share < _HARDLY:
        return 0.0, ASK
    seen = telling and share is not None and share >= _SURELY
    sure = [word for word, holds in ((DICTIONARY, within), (PATTERN, seen)) if holds]
    if sure:
        return 100.0 * len(sure) + alike, " + ".join(sure)
    return (alike, ASK) if alike >= _ALIKE else (0.0, ASK)


def _share_read(list_file: ListFile, meaning: str, cells: Sequence[Any]) -> tuple[float | None, bool]:
    """Return which share of the cells can be read as the meaning asks, and whether that tells anything."""
    reads = {CODE: read_uscc, NAME: _read_name, KNOWN: read_day}
    column = list_file.table.columns.get(meaning)
    if not cells or (column is None and meaning not in reads):
        return None, False
    values = pd.Series(list(cells), dtype=object)
    if column is None:
        return _share(values, reads[meaning]), meaning != KNOWN
    if meaning == "application_no" and list_file.table.group is Group.PATENTS:
        return _share(values, read_patent_number), True
    if column.label == label_of(list_file, NAME):
        return _share(values, _read_name), True
    parsed = parse_column(values, column, synonyms=list_file.values.get(meaning, {}))
    return 1 - len(parsed.faults) / len(values), column.kind in (Kind.CODE, Kind.USCC)


def _share(values: "pd.Series[Any]", read: Callable[[Any], Any]) -> float:
    return 1 - len(parse_cells(values, read, dtype="object").faults) / len(values)


def _read_name(cell: Any) -> str:
    text = as_text(cell)
    if _BODY.fullmatch(text) is None:
        raise CellFault("name-unlikely", "不像单位名称")
    return text
