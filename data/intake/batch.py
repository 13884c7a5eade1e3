"""How do typed rows become a batch: matched, checked, compared with what is known, and kept whole?"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from data.intake.checks import find_faults, find_further
from data.intake.doubts import note_names
from data.intake.drafting import NOTHING_SKIPPED, RowFault, Skipped
from data.intake.identity import Match, kind_of, match_enterprises
from data.intake.list_file import Check
from data.intake.mapping import remember
from data.intake.misnamed import find_misnamed
from data.intake.names_told import find_cycles
from data.intake.oddities import Doubt, find_doubts
from data.intake.recovery import recover_codes, told_of_codes
from data.intake.refusals import NothingKept, StrictRowFaults, quarantined
from data.intake.register import dated, names_known, teach_names
from data.intake.reversal import counting_versions, is_in_doubt, known_of, recorded_at, with_restatements
from data.intake.shrinking import Length, check_not_shrunk
from data.intake.versions import Fate, amend, complete, fates, known_after
from data.spec.access import BUREAU, Access, Purpose, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.identifiers import Scheme
from data.spec.table import Table
from data.store import Store, Work
from data.store.batches import (
    Batch,
    add_enterprises,
    find_batch,
    next_batch_id,
    write_batch,
)
from data.store.doubts import read_rows_in_doubt
from data.store.reads import read_numbers, read_versions

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, kw_only=True)
class Source:
    """Say which file rows come from and how they are to be taken.

    `scheme`: the register of the frame's identifiers. `registers`: the rows say what enterprises are called.
    `amends`: blanks are filled from the latest version of the same record. `known_on`: the day given for the whole
    file, if one was. `length`: what it tells of the file. `headers`: what the file calls a column of the table, or a
    role. `confirmed`: what a person says headers of files of this `office` mean, to be remembered.
    """

    list: str
    label: str
    table: Table
    file_name: str
    file_sha256: str
    known_on: date | None = None
    scheme: Scheme = Scheme.USCC
    skipped: Skipped = NOTHING_SKIPPED
    checks: tuple[Check, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    length: Length = Length.NOTHING
    registers: bool = False
    amends: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    confirmed: Mapping[str, str] = field(default_factory=dict)
    office: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reason:
    """Say why rows were set aside, or ought to be looked at, and which."""

    code: str
    message: str
    rows: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class BatchReport:
    """Tell what became of every row of a file.

    rows_read = kept + already_known + repeated + int(skipped) + quarantined_rows, always.
    `batch_id` is None where nothing was written; `seen_before` says that the very same file was loaded.
    """

    batch_id: str | None
    list: str
    label: str
    file_name: str
    rows_read: int
    kept: int
    already_known: int
    repeated: int
    repeated_rows: tuple[int, ...]
    skipped: Skipped
    quarantined_rows: int
    quarantined: tuple[Reason, ...]
    new_enterprises: int = 0
    seen_before: bool = False
    tidied: int = 0
    """Rows read after stray spaces were taken from a word of the declaration."""
    notes: tuple[str, ...] = ()
    faults: tuple[RowFault, ...] = ()
    """Every fault of every row set aside."""
    doubtful: tuple[Reason, ...] = ()
    """Rows that were kept and ought to be looked at."""


Raw = Callable[[int], str]
"""Says a row of a file as JSON."""


@dataclass(frozen=True)
class SetAside:
    """Carry rows that could not even be read, and how to say a row of the file for the quarantine."""

    faults: tuple[RowFault, ...] = ()
    raw: Raw | None = None


def load_frame(
    store: Store,
    source: Source,
    frame: pd.DataFrame,
    *,
    at: datetime,
    actor: str,
    set_aside: SetAside | None = None,
    strict: bool = False,
) -> BatchReport:
    """Write the rows of a typed frame as one batch, or nothing at all.

    Rows named in `set_aside.faults` go to the quarantine; the others are matched to enterprises (an identifier not met
    before makes a new one), checked against the table's declaration, and compared with what is known.
    `set_aside.raw` says a row of the file as JSON for the quarantine; without it the frame's row is said.
    Shapes: frame has file_row int64 (1 = the file's first row; several records may share one),
        identifier str (blank: matched by name), known_on datetime64[s], and the table's columns in the
        dtypes of `data.store.frames`; optional name, known_basis, owner, origin_loan, withdrawn. Columns
        left out are blank.
    Raises NothingKept; StrictRowFaults where strict and a row has a fault; ListShrunk.
    """
    aside = set_aside or SetAside()
    access = bureau_access(actor, at=at, purpose=Purpose.INTAKE)
    with store.work(at=at) as work:
        earlier = find_batch(work, list=source.list, file_sha256=source.file_sha256, known_on=source.known_on)
        if earlier is not None and earlier.quarantined == 0 and not is_in_doubt(work, earlier):
            return _seen_before(source, earlier)
        today = store.today or at.astimezone(ZONE).date()
        sorted_out = _sort_out(
            work, source, frame.reset_index(drop=True), access=access, today=today, told=aside.faults
        )
        report = sorted_out.report(source)
        _check_outcome(report, strict=strict)
        rows = report.rows_read - int(report.skipped)
        noted = check_not_shrunk(work, source.list, source.label, rows=rows, length=source.length, today=today)
        report = replace(report, notes=(*report.notes, *noted))
        remember(work, source.list, source.confirmed, office=source.office, actor=actor)
        if report.kept == 0 and (earlier is not None or report.quarantined_rows == 0):
            work.commit()
            return replace(report, seen_before=earlier is not None)
        met = read_rows_in_doubt(work, source.list, source.file_sha256)
        report = _write(work, source, sorted_out, report, actor=actor, raw=aside.raw or _raw(frame), met=met)
        work.commit()
    return report


def take_rows(
    work: Work, source: Source, frame: pd.DataFrame, *, met: Mapping[int, str], today: date, actor: str
) -> BatchReport:
    """Write rows that waited as one batch within a unit of work, whatever becomes of them.

    Shapes: as `load_frame`; met says in which batch each file row was first met.
    """
    access = bureau_access(actor, at=work.at, purpose=Purpose.INTAKE)
    sorted_out = _sort_out(work, source, frame.reset_index(drop=True), access=access, today=today, told=())
    return _write(work, source, sorted_out, sorted_out.report(source), actor=actor, raw=_raw(frame), met=met)


@dataclass(frozen=True)
class _SortedOut:
    """Carry rows without fault with their fates, and the faults of the others."""

    rows: pd.DataFrame
    names: pd.DataFrame
    match: Match
    fates: "np.ndarray[tuple[int], np.dtype[np.int8]]"
    faults: tuple[RowFault, ...]

    def report(self, source: Source) -> BatchReport:
        """Count the fates by rows of the file; a row of several records is kept where one of them is."""
        per_row = pd.Series(self.fates).groupby(self.rows["file_row"].to_numpy()).min()
        counts = {fate: int((per_row == fate).sum()) for fate in Fate}
        spoilt = {fault.file_row for fault in self.faults}
        return BatchReport(
            batch_id=None,
            list=source.list,
            label=source.label,
            file_name=source.file_name,
            rows_read=len(per_row) + len(spoilt) + int(source.skipped),
            kept=counts[Fate.KEPT],
            already_known=counts[Fate.KNOWN],
            repeated=counts[Fate.REPEATED],
            repeated_rows=tuple(int(row) for row in per_row.index[per_row == Fate.REPEATED]),
            skipped=source.skipped,
            quarantined_rows=len(spoilt),
            quarantined=_reasons(self.faults),
            notes=(*source.notes, *told_of_codes(self.faults)),
            faults=self.faults,
        )


def _sort_out(
    work: Work, source: Source, frame: pd.DataFrame, *, access: Access, today: date, told: Sequence[RowFault]
) -> _SortedOut:
    """Match, amend, check and compare the rows; each fault takes its row out."""
    faults, whole = list(told), frame
    frame = _without(frame, faults)
    known = read_numbers(work, source.scheme, access=access)
    named = frame if "name" in frame else frame.assign(name=pd.Series([None] * len(frame), dtype="str"))
    if source.registers and "former_name" in named:
        faults += (cycles := find_cycles(named))
        frame, named = _without(frame, cycles), _without(named, cycles)
    match = match_enterprises(
        dated(source.table, named, amends=source.amends),
        known=known,
        ask=lambda rows: names_known(
            work, rows, list_name=source.list, table=source.table, amends=source.amends, access=access
        ),
    )
    rows = complete(source.table, frame.assign(enterprise_id=match.enterprise_id))
    faults += match.faults
    rows = _without(rows, match.faults)
    existing = counting_versions(
        work, read_versions(work, source.table.name, rows[["enterprise_id", "record_key"]], access=access)
    )
    if source.amends:
        rows, unfound = amend(source.table, rows, existing=existing)
        faults += unfound
        rows = complete(source.table, _without(rows, unfound))
    rows = known_after(source.table, rows, today=today)
    found = find_faults(source.table, rows, checks=source.checks, today=today)
    if not source.amends:
        found += find_further(source.table, whole, faults, checks=source.checks, today=today)
    rows = _without(rows, found)
    return _SortedOut(
        rows=rows,
        names=named,
        match=match,
        fates=fates(source.table, rows, existing=existing),
        faults=recover_codes(work, (*faults, *found), whole, access=access),
    )


def _without(rows: pd.DataFrame, faults: Sequence[RowFault]) -> pd.DataFrame:
    if not faults:
        return rows
    return rows[~rows["file_row"].isin([fault.file_row for fault in faults])]


def _seen_before(source: Source, earlier: Batch) -> BatchReport:
    return BatchReport(
        batch_id=None,
        list=source.list,
        label=source.label,
        file_name=source.file_name,
        rows_read=earlier.rows_read,
        kept=0,
        already_known=earlier.kept + earlier.already_known,
        repeated=earlier.repeated,
        repeated_rows=(),
        skipped=source.skipped,
        quarantined_rows=0,
        quarantined=(),
        seen_before=True,
        notes=(*source.notes, _seen_as(source, earlier)),
    )


def _seen_as(source: Source, earlier: Batch) -> str:
    renamed = "" if earlier.file_name == source.file_name else f"，当时名为“{earlier.file_name}”"
    return f"同一文件已作为批次 {earlier.id} 导入{renamed}"


def _reasons(faults: Sequence[RowFault]) -> tuple[Reason, ...]:
    rows: Mapping[str, list[RowFault]] = defaultdict(list)
    for fault in faults:
        rows[fault.code].append(fault)
    return tuple(
        Reason(code, found[0].message, tuple(sorted({fault.file_row for fault in found})))
        for code, found in sorted(rows.items())
    )


def _check_outcome(report: BatchReport, *, strict: bool) -> None:
    if strict and report.quarantined:
        raise StrictRowFaults(
            f"文件“{report.file_name}”有 {report.quarantined_rows} 行有问题，严格模式下全部未导入。{told(report)}",
            help="请改正后重试，或去掉 --strict。",
            faults=report.faults,
        )
    if report.kept + report.already_known + report.repeated == 0:
        raise NothingKept(
            f"文件“{report.file_name}”没有一行可以导入（读取 {report.rows_read} 行）。{told(report)}",
            help="请核对表头与数据后重试。",
            faults=report.faults,
        )


def told(report: BatchReport, *, most: int = 5) -> str:
    """Say why rows were set aside, with the first row numbers of each reason."""
    said = []
    for reason in report.quarantined[:most]:
        rows = "、".join(map(str, reason.rows[:most])) + ("等" if len(reason.rows) > most else "")
        said.append(f"第 {rows} 行（共 {len(reason.rows)} 行）：{reason.message}")
    return "".join(said)


def _write(
    work: Work,
    source: Source,
    sorted_out: _SortedOut,
    report: BatchReport,
    *,
    actor: str,
    raw: Raw,
    met: Mapping[int, str],
) -> BatchReport:
    rows = sorted_out.rows[sorted_out.fates == Fate.KEPT]
    batch_id = next_batch_id(work)
    new = sorted_out.match.new_among(rows["enterprise_id"])
    numbers = add_enterprises(work, source.scheme, {code: kind_of(source.scheme, code) for code in new})
    rows = rows.assign(enterprise_id=sorted_out.match.numbered(rows["enterprise_id"], numbers), batch_id=batch_id)
    named = rows[["enterprise_id", "known_on"]].join(sorted_out.names.filter(["name", "former_names", "former_name"]))
    access = bureau_access(actor, at=work.at, purpose=Purpose.INTAKE)
    read = known_of(work, rows, source.table, access=access)
    odd = find_doubts(source.doubts, rows, read)
    odd += [] if source.registers else find_misnamed(work, rows, sorted_out.names, access=access)
    doubtful = tuple(Reason(*found) for found in odd)
    report = replace(report, batch_id=batch_id, new_enterprises=len(new), doubtful=doubtful)
    rows = with_restatements(work, source.table, rows, access=access)
    quarantine = [quarantined(fault, source.headers, raw) for fault in sorted_out.faults]
    audit = _audit(report, actor=actor, at=work.at)
    write_batch(work, _batch(source, report, at=recorded_at(work)), {source.table.name: rows}, quarantine, audit=audit)
    teach_names(work, batch_id, named, registers=source.registers, access=access)
    note_names(
        work, sorted_out.match, sorted_out.names, list_name=source.list, batch_id=batch_id, met=met, access=access
    )
    return report


def _batch(source: Source, report: BatchReport, *, at: datetime) -> Batch:
    return Batch(
        id=report.batch_id or "",
        list=source.list,
        source=source.label,
        file_name=source.file_name,
        file_sha256=source.file_sha256,
        recorded_at=at,
        known_on=source.known_on,
        rows_read=report.rows_read,
        kept=report.kept,
        already_known=report.already_known,
        repeated=report.repeated,
        skipped=int(report.skipped),
        quarantined=report.quarantined_rows,
    )


def _audit(report: BatchReport, *, actor: str, at: datetime) -> AuditEvent:
    return AuditEvent(
        tenant=BUREAU,
        actor=actor,
        action=Action.BATCH_LOADED,
        object_id=report.batch_id or "",
        at=at,
        details={
            "list": report.list,
            "rows_read": report.rows_read,
            "kept": report.kept,
            "already_known": report.already_known + report.repeated,
            "quarantined": report.quarantined_rows,
        },
    )


def _raw(frame: pd.DataFrame) -> Raw:
    def say(file_row: int) -> str:
        rows = frame.loc[frame["file_row"] == file_row]
        said = {str(name): str(value) for name, value in rows.iloc[0].dropna().items()} if len(rows) else {}
        return json.dumps(said, ensure_ascii=False)

    return say
