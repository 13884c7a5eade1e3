"""Does a derived table say of each day only what was known by then, however the evidence grows afterwards?"""

from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest

from features.tables import guarantee_graph, peers
from features.tables.rows import Recorded
from tests.properties import books
from tests.properties.books import AS_OF, EARLIER, LATER, kept

FIRMS = 300
LAST = max(AS_OF)
RECORDED = Recorded("derived", datetime.fromisoformat("2026-06-01"))
CODES = {"x": 1, "y": 2, "z": 3}
INDUSTRIES = ("C26", "C27", "I65")


@pytest.fixture(scope="module")
def world() -> dict[str, pd.DataFrame]:
    """Return a world in which firms guarantee three of them, and industries are industries."""
    events = books.evidence(29, FIRMS)
    register = events["enterprise_registration"]
    industry = register["industry"].map(dict(zip("xyz", INDUSTRIES, strict=True)))
    open_still = register["ended_on"].where(register["enterprise_id"] % 4 == 0)
    return events | {"enterprise_registration": register.assign(industry=industry.astype("str"), ended_on=open_still)}


def graph(events: dict[str, pd.DataFrame], until: date) -> pd.DataFrame:
    return guarantee_graph.work_out(
        events["guarantee"], events["conduct_record"], CODES | {f"n{firm}": firm for firm in range(FIRMS)},
        until=until, recorded=RECORDED,
    )  # fmt: skip


def reference(events: dict[str, pd.DataFrame], until: date) -> pd.DataFrame:
    return peers.work_out(events, until=until, recorded=RECORDED)


tables = pytest.mark.parametrize("work_out", [graph, reference])


def plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Drop what tells only where the row stands in its batch."""
    return rows.drop(columns="file_row").reset_index(drop=True)


@tables
@pytest.mark.parametrize("day", AS_OF, ids=str)
def test_worked_out_as_of_a_day_it_is_the_same_without_all_that_came_later(
    work_out: Any, day: date, world: dict[str, pd.DataFrame]
) -> None:
    known_by_then = kept(world, lambda _, rows: rows["known_on"] <= pd.Timestamp(day))

    assert sum(map(len, known_by_then.values())) < sum(map(len, world.values()))
    pd.testing.assert_frame_equal(work_out(known_by_then, day), work_out(world, day), check_exact=True)


@tables
@pytest.mark.parametrize("day", AS_OF, ids=str)
def test_worked_out_later_it_says_the_same_of_the_days_before(
    work_out: Any, day: date, world: dict[str, pd.DataFrame]
) -> None:
    later = work_out(world, LAST)
    before = later[later["known_on"] <= pd.Timestamp(day)]

    pd.testing.assert_frame_equal(plain(work_out(world, day)), plain(before), check_exact=True)


@tables
def test_what_came_later_does_change_what_is_said_later(work_out: Any, world: dict[str, pd.DataFrame]) -> None:
    known_early = kept(world, lambda _, rows: rows["known_on"] <= pd.Timestamp(min(AS_OF)))

    assert not plain(work_out(known_early, LAST)).equals(plain(work_out(world, LAST)))


@tables
def test_worked_out_from_what_had_been_recorded_it_does_not_know_the_late_lists(
    work_out: Any, world: dict[str, pd.DataFrame]
) -> None:
    first = kept(world, lambda _, rows: rows["recorded_at"] < LATER)

    assert set(first["guarantee"]["recorded_at"]) == {EARLIER}
    assert not plain(work_out(first, LAST)).equals(plain(work_out(world, LAST)))


@tables
def test_the_order_in_which_rows_are_stored_does_not_matter(work_out: Any, world: dict[str, pd.DataFrame]) -> None:
    shuffled = {name: rows.sample(frac=1, random_state=31) for name, rows in world.items()}

    left, right = (
        plain(rows.sort_values(["enterprise_id", "known_on"]))
        for rows in (work_out(world, LAST), work_out(shuffled, LAST))
    )
    pd.testing.assert_frame_equal(left, right, check_exact=True)


@tables
def test_every_row_is_known_on_the_day_it_is_about(work_out: Any, world: dict[str, pd.DataFrame]) -> None:
    rows = work_out(world, LAST)

    assert len(rows) > FIRMS
    assert (rows["known_on"] == rows["happened_on"]).all()
    assert not rows.duplicated(["enterprise_id", "record_key"]).any()


def test_no_reference_is_made_of_fewer_than_twenty_firms(world: dict[str, pd.DataFrame]) -> None:
    rows = reference(world, LAST)
    counts = rows[[name for name in rows if name.endswith("_peers")]]

    assert counts.min().min() >= 20
    for name in counts:
        measured = rows[name.replace("_peers", "_middle")]
        assert (measured.notna() == rows[name].notna()).all()
