"""Which rows can be true and are kept, but ought to be looked at?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.spec.versions import VERSION_ORDER

NO_END = np.datetime64("9999-12-31", "s")


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Declare what makes a list's rows doubtful beside what else is known of their enterprises.

    `among` names the table whose standing versions are handed over; `odd` answers, for the new rows and those
    versions, True per row to be looked at.
    """

    code: str
    message: str
    among: str
    odd: Callable[[pd.DataFrame, pd.DataFrame], "pd.Series[bool]"]


def find_doubts(
    doubts: Sequence[Doubt], rows: pd.DataFrame, read: Callable[[str], pd.DataFrame]
) -> list[tuple[str, str, tuple[int, ...]]]:
    """Return code, message and file rows of each doubt that new rows raise.

    `read` gives the standing versions of a table for their enterprises.
    """
    found = []
    for doubt in doubts:
        odd = doubt.odd(rows, read(doubt.among))
        if odd.any():
            numbers = sorted(set(rows.loc[odd.to_numpy(), "file_row"].tolist()))
            found.append((doubt.code, f"{doubt.message}。", tuple(numbers)))
    return found


def overlapping(
    *alike: str, across_enterprises: bool = False
) -> Callable[[pd.DataFrame, pd.DataFrame], "pd.Series[bool]"]:
    """Find records that agree in `alike` and hold at the same time; one that ends when the next begins does not.

    Unless `across_enterprises`, records of one enterprise only are compared.
    """
    groups = [*([] if across_enterprises else ["enterprise_id"]), *alike]

    def odd(rows: pd.DataFrame, known: pd.DataFrame) -> "pd.Series[bool]":
        held = _latest(rows, known).dropna(subset=[*groups, "happened_on"])
        held = held.assign(end=held["ended_on"].fillna(NO_END))
        held = held[held["end"] > held["happened_on"]].sort_values([*groups, "happened_on", "end"], kind="stable")
        # The latest end among the records before, and the earliest start among those after, of the same group.
        ends = held["end"].astype("int64")
        before = ends.groupby([held[name] for name in groups]).cummax()
        before = before.groupby([held[name] for name in groups]).shift()
        after = held.groupby(groups)["happened_on"].shift(-1)
        clash = (held["happened_on"].astype("int64") < before.fillna(-(2**62))) | (after < held["end"])
        return pd.Series(rows.index.isin(held.loc[clash & held["is_new"], "place"]), index=rows.index)

    return odd


def _latest(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return the last version of each record, the new rows among them, without what is withdrawn."""
    new = rows.assign(is_new=True, place=rows.index, recorded_at=pd.Timestamp.max.as_unit("us"))
    both = pd.concat([known.assign(is_new=False, place=-1)[new.columns], new], ignore_index=True)
    last = both.sort_values(list(VERSION_ORDER), kind="stable").drop_duplicates(
        ["enterprise_id", "record_key"], keep="last"
    )
    return last[~last["withdrawn"].astype(bool)]
