"""What does each feature mean, record by record, and which rows stand behind a value?

The obvious reading of every declaration, with plain dates and plain loops: the judge of the engine in
tests, and the answer to "which rows were counted, which not, why".
"""

import calendar
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from data.spec.table import COMMON, Absence, Table
from features.plain_reductions import REDUCTIONS, Row, before_latest, value_in
from features.spec import (
    SCALES,
    Aggregate,
    AtLeast,
    Below,
    Condition,
    Derived,
    Feature,
    Filled,
    Reduce,
)
from features.windows import Window

OWN_LOAN_DAYS = 60

COUNTED = "计入"
NOT_YET_KNOWN = "当日尚未知晓"
NOT_YET_HAPPENED = "当日尚未发生"
OWN_LOAN = "来自本次申请的贷款"
MAY_BE_OWN_LOAN = "申请前60天内、来源不明，可能来自本次贷款"
SUPERSEDED = "已被后来的版本取代"
WITHDRAWN = "该记录已撤销"
FILTERED = "不符合指标的筛选条件"
OUTSIDE_WINDOW = "不在指标的时间窗内"
NOT_IN_FORCE = "当日已不再有效"
BLANK = "该项为空"
NOT_CHOSEN = "不是指标所取的那一条"


@dataclass(frozen=True, kw_only=True)
class CountedRow:
    """Tell of one row whether it was counted, and why or why not, in Chinese."""

    table: str
    record_key: str
    batch_id: str
    file_row: int
    known_on: date | None
    happened_on: date | None
    counted: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """Ask about one enterprise on one day, perhaps for the loan of one application."""

    enterprise_id: int
    as_of: date
    own_loan: str | None = None


def compute(features: Sequence[Feature], events: Mapping[str, pd.DataFrame], spine: pd.DataFrame) -> pd.DataFrame:
    """Return what `features.engine.compute` must return, worked out record by record."""
    tables = {table.name: table for feature in features for table in _tables(feature)}
    rows = []
    for question in map(_question, _records(spine)):
        seen = {
            name: visible(table, _rows(table, events, question), question)
            for name, table in tables.items()
            if name in events
        }
        rows.append([value_of(feature, seen, question) for feature in features])
    names = [feature.name for feature in features]
    return pd.DataFrame(np.array(rows, dtype=np.float64).reshape(-1, len(names)), index=spine.index, columns=names)


def value_of(feature: Feature, seen: Mapping[str, list[Row]], question: Question) -> float:
    """Return one feature's value for one question from the rows visible to it, NaN where it is unknown."""
    declared = feature.declaration
    if isinstance(declared, Derived):
        inputs = [np.array([value_of(each, seen, question)]) for each in feature.inputs]
        value = float(np.asarray(declared.formula(*inputs), dtype=np.float64)[0])
        return value if math.isfinite(value) else math.nan
    if declared.table.name not in seen:
        return math.nan
    rows = seen[declared.table.name]
    counted = [row for row in rows if _counts(declared, row, question)]
    if counted:
        return REDUCTIONS[declared.reduce](declared, counted, question.as_of)
    covers = declared.table.absence is Absence.ZERO or bool(rows)
    return 0.0 if declared.zero_when_empty and covers else math.nan


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
        declared = aggregate.declaration
        if isinstance(declared, Aggregate) and declared.table.name in events:
            for place, row, why in _told(declared, _rows(declared.table, events, question), question):
                key = (declared.table.name, place)
                if key not in told or why == COUNTED:
                    told[key] = _counted_row(declared.table, row, why)
    return list(told.values())


def _told(declared: Aggregate, rows: list[Row], question: Question) -> list[tuple[int, Row, str]]:
    seen = visible(declared.table, rows, question)
    counted = [row for row in seen if _counts(declared, row, question)]
    chosen = _chosen(declared, counted)
    return [(place, row, _why(declared, row, rows, question, chosen)) for place, row in enumerate(rows)]


def _why(declared: Aggregate, row: Row, rows: list[Row], question: Question, chosen: list[Row]) -> str:
    reason = hidden_because(declared.table, row, question)
    if reason:
        return reason
    versions = [each for each in rows if each["record_key"] == row["record_key"]]
    if newest([each for each in versions if not hidden_because(declared.table, each, question)]) is not row:
        return SUPERSEDED
    checks: dict[str, Callable[[], bool]] = {
        WITHDRAWN: lambda: row["withdrawn"],
        NOT_YET_HAPPENED: lambda: not has_happened(row, question.as_of),
        FILTERED: lambda: not passes(declared, row),
        OUTSIDE_WINDOW: lambda: not in_window(row, question.as_of, declared.window),
        NOT_IN_FORCE: lambda: declared.in_force and not in_force(row, question.as_of),
        BLANK: lambda: declared.column is not None and value_in(declared, row) is None,
        NOT_CHOSEN: lambda: not any(each is row for each in chosen),
    }
    return next((why for why, holds in checks.items() if holds()), COUNTED)


def _chosen(declared: Aggregate, counted: list[Row]) -> list[Row]:
    """Return the rows that make the value: one for latest and its like, all for the rest."""
    if declared.reduce in (Reduce.LATEST, Reduce.DAYS_SINCE_LATEST):
        return counted[-1:]
    if declared.reduce in (Reduce.FIRST, Reduce.DAYS_SINCE_FIRST):
        return counted[:1]
    return before_latest(counted)[-1:] if declared.reduce is Reduce.PREVIOUS else counted


