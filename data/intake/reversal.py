"""How is a batch taken back as a whole, by new knowledge and not by deletion, and what do later loads owe to it?"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from data.intake.standing import RECORD, Void, say_again, standing, take_back
from data.spec.access import BUREAU, Access, Purpose, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.errors import Refusal
from data.spec.table import Table
from data.spec.tables import TABLES, derived
from data.store import Store, Work
from data.store.batches import Batch, next_batch_id
from data.store.doubts import read_holders
from data.store.reads import read_events, read_versions
from data.store.reversals import (
    Reversal,
    find_batch_by_id,
    later_batches,
    next_instant,
    read_batch_rows,
    read_reversals,
    void_batches,
    write_reversal,
)

ZONE = ZoneInfo("Asia/Shanghai")
DERIVED = frozenset(table.name for table in derived.TABLES)
TITLE = "撤回 "
"""Begins the file name of a batch that takes another back."""


class BatchUnknown(Refusal):
    """There is no batch of this number."""

    code = "batch-unknown"
    status = 404


class BatchDerived(Refusal):
    """The batch was worked out from others, and follows them."""

    code = "batch-derived"
    status = 409


class BatchReversed(Refusal):
    """The batch does not count any more: it was taken back before."""

    code = "batch-already-reversed"
    status = 409


class ReasonMissing(Refusal):
    """A batch is not taken back without a reason."""

    code = "reason-missing"


@dataclass(frozen=True, kw_only=True)
class ReversalReport:
    """Tell what taking a batch back came to.

    `known_on` is the last day for which the old answer stands; `load_again` names files of later batches some
    of whose rows were left out because this batch had said the same.
    """

    batch_id: str
    reverses: str
    list: str
    label: str
    file_name: str
    records: int
    rows: int
    known_on: date
    load_again: tuple[str, ...]


def undo_batch(store: Store, batch_id: str, *, reason: str, at: datetime, actor: str) -> ReversalReport:
    """Take a batch back: from the day of `at` on, answers are as if it had not been; earlier ones stay.

    Taking back a batch that took another back restores that one.
    Raises BatchUnknown, BatchDerived, BatchReversed or ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing("撤回批次须说明理由。", help="请用 --reason 写明，例如 --reason 报送单位发错了文件。")
    access = bureau_access(actor, at=at, purpose=Purpose.INTAKE)
    today = store.today or at.astimezone(ZONE).date()
    with store.work(at=at) as work:
        batch = _counting(work, batch_id)
        # Known from the day before, so that an answer given today already goes without the batch.
        own = Reversal(
            batch_id=next_batch_id(work), reverses=batch.id, reason=reason.strip(), known_on=today - timedelta(days=1)
        )
        report = _take_back(work, batch, own, access=access)
        work.commit()
    return report


def _counting(work: Work, batch_id: str) -> Batch:
    batch = find_batch_by_id(work, batch_id)
    if batch is None:
        raise BatchUnknown(
            f"没有编号为“{batch_id}”的批次。", help="批次编号形如 B000012，导入时和理由的来源中都会写明。"
        )
    if batch.list in DERIVED:
        raise BatchDerived(
            f"批次 {batch.id}（{batch.source}）是由已入库的数据推算的，不能单独撤回。",
            help="请撤回它所依据的名单的批次，推算会随之更新。",
        )
    reversals = read_reversals(work)
    if batch.id in void_batches(reversals):
        by = max(one.batch_id for one in reversals if one.reverses == batch.id)
        raise BatchReversed(f"批次 {batch.id} 已由批次 {by} 撤回。", help=f"要恢复它，请撤回 {by}。")
    return batch


