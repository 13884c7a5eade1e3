"""Which rows stand behind a value, which were seen and not counted, and why?

The obvious reading of `features.definition`, told row by row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pandas as pd

from data.spec.table import COMMON, Basis
from data.spec.tables import TABLES
from features.definition import (
    Question,
    Why,
    counts,
    ended,
    has_happened,
    hidden_because,
    in_force,
    in_window,
    last_event,
    newest_of,
    own_rows,
    passes,
    version_order,
    visible,
)
from features.plain_reductions import Row, before_latest, value_in
from features.spec import Aggregate, Feature, Reduce

WHY_LABELS: Mapping[Why, str] = {
    Why.COUNTED: "计入",
    Why.NOT_YET_RECORDED: "当时尚未入库",
    Why.NOT_YET_KNOWN: "当日尚未知晓",
    Why.OWN_LOAN: "来自本次申请的贷款",
    Why.MAY_BE_OWN_LOAN: "申请前60天内、来源不明，可能来自本次贷款",
    Why.SUPERSEDED: "已被后来的版本取代",
    Why.WITHDRAWN: "该记录已撤销",
    Why.NOT_YET_HAPPENED: "当日尚未发生",
    Why.FILTERED: "不符合指标的筛选条件",
    Why.OUTSIDE_WINDOW: "不在指标的时间窗内",
    Why.NOT_IN_FORCE: "当日已不再有效",
    Why.BLANK: "该项为空",
    Why.NOT_CHOSEN: "不是指标所取的那一条",
}


@dataclass(frozen=True, kw_only=True)
class CountedRow:
    """Tell of one row whether it was counted, and why or why not.

    `values` holds what the declaration looks at and what tells the record from others; `superseded_by`
    names batch and file row of the version that took this one's place, or of the event that ended it. A row that was
    only said again, because a batch was taken back, bears the batch and file row that said it first; `restored_by`
    names the batch that took the other back.
    """

    table: str
    record_key: str
    batch_id: str
    file_row: int
    known_on: date | None
    happened_on: date | None
    ended_on: date | None
    recorded_at: datetime
    values: Mapping[str, Any]
    code: Why
    superseded_by: tuple[str, int] | None = None
    restored_by: str | None = None

    @property
    def counted(self) -> bool:
        """Tell whether the row is in the value."""
        return self.code is Why.COUNTED

    @property
    def why(self) -> str:
        """Say in Chinese why the row was counted or not."""
        again = f"（经批次 {self.restored_by} 恢复）" if self.restored_by else ""
        return f"{WHY_LABELS[self.code]}{again}"


def rows_behind(
    feature: Feature,
    events: Mapping[str, pd.DataFrame],
    enterprise_id: int,
    as_of: date,
    own_loan: str | None = None,
) -> list[CountedRow]:
    """Return every row of the enterprise in the feature's tables, counted or not, and why.

    A derived feature answers for all it rests on: a row is counted if any of its aggregates counts it.
    """
    question = Question(enterprise_id=enterprise_id, as_of=as_of, own_loan=own_loan)
    told: dict[tuple[str, int], CountedRow] = {}
    for aggregate in feature.aggregates:
        assert isinstance(aggregate.declaration, Aggregate)
        for place, row in enumerate(rows_told(aggregate.declaration, events, question)):
            if (row.table, place) not in told or row.counted:
                told[row.table, place] = row
    return list(told.values())


def rows_told(declared: Aggregate, events: Mapping[str, pd.DataFrame], question: Question) -> list[CountedRow]:
    """Return every row of the enterprise in an aggregate's table, in the frame's order, each with its why."""
    if declared.table.name not in events:
        return []
    rows = own_rows(declared.table, events, question)
    beside = _ending_rows(declared, events, question)
    newest = newest_of(declared.table, rows, question)
    counted = [row for row in visible(declared.table, rows, question) if counts(declared, row, question, beside)]
    chosen = frozenset(id(row) for row in _chosen(declared, counted))
    told = [
        _counted_row(declared, row, _why(declared, row, question, newest, chosen, beside), newest, beside)
        for row in rows
    ]
    return [_as_said_first(one, row, rows) for one, row in zip(told, rows, strict=True)]


def _as_said_first(told: CountedRow, row: Row, rows: Sequence[Row]) -> CountedRow:
    """Return a restated row under the batch and file row that said the same of its record before."""
    if row.get("known_basis") != Basis.RESTATED or row["withdrawn"]:
        return told
    own = {*COMMON} - {"happened_on", "ended_on"}
    content = {name: value for name, value in row.items() if name not in own}
    first = [
        other
        for other in rows
        if other["record_key"] == row["record_key"]
        and other["known_basis"] != Basis.RESTATED
        and content == {name: other[name] for name in content}
    ]
    if not first:
        return told
    last = max(first, key=version_order)
    return replace(told, batch_id=last["batch_id"], file_row=int(last["file_row"]), restored_by=row["batch_id"])


def _ending_rows(declared: Aggregate, events: Mapping[str, pd.DataFrame], question: Question) -> dict[str, list[Row]]:
    """Return the visible rows of the table whose events end an aggregate's states, where it was handed over."""
    if declared.ending is None or declared.ending.table not in events:
        return {}
    table = TABLES[declared.ending.table]
    return {table.name: visible(table, own_rows(table, events, question), question)}