def _counted_row(table: Table, row: Row, why: str) -> CountedRow:
    return CountedRow(
        table=table.name,
        record_key=row["record_key"],
        batch_id=row["batch_id"],
        file_row=int(row["file_row"]),
        known_on=row["known_on"],
        happened_on=row["happened_on"],
        counted=why == COUNTED,
        why=why,
    )


def visible(table: Table, rows: Iterable[Row], question: Question) -> list[Row]:
    """Return the rows that speak to the question, earliest first.

    Of each record the latest version not hidden; not withdrawn; and it must have happened.
    """
    versions: dict[str, list[Row]] = {}
    for row in rows:
        if not hidden_because(table, row, question):
            versions.setdefault(row["record_key"], []).append(row)
    latest = [newest(of_record) for of_record in versions.values()]
    standing = [row for row in latest if row and not row["withdrawn"] and has_happened(row, question.as_of)]
    return sorted(standing, key=lambda row: (row["happened_on"], version_order(row), row["record_key"]))


def hidden_because(table: Table, row: Row, question: Question) -> str | None:
    """Return why a row cannot be seen at all, or None: not known yet, or of the loan being judged."""
    if not is_known(row, question.as_of):
        return NOT_YET_KNOWN
    if question.own_loan is None:
        return None
    if row["origin_loan"] == question.own_loan:
        return OWN_LOAN
    if table.from_loan and row["origin_loan"] is None and is_fresh(row, question.as_of):
        return MAY_BE_OWN_LOAN
    return None


def is_known(row: Row, as_of: date) -> bool:
    """Tell whether the row could be known before as_of."""
    return row["known_on"] is not None and row["known_on"] < as_of


def is_fresh(row: Row, as_of: date) -> bool:
    """Tell whether the row was known or happened in the OWN_LOAN_DAYS before as_of."""
    since = as_of - timedelta(days=OWN_LOAN_DAYS)
    return any(day is not None and day >= since for day in (row["known_on"], row["happened_on"]))


def has_happened(row: Row, as_of: date) -> bool:
    """Tell whether what the row is about happened before as_of."""
    return row["happened_on"] is not None and row["happened_on"] < as_of


def version_order(row: Row) -> tuple[Any, ...]:
    """Return what orders the versions of a record."""
    return row["known_on"], row["recorded_at"], row["file_row"], str(row["batch_id"])


def newest(versions: list[Row]) -> Row | None:
    """Return the last version, or None where there is none."""
    return max(versions, key=version_order, default=None)


def in_window(row: Row, as_of: date, window: Window | None) -> bool:
    """Tell whether the row happened in the window before as_of."""
    return window is None or bool(row["happened_on"] >= less(as_of, window))


def less(day: date, window: Window) -> date:
    """Subtract a window from a day by the calendar, the day clipped to the month's end.

    >>> less(date(2024, 2, 29), Window(1, "years")), less(date(2024, 3, 31), Window(1, "months"))
    (datetime.date(2023, 2, 28), datetime.date(2024, 2, 29))
    """
    if window.months is None:
        return day - timedelta(days=window.length)
    month = day.year * 12 + day.month - 1 - window.months
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def in_force(row: Row, as_of: date) -> bool:
    """Tell whether the state holds at as_of: begun, and not ended."""
    return bool(row["happened_on"] <= as_of and (row["ended_on"] is None or as_of < row["ended_on"]))


def passes(declared: Aggregate, row: Row) -> bool:
    """Tell whether the row meets every condition of the declaration."""
    return all(_meets(declared.table, name, wanted, row) for name, wanted in declared.where.items())


def _meets(table: Table, name: str, wanted: Condition, row: Row) -> bool:
    value = row[name]
    if isinstance(wanted, Filled):
        return (value is not None) is wanted.filled
    if isinstance(wanted, str | tuple):
        return value in ((wanted,) if isinstance(wanted, str) else wanted)
    if value is None:
        return False
    scale = SCALES[table.columns[name].kind]
    number = round(value * scale) / scale
    if isinstance(wanted, Below):
        return bool(number < wanted.bound)
    if isinstance(wanted, AtLeast):
        return bool(number >= wanted.bound)
    return bool(number == wanted)


def _counts(declared: Aggregate, row: Row, question: Question) -> bool:
    return (
        passes(declared, row)
        and in_window(row, question.as_of, declared.window)
        and (not declared.in_force or in_force(row, question.as_of))
    )


def _tables(feature: Feature) -> list[Table]:
    declared = [each.declaration for each in feature.aggregates]
    return [each.table for each in declared if isinstance(each, Aggregate)]


def _question(row: Row) -> Question:
    return Question(enterprise_id=int(row["enterprise_id"]), as_of=row["as_of"], own_loan=row.get("own_loan"))


def _rows(table: Table, events: Mapping[str, pd.DataFrame], question: Question) -> list[Row]:
    frame = events[table.name]
    columns = [*COMMON, *table.columns]
    own = frame.loc[frame["enterprise_id"] == question.enterprise_id]
    return _records(own[[name for name in columns if name in own]])


def _records(frame: pd.DataFrame) -> list[Row]:
    """Return a frame's rows as plain values: dates, numbers, text, None where missing."""
    columns = {name: [_plain(value) for value in frame[name].astype(object)] for name in frame.columns}
    return [_record(dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value


def _record(row: dict[str, Any]) -> Row:
    """Make days of all instants but the one at which the row was recorded."""
    return {
        name: value.date() if isinstance(value, datetime) and name != "recorded_at" else value
        for name, value in row.items()
    }
