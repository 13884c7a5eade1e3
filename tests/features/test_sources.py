"""Calendars tell when a list is late; sources are compared firm by firm; editions are compared by a fair test."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.intake.lists import LISTS
from data.spec.dated import NotInForce
from data.spec.tables import TABLES
from features.calendar import Calendar, Rhythm, expected_on, last_due, read_calendar
from features.conflicts import COMPARISONS, compare_sources, compared_columns, read_tolerances, visible
from features.source_drift import DriftLimits, drifts, welch
from tests.features.doors import evidence

LIMITS = DriftLimits(level=0.01, size=0.2, rows=30)
NAMED = {one.name: one for one in COMPARISONS}


def rhythm(every: int, due: int) -> Rhythm:
    return Rhythm.model_validate({"every": every, "due": due, "reference": "测试", "status": "unverified"})


@pytest.mark.parametrize(
    ("every", "due", "as_of", "begins", "ends", "due_on"),
    [
        (12, 181, "2025-07-02", "2024-01-01", "2025-01-01", "2025-07-01"),
        (12, 181, "2025-07-01", "2023-01-01", "2024-01-01", "2024-06-30"),
        (3, 30, "2026-01-01", "2025-07-01", "2025-10-01", "2025-10-31"),
        (3, 30, "2026-01-31", "2025-07-01", "2025-10-01", "2025-10-31"),
        (3, 30, "2026-02-01", "2025-10-01", "2026-01-01", "2026-01-31"),
        (1, 0, "2024-03-02", "2024-02-01", "2024-03-01", "2024-03-01"),
    ],
)
def test_the_last_period_due_is_known_to_be_late_from_the_day_after_its_due_day(
    every: int, due: int, as_of: str, begins: str, ends: str, due_on: str
) -> None:
    found = last_due(rhythm(every, due), date.fromisoformat(as_of))

    assert [str(day) for day in (found.begins, found.ends, found.due_on)] == [begins, ends, due_on]


@given(
    every=st.sampled_from([1, 2, 3, 4, 6, 12]),
    due=st.integers(0, 400),
    as_of=st.dates(date(2000, 1, 1), date(2040, 12, 31)),
)
def test_the_last_period_due_is_the_last_one(every: int, due: int, as_of: date) -> None:
    found = last_due(rhythm(every, due), as_of)
    following = last_due(rhythm(every, 0), found.ends + timedelta(days=1 + 31 * every)).ends

    assert found.begins < found.ends
    assert found.due_on < as_of
    assert following > found.ends
    assert following + timedelta(days=due) >= as_of or following - found.ends > timedelta(days=31 * every)


@pytest.mark.parametrize(
    ("newest", "missed"), [(None, True), ("2023-12-31", True), ("2024-01-01", False), ("2025-03-01", False)]
)
def test_a_period_is_missed_where_nothing_of_it_or_later_has_come(newest: str | None, missed: bool) -> None:
    period = last_due(rhythm(12, 181), date(2025, 7, 2))

    assert period.is_missed(None if newest is None else date.fromisoformat(newest)) is missed


def test_every_list_has_a_calendar_but_those_that_amend_another() -> None:
    unscheduled = {name for name, one in LISTS.items() if one.amends}

    assert set(read_calendar().lists) == set(LISTS) - unscheduled
    assert all(read_calendar().lists[name].label == LISTS[name].label for name in read_calendar().lists)
    assert all(LISTS[name].table.name == name for name in read_calendar().lists)
    assert set(read_calendar().units) == {"every", "due", "least_share", "least_firms"}
    assert expected_on("high_tech_renaming", date(2025, 1, 1)) is None


def test_every_rhythm_names_its_reference_and_says_that_it_is_not_verified() -> None:
    for expected in read_calendar().lists.values():
        for one in expected.values.values():
            assert one.reference
            assert one.status == "unverified"
            assert 12 % one.every == 0


def test_a_rhythm_changes_on_its_day_and_is_unknown_before_the_first() -> None:
    text = """
