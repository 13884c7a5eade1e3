"""What does the store know of names, as matching asks?"""

from collections.abc import Iterable

import pandas as pd

from data.intake.identity import CONTRADICTED, Decided, NamesKnown
from data.intake.name_words import normalise_name, told_names
from data.spec.access import Access
from data.spec.table import Table
from data.store import Work
from data.store.doubts import read_decisions, read_holders
from data.store.reads import read_lives, read_names


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
