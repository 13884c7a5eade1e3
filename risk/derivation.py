"""How do the tables that follow from others come into the store, and stay true to what they follow from?

Each table is worked out anew from all its evidence, by a pure function of `features.tables`, and compared with what
is stored: what is new or different is written, what no longer follows is withdrawn. Days of knowledge are the
evidence's own; the batch's instant says since when the service could say so, as for any list.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.spec.access import BUREAU, Access
from data.spec.audit import Action, AuditEvent
from data.spec.identifiers import Scheme
from data.spec.progress import Progress
from data.spec.table import NO_LOAN, Basis, Table
from data.spec.tables.conduct import conduct_record, guarantee
from data.spec.tables.derived import guarantee_graph as GRAPH
from data.spec.tables.derived import peer_reference as REFERENCE
from data.spec.tables.operations import annual_report
from data.spec.tables.profile import enterprise_registration
from data.spec.tables.rnd import rnd_year
from data.spec.versions import VERSION_ORDER
from data.store.batches import Batch, next_batch_id, write_batch
from data.store.reads import read_events, read_numbers
from data.store.work import Work
from features.tables import guarantee_graph, peers
from features.tables.rows import Recorded

Bools = npt.NDArray[np.bool_]
Events = Mapping[str, pd.DataFrame]
RECORD = ["enterprise_id", "record_key"]
WHENCE = "（由已入库的数据推算）"
"""Stands where a batch names its file."""


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """Declare a derived table: what it is worked out from, and how."""

    table: Table
    reads: tuple[Table, ...]
    work_out: Callable[[Events, Mapping[str, int], date, Recorded], pd.DataFrame]


def _graph(events: Events, numbers: Mapping[str, int], until: date, recorded: Recorded) -> pd.DataFrame:
    return guarantee_graph.work_out(
        events[guarantee.name], events[conduct_record.name], numbers, until=until, recorded=recorded
    )


def _peers(events: Events, numbers: Mapping[str, int], until: date, recorded: Recorded) -> pd.DataFrame:
    return peers.work_out(events, until=until, recorded=recorded)


DERIVATIONS = (
    Derivation(table=GRAPH, reads=(guarantee, conduct_record), work_out=_graph),
    Derivation(table=REFERENCE, reads=(annual_report, rnd_year, enterprise_registration), work_out=_peers),
)


@dataclass(frozen=True, kw_only=True)
class DerivedBatch:
    """Tell what working a table out anew came to; `batch_id` is None where it changed nothing."""

    table: str
    label: str
    batch_id: str | None
    rows: int
    written: int
    withdrawn: int


def derive(work: Work, *, today: date, access: Access, progress: Progress) -> tuple[DerivedBatch, ...]:
    """Bring every derived table up to what the evidence says by today, each in a batch of its own; never commits.

    Doing it twice changes nothing. Only a writer that reads all evidence may do it: the bureau under its duty.
    """
    told = []
    for each in DERIVATIONS:
        progress.stage(f"推算{each.table.label}", 1)
        told.append(_derive(work, each, today=today, access=access))
        progress.advance()
    return tuple(told)


def _derive(work: Work, each: Derivation, *, today: date, access: Access) -> DerivedBatch:
    name = each.table.name
    events = read_events(work, [name, *(table.name for table in each.reads)], access=access)
    stored = _latest(events[name])
    recorded = Recorded(next_batch_id(work), _instant(work.at, events[name]))
    numbers = read_numbers(work, Scheme.USCC, access=access)
    wanted = _settled(each.work_out(events, numbers, today, recorded), [events[table.name] for table in each.reads])
    written, withdrawn = _differences(each.table, wanted, stored)
    rows = _numbered(pd.concat([written, withdrawn.assign(withdrawn=True)], ignore_index=True), recorded)
    if len(rows):
        _write(work, each.table, rows, recorded, already_known=len(wanted) - len(written), actor=access.actor)
    return DerivedBatch(
        table=name,
        label=each.table.label,
        batch_id=recorded.batch_id if len(rows) else None,
        rows=len(wanted),
        written=len(written),
        withdrawn=len(withdrawn),
    )


def _settled(wanted: pd.DataFrame, read: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return rows with those of no loan marked that follow from nothing but a batch that was taken back on their day.

    Other rows of unknown origin may be the judged loan's, and wait.
    """
    rows = pd.concat([frame[["known_on", "known_basis"]] for frame in read], ignore_index=True)
    only = (rows["known_basis"] == Basis.RESTATED).groupby(rows["known_on"]).all()
    restated = wanted["known_on"].isin(only.index[only])
    return wanted.assign(origin_loan=wanted["origin_loan"].where(~restated, NO_LOAN))


def _latest(stored: pd.DataFrame) -> pd.DataFrame:
    """Return the version of each record that counts, the withdrawn ones among them."""
    return stored.sort_values([*VERSION_ORDER, "batch_id"], kind="stable").drop_duplicates(RECORD, keep="last")


def _instant(at: datetime, stored: pd.DataFrame) -> datetime:
    """Return the instant of the batch, naive UTC: never before what it corrects, should a clock have been set back."""
    now = at.astimezone(UTC).replace(tzinfo=None)
    if stored.empty:
        return now
    latest: datetime = stored["recorded_at"].max().to_pydatetime()
    return max(now, latest + timedelta(microseconds=1))


def _differences(table: Table, wanted: pd.DataFrame, stored: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows that say something new, and the stored ones that no longer follow."""
    standing = stored[~stored["withdrawn"].astype(bool)]
    told, known = (pd.MultiIndex.from_frame(rows[RECORD]) for rows in (wanted, standing))
    place = known.get_indexer(told)
    same = place >= 0
    left, right = wanted[same], standing.iloc[place[same]]
    same[same] = np.logical_and.reduce([_equal(left[name], right[name]) for name in table.columns])
    return wanted[~same], standing[~known.isin(told)]


def _equal(left: "pd.Series[Any]", right: "pd.Series[Any]") -> Bools:
    """Compare two columns place by place; blanks are equal."""
    blank, other = left.isna().to_numpy(), right.isna().to_numpy()
    return np.asarray((blank & other) | ((left.to_numpy() == right.to_numpy()) & ~blank & ~other), bool)


def _numbered(rows: pd.DataFrame, recorded: Recorded) -> pd.DataFrame:
    return rows.assign(batch_id=recorded.batch_id, recorded_at=recorded.at, file_row=np.arange(1, len(rows) + 1))


def _write(work: Work, table: Table, rows: pd.DataFrame, recorded: Recorded, *, already_known: int, actor: str) -> None:
    digest = hashlib.sha256(
        pd.util.hash_pandas_object(rows[[*RECORD, *table.columns]], index=False).to_numpy().tobytes()
    )
    batch = Batch(
        id=recorded.batch_id,
        list=table.name,
        source=table.label,
        file_name=WHENCE,
        file_sha256=digest.hexdigest(),
        recorded_at=recorded.at.replace(tzinfo=UTC),
        known_on=None,
        rows_read=len(rows) + already_known,
        kept=len(rows),
        already_known=already_known,
        repeated=0,
        skipped=0,
        quarantined=0,
    )
    audit = AuditEvent(
        tenant=BUREAU,
        actor=actor,
        action=Action.BATCH_LOADED,
        object_id=batch.id,
        at=work.at,
        details={"list": batch.list, "rows_read": batch.rows_read, "kept": batch.kept},
    )
    write_batch(work, batch, {table.name: rows}, [], audit=audit)