code: c
label: 周期
units: {every: 月, due: 天}
fullness:
  2020-01-01: {least_share: 0.5, least_firms: 20, reference: 甲, status: unverified}
  2024-01-01: {least_share: 0.8, least_firms: 20, reference: 乙, status: unverified}
lists:
  patent:
    label: 专利
    values:
      2020-01-01: {every: 12, due: 90, reference: 甲, status: unverified}
      2024-01-01: {every: 1, due: 30, reference: 乙, status: verified}
"""
    calendar = Calendar.parse(text)
    patent = calendar.lists["patent"]

    assert [patent.on(date(2023, 12, 31)).every, patent.on(date(2024, 1, 1)).every] == [12, 1]
    assert [calendar.full_on(day).is_thin(15, 20) for day in (date(2023, 12, 31), date(2024, 1, 1))] == [False, True]
    with pytest.raises(NotInForce):
        patent.on(date(2019, 12, 31))


REGISTER = """
    firm | key | founded_on | staff | known
    1 | a | 2010-01-01 | 100 | 2020-01-01
    1 | a | 2010-01-01 | 40  | 2024-06-01
    2 | a | 2010-01-01 | 30  | 2020-01-01
    3 | a | 2010-01-01 | 10  | 2020-01-01
"""
STATISTICS = """
    firm | key | year | basis | rnd_expense | staff | known
    1 | a | 2022-12-31 | accounting | 100 | 90  | 2023-06-01
    1 | b | 2023-12-31 | accounting | 200 | 100 | 2024-05-01
    1 | c | 2023-12-31 | tax        | 90  | 100 | 2024-05-01
    1 | d | 2022-12-31 | tax        | 100 | 90  | 2023-06-01
    2 | a | 2023-12-31 | accounting | 0   | 30  | 2024-05-01
    2 | b | 2023-12-31 | tax        | 0   | -   | 2024-05-01
"""


def books(**texts: str) -> dict[str, pd.DataFrame]:
    return {name: evidence(TABLES[name], text) for name, text in texts.items()}


def told(name: str, events: dict[str, pd.DataFrame], as_of: date) -> list[tuple[int, int, float, float, float]]:
    found = compare_sources(visible(events, as_of), NAMED[name])
    return [(one.enterprise_id, one.year, one.first, one.second, round(one.gap, 4)) for one in found]


def test_staff_is_compared_as_it_was_known_on_the_day() -> None:
    events = books(enterprise_registration=REGISTER, rnd_year=STATISTICS)

    assert told("staff_register_statistics", events, date(2024, 6, 1)) == [
        (1, 2023, 100.0, 100.0, 0.0),
        (2, 2023, 30.0, 30.0, 0.0),
    ]
    assert told("staff_register_statistics", events, date(2024, 6, 2))[0] == (1, 2023, 40.0, 100.0, 0.6)
    assert told("staff_register_statistics", events, date(2024, 4, 1)) == [(1, 2022, 100.0, 90.0, 0.1)]


def test_staff_is_compared_in_each_two_of_three_lists() -> None:
    accounts = """
    firm | key | year | staff | known
    1 | a | 2022-12-31 | 45  | 2023-05-01
    1 | b | 2023-12-31 | 50  | 2024-05-01
    2 | a | 2022-12-31 | 30  | 2023-05-01
"""
    events = books(enterprise_registration=REGISTER, annual_report=accounts, rnd_year=STATISTICS)

    assert told("staff_register_accounts", events, date(2024, 6, 2)) == [
        (1, 2023, 40.0, 50.0, 0.2),
        (2, 2022, 30.0, 30.0, 0.0),
    ]
    assert told("staff_accounts_statistics", events, date(2024, 6, 2)) == [(1, 2023, 50.0, 100.0, 0.5)]


def test_bases_are_compared_in_the_latest_year_that_they_share_and_nought_agrees_with_nought() -> None:
    found = told("rnd_expense_accounting_tax", books(rnd_year=STATISTICS), date(2024, 6, 1))

    assert found == [(1, 2023, 200.0, 90.0, 0.55), (2, 2023, 0.0, 0.0, 0.0)]


def test_a_year_of_sales_is_compared_only_where_every_quarter_was_declared() -> None:
    events = books(
        annual_report="""
    firm | key | year | revenue | known
    1 | a | 2023-12-31 | 400 | 2024-04-01
    2 | a | 2023-12-31 | 400 | 2024-04-01
