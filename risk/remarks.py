"""What must a reader know of the sources behind one firm's answer: late, stale, missing, in conflict, withheld?"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta

import pandas as pd

from data.spec.columns import columns_of
from data.spec.table import GROUP_LABELS, Absence, Group
from data.spec.tables import TABLES
from data.spec.versions import latest_known
from features.catalogue import FEATURES
from features.conflicts import (
    COMPARISONS,
    Compared,
    Comparison,
    compare_sources,
    compared_columns,
    read_tolerances,
    visible,
)
from risk.assessment import Remark, RemarkKind
from risk.freshness import Freshness, ListState, tells_of_periods
from risk.quantities import say_value

Events = Mapping[str, pd.DataFrame]
Remarks = dict[int, tuple[Remark, ...]]


def remarks_of(events: Events, enterprises: Sequence[int], freshness: Freshness, as_of: date) -> Remarks:
    """Return the remarks on each enterprise, those on lists in the order of the tables, then conflicts.

    Shapes: events holds the rows of these enterprises; tables that may not be read are absent.
    """
    found: dict[int, list[Remark]] = {one: [] for one in enterprises}
    for name in TABLES:
        if name in events:
            state = freshness.states.get(name)
            for one, remark in _of_list(events, name, state, enterprises, as_of):
                found[one].append(remark)
    closed = _withheld(events)
    for one, remark in _conflicts(events, as_of):
        if one in found:
            found[one].append(remark)
    return {one: (*remarks, *closed) for one, remarks in found.items()}


def about(remarks: Sequence[Remark], features: Collection[str]) -> tuple[Remark, ...]:
    """Keep the remarks on tables that these features read, and those that are on no single table."""
    read = {table for name in features if name in FEATURES for table in FEATURES[name].tables}
    return tuple(remark for remark in remarks if remark.table is None or remark.table in read)


def _of_list(
    events: Events, name: str, state: ListState | None, enterprises: Sequence[int], as_of: date
) -> Iterator[tuple[int, Remark]]:
    """Yield, for a list that is late, that it is; else whose rows are missing or stay behind the list."""
    if state is not None and state.is_late:
        late = _late(state)
        yield from ((one, late) for one in enterprises)
        return
    if TABLES[name].absence is not Absence.UNKNOWN or TABLES[name].group is Group.LENDING:
        return
    newest = _newest(events, name, as_of)
    for one in enterprises:
        if one not in newest:
            yield one, _missing(name)
        elif state is not None and tells_of_periods(name) and state.period.is_missed(newest[one]):
            yield one, _stale(state, newest[one])


def _newest(events: Events, name: str, as_of: date) -> dict[int, date]:
    """Return the newest day on which something happened that could be seen, by enterprise."""
    columns = columns_of(events, name)
    if not len(columns):
        return {}
    day = pd.Timestamp(as_of).to_datetime64()
    if columns.column("withdrawn").any():
        # Only where something was taken back must versions be told apart to know what stands.
        columns = columns_of({name: latest_known(events[name], pd.Timestamp(day))}, name)
    happened = columns.column("happened_on")
    seen = (columns.column("known_on") < day) & (happened < day)
    newest = pd.Series(happened[seen]).groupby(columns.column("enterprise_id")[seen]).max()
    return dict(zip(newest.index.tolist(), newest.dt.date, strict=True))


def _late(state: ListState) -> Remark:
    if state.turnout is not None and state.is_thin:
        came = f"只到了{state.turnout.firms}家企业（上一期{state.turnout.before}家）"
    else:
        came = f"最新只到{state.newest_on}" if state.newest_on else "尚未入库"
    return Remark(
        kind=RemarkKind.LATE,
        table=state.table,
        label=state.label,
        sentence=f"《{state.label}》迟到：{_span(state)}的一期应于{state.period.due_on}前到，{came}。",
        newest_on=state.newest_on,
        due_on=state.period.due_on,
    )


def _stale(state: ListState, newest: date) -> Remark:
    return Remark(
        kind=RemarkKind.STALE,
        table=state.table,
        label=state.label,
        sentence=f"《{state.label}》中该企业最近一期为{newest}，缺{_span(state)}的一期（名单本身已到）。",
        newest_on=newest,
        due_on=state.period.due_on,
    )


def _span(state: ListState) -> str:
    return f"{state.period.begins}至{state.period.ends - timedelta(days=1)}"


def _missing(name: str) -> Remark:
    label = TABLES[name].label
    return Remark(
        kind=RemarkKind.MISSING, table=name, label=label, sentence=f"《{label}》中没有这家企业，有关指标为未知。"
    )


def _withheld(events: Events) -> tuple[Remark, ...]:
    closed = [
        group for group in Group if any(table.group is group and name not in events for name, table in TABLES.items())
    ]
    return tuple(
        Remark(
            kind=RemarkKind.WITHHELD,
            table=None,
            label=GROUP_LABELS[group],
            sentence=f"“{GROUP_LABELS[group]}”未获授权，不计分，也不扣分。",
        )
        for group in closed
    )


def _conflicts(events: Events, as_of: date) -> Iterator[tuple[int, Remark]]:
    seen, tolerances = visible(compared_columns(events), as_of), read_tolerances(as_of)
    for comparison in COMPARISONS:
        for one in compare_sources(seen, comparison):
            if one.gap > tolerances[comparison.tolerance]:
                yield one.enterprise_id, _conflict(comparison, one)


def _conflict(comparison: Comparison, found: Compared) -> Remark:
    said = (say_value(value, comparison.unit) for value in (found.first, found.second))
    first, second = (
        f"{source}为{value}" for source, value in zip((comparison.first, comparison.second), said, strict=True)
    )
    told = f"{first}，{second}，相差{found.gap:.0%}"
    return Remark(
        kind=RemarkKind.CONFLICT,
        table=None,
        label=comparison.label,
        sentence=f"{comparison.label}（{found.year}年）来源不一：{told}。",
    )