def _take_back(work: Work, batch: Batch, own: Reversal, *, access: Access) -> ReversalReport:
    void = _void([*read_reversals(work), own])
    rows, records = {}, 0
    for name, brought in read_batch_rows(work, batch, access=access).items():
        versions = read_versions(work, name, brought[RECORD], access=access)
        rows[name] = take_back(TABLES[name], brought, versions, day=own.known_on, void=void)
        rows[name]["batch_id"] = own.batch_id
        records += len(brought[RECORD].drop_duplicates())
    written = sum(map(len, rows.values()))
    write_reversal(work, _batch(work, batch, own, written), own, rows, audit=_event(work, batch, own, written, access))
    return ReversalReport(
        batch_id=own.batch_id,
        reverses=batch.id,
        list=batch.list,
        label=batch.source,
        file_name=batch.file_name,
        records=records,
        rows=written,
        known_on=own.known_on,
        load_again=_load_again(work, batch, void(own.known_on)),
    )


def _void(reversals: Sequence[Reversal]) -> Void:
    return lambda day: void_batches(reversals, on=day)


def _batch(work: Work, batch: Batch, own: Reversal, written: int) -> Batch:
    return Batch(
        id=own.batch_id,
        list=batch.list,
        source=batch.source,
        file_name=f"{TITLE}{batch.id}",
        file_sha256=hashlib.sha256(f"{TITLE}{batch.id} {own.batch_id}".encode()).hexdigest(),
        recorded_at=next_instant(work),
        known_on=own.known_on,
        rows_read=written,
        kept=written,
        already_known=0,
        repeated=0,
        skipped=0,
        quarantined=0,
    )


def _event(work: Work, batch: Batch, own: Reversal, written: int, access: Access) -> AuditEvent:
    return AuditEvent(
        tenant=BUREAU,
        actor=access.actor,
        action=Action.BATCH_REVERSED,
        object_id=own.batch_id,
        at=work.at,
        details={"reverses": batch.id, "list": batch.list, "rows": written, "reason": work.refer(own.reason)},
    )


def _load_again(work: Work, batch: Batch, void: frozenset[str]) -> tuple[str, ...]:
    return tuple(
        f"{later.file_name}（批次 {later.id}）"
        for later in later_batches(work, batch)
        if later.already_known and later.id not in void
    )


def is_in_doubt(work: Work, batch: Batch) -> bool:
    """Tell whether a batch was taken back later, or another one was on whose word it may have left rows out."""
    return any(one.batch_id > batch.id for one in read_reversals(work))


def counting_versions(work: Work, versions: pd.DataFrame) -> pd.DataFrame:
    """Leave out the versions of batches that do not count, and what was only said again."""
    return standing(versions, void_batches(read_reversals(work)))


def known_of(work: Work, rows: pd.DataFrame, table: Table, *, access: Access) -> Callable[[str, bool], pd.DataFrame]:
    """Say how to read the versions that count of a table: of the enterprises that rows of `table` speak of.

    Asked to look across, of the others too that have a record of the rows' keys.
    """
    spoken = set(rows["enterprise_id"].tolist())

    def read(name: str, across: bool) -> pd.DataFrame:
        holders = read_holders(work, table, rows["record_key"], access=access).values() if across else ()
        about = spoken.union(*holders)
        return counting_versions(work, read_events(work, [name], access=access, enterprises=about)[name])

    return read


def recorded_at(work: Work) -> datetime:
    """Return the instant of a batch about to be written; once a batch was taken back, it is after every other's."""
    return next_instant(work) if read_reversals(work) else work.at


def with_restatements(work: Work, table: Table, rows: pd.DataFrame, *, access: Access) -> pd.DataFrame:
    """Add to rows about to be recorded what they must say again, so that a batch taken back does not hide them."""
    reversals = read_reversals(work)
    if not reversals or rows.empty:
        return rows
    versions = read_versions(work, table.name, rows[RECORD], access=access)
    instant = pd.Timestamp(next_instant(work)).tz_convert("UTC").tz_localize(None).as_unit("us")
    again = say_again(table, rows.assign(recorded_at=instant), versions, void=_void(reversals))
    return pd.concat([rows, again[rows.columns]], ignore_index=True)
