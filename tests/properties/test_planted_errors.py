"""Would the comparison of engine and definition notice the classic errors of point-in-time work?"""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from features import definition, engine, reductions, sight, windows
from features.windows import NEVER
from tests.properties import worlds

FEATURES = worlds.FEATURES
ROWS, ASKED = worlds.crowd(seed=7, enterprises=120)

first_seen, superseded, last_inside, window_start = (
    sight.first_seen,
    sight.superseded,
    windows.last_inside,
    windows.window_start,
)
version_keys, rows_of = sight.version_keys, definition._rows


def known_on_the_day_itself(book: Any, row: Any, own: Any) -> Any:
    return first_seen(book, row, own) - 1


def known_from_the_beginning(book: Any, row: Any, own: Any) -> Any:
    return np.zeros_like(row)


def sixty_days_forgotten(book: Any, row: Any, own: Any) -> Any:
    return book.known[row]


def old_versions_live_on(book: Any, row: Any, viewer: Any, start: Any) -> Any:
    return np.full(len(row), NEVER)


def superseded_on_the_day_itself(book: Any, row: Any, viewer: Any, start: Any) -> Any:
    return superseded(book, row, viewer, start) - 1


def withdrawn_rows_stand(book: Any, row: Any, start: Any, end: Any) -> Any:
    return (book.happened[row] != windows.UNDATED) & (start < end)


def own_loan_is_seen(book: Any, row: Any, own: Any) -> Any:
    return np.zeros(len(row), bool)


def recorded_before_known(book: Any, row: Any) -> Any:
    known, recorded, file_row = version_keys(book, row)
    return recorded, known, file_row


def one_day_more(happened: Any, window: Any) -> Any:
    return last_inside(happened, window) + (window is not None)


def one_day_less(happened: Any, window: Any) -> Any:
    return last_inside(happened, window) - (window is not None)


def month_ends_forgotten(happened: Any, window: Any) -> Any:
    if window is None or window.months is None:
        return last_inside(happened, window)
    month, day = windows._split(happened)
    return windows._clipped(month + window.months, day)


def window_opens_a_day_late(as_of: Any, window: Any) -> Any:
    return window_start(as_of, window) + (window is not None)


def window_opens_a_day_early(as_of: Any, window: Any) -> Any:
    return window_start(as_of, window) - (window is not None)


def filtered_before_the_version_is_chosen(table: Any, events: Any, question: Any) -> Any:
    return [row for row in rows_of(table, events, question) if row["kind"] == "a"]


def ended_on_is_inside(ended: Any) -> Any:
    return ended


PLANTED: dict[str, tuple[Any, str, Any]] = {
    "known_on <= as_of": (sight, "first_seen", known_on_the_day_itself),
    "known_on never asked": (sight, "first_seen", known_from_the_beginning),
    "sixty-day rule dropped": (sight, "first_seen", sixty_days_forgotten),
    "sixty-one days": (sight, "OWN_LOAN_DAYS", 61),
    "fifty-nine days": (sight, "OWN_LOAN_DAYS", 59),
    "old versions live on": (sight, "superseded", old_versions_live_on),
    "superseded on the day itself": (sight, "superseded", superseded_on_the_day_itself),
    "versions ordered by recorded_at first": (sight, "version_keys", recorded_before_known),
    "withdrawn ignored": (sight, "stands", withdrawn_rows_stand),
    "own loan visible": (sight, "hidden", own_loan_is_seen),
    "window closes a day late": (reductions, "last_inside", one_day_more),
    "window closes a day early": (reductions, "last_inside", one_day_less),
    "month ends forgotten": (reductions, "last_inside", month_ends_forgotten),
    "window opens a day late": (reductions, "window_start", window_opens_a_day_late),
    "window opens a day early": (reductions, "window_start", window_opens_a_day_early),
    "ended_on inclusive": (reductions, "last_in_force", ended_on_is_inside),
}


@pytest.fixture(scope="module")
def world() -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    return worlds.events(ROWS), worlds.spine(ASKED)


@pytest.fixture(scope="module")
def meant(world: tuple[dict[str, pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
    return definition.compute(FEATURES, *world)


def test_without_an_error_the_engine_says_what_is_meant(world: Any, meant: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(engine.compute(FEATURES, *world), meant, check_exact=True)


@pytest.mark.parametrize("error", PLANTED)
def test_a_planted_error_of_the_clock_is_caught(
    error: str, world: Any, meant: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, name, planted = PLANTED[error]
    monkeypatch.setattr(module, name, planted)

    assert not engine.compute(FEATURES, *world).equals(meant)


def test_a_version_chosen_after_the_filter_is_caught(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    of_kind_a = [feature for feature in FEATURES if feature.name.endswith("_ever")]
    monkeypatch.setattr(definition, "_rows", filtered_before_the_version_is_chosen)

    assert not engine.compute(of_kind_a, *world).equals(definition.compute(of_kind_a, *world))
