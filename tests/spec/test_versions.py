"""The latest known version of a record counts, and a withdrawn one says there is none."""

import pandas as pd
import pytest

from data.spec.versions import latest_known

COLUMNS = ["enterprise_id", "record_key", "known_on", "recorded_at", "file_row", "withdrawn", "value"]


def frame(*rows: tuple[object, ...]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype({"known_on": "datetime64[s]", "recorded_at": "datetime64[us]", "withdrawn": bool})


ROWS = frame(
    (1, "a", "2024-01-01", "2025-01-01", 1, False, "first"),
    (1, "a", "2024-06-01", "2025-01-01", 1, False, "corrected"),
    (1, "b", "2024-01-01", "2025-01-01", 2, False, "stands"),
    (1, "b", "2024-06-01", "2025-01-01", 2, True, "withdrawn"),
    (2, "a", "2024-01-01", "2025-01-01", 3, False, "other firm"),
    (3, "c", "2024-01-01", "2025-01-01", 4, False, "early row"),
    (3, "c", "2024-01-01", "2025-01-01", 9, False, "later row"),
    (4, "d", "2024-01-01", "2025-03-01", 1, False, "recorded later"),
    (4, "d", "2024-01-01", "2025-02-01", 8, False, "recorded before"),
)


@pytest.mark.parametrize(
    ("before", "values"),
    [
        ("2024-01-01", set()),
        ("2024-01-02", {"first", "stands", "other firm", "later row", "recorded later"}),
        ("2024-06-01", {"first", "stands", "other firm", "later row", "recorded later"}),
        ("2024-06-02", {"corrected", "other firm", "later row", "recorded later"}),
    ],
)
def test_a_version_counts_from_the_day_after_it_was_known(before: str, values: set[str]) -> None:
    assert set(latest_known(ROWS, pd.Timestamp(before))["value"]) == values
