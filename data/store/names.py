"""Which batches told which names, and which names does nobody bear any more because their batches were taken back?"""

import pandas as pd
from sqlalchemy import select, true

from data.store.batches import insert_many
from data.store.orm import ENTERPRISE_NAME, NAME_TOLD
from data.store.reversals import read_reversals, void_batches
from data.store.work import Work


def add_names(work: Work, batch_id: str, told: pd.DataFrame, new: pd.DataFrame) -> None:
    """Note which names a batch tells, and add those not met before.

    Shapes: told has enterprise_id and name; new also normalised and since (a day). A name that had gone
        with its batch stands in the table still, and keeps the day since when it is known.
    """
    since = new["since"].dt.strftime("%Y-%m-%d")
    rows = list(zip(new["enterprise_id"].tolist(), new["name"], new["normalised"], since, strict=True))
    insert_many(work, ENTERPRISE_NAME, ("enterprise_id", "name", "normalised", "since"), rows, unless_there=True)
    pairs = [(batch_id, *pair) for pair in zip(told["enterprise_id"].tolist(), told["name"], strict=True)]
    insert_many(work, NAME_TOLD, ("batch_id", "enterprise_id", "name"), pairs)


def gone_names(work: Work, enterprise: int | None = None) -> frozenset[tuple[int, str]]:
    """List the names, as pairs of enterprise and name, that only batches taken back have told; of one or of all."""
    void = void_batches(read_reversals(work))
    if not void:
        return frozenset()
    pair = (NAME_TOLD.c.enterprise_id, NAME_TOLD.c.name)
    whose = true() if enterprise is None else NAME_TOLD.c.enterprise_id == enterprise
    told = work.connection.execute(select(*pair).where(whose, NAME_TOLD.c.batch_id.in_(void))).all()
    kept = work.connection.execute(select(*pair).where(whose, NAME_TOLD.c.batch_id.not_in(void))).all()
    return frozenset((row.enterprise_id, row.name) for row in told) - {(row.enterprise_id, row.name) for row in kept}
