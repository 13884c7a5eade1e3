"""What do a list's rows make known of records that another list brought?"""

import pandas as pd

from data.intake.list_file import Consequence
from data.intake.oddities import mark_new
from data.intake.reversal import known_of, with_restatements
from data.intake.versions import complete
from data.spec.access import Access
from data.spec.table import Table
from data.store import Work


def with_consequences(
    work: Work, table: Table, consequence: Consequence | None, rows: pd.DataFrame, *, access: Access
) -> dict[str, pd.DataFrame]:
    """Return what is to be written, by table: a batch's rows of `table`, and what follows from them.

    Shapes: rows are about to be recorded, with batch_id; those that follow bear the file row they follow from.
    """
    tables, parts = {table.name: table}, {table.name: [rows]}
    if consequence is not None and len(rows):
        tables[consequence.table.name] = consequence.table
        more = _following(work, table, consequence, rows, access=access)
        parts.setdefault(consequence.table.name, []).append(more)
    written = {name: pd.concat(found, ignore_index=True) for name, found in parts.items()}
    return {name: with_restatements(work, tables[name], found, access=access) for name, found in written.items()}


def _following(
    work: Work, table: Table, consequence: Consequence, rows: pd.DataFrame, *, access: Access
) -> pd.DataFrame:
    read = known_of(work, rows, table, access=access)
    known = {one.name: read(one.name, False).assign(is_new=False) for one in (consequence.table, consequence.beside)}
    known[table.name] = mark_new(rows, known[table.name])
    told = consequence.of(known[consequence.table.name], known[consequence.beside.name])
    return complete(consequence.table, told).assign(batch_id=rows["batch_id"].iloc[0])
