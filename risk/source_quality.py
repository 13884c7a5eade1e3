"""How good and how fresh is each list, and where do lists contradict one another?"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

import pandas as pd

from data.spec.access import Access
from data.spec.progress import Progress
from data.spec.table import GROUP_LABELS, Table
from data.spec.tables import TABLES
from data.store.deliveries import Delivery, read_deliveries
from data.store.reads import read_batches, read_enterprises, read_events, read_quarantine
from data.store.reversals import read_reversals, void_batches
from data.store.work import Work
from features.calendar import read_calendar
from features.conflicts import COMPARISONS, Compared, Comparison, compare_sources, read_tolerances, visible
from features.source_drift import DriftLimits, drifts
from risk.freshness import Freshness, ListState, read_freshness
from risk.source_report import (
    ColumnDrift,
    ColumnFill,
    ConflictExample,
    ConflictReport,
    Expectation,
    RowsRefused,
    SourceReport,
    SourcesReport,
)

EXAMPLES = 5
REGISTER = "enterprise_registration"


@dataclass(frozen=True, kw_only=True)
class _Looked:
    """Hold what was read once for all lists."""

    as_of: date
    registered: frozenset[int]
    batches: pd.DataFrame
    quarantine: pd.DataFrame
    rows: Mapping[str, pd.DataFrame]
    seen: Mapping[str, pd.DataFrame]
    freshness: Freshness
    delivered: Mapping[str, Delivery]
    limits: DriftLimits


def report_sources(
    work: Work, lists: Mapping[str, tuple[str, str]], *, as_of: date, access: Access, progress: Progress
) -> SourcesReport:
    """Return the state of each list as it could be known on a day, and the conflicts between lists.

    `lists` maps a list's name to its label and its table's name.
    """
    progress.stage("读取名单")
    names = dict.fromkeys([table for _, table in lists.values()] + [one for c in COMPARISONS for one in c.tables])
    rows = read_events(work, names, access=access)
    progress.stage("核对名单", len(lists))
    seen, tolerances = visible(rows, as_of), read_tolerances(as_of)
    register = seen.get(REGISTER)
    looked = _Looked(
        as_of=as_of,
        registered=frozenset() if register is None else frozenset(register["enterprise_id"]),
        batches=_counting(work),
        quarantine=read_quarantine(work),
        rows=rows,
        seen=seen,
        freshness=read_freshness(work, as_of=as_of, recorded_before=None),
        delivered=read_deliveries(work, before=as_of, recorded_before=None),
        limits=DriftLimits(
            level=tolerances["drift_level"], size=tolerances["drift_size"], rows=int(tolerances["drift_rows"])
        ),
    )
    sources = []
    for name, (label, table) in lists.items():
        sources.append(_source(looked, name, label, TABLES[table]))
        progress.advance()
    wanted = {table for _, table in lists.values()}
    told = tuple(one for one in COMPARISONS if wanted & set(one.tables))
    return SourcesReport(
        as_of=as_of,
        registered=len(looked.registered),
        sources=tuple(sources),
        conflicts=_conflicts(work, told, seen, tolerances, access=access),
    )


def _counting(work: Work) -> pd.DataFrame:
    """Return the batches that count: no reversals, and none that was taken back."""
    batches, reversals = read_batches(work), read_reversals(work)
    return batches[~batches["id"].isin(void_batches(reversals) | {one.batch_id for one in reversals})]


def _source(looked: _Looked, name: str, label: str, table: Table) -> SourceReport:
    batches = looked.batches[looked.batches["list"] == name]
    last = None if batches.empty else batches.iloc[-1]
    seen = looked.seen[table.name]
    own = seen[seen["batch_id"].isin(set(batches["id"]))]
    firms = set(own["enterprise_id"]) & looked.registered
    state, came = looked.freshness.states.get(name), looked.delivered.get(name)
    read, aside = int((batches["rows_read"] - batches["skipped"]).sum()), int(batches["quarantined"].sum())
    return SourceReport(
        list=name,
        label=label,
        group=table.group,
        group_label=GROUP_LABELS[table.group],
        batches=len(batches),
        last_batch=None if last is None else str(last["id"]),
        last_recorded_at=None if last is None else last["recorded_at"].to_pydatetime(),
        newest_on=state.newest_on if state else came.known_on if came else None,
        rows=len(own),
        firms=len(firms),
        firms_share=len(firms) / len(looked.registered) if looked.registered else 0.0,
        expected=None if state is None else _expectation(state, looked.as_of),
        days_late=(looked.as_of - state.period.due_on).days if state and state.is_late else None,
        columns=_fills(table, own),
        drifts=_drifts(looked, table, batches),
        rows_read=read,
        quarantined=aside,
        quarantined_share=aside / read if read else 0.0,
        refused=_refused(looked.quarantine[looked.quarantine["batch_id"].isin(set(batches["id"]))]),
    )


def _expectation(state: ListState, as_of: date) -> Expectation:
    rhythm = read_calendar().lists[state.list].on(as_of)
    return Expectation(
        every_months=rhythm.every,
        due_days=rhythm.due,
        reference=rhythm.reference,
        status=str(rhythm.status),
        begins=state.period.begins,
        ends=state.period.ends,
        due_on=state.period.due_on,
        firms=None if state.turnout is None else state.turnout.firms,
        firms_before=None if state.turnout is None else state.turnout.before,
    )


def _fills(table: Table, rows: pd.DataFrame) -> tuple[ColumnFill, ...]:
    if rows.empty:
        return ()
    return tuple(
        ColumnFill(column=name, label=column.label, share=float(rows[name].notna().mean()))
        for name, column in table.columns.items()
    )


def _drifts(looked: _Looked, table: Table, batches: pd.DataFrame) -> tuple[ColumnDrift, ...]:
    """Compare the last batch with the one before, of those that have rows enough, as far as these were known."""
    rows = looked.rows[table.name]
    known = rows[(rows["known_on"] < pd.Timestamp(looked.as_of)) & rows["batch_id"].isin(set(batches["id"]))]
    sizes = known["batch_id"].value_counts()
    enough = sorted(sizes.index[sizes >= looked.limits.rows])
    if len(enough) < 2:
        return ()
    before, after = (known[known["batch_id"] == batch] for batch in enough[-2:])
    return tuple(ColumnDrift(**asdict(one)) for one in drifts(table, before, after, looked.limits))


def _refused(rows: pd.DataFrame) -> tuple[RowsRefused, ...]:
    counted = rows.groupby("code")["message"].agg(["first", "size"]).sort_values("size", ascending=False)
    return tuple(
        RowsRefused(code=str(code), message=str(message), rows=int(size))
        for code, message, size in counted.itertuples(name=None)
    )


def _conflicts(
    work: Work,
    comparisons: tuple[Comparison, ...],
    seen: Mapping[str, pd.DataFrame],
    tolerances: Mapping[str, float],
    *,
    access: Access,
) -> tuple[ConflictReport, ...]:
    listed = read_enterprises(work, access=access).set_index("enterprise_id")
    return tuple(_conflict(one, compare_sources(seen, one), tolerances[one.tolerance], listed) for one in comparisons)


def _conflict(
    comparison: Comparison, compared: Sequence[Compared], tolerance: float, listed: pd.DataFrame
) -> ConflictReport:
    beyond = sorted((one for one in compared if one.gap > tolerance), key=lambda one: (-one.gap, one.enterprise_id))
    return ConflictReport(
        name=comparison.name,
        label=comparison.label,
        unit=comparison.unit,
        lists=comparison.tables,
        first=comparison.first,
        second=comparison.second,
        tolerance=tolerance,
        compared=len(compared),
        beyond=len(beyond),
        examples=tuple(
            ConflictExample(
                enterprise_name=str(listed.at[one.enterprise_id, "name"]),
                identifier=str(listed.at[one.enterprise_id, "value"]),
                year=one.year,
                first=one.first,
                second=one.second,
                gap=one.gap,
            )
            for one in beyond[:EXAMPLES]
        ),
    )
