"""The day on which a severe warning ends an assessment is the day the house could know of it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from data.spec.access import Purpose
from risk.assessment import Assessment, Status
from risk.severe_warnings import severe_ending
from risk.warning_rules import WATCHED_TABLES, read_warning_limits, severe_tables
from tests.risk.test_warning_rules import events

MADE = datetime(2025, 6, 1, 4, tzinfo=UTC)
GIVEN = Assessment(
    id="a",
    status=Status.SCORED,
    enterprise_name="",
    identifier="",
    as_of=date(2025, 6, 1),
    made_at=MADE,
    valid_until=date(2025, 8, 30),
    purpose=Purpose.PRE_LOAN,
    demonstration=True,
    recorded_before=MADE,
)


def ended_on(at: datetime, given: Assessment = GIVEN, **row: object) -> date | None:
    told = {"kind": "dishonesty", "known_on": "2025-07-10", "recorded_at": "2025-07-09", **row}
    ending = severe_ending(events("conduct_record", told), given, at=at)
    return None if ending is None else ending.ended_on


def test_it_ends_on_the_day_the_warning_was_known_and_not_the_day_before() -> None:
    assert ended_on(datetime(2025, 7, 9, 12, tzinfo=UTC)) is None
    assert ended_on(datetime(2025, 7, 10, 1, tzinfo=UTC)) == date(2025, 7, 10)
    assert ended_on(datetime(2025, 12, 1, tzinfo=UTC)) == date(2025, 7, 10)


@pytest.mark.parametrize(
    ("known", "recorded", "expected"),
    [
        ("2025-06-01", "2025-06-20", date(2025, 6, 20)),
        ("2025-05-01", "2025-06-20", date(2025, 6, 20)),
        ("2025-05-31", "2025-05-31", None),
        ("2025-06-01", "2025-05-31", date(2025, 6, 1)),
        ("2025-08-30", "2025-08-30", date(2025, 8, 30)),
        ("2025-08-31", "2025-08-30", None),
    ],
    ids=["late row", "late row of before", "counted", "the day itself is not counted", "last day", "a day too late"],
)
def test_what_was_not_counted_ends_it_within_its_days(known: str, recorded: str, expected: date | None) -> None:
    assert ended_on(datetime(2026, 1, 1, tzinfo=UTC), known_on=known, recorded_at=recorded) == expected


def test_one_withdrawn_by_its_source_ends_nothing() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)

    assert ended_on(at, withdrawn=True) is None


def test_an_assessment_that_keeps_no_instant_is_taken_to_have_had_every_row() -> None:
    at, given = datetime(2026, 1, 1, tzinfo=UTC), replace(GIVEN, recorded_before=None)

    assert ended_on(at, given, known_on="2025-05-31", recorded_at="2025-06-20") is None
    assert ended_on(at, given) == date(2025, 7, 10)


def test_only_the_tables_of_severe_rules_are_read() -> None:
    limits = read_warning_limits(date(2026, 1, 1))

    assert severe_tables(limits) == ("loan_month", "conduct_record")
    assert set(severe_tables({**limits, "ending_severity": 1})) == set(WATCHED_TABLES) - {"guarantee"}
