"""Who bore a name on a day?

A name may have passed from one enterprise to another; dates part them. What dates cannot part is left undecided.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from data.intake.name_words import normalise_name, told_names

SINCE_UNKNOWN = np.datetime64("1900-01-01", "s")
"""Since when a former name was borne that a register tells without its days."""

Ints = np.ndarray[Any, np.dtype[np.int64]]
NOBODY = -1
_UNKNOWN = int(SINCE_UNKNOWN.astype("datetime64[D]").astype("int64"))
_FIELDS = ("enterprise_id", "name", "certain_from", "possible_from", "until", "founded", "ended")
ALWAYS, NEVER = -(2**62), 2**62


class Basis(StrEnum):
    """Say on what a row's enterprise was found by name."""

    EXACT = "exact"
    NORMALISED = "normalised"
    FORMER = "former"
    DECIDED = "decided"


BASIS_LABELS = {
    Basis.EXACT: "名称一字不差",
    Basis.NORMALISED: "写法不同，名称相同",
    Basis.FORMER: "该行日期以外用过的名称",
    Basis.DECIDED: "人工认定",
}


@dataclass(frozen=True, kw_only=True)
class Bearing:
    """Say that an enterprise bore a name: certainly in [certain_from, until), possibly in [possible_from, until).

    Days are counted from 1970. The enterprise existed in [founded, ended): ALWAYS and NEVER where it is not known.
    """

    enterprise_id: int
    name: str
    certain_from: int
    possible_from: int
    until: int
    founded: int
    ended: int

    def holds(self, day: int, *, certainly: bool) -> bool:
        """Tell whether the name was borne on a day."""
        return (self.certain_from if certainly else self.possible_from) <= day < self.until


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Ask for the enterprise of one row.

    `names`: the name and, where one is told, a former or present one. `known` and `happened`: the row's
    days, None where unknown. `holders`: who has the record that the row amends, None where it amends none.
    """

    names: tuple[str, ...]
    known: int | None = None
    happened: int | None = None
    holders: frozenset[int] | None = None

    @property
    def days(self) -> tuple[int, ...]:
        """Return the days the row speaks of."""
        return tuple(day for day in (self.known, self.happened) if day is not None)

    @property
    def key(self) -> str:
        """Return the names as they are remembered."""
        return "←".join(normalise_name(name) for name in self.names)


@dataclass(frozen=True, kw_only=True)
class Found:
    """Say which enterprise a row speaks of, and on what basis; or why that is not certain.

    `bearers` are those that bear or bore the name where it is not certain which of them is meant.
    """

    enterprise_id: int = NOBODY
    basis: Basis | None = None
    code: str = ""
    message: str = ""
    bearers: tuple[Bearing, ...] = ()


def asked_of(
    *cells: str, known: int | None = None, happened: int | None = None, holders: frozenset[int] | None = None
) -> Asked:
    """Ask for a row's names as its cells write them; a name that is nothing but marks is none."""
    told = (part for cell in cells for part in told_names(cell) if normalise_name(part))
    return Asked(names=tuple(dict.fromkeys(told)), known=known, happened=happened, holders=holders)


class NameBook:
    """Know who bore which name from when until when."""

    def __init__(self, names: pd.DataFrame, lives: pd.DataFrame, *, asked: Collection[str]) -> None:
        """Keep what is needed for the names asked for.

        Shapes: names has enterprise_id, name, normalised and since; lives has enterprise_id, founded_on and
            deregistered_on; asked are normalised.
        """
        about = names.loc[names["normalised"].isin(set(asked)), "enterprise_id"]
        spans = _spans(names[names["enterprise_id"].isin(about)], lives)
        self._bearings: dict[str, list[Bearing]] = {}
        for normalised, bearing in spans:
            self._bearings.setdefault(normalised, []).append(bearing)

    def find(self, asked: Asked) -> Found:
        """Find the one enterprise that a row can speak of."""
        told = [(name, self._bearings.get(normalise_name(name), [])) for name in asked.names]
        known = [(name, bearings) for name, bearings in told if bearings]
        if not known:
            return Found(code="name-unmatched", message=f"企业名录中没有名为“{asked.names[0]}”的企业。")
        possible = [(name, there) for name, bearings in known if (there := _possible(bearings, asked))]
        if not possible:
            return _out_of_time(*known[0], "成立于该行所说的日期之后")
        return _agreed(possible, asked) if len(possible) > 1 else _one_of(*possible[0], asked)


def _possible(bearings: Sequence[Bearing], asked: Asked) -> list[Bearing]:
    """Leave out enterprises that did not exist yet."""
    first = min(asked.days, default=NEVER)
    return [bearing for bearing in bearings if bearing.founded <= first]


def _out_of_time(name: str, bearings: Sequence[Bearing], when: str) -> Found:
    message = f"名为“{name}”的企业{when}，不会是这一家。"
    return Found(code="name-out-of-time", message=message, bearers=tuple(bearings))


