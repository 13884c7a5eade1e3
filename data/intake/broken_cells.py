"""Which cells of a workbook show no value: errors, and formulas that nobody has worked out?

A reader gives both as blanks, and a blank would take the place of what is known.
"""

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping

ERRORS = frozenset({"#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
"""What a spreadsheet shows where a formula went wrong; #N/A alone says that there is nothing to tell."""

UNCOUNTED = "=公式"
"""Stands for a formula that was saved without its result."""

_SHEET = re.compile(rb"<sheet\b[^>]*>")
_TARGET = re.compile(rb"<Relationship\b[^>]*>")
_ERROR = re.compile(rb'<c (?=[^>]*t="e")[^>]*>(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)?<v>([^<]*)</v>')
_FORMULA = re.compile(rb'<c (?![^>]*t="str")[^>]*>(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>')
"""A text that came to nothing (t="str") is a result: many forms say so where there is nothing to tell."""
_PLACE = re.compile(rb' r="([A-Z]{1,3})(\d{1,7})"')

Place = tuple[int, int]


def broken_cells(data: bytes) -> dict[str, dict[Place, str]]:
    """Return, by sheet, what cells without a value show, by row and column from 0; nothing for other kinds of file.

    Raises ValueError for an archive that cannot be unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
                return {}
            members = _members(archive.read("xl/workbook.xml"), archive.read("xl/_rels/workbook.xml.rels"))
            return {name: dict(_broken(archive.read(member))) for name, member in members.items() if member in names}
    except (zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        raise ValueError(str(error)) from error


def _members(book: bytes, relations: bytes) -> Mapping[str, str]:
    """Return the archive's member of each sheet."""
    targets = {_attribute(one, "Id"): _attribute(one, "Target") for one in _TARGET.findall(relations)}
    found = {_attribute(one, "name"): targets.get(_attribute(one, "r:id"), "") for one in _SHEET.findall(book)}
    return {html.unescape(name): f"xl/{target.removeprefix('/xl/')}" for name, target in found.items()}


def _attribute(tag: bytes, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"'.encode(), tag)
    return found[1].decode("utf-8", "replace") if found else ""


def _broken(sheet: bytes) -> Iterator[tuple[Place, str]]:
    if b't="e"' in sheet:
        for found in _ERROR.finditer(sheet):
            if (text := found[1].decode("utf-8", "replace")) in ERRORS:
                yield from ((place, text) for place in _places(found[0]))
    if b"<f" in sheet:
        for found in _FORMULA.finditer(sheet):
            yield from ((place, UNCOUNTED) for place in _places(found[0]))


def _places(cell: bytes) -> Iterator[Place]:
    found = _PLACE.search(cell)
    if found is not None:
        column = 0
        for letter in found[1]:
            column = column * 26 + letter - 64
        yield int(found[2]) - 1, column - 1
