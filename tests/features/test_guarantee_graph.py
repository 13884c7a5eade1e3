"""A firm's place in the guarantee graph is known from the day after its latest input, and not before."""

from datetime import date, datetime
from typing import Any

import pandas as pd

from features.engine import compute
from features.guarantees import Guarantees
from features.tables.guarantee_graph import work_out

FIRMS = {"A": 1, "B": 2, "C": 3, "D": 4}


def guarantees(*rows: tuple[str, str, str, str, str | None, str, bool]) -> pd.DataFrame:
    """Lay out (guarantor, contract, guaranteed, from, until, known, withdrawn)."""
    return pd.DataFrame(
        {
            "enterprise_id": pd.array([FIRMS[row[0]] for row in rows], dtype="int64"),
            "record_key": pd.Series([row[1] for row in rows], dtype="str"),
            "guaranteed": pd.Series([row[2] for row in rows], dtype="str"),
            "happened_on": pd.Series([row[3] for row in rows], dtype="datetime64[s]"),
            "ended_on": pd.Series([row[4] for row in rows], dtype="datetime64[s]"),
            "known_on": pd.Series([row[5] for row in rows], dtype="datetime64[s]"),
            "recorded_at": pd.Timestamp("2025-01-01"),
            "batch_id": "b",
            "file_row": range(1, len(rows) + 1),
            "withdrawn": [row[6] for row in rows],
            "amount": 100.25,
        }
    )


def graph(*rows: tuple[str, str, str, str, str | None, str, bool], until: date = date(2025, 12, 31)) -> pd.DataFrame:
    return work_out(
        guarantees(*rows), FIRMS, until=until, recorded_at=datetime.fromisoformat("2026-01-01"), batch_id="graph"
    )


def seen(table: pd.DataFrame, firm: str, day: str) -> tuple[Any, ...]:
    spine = pd.DataFrame({"enterprise_id": [FIRMS[firm]], "as_of": pd.Series([day], dtype="datetime64[s]")})
    values = compute(Guarantees.features, {"guarantee_graph": table}, spine)
    return tuple(values[["guarantee_partners_latest", "guarantee_ring_latest", "guarantee_received_latest"]].iloc[0])


RING = (
    ("A", "g1", "B", "2024-01-01", "2025-01-01", "2024-02-01", False),
    ("B", "g2", "C", "2024-01-01", "2026-01-01", "2024-03-01", False),
    ("C", "g3", "A", "2024-01-01", "2026-01-01", "2024-04-01", False),
    ("C", "g4", "X", "2024-01-01", "2026-01-01", "2024-04-01", False),
)


def test_a_ring_closes_on_the_day_after_its_last_guarantee_was_known() -> None:
    table = graph(*RING)

    assert seen(table, "A", "2024-04-01") == (1, 0, 0)
    assert seen(table, "A", "2024-04-02") == (2, 3, 1)
    assert seen(table, "C", "2024-04-02") == (3, 3, 1)
    assert seen(table, "D", "2024-04-02") == (0, 0, 0)


def test_a_ring_opens_on_the_day_a_guarantee_ends() -> None:
    table = graph(*RING)

    assert seen(table, "A", "2024-12-31") == (2, 3, 1)
    assert seen(table, "A", "2025-01-01") == (1, 0, 1)


def test_a_withdrawn_guarantee_leaves_the_graph_when_that_is_known() -> None:
    table = graph(*RING, ("C", "g3", "A", "2024-01-01", "2026-01-01", "2024-06-01", True))

    assert seen(table, "A", "2024-06-01") == (2, 3, 1)
    assert seen(table, "A", "2024-06-02") == (1, 0, 0)


def test_nothing_is_said_of_days_that_have_not_come() -> None:
    table = graph(*RING, until=date(2024, 12, 30))

    assert table["known_on"].max() < pd.Timestamp("2024-12-31")
    assert table.equals(graph(*RING).loc[lambda rows: rows["known_on"] < "2024-12-31"])


def test_firms_without_a_number_stand_in_the_graph_but_get_no_rows() -> None:
    table = graph(*RING)

    assert set(table["enterprise_id"]) == {1, 2, 3}
    assert (table.groupby("enterprise_id")["guaranteed_amount"].max() == [100.25, 100.25, 200.5]).all()


def test_no_guarantees_make_an_empty_table_of_the_same_columns() -> None:
    empty = graph()

    assert empty.empty
    assert (empty.dtypes == graph(*RING).dtypes).all()