def _agreed(told: Sequence[tuple[str, list[Bearing]]], asked: Asked) -> Found:
    """Find the enterprise that bore both names."""
    shared = frozenset.intersection(*(_ids(bearings) for _, bearings in told))
    if len(shared) == 1:
        name, bearings = told[0]
        return _only(name, [one for one in bearings if one.enterprise_id in shared], asked)
    every = tuple(bearing for _, bearings in told for bearing in bearings)
    said = "”与“".join(name for name, _ in told)
    message = f"“{said}”同属 {len(shared)} 家企业。" if shared else f"“{said}”分属不同的企业，无法确定是哪一家。"
    return Found(code="names-disagree", message=message, bearers=every)


def _one_of(name: str, bearings: list[Bearing], asked: Asked) -> Found:
    """Find the one bearer: certainly on the row's days, else one who may have borne it by then, else one ever.

    An exact name breaks a tie. An amendment may speak of long ago: its record parts those who shared a name,
    its day does not.
    """
    if asked.holders is None:
        bearings = _certain(bearings, asked) or _by_then(bearings, asked) or bearings
        if len(_ids(bearings)) > 1:
            bearings = [one for one in bearings if one.name == name] or bearings
    else:
        bearings = [one for one in bearings if one.enterprise_id in asked.holders] or bearings
    if len(_ids(bearings)) == 1:
        return _only(name, bearings, asked)
    message = f"有 {len(_ids(bearings))} 家企业名为或曾名为“{name}”，该行的日期不足以分辨是哪一家。"
    return Found(code="name-ambiguous", message=message, bearers=tuple(bearings))


def _certain(bearings: Iterable[Bearing], asked: Asked) -> list[Bearing]:
    return [one for one in bearings if any(one.holds(day, certainly=True) for day in asked.days)]


def _by_then(bearings: Iterable[Bearing], asked: Asked) -> list[Bearing]:
    return [one for one in bearings if one.possible_from <= max(asked.days, default=ALWAYS)]


def _ids(bearings: Iterable[Bearing]) -> frozenset[int]:
    return frozenset(one.enterprise_id for one in bearings)


def _only(name: str, bearings: Sequence[Bearing], asked: Asked) -> Found:
    """Take the one enterprise left, unless it existed no more: its successor, or another, may be meant."""
    if _is_gone(bearings[0], asked):
        return _out_of_time(name, bearings, "在该行所说的日期之前已经注销")
    return _taken(name, bearings, asked)


def _is_gone(bearing: Bearing, asked: Asked) -> bool:
    """Tell whether the enterprise had ended by the row's first day; its records may be amended all the same."""
    return asked.holders is None and bearing.ended <= min(asked.days, default=ALWAYS)


def _taken(name: str, bearings: Sequence[Bearing], asked: Asked) -> Found:
    now = [one for one in bearings if any(one.holds(day, certainly=False) for day in asked.days)]
    basis = Basis.EXACT if any(one.name == name for one in now or bearings) else Basis.NORMALISED
    return Found(
        enterprise_id=bearings[0].enterprise_id,
        basis=basis if now or not asked.days else Basis.FORMER,
        bearers=tuple(bearings),
    )


def _spans(names: pd.DataFrame, lives: pd.DataFrame) -> list[tuple[str, Bearing]]:
    """Say from when until when each name was borne; deregistration ends every name."""
    if names.empty:
        return []
    ordered = names.sort_values(["enterprise_id", "since"], kind="stable")
    life = lives.set_index("enterprise_id").reindex(ordered["enterprise_id"])
    ids, since = ordered["enterprise_id"].to_numpy(), _days(ordered["since"], blank=ALWAYS)
    founded, ended = _days(life["founded_on"], blank=ALWAYS), _days(life["deregistered_on"], blank=NEVER)
    certain, possible, until = _bounds(ids, since, founded)
    columns = (ids, ordered["name"], certain, possible, np.minimum(until, ended), founded, ended)
    cells = zip(*(column.tolist() for column in columns), strict=True)
    return [
        (normalised, Bearing(**dict(zip(_FIELDS, values, strict=True))))
        for normalised, values in zip(ordered["normalised"], cells, strict=True)
    ]


def _bounds(ids: Ints, since: Ints, founded: Ints) -> tuple[Ints, Ints, Ints]:
    """Say from when a name was certainly and possibly borne, and until when, by enterprise and day in order.

    A name told without its day ended at the latest when the last was dated; the name dated first may then have
    begun on any day before. Without such a name the one dated first was borne from the founding on.
    """
    dated = since > _UNKNOWN
    next_is_other = np.append(ids[1:] != ids[:-1], True)
    first = dated & ~np.concatenate([[False], dated[:-1] & ~next_is_other[:-1]])
    firms = pd.DataFrame({"id": ids, "vague": ~dated, "since": since}).groupby("id")
    vague, last = firms["vague"].transform("any").to_numpy(), firms["since"].transform("max").to_numpy()
    following = np.where(next_is_other, NEVER, np.append(since[1:], NEVER))
    until = np.where(dated, following, np.where(last > _UNKNOWN, last, NEVER))
    possible = np.where(first | ~dated, np.minimum(founded, since), since)
    settled = np.where(first & ~vague & (founded > ALWAYS), possible, since)
    return np.where(dated, settled, until), possible, until


def _days(days: "pd.Series[Any]", *, blank: int) -> Ints:
    """Count days from 1970."""
    values = days.to_numpy(dtype="datetime64[D]")
    return np.where(np.isnat(values), blank, values.astype("int64"))
