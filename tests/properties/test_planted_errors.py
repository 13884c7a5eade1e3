"""Would the comparison of engine and definition notice the classic errors of point-in-time work?

Errors are planted on both sides: into the engine's small functions, wherever in `features` they are bound, and
into the definition's. An error that can no longer be planted fails its test, so that none is lost in silence.
"""

import importlib
import pkgutil
from collections.abc import Iterable
from datetime import timedelta
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

import features
from features import definition, engine, windows
from features.windows import NEVER
from tests.properties import worlds

FEATURES = worlds.FEATURES
ROWS, ASKED = worlds.crowd(seed=7, enterprises=120)

rows_of = definition._rows


def engine_modules() -> Iterable[ModuleType]:
    """Return the modules of `features`, the definition and its plain reductions apart."""
    for found in pkgutil.walk_packages(features.__path__, "features."):
        if found.name.rpartition(".")[2] not in ("definition", "plain_reductions"):
            yield importlib.import_module(found.name)


def original(name: str) -> Any:
    """Return what the engine binds to a name, None where it has no such thing any more."""
    return next((vars(module)[name] for module in engine_modules() if name in vars(module)), None)


first_seen, superseded, version_keys = original("first_seen"), original("superseded"), original("version_keys")
last_inside, window_start = original("last_inside"), original("window_start")


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


def filtered_before_the_version_is_chosen(table: Any, frame: Any) -> Any:
    return rows_of(table, frame[frame["kind"] == "a"])


def ended_on_is_inside(ended: Any) -> Any:
    return ended


def plant_in_engine(monkeypatch: pytest.MonkeyPatch, name: str, planted: Any) -> None:
    """Put an error in place of what is bound to a name, wherever the engine binds it."""
    places = [module for module in engine_modules() if name in vars(module)]
    assert places, f"the engine has no {name} any more: plant the error where its work is done now"
    for module in places:
        monkeypatch.setattr(module, name, planted)


is_known, is_fresh, has_happened, less = (
    definition.is_known,
    definition.is_fresh,
    definition.has_happened,
    definition.less,
)
hidden_because, version_order, in_force = definition.hidden_because, definition.version_order, definition.in_force
ONE_DAY = timedelta(days=1)


def known_one_day_late(row: Any, as_of: Any) -> Any:
    return is_known(row, as_of - ONE_DAY)


def known_as_of(row: Any, as_of: Any) -> Any:
    return is_known(row, as_of + ONE_DAY)


def happened_as_of(row: Any, as_of: Any) -> Any:
    return has_happened(row, as_of + ONE_DAY)


def always_happened(row: Any, as_of: Any) -> Any:
    return row["happened_on"] is not None


def never_fresh(row: Any, as_of: Any) -> bool:
    return False


def fresh_by_knowledge_alone(row: Any, as_of: Any) -> Any:
    return is_fresh(row | {"happened_on": None}, as_of)


def own_loan_told(table: Any, row: Any, question: Any) -> Any:
    found = hidden_because(table, row, question)
    return None if found is definition.Why.OWN_LOAN else found


def first_version_counts(row: Any) -> Any:
    known, recorded, file_row, batch = version_order(row)
    return recorded, known, file_row, batch


def thirty_day_months(day: Any, window: Any) -> Any:
    return less(day, window) if window.months is None else day - timedelta(days=round(window.months * 30.4375))


def in_force_on_its_last_day(row: Any, as_of: Any) -> Any:
    return in_force(row, as_of) or row["ended_on"] == as_of


def always_in_force(row: Any, as_of: Any) -> bool:
    return True


PLANTED_IN_DEFINITION: dict[str, tuple[str, Any]] = {
    "known_on <= as_of": ("is_known", known_as_of),
    "known a day late": ("is_known", known_one_day_late),
    "happened_on <= as_of": ("has_happened", happened_as_of),
    "what has not happened counts": ("has_happened", always_happened),
    "sixty-day rule dropped": ("is_fresh", never_fresh),
    "sixty days by knowledge alone": ("is_fresh", fresh_by_knowledge_alone),
    "own loan visible": ("hidden_because", own_loan_told),
    "versions ordered by recorded_at first": ("version_order", first_version_counts),
    "months of thirty days": ("less", thirty_day_months),
    "ended_on inclusive": ("in_force", in_force_on_its_last_day),
    "ended states hold on": ("in_force", always_in_force),
}


PLANTED: dict[str, tuple[str, Any]] = {
    "known_on <= as_of": ("first_seen", known_on_the_day_itself),
    "known_on never asked": ("first_seen", known_from_the_beginning),
    "sixty-day rule dropped": ("first_seen", sixty_days_forgotten),
    "sixty-one days": ("OWN_LOAN_DAYS", 61),
    "fifty-nine days": ("OWN_LOAN_DAYS", 59),
    "old versions live on": ("superseded", old_versions_live_on),
    "superseded on the day itself": ("superseded", superseded_on_the_day_itself),
    "versions ordered by recorded_at first": ("version_keys", recorded_before_known),
    "withdrawn ignored": ("stands", withdrawn_rows_stand),
    "own loan visible": ("hidden", own_loan_is_seen),
    "window closes a day late": ("last_inside", one_day_more),
    "window closes a day early": ("last_inside", one_day_less),
    "month ends forgotten": ("last_inside", month_ends_forgotten),
    "window opens a day late": ("window_start", window_opens_a_day_late),
    "window opens a day early": ("window_start", window_opens_a_day_early),
    "ended_on inclusive": ("last_in_force", ended_on_is_inside),
}


@pytest.fixture(scope="module")
def world() -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    return worlds.events(ROWS), worlds.spine(ASKED)


@pytest.fixture(scope="module")
def meant(world: tuple[dict[str, pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
    return definition.compute(FEATURES, *world)


@pytest.fixture(scope="module")
def few(world: tuple[dict[str, pd.DataFrame], pd.DataFrame]) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Ask about some of the firms: the definition takes its time."""
    events, asked = world
    return events, asked.iloc[:90]


@pytest.fixture(scope="module")
def said(few: tuple[dict[str, pd.DataFrame], pd.DataFrame]) -> pd.DataFrame:
    return engine.compute(FEATURES, *few)


def test_without_an_error_the_engine_says_what_is_meant(world: Any, meant: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(engine.compute(FEATURES, *world), meant, check_exact=True)


@pytest.mark.parametrize("error", PLANTED)
def test_a_planted_error_of_the_clock_is_caught(
    error: str, world: Any, meant: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant_in_engine(monkeypatch, *PLANTED[error])

    assert not engine.compute(FEATURES, *world).equals(meant)


@pytest.mark.parametrize("error", PLANTED_IN_DEFINITION)
def test_an_error_planted_in_the_definition_is_caught(
    error: str, few: Any, said: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, planted = PLANTED_IN_DEFINITION[error]
    monkeypatch.setattr(definition, name, planted)

    assert not definition.compute(FEATURES, *few).equals(said)


def test_a_version_chosen_after_the_filter_is_caught(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    of_kind_a = [feature for feature in FEATURES if feature.name.endswith("_ever")]
    monkeypatch.setattr(definition, "_rows", filtered_before_the_version_is_chosen)

    assert not engine.compute(of_kind_a, *world).equals(definition.compute(of_kind_a, *world))
