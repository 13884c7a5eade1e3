"""Which names does a list teach, and since when?"""

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from data.intake.drafting import RowFault
from data.intake.name_words import normalise_name
from data.intake.naming import SINCE_UNKNOWN
from data.intake.words import squeeze

_SEPARATORS = re.compile(r"[、,;/|]")


def new_names(rows: pd.DataFrame, *, names: pd.DataFrame, registers: bool) -> pd.DataFrame:
    """List names not met before: of a list that registers names every one, else only those of the nameless.

    The register tells a name anew when it returns to one borne before. A renaming tells a former name too; a
    name met before it tells anew only where the former one is borne on its day, for it may come late.
    Shapes: rows has enterprise_id, name, known_on and may have former_names or former_name; the answer has
        enterprise_id, name, normalised and since.
    """
    told = rows.loc[rows["name"].notna(), ["enterprise_id", "name", "known_on"]].rename(columns={"known_on": "since"})
    told = told.sort_values("since", kind="stable")
    if not registers:
        nameless = ~told["enterprise_id"].isin(names["enterprise_id"])
        told = told[nameless].drop_duplicates("enterprise_id")
    elif "former_name" in rows:
        told = pd.concat([_believed(rows, told, names), _told_former(rows, "former_name")], ignore_index=True)
    else:
        told = pd.concat([_changes(told, names), _told_former(rows, "former_names")], ignore_index=True)
    vague = (told["since"] == SINCE_UNKNOWN).to_numpy()
    dated = _unmet(told[~vague].drop_duplicates(), names[["enterprise_id", "name", "since"]])
    ever = pd.concat([names, dated])[["enterprise_id", "name"]]
    told = pd.concat([dated, _unmet(told[vague], ever)], ignore_index=True)
    return told.assign(normalised=[normalise_name(name) for name in told["name"]])


def names_in(rows: pd.DataFrame) -> pd.DataFrame:
    """List each enterprise's names that rows tell, former ones too, each once; frames as `new_names` takes them."""
    said = rows.loc[rows["name"].notna(), ["enterprise_id", "name"]]
    former = [_told_former(rows, column)[["enterprise_id", "name"]] for column in ("former_names", "former_name")]
    return pd.concat([said, *former], ignore_index=True).drop_duplicates()


def _changes(told: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Leave the rows at which an enterprise's name becomes another than the one before."""
    met = names.loc[names["since"] > SINCE_UNKNOWN, ["enterprise_id", "name", "since"]].assign(met=True)
    both = pd.concat([met, told.assign(met=False)]).sort_values(["enterprise_id", "since"], kind="stable")
    same = (both["enterprise_id"].shift() == both["enterprise_id"]) & (both["name"].shift() == both["name"])
    kept: pd.DataFrame = both.loc[~same & ~both["met"].astype(bool), ["enterprise_id", "name", "since"]]
    return kept


def _believed(rows: pd.DataFrame, told: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Leave of a renaming's names those never met, and those that their enterprise has returned to."""
    dated = names[names["since"] > SINCE_UNKNOWN]
    asked = told.assign(former=rows["former_name"].reindex(told.index), place=np.arange(len(told)))
    pairs = asked.merge(dated, on="enterprise_id", suffixes=("", "_borne"))
    borne = pairs[pairs["since_borne"] <= pairs["since"]].sort_values("since_borne", kind="stable")
    latest = borne.drop_duplicates("place", keep="last").set_index("place")["name_borne"].reindex(asked["place"])
    returned = (latest.to_numpy() == asked["former"].to_numpy()) & (latest.to_numpy() != asked["name"].to_numpy())
    unmet = told.index.isin(_unmet(told, names[["enterprise_id", "name"]]).index)
    kept: pd.DataFrame = told[unmet | returned]
    return kept


def _told_former(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    told: Iterable[tuple[int, str]] = ()
    if column in rows:
        former = rows.loc[rows[column].notna(), ["enterprise_id", column]]
        pairs = zip(former["enterprise_id"].tolist(), former[column], strict=True)
        told = [(number, name.strip()) for number, text in pairs for name in _SEPARATORS.split(text) if name.strip()]
    frame = pd.DataFrame(told, columns=["enterprise_id", "name"]).astype({"enterprise_id": "int64", "name": "str"})
    return frame.assign(since=SINCE_UNKNOWN).drop_duplicates(["enterprise_id", "name"])


def _unmet(told: pd.DataFrame, met: pd.DataFrame) -> pd.DataFrame:
    """Leave the rows that do not stand among those met, compared in the columns of these."""
    return told[~pd.MultiIndex.from_frame(told[list(met)]).isin(pd.MultiIndex.from_frame(met))]


def find_cycles(rows: pd.DataFrame) -> list[RowFault]:
    """Set aside renamings of one day that lead back to where they began: which name is the last cannot be told.

    Shapes: rows has file_row, name, former_name and known_on.
    """
    told = rows[rows["name"].notna() & rows["former_name"].notna()]
    faults = []
    for _, notice in told.groupby("known_on", dropna=False):
        before = [squeeze(name) for name in notice["former_name"]]
        after = [squeeze(name) for name in notice["name"]]
        places = pd.factorize(np.array(before + after, dtype=object))[0]
        of, to = places[: len(before)], places[len(before) :]
        size = int(places.max()) + 1
        graph = coo_array((np.ones(len(of)), (of, to)), shape=(size, size))
        ring: np.ndarray[Any, np.dtype[np.int32]] = connected_components(graph, connection="strong")[1]
        message = "同一天的更名首尾相接（或更名前后同名），无法确定哪个是现在的名称。"
        faults += [RowFault(int(row), "name-cycle", message) for row in notice["file_row"][ring[of] == ring[to]]]
    return faults
