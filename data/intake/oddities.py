"""Which rows can be true and are kept, but ought to be looked at?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.spec.dated import ParameterSet
from data.spec.versions import latest_known

NO_END = np.datetime64("9999-12-31", "s")
EVER = pd.Timestamp.max.as_unit("s")
_LIMITS = Path(__file__).with_name("oddities.yaml")


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Declare what makes a list's rows doubtful beside what else is known.

    `among` names the tables whose standing versions are handed over: of the rows' enterprises and, where
    `across`, of all that have a record of the rows' keys. `odd` answers, for the new rows and those versions,
    True per row to be looked at.
    """

    code: str
    message: str
    among: tuple[str, ...]
    odd: Callable[..., "pd.Series[bool]"]
    across: bool = False


@cache
def limits() -> ParameterSet:
    """Read from how much on a row is odd."""
    return ParameterSet.parse(_LIMITS.read_text(encoding="utf-8"))


def find_doubts(
    doubts: Sequence[Doubt], rows: pd.DataFrame, read: Callable[[str, bool], pd.DataFrame]
) -> list[tuple[str, str, tuple[int, ...]]]:
    """Return code, message and file rows of each doubt that new rows raise.

    `read` gives the standing versions of a table: of the rows' enterprises, or of all with records of their keys.
    """
    found = []
    for doubt in doubts if len(rows) else ():
        odd = doubt.odd(rows, *(read(name, doubt.across) for name in doubt.among))
        if odd.any():
            numbers = sorted(set(rows.loc[odd.to_numpy(), "file_row"].tolist()))
            found.append((doubt.code, f"{doubt.message}。", tuple(numbers)))
    return found


def overlapping(
    *alike: str, across_enterprises: bool = False, allowed: str = ""
) -> Callable[[pd.DataFrame, pd.DataFrame], "pd.Series[bool]"]:
    """Find records that agree in `alike` and hold at the same time; one that ends when the next begins does not.

    Unless `across_enterprises`, records of one enterprise only are compared. `allowed` names the parameter that
    says by how many days they may overlap.
    """
    groups = [*([] if across_enterprises else ["enterprise_id"]), *alike]

    def odd(rows: pd.DataFrame, known: pd.DataFrame) -> "pd.Series[bool]":
        held = latest(rows, known).dropna(subset=[*groups, "happened_on"])
        spare = pd.Timedelta(days=_allowed(allowed, rows) if allowed else 0).as_unit("s")
        held = held.assign(end=held["ended_on"].fillna(NO_END) - spare)
        held = held[held["end"] > held["happened_on"]].sort_values([*groups, "happened_on", "end"], kind="stable")
        # The latest end among the records before, and the earliest start among those after, of the same group.
        ends = held["end"].astype("int64")
        before = ends.groupby([held[name] for name in groups]).cummax()
        before = before.groupby([held[name] for name in groups]).shift()
        after = held.groupby(groups)["happened_on"].shift(-1)
        clash = (held["happened_on"].astype("int64") < before.fillna(-(2**62))) | (after < held["end"])
        return pd.Series(rows.index.isin(held.loc[clash & held["is_new"], "place"]), index=rows.index)

    return odd


def differing(
    *alike: str, of: tuple[str, ...], from_before: bool = False
) -> Callable[[pd.DataFrame, pd.DataFrame], "pd.Series[bool]"]:
    """Find rows that agree with others, known before or of the same file, in `alike` and differ from them in `of`.

    A record's own version from before is compared only where asked for `from_before`: it may have been corrected.
    """

    def odd(rows: pd.DataFrame, known: pd.DataFrame) -> "pd.Series[bool]":
        before = standing_of(known) if from_before else latest(rows, known).query("not is_new")
        both = pd.concat([before[[*alike, *of]], rows[[*alike, *of]]], ignore_index=True)
        told = both.groupby(list(alike))[list(of)].transform("nunique")
        return pd.Series((told > 1).any(axis=1).to_numpy()[-len(rows) :], index=rows.index)

    return odd


def looked_up(rows: pd.DataFrame, values: "pd.Series[Any]", key: str) -> "pd.Series[Any]":
    """Give each row the value that its enterprise has under the row's `key`, blank where it has none.

    Shapes: values is indexed by enterprise_id and the key, each pair once; the answer bears the rows' index.
    """
    asked = pd.MultiIndex.from_frame(rows[["enterprise_id", key]])
    return pd.Series(values.reindex(asked).to_numpy(), index=rows.index)


def said_of(rows: pd.DataFrame, versions: pd.DataFrame, key: str, column: str) -> "pd.Series[Any]":
    """Give each row what the standing record of its enterprise and `key` says in `column`, blank without one."""
    return looked_up(rows, standing_of(versions).set_index(["enterprise_id", key])[column], key)


def latest(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return the last version of each record, the new rows among them, without what is withdrawn.

    Shapes: the columns of rows, and is_new; place is the new row's index, -1 for a version known before.
    """
    new = rows.assign(is_new=True, place=rows.index, recorded_at=pd.Timestamp.max.as_unit("us"))
    return standing_of(pd.concat([known.assign(is_new=False, place=-1)[new.columns], new], ignore_index=True))


def standing_of(versions: pd.DataFrame) -> pd.DataFrame:
    """Return the last version of each record, without what is withdrawn."""
    return latest_known(versions, EVER)


def _allowed(name: str, rows: pd.DataFrame) -> int:
    return int(limits().numbers(rows["known_on"].max().date())[name])
