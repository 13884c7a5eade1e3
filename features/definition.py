"""What does each feature mean, record by record?

The obvious reading of every declaration, with plain dates and plain loops: the judge of the engine in
tests, and of which rows stand behind a value (`features.behind`).
"""

import calendar
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from data.spec.table import COMMON, Absence, Table
from data.spec.tables import TABLES
from features.plain_reductions import REDUCTIONS, Row
from features.spec import (
    SCALES,
    After,
    Aggregate,
    AtLeast,
    Below,
    Condition,
    Derived,
    Feature,
    Filled,
    NotAfter,
)
from features.windows import Window

OWN_LOAN_DAYS = 60


class Why(StrEnum):
    """Name why a row was counted or not; the codes are stable, the words are in `features.behind`."""

    COUNTED = "counted"
    NOT_YET_RECORDED = "not-yet-recorded"
    NOT_YET_KNOWN = "not-yet-known"
    OWN_LOAN = "own-loan"
    MAY_BE_OWN_LOAN = "may-be-own-loan"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    NOT_YET_HAPPENED = "not-yet-happened"
    FILTERED = "filtered"
    OUTSIDE_WINDOW = "outside-window"
    NOT_IN_FORCE = "not-in-force"
    BLANK = "blank"
    NOT_CHOSEN = "not-chosen"


@dataclass(frozen=True, kw_only=True)
class Question:
    """Ask about one enterprise on one day, perhaps for the loan of one application.

    `recorded_before` (UTC, without a zone) asks what would have been answered before that instant.
    """

    enterprise_id: int
    as_of: date
    own_loan: str | None = None
    recorded_before: datetime | None = None


def compute(features: Sequence[Feature], events: Mapping[str, pd.DataFrame], spine: pd.DataFrame) -> pd.DataFrame:
    """Return what `features.engine.compute` must return, worked out record by record."""
    tables = _tables_given(features, events)
    of_firm = {name: _rows(table, events[name]) for name, table in tables.items()}
    rows = []
    for question in map(_question, _records(spine)):
        own = {name: found.get(question.enterprise_id, []) for name, found in of_firm.items()}
        seen = {name: visible(table, own[name], question) for name, table in tables.items()}
        rows.append([value_of(feature, seen, question) for feature in features])
    names = [feature.name for feature in features]
    return pd.DataFrame(np.array(rows, dtype=np.float64).reshape(-1, len(names)), index=spine.index, columns=names)


def value_of(
    feature: Feature, seen: Mapping[str, list[Row]], question: Question, *, late: Collection[str] = frozenset()
) -> float:
    """Return one feature's value for one question from the rows visible to it, NaN where it is unknown.

    `late` names tables whose list has not come: what would blame a firm's silence on it is unknown.
    """
    declared = feature.declaration
    if isinstance(declared, Derived):
        inputs = [np.array([value_of(each, seen, question)]) for each in feature.inputs]
        value = float(np.asarray(declared.formula(*inputs), dtype=np.float64)[0])
        silent = value == 0 and declared.is_excused(late)
        return value if math.isfinite(value) and not silent else math.nan
    if declared.table.name not in seen:
        return math.nan
    rows = seen[declared.table.name]
    counted = [row for row in rows if counts(declared, row, question, seen)]
    if counted:
        return REDUCTIONS[declared.reduce](declared, counted, question.as_of)
    covers = declared.table.absence is Absence.ZERO or bool(rows)
    return 0.0 if declared.zero_when_empty and covers else math.nan


def seen_by(
    features: Iterable[Feature], events: Mapping[str, pd.DataFrame], question: Question
) -> dict[str, list[Row]]:
    """Return the rows visible to one question, of every table handed over that the features rest on."""
    tables = _tables_given(features, events)
    return {name: visible(table, own_rows(table, events, question), question) for name, table in tables.items()}


def visible(table: Table, rows: Iterable[Row], question: Question) -> list[Row]:
    """Return the rows that speak to the question, earliest first.

    Of each record the latest version not hidden; not withdrawn; and it must have happened.
    """
    latest = newest_of(table, rows, question).values()
    standing = [row for row in latest if not row["withdrawn"] and has_happened(row, question.as_of)]
    return sorted(standing, key=lambda row: (row["happened_on"], version_order(row), row["record_key"]))


def newest_of(table: Table, rows: Iterable[Row], question: Question) -> dict[str, Row]:
    """Return, by record key, the last version that is not hidden."""
    newest: dict[str, Row] = {}
    for row in rows:
        if not hidden_because(table, row, question):
            other = newest.get(row["record_key"])
            if other is None or version_order(row) > version_order(other):
                newest[row["record_key"]] = row
    return newest


