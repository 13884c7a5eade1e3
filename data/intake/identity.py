"""Which enterprise does each row speak of?

By code where there is one; else by name: as it stands, then normalised, then by the former name the row
tells. A name that fits no enterprise, or several, is set aside and never guessed.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.intake.drafting import RowFault
from data.intake.header import CODE, NAME
from data.intake.words import normalise_name
from data.spec.identifiers import Scheme

NOBODY = -1
_SEPARATORS = re.compile(r"[、,;/|]")
_KINDS = {"91": "enterprise", "92": "individual_business", "93": "cooperative"}
_SINCE_UNKNOWN = np.datetime64("1900-01-01", "s")


@dataclass(frozen=True)
class Match:
    """Carry each row's enterprise, codes not met before, and rows of nobody.

    `enterprise_id` is NOBODY for a row of nobody, and -2, -3, … for the first, second, … of `new`.
    """

    enterprise_id: "np.ndarray[Any, np.dtype[np.int64]]"
    new: tuple[str, ...]
    faults: tuple[RowFault, ...]

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


def match_enterprises(frame: pd.DataFrame, *, known: Mapping[str, int], names: Callable[[], pd.DataFrame]) -> Match:
    """Find each row's enterprise.

    Shapes: frame has file_row, identifier, name and may have former_name; names gives enterprise_id,
        name and normalised, and is asked only where a row carries no code; known maps identifiers to numbers.
    """
    coded = frame["identifier"].notna().to_numpy()
    codes = frame.loc[coded, "identifier"]
    new = tuple(code for code in pd.unique(codes) if code not in known)
    numbers = dict(known) | {code: -2 - place for place, code in enumerate(new)}
    ids = np.full(len(frame), NOBODY, dtype="int64")
    ids[coded] = codes.map(numbers).to_numpy(dtype="int64")
    if coded.all():
        return Match(ids, new, ())
    faults: list[RowFault] = []
    book = NameBook(names())
    for place in np.flatnonzero(~coded):
        found, fault = book.find(frame, int(place))
        ids[place] = found
        faults += [fault] if fault else []
    return Match(ids, new, tuple(faults))


class NameBook:
    """Look names up, as they stand and normalised."""

    def __init__(self, names: pd.DataFrame) -> None:
        self._exact = _index(names["name"], names["enterprise_id"])
        self._normalised = _index(names["normalised"], names["enterprise_id"])

    def find(self, frame: pd.DataFrame, place: int) -> tuple[int, RowFault | None]:
        """Return the enterprise of a row's name, or NOBODY and why."""
        told = [frame[column].iloc[place] for column in ("name", "former_name") if column in frame]
        told = [name for name in told if isinstance(name, str)]
        row = int(frame["file_row"].iloc[place])
        if not told:
            return NOBODY, RowFault(row, "identifier-missing", "既没有统一社会信用代码，也没有企业名称。", (CODE, NAME))
        found = [ids for name in told if (ids := self.numbers(name))]
        if not found:
            return NOBODY, RowFault(row, "name-unmatched", f"企业名录中没有名为“{told[0]}”的企业。", (NAME,))
        if len(found[0]) > 1:
            said = f"有 {len(found[0])} 家企业名为“{told[0]}”，无法确定是哪一家。"
            return NOBODY, RowFault(row, "name-ambiguous", said, (NAME,))
        return next(iter(found[0])), None

    def numbers(self, name: str) -> frozenset[int]:
        """Return the enterprises of this name, as it stands or else normalised."""
        return self._exact.get(name) or self._normalised.get(normalise_name(name)) or frozenset()


def _index(words: "pd.Series[Any]", ids: "pd.Series[Any]") -> dict[str, frozenset[int]]:
    index: dict[str, frozenset[int]] = {}
    for word, number in zip(words.tolist(), ids.tolist(), strict=True):
        index[word] = index.get(word, frozenset()) | {number}
    return index


def kind_of(scheme: Scheme, value: str) -> str:
    """Say what kind of body an identifier belongs to, by the first two characters of a credit code.

    >>> kind_of(Scheme.USCC, "91370303MA00000007"), kind_of(Scheme.USCC, "12370000000000000X")
    ('enterprise', 'institution')
    """
    return _KINDS.get(value[:2], "institution") if scheme is Scheme.USCC else "enterprise"


def told_names(rows: pd.DataFrame, *, names: pd.DataFrame, registers: bool) -> pd.DataFrame:
    """List the names that rows tell: of a list that registers names every one, else only those of the nameless.

    Shapes: rows has enterprise_id, name, known_on and may have former_names; the answer has enterprise_id,
        name, normalised and since, each pair once.
    """
    told = rows.loc[rows["name"].notna(), ["enterprise_id", "name", "known_on"]].rename(columns={"known_on": "since"})
    told = told.sort_values("since", kind="stable")
    if registers:
        told = pd.concat([told, _former_names(rows)], ignore_index=True)
    else:
        nameless = ~told["enterprise_id"].isin(names["enterprise_id"])
        told = told[nameless].drop_duplicates("enterprise_id")
    told = told.drop_duplicates(["enterprise_id", "name"])
    return told.assign(normalised=[normalise_name(name) for name in told["name"]])


def not_met(told: pd.DataFrame, *, names: pd.DataFrame) -> pd.DataFrame:
    """Leave out the names that are known already; frames as `told_names` takes and gives them."""
    met = pd.MultiIndex.from_frame(names[["enterprise_id", "name"]])
    return told[~pd.MultiIndex.from_frame(told[["enterprise_id", "name"]]).isin(met)]


def _former_names(rows: pd.DataFrame) -> pd.DataFrame:
    told: Iterable[tuple[int, str]] = ()
    if "former_names" in rows:
        former = rows.loc[rows["former_names"].notna(), ["enterprise_id", "former_names"]]
        pairs = zip(former["enterprise_id"].tolist(), former["former_names"], strict=True)
        told = [(number, name.strip()) for number, text in pairs for name in _SEPARATORS.split(text) if name.strip()]
    frame = pd.DataFrame(told, columns=["enterprise_id", "name"]).astype({"enterprise_id": "int64", "name": "str"})
    return frame.assign(since=_SINCE_UNKNOWN)