def _why(
    declared: Aggregate,
    row: Row,
    question: Question,
    newest: Mapping[str, Row],
    chosen: frozenset[int],
    beside: Mapping[str, list[Row]],
) -> Why:
    reason = hidden_because(declared.table, row, question)
    if reason:
        return reason
    if newest[row["record_key"]] is not row:
        return Why.SUPERSEDED
    checks: dict[Why, Callable[[], bool]] = {
        Why.WITHDRAWN: lambda: row["withdrawn"],
        Why.NOT_YET_HAPPENED: lambda: not has_happened(row, question.as_of),
        Why.FILTERED: lambda: not passes(declared, row),
        Why.OUTSIDE_WINDOW: lambda: not in_window(row, question.as_of, declared.window),
        Why.NOT_IN_FORCE: lambda: declared.in_force and not in_force(ended(declared, row, beside), question.as_of),
        Why.BLANK: lambda: declared.column is not None and value_in(declared, row) is None,
        Why.NOT_CHOSEN: lambda: id(row) not in chosen,
    }
    return next((why for why, holds in checks.items() if holds()), Why.COUNTED)


def _chosen(declared: Aggregate, counted: list[Row]) -> list[Row]:
    """Return the rows that make the value: one for latest and its like, all for the rest."""
    if declared.reduce in (Reduce.LATEST, Reduce.DAYS_SINCE_LATEST):
        return counted[-1:]
    if declared.reduce in (Reduce.FIRST, Reduce.DAYS_SINCE_FIRST):
        return counted[:1]
    return before_latest(counted)[-1:] if declared.reduce is Reduce.PREVIOUS else counted


def _counted_row(
    declared: Aggregate, row: Row, code: Why, newest: Mapping[str, Row], beside: Mapping[str, list[Row]]
) -> CountedRow:
    newer = newest[row["record_key"]] if code is Why.SUPERSEDED else None
    if code is Why.NOT_IN_FORCE:
        newer = last_event(declared, row, beside)
    return CountedRow(
        table=declared.table.name,
        record_key=row["record_key"],
        batch_id=row["batch_id"],
        file_row=int(row["file_row"]),
        known_on=row["known_on"],
        happened_on=row["happened_on"],
        ended_on=row["ended_on"],
        recorded_at=row["recorded_at"],
        values={name: row[name] for name in _looked_at(declared)},
        code=code,
        superseded_by=(newer["batch_id"], int(newer["file_row"])) if newer else None,
    )


def _looked_at(declared: Aggregate) -> tuple[str, ...]:
    """Name the columns that tell the record, the filter's, and those that are counted, each once."""
    return tuple(dict.fromkeys((*declared.table.key, *declared.reads)))