def hidden_because(table: Table, row: Row, question: Question) -> Why | None:
    """Return why a row cannot be seen at all, or None: not recorded or known yet, or of the loan being judged."""
    if question.recorded_before is not None and row["recorded_at"] >= question.recorded_before:
        return Why.NOT_YET_RECORDED
    if not is_known(row, question.as_of):
        return Why.NOT_YET_KNOWN
    if question.own_loan is None:
        return None
    if row["origin_loan"] == question.own_loan:
        return Why.OWN_LOAN
    if table.from_loan and row["origin_loan"] is None and is_fresh(row, question.as_of):
        return Why.MAY_BE_OWN_LOAN
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


def ended(declared: Aggregate, row: Row, beside: Mapping[str, list[Row]]) -> Row:
    """Return the row with the end that an event of another table gives it, where the event has the last word."""
    event = last_event(declared, row, beside)
    if event is None or declared.ending is None:
        return row
    ends = event[declared.ending.column] in declared.ending.ends
    return {**row, "ended_on": event["happened_on"] if ends else None}


def last_event(declared: Aggregate, row: Row, beside: Mapping[str, list[Row]]) -> Row | None:
    """Return the event of another table that has the last word on when a state ends, None where its list has it.

    `beside` holds visible rows by table, earliest first.
    """
    ending = declared.ending
    if ending is None or row[ending.on] is None:
        return None
    told = [
        event
        for event in beside.get(ending.table, [])
        if event[ending.on] == row[ending.on] and event[ending.column] in (*ending.ends, *ending.resumes)
    ]
    return told[-1] if told and told[-1]["known_on"] >= row["known_on"] else None


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
    if isinstance(wanted, After | NotAfter):
        other = row[wanted.other]
        return other is not None and (value > other) is isinstance(wanted, After)
    scale = SCALES[table.columns[name].kind]
    return _reaches(round(value * scale) / scale, wanted)


def _reaches(number: float, wanted: float | Below | AtLeast) -> bool:
    if isinstance(wanted, Below):
        return number < wanted.bound
    return number >= wanted.bound if isinstance(wanted, AtLeast) else number == wanted


def counts(declared: Aggregate, row: Row, question: Question, beside: Mapping[str, list[Row]]) -> bool:
    """Tell whether a visible row counts; `beside` holds the visible rows of the tables that may end it."""
    return (
        passes(declared, row)
        and in_window(row, question.as_of, declared.window)
        and (not declared.in_force or in_force(ended(declared, row, beside), question.as_of))
    )


def _tables_given(features: Iterable[Feature], events: Mapping[str, pd.DataFrame]) -> dict[str, Table]:
    """Return the tables handed over that the features rest on."""
    declared = [each.declaration for feature in features for each in feature.aggregates]
    tables = [each.table for each in declared if isinstance(each, Aggregate)]
    tables += [TABLES[each.ending.table] for each in declared if isinstance(each, Aggregate) and each.ending]
    return {table.name: table for table in tables if table.name in events}


def _question(row: Row) -> Question:
    return Question(enterprise_id=int(row["enterprise_id"]), as_of=row["as_of"], own_loan=row.get("own_loan"))


def own_rows(table: Table, events: Mapping[str, pd.DataFrame], question: Question) -> list[Row]:
    """Return the rows of the enterprise asked about, in the frame's order."""
    frame = events[table.name]
    own = frame.loc[frame["enterprise_id"] == question.enterprise_id]
    return _rows(table, own).get(question.enterprise_id, [])


def _rows(table: Table, frame: pd.DataFrame) -> dict[int, list[Row]]:
    """Return each enterprise's rows as plain values, in the frame's order."""
    found: dict[int, list[Row]] = {}
    for row in _records(frame[[name for name in (*COMMON, *table.columns) if name in frame]]):
        found.setdefault(int(row["enterprise_id"]), []).append(row)
    return found


def _records(frame: pd.DataFrame) -> list[Row]:
    """Return a frame's rows as plain values: dates, numbers, text, None where missing."""
    columns = {name: _plain(name, frame[name]) for name in frame.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain(name: str, column: "pd.Series[Any]") -> list[Any]:
    """Make days of all instants but the one at which the row was recorded."""
    if column.dtype.kind == "M":
        unit = "us" if name == "recorded_at" else "D"
        plain: list[Any] = column.to_numpy().astype(f"datetime64[{unit}]").tolist()
        return plain
    return [None if value is None or value != value else value for value in column.tolist()]
