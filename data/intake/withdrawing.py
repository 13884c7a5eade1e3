"""How are rows taken back from an enterprise that they never spoke of?"""

import hashlib
from typing import Any

import numpy as np
import pandas as pd

from data.spec.access import BUREAU, Purpose, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.table import Table
from data.spec.versions import VERSION_ORDER
from data.store import Work
from data.store.batches import Batch, find_batch_by_id, next_batch_id, write_batch
from data.store.doubts import Doubt, mark_taken, read_standing
from data.store.reads import read_events

SAME_RECORD = ["enterprise_id", "record_key"]


def withdraw_standing(work: Work, doubt: Doubt, *, table: Table, actor: str) -> int:
    """Withdraw the rows that stand by a decision about a name, and let them wait again; return how many.

    A withdrawing version has the row's own known_on: that the row does not speak of this enterprise could be
    known from that day on; that it is recorded later keeps earlier answers as they were.
    """
    standing = read_standing(work, doubt.id)
    if standing.empty:
        return 0
    access = bureau_access(actor, at=work.at, purpose=Purpose.INTAKE)
    about = set(standing["enterprise_id"].tolist())
    events = read_events(work, [table.name], access=access, enterprises=about)[table.name]
    keys = ["batch_id", "file_row", "enterprise_id"]
    wrong = pd.MultiIndex.from_frame(events[keys]).isin(pd.MultiIndex.from_frame(standing[keys]))
    versions = _instead(events[wrong], events[~wrong])
    for batch_id, rows in versions.groupby("batch_id"):
        _write(work, doubt, str(batch_id), rows, table=table, actor=actor)
    for met, rows in standing.groupby("met_batch_id"):
        mark_taken(work, dict.fromkeys(rows["file_row"].tolist(), str(met)), None)
    return int(wrong.sum())


def _instead(wrong: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Return what holds instead of each wrong row: what other rows said of the record by its day, else nothing.

    Shapes: as `read_events`; the answer has wrong's rows in its order, with its batch_id, file_row and known_on.
    """
    versions = others.sort_values(list(VERSION_ORDER), kind="stable")
    asked = wrong[[*SAME_RECORD, "known_on"]].assign(place=np.arange(len(wrong)))
    pairs = asked.merge(versions.assign(source=versions.index), on=SAME_RECORD, suffixes=("", "_then"))
    before = pairs[pairs["known_on_then"] <= pairs["known_on"]].drop_duplicates("place", keep="last")
    instead = wrong.assign(withdrawn=True).reset_index(drop=True)
    said = [name for name in wrong if name not in ("batch_id", "file_row", "known_on", "recorded_at")]
    for place, source in zip(before["place"], before["source"], strict=True):
        instead.loc[place, said] = others.loc[source, said]
    return instead


def _write(work: Work, doubt: Doubt, batch_id: str, rows: pd.DataFrame, *, table: Table, actor: str) -> None:
    """Write the withdrawing versions of one batch's rows as a batch of their own."""
    before: Batch = find_batch_by_id(work, batch_id)
    part = f"{before.file_sha256}:{doubt.id}:{doubt.version}:withdrawn"
    counts: dict[str, Any] = {"rows_read": len(rows), "kept": len(rows)}
    counts |= dict.fromkeys(("already_known", "repeated", "skipped", "quarantined"), 0)
    batch = Batch(
        id=next_batch_id(work),
        list=before.list,
        source=before.source,
        file_name=before.file_name,
        file_sha256=hashlib.sha256(part.encode()).hexdigest(),
        recorded_at=work.at,
        known_on=before.known_on,
        **counts,
    )
    audit = AuditEvent(
        tenant=BUREAU,
        actor=actor,
        action=Action.ROWS_RETRACTED,
        object_id=batch.id,
        at=work.at,
        details={"list": batch.list, "rows": len(rows), "doubt": doubt.id, "of_batch": batch_id},
    )
    write_batch(work, batch, {table.name: rows.assign(batch_id=batch.id)}, [], audit=audit)
