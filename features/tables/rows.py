"""How are derived numbers laid out as rows of their table, with a known_on of their own?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.spec.access import BUREAU
from data.spec.table import Basis, Table
from features.windows import EPOCH, Ints

Values = npt.NDArray[Any]


@dataclass(frozen=True)
class Recorded:
    """Say in which batch rows are recorded, and at which instant (naive UTC)."""

    batch_id: str
    at: datetime


def lay_out(
    table: Table, enterprises: Ints, days: Ints, columns: Mapping[str, Values], recorded: Recorded
) -> pd.DataFrame:
    """Return rows that happen and are known on their day: one record an enterprise and day.

    Shapes: days count from EPOCH; the result has the columns of data.spec.table.COMMON and the table's own.
    """
    dates, count = (days - EPOCH).astype("datetime64[D]").astype("datetime64[s]"), len(days)
    common: dict[str, Any] = {
        "enterprise_id": enterprises,
        "record_key": pd.Series(np.datetime_as_string(dates, unit="D") if count else [], dtype="str"),
        "happened_on": dates,
        "ended_on": np.full(count, np.datetime64("NaT"), "datetime64[s]"),
        "known_on": dates,
        "known_basis": pd.Series([str(Basis.ASSUMED)] * count, dtype="str"),
        "recorded_at": np.full(count, np.datetime64(recorded.at, "us")),
        "batch_id": pd.Series([recorded.batch_id] * count, dtype="str"),
        "file_row": np.arange(1, count + 1),
        "owner": pd.Series([BUREAU] * count, dtype="str"),
        "origin_loan": pd.Series([None] * count, dtype="object"),
        "withdrawn": np.zeros(count, bool),
        table.happened: dates,
    }
    return pd.DataFrame(common | dict(columns))[[*common, *(name for name in table.columns if name != table.happened)]]
