"""Which rows bear one enterprise's code and another one's name, as where a column was sorted by itself?"""

import pandas as pd

from data.intake.name_words import normalise_name
from data.spec.access import Access
from data.store import Work
from data.store.reads import read_names

CODE = "name-of-another-code"
MESSAGE = "所写名称是另一家企业的，与信用代码不符；已按信用代码入库。"


def find_misnamed(
    work: Work, rows: pd.DataFrame, told: pd.DataFrame, *, access: Access
) -> list[tuple[str, str, tuple[int, ...]]]:
    """Return code, message and file rows of what is to be looked at, as `data.intake.oddities.find_doubts` does.

    A name that nobody bears is no sign: lists write names in many ways.
    Shapes: rows has enterprise_id and file_row; told has identifier and name under the same index.
    """
    said = told.loc[rows.index, ["identifier", "name"]].assign(enterprise_id=rows["enterprise_id"])
    said = said.dropna(subset=["identifier", "name"])
    if said.empty:
        return []
    words = {name: normalise_name(name) for name in said["name"].unique()}
    names = read_names(work, access=access)
    names = names[names["normalised"].isin(set(words.values()))]
    own = pd.MultiIndex.from_arrays([said["enterprise_id"], said["name"].map(words)])
    borne = said["name"].map(words).isin(names["normalised"]).to_numpy()
    odd = borne & ~own.isin(pd.MultiIndex.from_frame(names[["enterprise_id", "normalised"]]))
    places = rows.loc[said.index[odd], "file_row"]
    return [(CODE, MESSAGE, tuple(sorted(set(places.tolist()))))] if len(places) else []
