"""Which enterprise does each row speak of?

By code where there is one; else by name, on the row's own days; where that is not certain, by what a person
decided about this name in this list. A name that fits no enterprise, or several, waits and is never guessed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from data.intake.drafting import RowFault
from data.intake.header import CODE, NAME
from data.intake.name_words import normalise_name
from data.intake.naming import NOBODY, Asked, Basis, Found, NameBook, asked_of
from data.spec.identifiers import Scheme

_KINDS = {"91": "enterprise", "92": "individual_business", "93": "cooperative"}

OF_NOBODY = "name-of-nobody"
CONTRADICTED = "decision-contradicted"
WAITING = frozenset({"name-unmatched", "name-ambiguous", "name-out-of-time", "names-disagree", CONTRADICTED})
"""Rows set aside for these reasons wait for a person's decision."""


@dataclass(frozen=True, kw_only=True)
class Decided:
    """Carry what a person decided about a name in a list: an enterprise, or none (None).

    `final`: the person knew that the register says otherwise.
    """

    doubt_id: int
    decision_id: int
    enterprise_id: int | None
    final: bool = False


@dataclass(frozen=True, kw_only=True)
class NamesKnown:
    """Carry what is known of names.

    Shapes: names has enterprise_id, name, normalised, since; lives has enterprise_id, founded_on,
        deregistered_on. `decided` maps names as `Asked.key` writes them to this list's decisions; `holders`
        maps record keys to who has such a record, None for a list that amends none.
    """

    names: pd.DataFrame
    lives: pd.DataFrame
    decided: Mapping[str, Decided]
    holders: Mapping[str, frozenset[int]] | None = None


@dataclass(frozen=True, kw_only=True)
class NamedRow:
    """Say by which name, and on what basis, a row was given to its enterprise, or why it was not.

    `decided` is the decision that settled it, where one did.
    """

    file_row: int
    asked: Asked
    found: Found
    decided: Decided | None = None

    @property
    def waits(self) -> bool:
        """Tell whether a person has to decide."""
        return self.found.code in WAITING


@dataclass(frozen=True)
class Match:
    """Carry each row's enterprise, codes not met before, rows of nobody, and what was found by name.

    `enterprise_id` is NOBODY for a row of nobody, and -2, -3, … for the first, second, … of `new`.
    """

    enterprise_id: "np.ndarray[Any, np.dtype[np.int64]]"
    new: tuple[str, ...]
    faults: tuple[RowFault, ...]
    named: tuple[NamedRow, ...] = ()

    def new_among(self, ids: "pd.Series[Any]") -> list[str]:
        """List the codes not met before that these rows speak of."""
        spoken = set(ids.unique().tolist())
        return [code for place, code in enumerate(self.new) if -2 - place in spoken]

    def numbered(self, ids: "pd.Series[Any]", numbers: Mapping[str, int]) -> "pd.Series[Any]":
        """Give rows of codes not met before the numbers these got."""
        given = np.array([numbers.get(code, NOBODY) for code in self.new], dtype="int64")
        values = ids.to_numpy(copy=True)
        unmet = values < NOBODY
        values[unmet] = given[-2 - values[unmet]]
        return pd.Series(values, index=ids.index)


def match_enterprises(
    frame: pd.DataFrame, *, known: Mapping[str, int], ask: Callable[[pd.DataFrame], NamesKnown]
) -> Match:
    """Find each row's enterprise.

    Shapes: frame has file_row, identifier, name and may have former_name, known_on, happened_on and
        record_key; known maps identifiers to numbers; ask tells what is known of names, and is asked only for
        rows that carry no code.
    """
    coded = frame["identifier"].notna().to_numpy()
    codes = frame.loc[coded, "identifier"]
    new = tuple(code for code in pd.unique(codes) if code not in known)
    numbers = dict(known) | {code: -2 - place for place, code in enumerate(new)}
    ids = np.full(len(frame), NOBODY, dtype="int64")
    ids[coded] = codes.map(numbers).to_numpy(dtype="int64")
    if coded.all():
        return Match(ids, new, ())
    bare = frame[~coded]
    named = tuple(_find_all(bare, ask(bare)))
    ids[~coded] = [row.found.enterprise_id for row in named]
    faults = tuple(_fault(row) for row in named if row.found.code)
    return Match(ids, new, faults, named)


def _fault(row: NamedRow) -> RowFault:
    cells = (CODE, NAME) if not row.asked.names else (NAME,)
    return RowFault(row.file_row, row.found.code, row.found.message, cells)


def _find_all(frame: pd.DataFrame, known: NamesKnown) -> Iterator[NamedRow]:
    every = [_asked(row, known) for row in _rows(frame)]
    wanted = {normalise_name(name) for asked in every for name in asked.names}
    book = NameBook(known.names, known.lives, asked=wanted)
    met: dict[Asked, Found] = {}
    for file_row, asked in zip(frame["file_row"].tolist(), every, strict=True):
        if asked not in met:
            met[asked] = _found(book, asked, known.decided.get(asked.key))
        found = met[asked]
        settled = found.basis is Basis.DECIDED or found.code == OF_NOBODY
        decided = known.decided.get(asked.key) if settled else None
        yield NamedRow(file_row=int(file_row), asked=asked, found=found, decided=decided)


def _rows(frame: pd.DataFrame) -> Iterator[tuple[str | None, str | None, int | None, int | None, str | None]]:
    """Give each row's name, former name, days counted from 1970, and record key; None where there is none."""
    columns: list[list[Any]] = []
    for name in ("name", "former_name", "known_on", "happened_on", "record_key"):
        values = frame[name] if name in frame else pd.Series([None] * len(frame), dtype=object)
        if name.endswith("_on"):
            days = values.to_numpy(dtype="datetime64[D]")
            columns.append([None if np.isnat(day) else int(day.astype("int64")) for day in days])
        else:
            columns.append([value if isinstance(value, str) else None for value in values])
    yield from zip(*columns, strict=True)


def _asked(row: tuple[str | None, str | None, int | None, int | None, str | None], known: NamesKnown) -> Asked:
    name, former, known_on, happened, key = row
    told = [cell for cell in (name, former) if cell is not None]
    holders = None if known.holders is None else known.holders.get(key or "", frozenset())
    return asked_of(*told, known=known_on, happened=happened, holders=holders)


def _found(book: NameBook, asked: Asked, decided: Decided | None) -> Found:
    """Let the register speak, and a person where the register leaves doubt; where they differ, ask again."""
    if not asked.names:
        return Found(code="identifier-missing", message="既没有统一社会信用代码，也没有企业名称。")
    found = book.find(asked)
    if decided is None or found.enterprise_id == decided.enterprise_id:
        return found
    said = f"“{asked.names[0]}”"
    if found.enterprise_id != NOBODY and not decided.final:
        message = f"{said}此前由人工作过认定，而现在企业名录中另有名称相符的企业，请重新认定。"
        return replace(found, enterprise_id=NOBODY, basis=None, code=CONTRADICTED, message=message)
    if decided.enterprise_id is None:
        return Found(code=OF_NOBODY, message=f"{said}已由人工认定不是库中的任何企业。")
    return Found(enterprise_id=decided.enterprise_id, basis=Basis.DECIDED)


def kind_of(scheme: Scheme, value: str) -> str:
    """Say what kind of body an identifier belongs to, by the first two characters of a credit code.

    >>> kind_of(Scheme.USCC, "91370303MA00000007"), kind_of(Scheme.USCC, "12370000000000000X")
    ('enterprise', 'institution')
    """
    return _KINDS.get(value[:2], "institution") if scheme is Scheme.USCC else "enterprise"
