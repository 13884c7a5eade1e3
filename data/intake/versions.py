"""Which rows say something new, and what does an amending row amend?"""

import hashlib
from datetime import date
from enum import IntEnum
from typing import Any

import numpy as np
import pandas as pd

from data.intake.drafting import RowFault
from data.spec.access import BUREAU
from data.spec.table import Basis, Kind, Table
from data.store.frames import dtypes, fen

LONGEST_KEY = 64


class Fate(IntEnum):
    """Say what becomes of a row that has no fault."""

    KEPT = 0
    KNOWN = 1
    """The store says the same already."""
    REPEATED = 2
    """An earlier row of the same file says the same."""


def complete(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Give a typed frame every column that the store keeps, in the store's dtypes.

    Columns that are missing are blank; owner is the bureau, known_basis assumed, withdrawn false.
    """
    whole = {"owner": BUREAU, "known_basis": str(Basis.ASSUMED), "withdrawn": False, "batch_id": ""}
    wanted: dict[str, Any] = {
        name: dtype for name, dtype in dtypes(table).items() if name not in ("recorded_at", "record_key")
    }
    columns: dict[str, pd.Series[Any]] = {}
    for name, dtype in wanted.items():
        if name in frame and name not in ("happened_on", "ended_on"):
            columns[name] = frame[name].astype(dtype)
        else:
            columns[name] = pd.Series([whole.get(name)] * len(frame), index=frame.index, dtype=dtype)
    done = pd.DataFrame(columns, index=frame.index)
    done["happened_on"] = done[table.happened]
    if table.ended is not None:
        done["ended_on"] = done[table.ended]
    done["record_key"] = record_keys(table, done)
    return done


def known_after(table: Table, rows: pd.DataFrame, *, today: date) -> pd.DataFrame:
    """Return rows as known no sooner than what came of them: a list that is given out again tells of later days, too.

    A day that is still to come, or that was planned, may be known before.
    """
    known = rows["known_on"]
    for name, column in table.columns.items():
        if column.outcome:
            later = (rows[name] > known) & (rows[name] <= pd.Timestamp(today))
            later &= True if column.plan is None else rows[name] != rows[column.plan]
            known = known.where(~later, rows[name])
    return rows.assign(known_on=known)


def record_keys(table: Table, frame: pd.DataFrame) -> "pd.Series[Any]":
    """Name each row's record among its enterprise's: its key columns' values, digested where they are long."""
    if not table.key:
        return pd.Series([""] * len(frame), index=frame.index, dtype="str")
    columns = [_key_part(table, name, frame[name]) for name in table.key]
    keys = ["|".join(parts) for parts in zip(*columns, strict=True)]
    short = [
        key if len(key) <= LONGEST_KEY else hashlib.blake2b(key.encode(), digest_size=12).hexdigest() for key in keys
    ]
    return pd.Series(short, index=frame.index, dtype="str")


def _key_part(table: Table, name: str, values: "pd.Series[Any]") -> list[str]:
    told: list[str]
    kind = table.columns[name].kind
    missing = values.isna().to_numpy()
    if kind in (Kind.DATE, Kind.YEAR):
        told = np.datetime_as_string(values.to_numpy(dtype="datetime64[s]"), unit="D").tolist()
    elif kind is Kind.MONEY:
        told = list(map(str, np.where(missing, 0, fen(values)).astype("int64").tolist()))
    else:
        told = [f"{value:.15g}" if isinstance(value, float) else value for value in values.tolist()]
    if missing.any():
        told = ["" if gap else text for gap, text in zip(missing, told, strict=True)]
    return told


def fates(table: Table, rows: pd.DataFrame, *, existing: pd.DataFrame) -> "np.ndarray[Any, np.dtype[np.int8]]":
    """Say of each row whether it says something new.

    A row says nothing new where the version before it, of the same record in the order of known_on, says
    the same; versions already in the store go before a file's rows of the same day.
    Shapes: rows and existing as `complete` makes them; existing in the order in which it was recorded.
    """
    both = pd.concat([existing[rows.columns], rows], ignore_index=True) if len(existing) else rows
    new = np.arange(len(both)) >= len(existing)
    said = _fingerprint(table, both)
    key = pd.util.hash_array(both["record_key"].to_numpy(dtype=object))
    enterprise = both["enterprise_id"].to_numpy()
    day = both["known_on"].to_numpy(dtype="datetime64[s]").astype("int64")
    order = np.lexsort((day, key, enterprise))
    same = np.zeros(len(both), dtype=bool)
    same[1:] = np.logical_and.reduce([values[order][1:] == values[order][:-1] for values in (enterprise, key, said)])
    result = np.zeros(len(both), dtype="int8")
    before_is_new = np.concatenate([[False], new[order][:-1]])
    result[order] = np.where(same, np.where(before_is_new, Fate.REPEATED, Fate.KNOWN), Fate.KEPT)
    twice = pd.DataFrame({"e": enterprise, "k": key, "d": day, "s": said})
    met = pd.MultiIndex.from_frame(twice[~new][_standing(twice[~new], existing)].drop_duplicates())
    if len(met):
        result[pd.MultiIndex.from_frame(twice).isin(met)] = Fate.KNOWN
    return result[new]


def _standing(said: pd.DataFrame, existing: pd.DataFrame) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Tell of versions in the store which no later one of their day withdraws."""
    withdrawn = existing["withdrawn"].to_numpy(dtype=bool)
    place = np.arange(len(existing))
    last = pd.Series(np.where(withdrawn, place, -1), index=said.index).groupby([said["e"], said["k"], said["d"]])
    return np.asarray(place >= last.transform("max").to_numpy())


def _fingerprint(table: Table, frame: pd.DataFrame) -> "np.ndarray[Any, np.dtype[Any]]":
    said = frame[[*table.columns, "owner", "origin_loan", "withdrawn"]].copy()
    for name, column in table.columns.items():
        if column.kind is Kind.MONEY:
            said[name] = fen(said[name])
    return pd.util.hash_pandas_object(said, index=False).to_numpy()


def amend(table: Table, rows: pd.DataFrame, *, existing: pd.DataFrame) -> tuple[pd.DataFrame, list[RowFault]]:
    """Fill the blanks of amending rows from the latest version of their record known by their day.

    Shapes: as `fates`. A row whose record is not known is a fault.
    """
    keys = ["enterprise_id", "record_key"]
    asked = rows[[*keys, "known_on"]].assign(place=np.arange(len(rows)))
    versions = existing.sort_values(["known_on", "recorded_at", "file_row"], kind="stable")
    pairs = asked.merge(versions, on=keys, suffixes=("", "_then"))
    latest = pairs[pairs["known_on_then"] <= pairs["known_on"]].drop_duplicates("place", keep="last").set_index("place")
    filled = rows.reset_index(drop=True)
    for name in table.columns:
        filled[name] = filled[name].fillna(latest[name].reindex(filled.index))
    filled.index = rows.index
    missing = filled.loc[~asked["place"].isin(latest.index).to_numpy(), "file_row"]
    message = "没有找到该行所要更正的原记录，请先导入原名单。"
    return filled, [RowFault(int(row), "amends-nothing", message) for row in missing]
