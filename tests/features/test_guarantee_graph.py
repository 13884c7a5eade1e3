"""A firm's place in the guarantee graph is known from the day after its latest input, and not before."""

from datetime import date, datetime
from typing import Any

import pandas as pd

from data.spec.tables.conduct import conduct_record
from features.catalogue import FEATURES
from features.engine import compute
from features.tables.guarantee_graph import work_out
from features.tables.rows import Recorded
from tests.features.doors import evidence

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


def listings(text: str = "firm") -> pd.DataFrame:
    """Lay conduct records out: firm, key, kind, case_no, listed_on, removed_on, known."""
    return evidence(conduct_record, text)


def graph(
    *rows: tuple[str, str, str, str, str | None, str, bool],
    conduct: pd.DataFrame | None = None,
    until: date = date(2025, 12, 31),
) -> pd.DataFrame:
    return work_out(
        guarantees(*rows),
        listings() if conduct is None else conduct,
        FIRMS,
        until=until,
        recorded=Recorded("graph", datetime.fromisoformat("2026-01-01")),
    )


PLACE = ("guarantee_partners_latest", "guarantee_ring_latest", "guarantee_received_latest")
NEAR = (
    "guarantee_distressed_partners_latest",
    "guarantee_distressed_nearby_latest",
    "guarantee_distressed_amount_latest",
)


def seen(table: pd.DataFrame, firm: str, day: str, wanted: tuple[str, ...] = PLACE) -> tuple[Any, ...]:
    spine = pd.DataFrame({"enterprise_id": [FIRMS[firm]], "as_of": pd.Series([day], dtype="datetime64[s]")})
    values = compute([FEATURES[name] for name in wanted], {"guarantee_graph": table}, spine)
    return tuple(values[list(wanted)].iloc[0])


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


CHAIN = (
    ("A", "g1", "B", "2024-01-01", "2026-01-01", "2024-01-10", False),
    ("C", "g2", "B", "2024-01-01", "2026-01-01", "2024-01-10", False),
    ("C", "g3", "D", "2024-01-01", "2026-01-01", "2024-01-10", False),
)
D_LISTED = """
    firm | key | kind       | case_no | listed_on  | removed_on | known
    4    | x   | dishonesty | x       | 2024-05-01 | -          | 2024-06-01
    4    | x   | dishonesty | x       | 2024-05-01 | 2024-09-01 | 2024-09-05
    1    | y   | litigation | y       | 2024-02-01 | -          | 2024-02-02
"""


def test_distress_is_seen_one_and_two_steps_away_and_no_further() -> None:
    table = graph(*CHAIN, conduct=listings(D_LISTED))

    assert seen(table, "C", "2024-06-02", NEAR) == (1, 1, 100.25)
    assert seen(table, "B", "2024-06-02", NEAR) == (0, 1, 0)
    assert seen(table, "A", "2024-06-02", NEAR) == (0, 0, 0)


def test_distress_is_near_from_the_day_after_it_was_known_until_its_removal_is() -> None:
    table = graph(*CHAIN, conduct=listings(D_LISTED))

    assert seen(table, "C", "2024-06-01", NEAR) == (0, 0, 0)
    assert seen(table, "C", "2024-09-05", NEAR) == (1, 1, 100.25)
    assert seen(table, "C", "2024-09-06", NEAR) == (0, 0, 0)


def test_a_firms_own_distress_and_its_litigation_are_not_its_neighbourhood() -> None:
    own = listings(D_LISTED.replace("| -          | 2024-06-01", "| 2024-09-01 | 2024-06-01"))
    table = graph(*CHAIN, ("D", "g4", "C", "2024-01-01", "2026-01-01", "2024-01-10", False), conduct=own)

    assert seen(table, "D", "2024-06-02", NEAR) == (0, 0, 0)
    assert seen(table, "D", "2024-06-02", PLACE) == (1, 2, 1)


def test_two_ways_to_one_firm_count_it_once() -> None:
    table = graph(*CHAIN, ("A", "g5", "D", "2024-01-01", "2026-01-01", "2024-01-10", False), conduct=listings(D_LISTED))

    assert seen(table, "B", "2024-06-02", NEAR) == (0, 1, 0)
    assert seen(table, "A", "2024-06-02", NEAR) == (1, 1, 100.25)
