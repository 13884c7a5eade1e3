"""How do rows of SQL become frames, and frames rows, fast and without losing a fen or a day?"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from data.spec.table import COMMON, Kind, Table

Values: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"

DAY = "datetime64[s]"
INSTANT = "datetime64[us]"
FEW = 64
"""So few days are read one by one."""

STORED_COMMON: tuple[str, ...] = tuple(name for name in COMMON if name != "recorded_at")
"""The common columns that stand in the table itself; recorded_at stands in the batch."""

_COMMON_DTYPES = {
    "enterprise_id": "int64",
    "record_key": "str",
    "happened_on": DAY,
    "ended_on": DAY,
    "known_on": DAY,
    "known_basis": "str",
    "recorded_at": INSTANT,
    "batch_id": "str",
    "file_row": "int64",
    "owner": "str",
    "origin_loan": "str",
    "withdrawn": "bool",
}

_KIND_DTYPES = {
    Kind.TEXT: "str",
    Kind.CODE: "str",
    Kind.USCC: "str",
    Kind.DATE: DAY,
    Kind.YEAR: DAY,
    Kind.INTEGER: "float64",
    Kind.NUMBER: "float64",
    Kind.MONEY: "float64",
    Kind.FLAG: "float64",
}


def dtypes(table: Table) -> dict[str, str]:
    """Name the dtype of every column of a table's frame, in the frame's order."""
    return {name: _dtype(table, name) for name in (*_COMMON_DTYPES, *table.columns)}


def _dtype(table: Table, name: str) -> str:
    return _COMMON_DTYPES.get(name) or _KIND_DTYPES[table.columns[name].kind]


def stored_columns(table: Table) -> tuple[str, ...]:
    """Name the columns of the SQL table that carry a row, in the order in which rows are read and written."""
    return (*STORED_COMMON, *table.columns)


def empty_frame(table: Table) -> pd.DataFrame:
    """Return a table's frame without rows."""
    return _empty(table.name, tuple(dtypes(table).items())).copy()


@cache
def _empty(name: str, wanted: tuple[tuple[str, str], ...]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in wanted})


class RawTable:
    """Hold a cursor's rows of one table, each column turned into an array when first asked for.

    rows are of `stored_columns`; recorded_at maps batches to instants.
    """

    def __init__(self, table: Table, rows: Sequence[Sequence[object]], recorded_at: Mapping[str, object]) -> None:
        self._table, self._rows, self._recorded_at = table, len(rows), recorded_at
        self._raw = dict(zip(stored_columns(table), zip(*rows, strict=True), strict=True)) if rows else {}
        self._read: dict[str, Values] = {}

    def __len__(self) -> int:
        return self._rows

    def column(self, name: str) -> Values:
        """Return one column as the table's frame has it."""
        if name not in self._read:
            self._read[name] = self._column(name)
        return self._read[name]

    def frame(self) -> pd.DataFrame:
        """Return all columns as a frame."""
        if not self._rows:
            return empty_frame(self._table)
        series = {name: pd.Series(self.column(name), dtype=dtype) for name, dtype in dtypes(self._table).items()}
        return pd.DataFrame(series)

    def _column(self, name: str) -> Values:
        dtype = _dtype(self._table, name)
        if not self._rows:
            return np.array([], dtype=object if dtype == "str" else dtype)
        if name == "recorded_at":
            return self._instants()
        values = read_column(self._raw[name], dtype)
        column = self._table.columns.get(name)
        return values / 100 if column is not None and column.kind is Kind.MONEY else values

    def _instants(self) -> Values:
        codes, batches = pd.factorize(np.array(self._raw["batch_id"], dtype=object))
        return np.array([self._recorded_at[str(batch)] for batch in batches], dtype=INSTANT)[codes]


def frame_of_rows(table: Table, rows: Sequence[Sequence[object]], recorded_at: Mapping[str, object]) -> pd.DataFrame:
    """Turn a cursor's rows of `stored_columns` into the table's frame; recorded_at maps batches to instants."""
    return RawTable(table, rows, recorded_at).frame()


def read_column(values: Sequence[Any], dtype: str) -> Values:
    """Turn a cursor's values of one column into an array, None for unknown."""
    if dtype == "str":
        return np.array(values, dtype=object)
    if dtype == DAY and len(values) > FEW:
        # Days repeat themselves: each different one is read once.
        codes, days = pd.factorize(np.array(values, dtype=object))
        return np.append(np.array(days, dtype=DAY), np.datetime64("NaT", "s"))[codes]
    return np.array(values, dtype=dtype)


def rows_of_frame(table: Table, frame: pd.DataFrame) -> list[tuple[object, ...]]:
    """Turn a table's frame into rows of `stored_columns` for executemany; amounts become whole fen."""
    kinds = {name: column.kind for name, column in table.columns.items()}
    wanted = dtypes(table)
    columns = [_written_column(frame[name], wanted[name], kinds.get(name)) for name in stored_columns(table)]
    return list(zip(*columns, strict=True))


def _written_column(series: "pd.Series[Any]", dtype: str, kind: Kind | None) -> list[object]:
    missing = series.isna().to_numpy()
    if dtype == DAY:
        values = np.datetime_as_string(series.to_numpy(dtype="datetime64[s]"), unit="D").astype(object)
    elif kind is Kind.MONEY:
        values = _whole(fen(series), missing)
    elif kind is Kind.INTEGER:
        values = _whole(series.to_numpy(dtype="float64"), missing)
    elif kind is Kind.FLAG:
        values = (series.to_numpy(dtype="float64") == 1).astype(object)
    else:
        values = series.to_numpy(dtype=object, copy=True)
    if missing.any():
        values[missing] = None
    written: list[object] = values.tolist()
    return written


def _whole(values: Values, missing: Values) -> Values:
    return np.where(missing, 0, np.rint(values)).astype("int64").astype(object)


def fen(yuan: "pd.Series[Any]") -> Values:
    """Turn yuan into whole fen, NaN for unknown, so that amounts compare without a rounding error."""
    whole: Values = np.rint(yuan.to_numpy(dtype="float64") * 100)
    return whole
