"""What does the store know of names, as matching asks, and what does a batch add to it?"""

from collections.abc import Iterable

import pandas as pd

from data.intake.identity import CONTRADICTED, Decided, NamesKnown
from data.intake.name_words import normalise_name, told_names
from data.intake.names_told import names_in, new_names
from data.intake.versions import record_keys
from data.spec.access import Access
from data.spec.table import Table
from data.store import Work
from data.store.doubts import read_decisions, read_holders
from data.store.names import add_names
from data.store.reads import read_lives, read_named, read_names


def names_known(
    work: Work, rows: pd.DataFrame, *, list_name: str, table: Table, amends: bool, access: Access
) -> NamesKnown:
    """Read what is known of the names that rows say, and what was decided about them in this list.

    Shapes: rows has name, and may have former_name and record_key.
    """
    names = read_names(work, access=access)
    asked = set(_asked(rows))
    about = set(names.loc[names["normalised"].isin(asked), "enterprise_id"].tolist())
    keyed = amends and "record_key" in rows
    return NamesKnown(
        names=names,
        lives=read_lives(work, access=access, enterprises=about),
        decided={
            key: Decided(
                doubt_id=one.doubt_id, decision_id=one.id, enterprise_id=one.enterprise_id, final=code == CONTRADICTED
            )
            for key, (one, code) in read_decisions(work, list_name).items()
        },
        holders=read_holders(work, table, rows["record_key"].tolist(), access=access) if keyed else None,
    )


def _asked(rows: pd.DataFrame) -> Iterable[str]:
    for column in ("name", "former_name"):
        if column in rows:
            for cell in rows[column].dropna().unique():
                yield from map(normalise_name, told_names(cell))


def dated(table: Table, frame: pd.DataFrame, *, amends: bool) -> pd.DataFrame:
    """Tell of each row when it happened and, where it amends one, which record it is, as far as the file says."""
    said = frame.assign(happened_on=frame[table.happened]) if table.happened in frame else frame
    keyed = amends and set(table.key) <= set(frame)
    return said.assign(record_key=record_keys(table, frame)) if keyed else said


def teach_names(work: Work, batch_id: str, rows: pd.DataFrame, *, registers: bool, access: Access) -> None:
    """Keep the names that a batch's rows tell, as far as their list may tell any, and note which batch told them.

    Shapes: rows has enterprise_id, name, known_on and may have former_names or former_name.
    """
    told = rows[rows["name"].notna()]
    if not registers:
        told = told[~told["enterprise_id"].isin(read_named(work, access=access))]
    if len(told):
        new = new_names(told, names=read_names(work, access=access), registers=registers)
        add_names(work, batch_id, names_in(told) if registers else new, new)
