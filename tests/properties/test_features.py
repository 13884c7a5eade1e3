"""Does the engine say, in every world, what the declarations mean?"""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features import definition, engine
from features.behind import rows_behind
from features.windows import EPOCH, Span, Window, last_inside, to_days, window_start
from tests.properties import worlds

few = settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


def same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Refuse two frames that differ in a single bit."""
    pd.testing.assert_frame_equal(left, right, check_exact=True)


@settings(few, max_examples=100)
@given(worlds.rows, worlds.questions)
def test_the_engine_agrees_with_the_record_by_record_definition(rows: list[Any], asked: list[Any]) -> None:
    events, spine = worlds.events(rows), worlds.spine(asked)

    same(engine.compute(worlds.FEATURES, events, spine), definition.compute(worlds.FEATURES, events, spine))


@settings(few, max_examples=25)
@given(worlds.rows, worlds.questions)
def test_one_enterprise_alone_equals_its_row_in_the_batch(rows: list[Any], asked: list[Any]) -> None:
    events, spine = worlds.events(rows), worlds.spine(asked)
    batch = engine.compute(worlds.FEATURES, events, spine)

    for place in range(len(spine)):
        one = spine.iloc[[place]]
        own = {name: frame[frame["enterprise_id"] == one["enterprise_id"].iloc[0]] for name, frame in events.items()}
        same(engine.compute(worlds.FEATURES, own, one), batch.iloc[[place]])


@few
@given(worlds.rows, worlds.questions)
def test_nothing_learned_on_or_after_as_of_changes_a_value(rows: list[Any], asked: list[Any]) -> None:
    day = max(each["as_of"] for each in asked)
    asked = [each | {"as_of": day} for each in asked]
    earlier = [row for row in rows if row["known_on"] < day]

    before = engine.compute(worlds.FEATURES, worlds.events(earlier), worlds.spine(asked))

    same(before, engine.compute(worlds.FEATURES, worlds.events(rows), worlds.spine(asked)))


@few
@given(worlds.rows, worlds.questions, st.randoms(use_true_random=False))
def test_the_order_in_which_rows_are_stored_does_not_matter(rows: list[Any], asked: list[Any], chance: Any) -> None:
    events, spine = worlds.events(rows), worlds.spine(asked)
    shuffled = {name: frame.iloc[chance.sample(range(len(frame)), len(frame))] for name, frame in events.items()}

    stored = engine.compute(worlds.FEATURES, events, spine)

    same(stored, engine.compute(worlds.FEATURES, shuffled, spine))


@few
@given(worlds.rows, worlds.questions)
def test_a_reason_stands_exactly_where_a_value_is_missing(rows: list[Any], asked: list[Any]) -> None:
    events, spine = worlds.events(rows), worlds.spine(asked)

    values = engine.compute(worlds.FEATURES, events, spine)
    reasons = engine.why_missing(worlds.FEATURES, events, spine)

    assert (values.isna() == reasons.notna()).all(axis=None)


@few
@given(worlds.rows, worlds.questions)
def test_rows_told_as_counted_are_as_many_as_the_count(rows: list[Any], asked: list[Any]) -> None:
    counting = next(feature for feature in worlds.FEATURES if feature.name == "w_flows_n_1y")
    events, spine = worlds.events(rows), worlds.spine(asked)
    counts = engine.compute([counting], events, spine)[counting.name]

    for each, count in zip(asked, counts, strict=True):
        told = rows_behind(counting, events, each["enterprise_id"], each["as_of"], own_loan=each["own_loan"])
        assert sum(row.counted for row in told) == count


@settings(few, max_examples=300)
@given(
    st.dates(date(2015, 1, 1), date(2032, 12, 31)),
    st.builds(Window, st.integers(1, 40), st.sampled_from([str(span) for span in Span])),
)
def test_the_last_day_inside_a_window_is_the_exact_inverse_of_subtraction(day: date, window: Window) -> None:
    happened = to_days(np.array([day], dtype="datetime64[s]"))
    last = last_inside(happened, window)
    after = (date(1970, 1, 1) + timedelta(days=int(last[0]) - EPOCH + 1),)

    assert window_start(last, window)[0] <= happened[0] < window_start(last + 1, window)[0]
    assert definition.less(after[0], window) > day >= definition.less(after[0] - timedelta(days=1), window)
