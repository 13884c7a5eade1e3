"""Of several versions of one record, which one counts on a day?"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

OWN_LOAN_DAYS = 60
"""Rows of unknown origin this fresh may come from the loan being judged (method.md 3)."""

VERSION_ORDER = ("known_on", "recorded_at", "file_row")
"""Versions of a record are ordered by these columns (decision 11)."""


def latest_known(rows: "pd.DataFrame", before: "pd.Timestamp") -> "pd.DataFrame":
    """Return each record's latest version with known_on < before, without the withdrawn ones.

    Shapes: rows has the COMMON columns; the answer keeps its columns and index, in no given order.
    """
    known = rows[rows["known_on"] < before].sort_values(list(VERSION_ORDER), kind="stable")
    latest = known.drop_duplicates(["enterprise_id", "record_key"], keep="last")
    return latest[~latest["withdrawn"].astype(bool)]