""",
        tax_payment="""
    firm | key | period_end | taxable_sales | known
    1 | a | 2023-03-31 | 50 | 2023-04-20
    1 | b | 2023-06-30 | 50 | 2023-07-20
    1 | c | 2023-09-30 | 50 | 2023-10-20
    1 | d | 2023-12-31 | 50 | 2024-01-20
    2 | a | 2023-03-31 | 50 | 2023-04-20
    2 | b | 2023-06-30 | 50 | 2023-07-20
    2 | c | 2023-09-30 | 50 | 2023-10-20
""",
    )

    assert told("revenue", events, date(2024, 6, 1)) == [(1, 2023, 400.0, 200.0, 0.5)]


def test_a_source_that_may_not_be_read_is_compared_with_nothing() -> None:
    events = books(enterprise_registration=REGISTER)

    assert compare_sources(visible(events, date(2024, 6, 1)), NAMED["staff_register_statistics"]) == []


def test_every_comparison_has_a_tolerance() -> None:
    assert {one.tolerance for one in COMPARISONS} <= set(read_tolerances(date(2026, 1, 1)))


def reports(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> pd.DataFrame:
    blank = {name: np.full(len(values), np.nan) for name in TABLES["annual_report"].columns}
    return pd.DataFrame({**blank, "revenue": np.exp(values)})


def moved(before: int, after: int, shift: float, seed: int = 0) -> bool:
    draw = np.random.default_rng(seed)
    old, new = draw.normal(15, 1, before), draw.normal(15 + shift, 1, after)
    (found,) = drifts(TABLES["annual_report"], reports(old), reports(new), LIMITS)
    return found.moved


def test_the_same_shift_moves_a_long_list_and_not_a_short_one() -> None:
    assert all(moved(2_000, 2_000, 0.3, seed) for seed in range(20))
    assert sum(moved(35, 35, 0.3, seed) for seed in range(20)) <= 3


def test_a_shift_too_small_to_matter_is_not_told_however_sure_it_is() -> None:
    assert not moved(50_000, 50_000, 0.1)


def test_chance_alone_is_told_about_as_seldom_as_the_level_says() -> None:
    found = [welch(*np.random.default_rng(seed).normal(size=(2, 40)))[1] for seed in range(2_000)]

    assert 0.004 < np.mean(np.array(found) < 0.01) < 0.018


def test_few_known_values_are_not_tested() -> None:
    draw = np.random.default_rng(0)

    assert drifts(TABLES["annual_report"], reports(draw.normal(size=29)), reports(draw.normal(size=90)), LIMITS) == ()


@pytest.mark.parametrize(("old", "new", "p_value"), [((1, 1), (1, 1), 1.0), ((1, 1), (2, 2), 0.0)])
def test_columns_without_spread_move_or_do_not(old: tuple[int, int], new: tuple[int, int], p_value: float) -> None:
    assert welch(np.array(old, dtype=float), np.array(new, dtype=float))[1] == p_value


def test_comparisons_need_no_more_columns_than_they_name() -> None:
    events = books(enterprise_registration=REGISTER, rnd_year=STATISTICS, annual_report="firm", tax_payment="firm")
    narrow = compared_columns(events)

    assert {name for one in COMPARISONS for name in one.tables} == set(narrow)
    for one in COMPARISONS:
        wide = compare_sources(visible(events, date(2024, 6, 2)), one)
        assert compare_sources(visible(narrow, date(2024, 6, 2)), one) == wide
