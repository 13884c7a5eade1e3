"""Which typed rows cannot be true?"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from data.intake.drafting import RowFault
from data.intake.header import KNOWN
from data.intake.list_file import Check
from data.intake.versions import complete
from data.spec.table import Column, Kind, Table


def find_faults(table: Table, rows: pd.DataFrame, *, checks: tuple[Check, ...], today: date) -> list[RowFault]:
    """Check required cells, bounds, days that have not come, and what the list says across columns."""
    faults: list[RowFault] = []
    for name, column in table.columns.items():
        for code, message, spoilt in _column_faults(column, rows[name]):
            faults += rows_told(rows, spoilt, RowFault(0, code, message, (name,)))
    for fault, spoilt in _row_faults(table, rows, today):
        faults += rows_told(rows, spoilt, fault)
    for check in checks:
        spoilt = ~check.holds(rows).astype(bool)
        faults += rows_told(rows, spoilt, RowFault(0, check.code, f"{check.message}。", check.columns))
    return faults


def find_further(
    table: Table, frame: pd.DataFrame, faults: Sequence[RowFault], *, checks: tuple[Check, ...], today: date
) -> list[RowFault]:
    """Find what else is wrong with rows that have faults already, so that all of it can be put right at once.

    Cells that could not be read are not blamed a second time, for being blank.
    """
    blamed = {(fault.file_row, name) for fault in faults for name in fault.columns}
    spoilt = frame[frame["file_row"].isin([fault.file_row for fault in faults])]
    rows = complete(table, spoilt.assign(enterprise_id=0))
    return [
        fault
        for fault in find_faults(table, rows, checks=checks, today=today)
        if fault.columns != (KNOWN,) and not blamed & {(fault.file_row, name) for name in fault.columns}
    ]


def rows_told(rows: pd.DataFrame, spoilt: "pd.Series[Any]", fault: RowFault) -> list[RowFault]:
    """Say the same fault of every spoilt row."""
    return [replace(fault, file_row=int(row)) for row in rows.loc[spoilt.to_numpy(), "file_row"]]


def _column_faults(column: Column, values: "pd.Series[Any]") -> Iterator[tuple[str, str, "pd.Series[Any]"]]:
    if column.required:
        yield "required-missing", f"“{column.label}”一栏不能为空。", values.isna()
    if column.minimum is not None:
        yield "below-minimum", f"“{column.label}”不能小于 {column.minimum:g}。", values < column.minimum
    if column.maximum is not None:
        yield "above-maximum", f"“{column.label}”不能大于 {column.maximum:g}。", values > column.maximum


def _row_faults(table: Table, rows: pd.DataFrame, today: date) -> Iterator[tuple[RowFault, "pd.Series[Any]"]]:
    happened = table.columns[table.happened]
    # A year is named by its last day, and may be told before it is over.
    last = date(today.year, 12, 31) if happened.kind is Kind.YEAR else today
    future = RowFault(0, "date-in-future", f"“{happened.label}”晚于今天（{today}）。", (table.happened,))
    yield future, rows[table.happened] > pd.Timestamp(last)
    if happened.kind is Kind.YEAR:
        early = RowFault(
            0, "known-before-year-end", "该年度还没有结束，全年的数字不可能已知。", (table.happened, KNOWN)
        )
        yield early, rows["known_on"] < rows[table.happened]
    if table.ended is not None:
        both, ended = (table.ended, table.happened), table.columns[table.ended].label
        message = f"“{ended}”早于“{happened.label}”。"
        yield RowFault(0, "ends-before-start", message, both), rows[table.ended] < rows[table.happened]
    unknown = RowFault(0, "known-on-missing", "无法确定该行何时可知：没有公告、报送或登记日期。", (KNOWN,))
    yield unknown, rows["known_on"].isna()
