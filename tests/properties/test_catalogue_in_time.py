"""Does every feature of the catalogue keep to what was known before its day, recorded before its replay?

One made-up world reaches all of them; each sentence is proved for each feature, and each proof is shown not to
be empty: what must not change a value does change it where it may.
"""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.spec.tables import TABLES
from features import definition, engine
from features.behind import rows_behind
from features.catalogue import FEATURES
from features.spec import Aggregate, Reduce
from tests.properties import books
from tests.properties.books import AS_OF, EARLIER, LATER, LOAN, kept, spine

ALL = tuple(FEATURES.values())
FIRMS = 100
Events = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def world() -> Events:
    return books.evidence(11, FIRMS)


def asked_on(day: date, own_loan: str | None = None) -> pd.DataFrame:
    return spine([{"enterprise_id": firm, "as_of": day, "own_loan": own_loan} for firm in range(FIRMS)])


def unlike(left: pd.DataFrame, right: pd.DataFrame) -> set[str]:
    """Name the features whose values differ in a single bit anywhere."""
    return {name for name in left if left[name].to_numpy().tobytes() != right[name].to_numpy().tobytes()}


def answers(events: Events, asked: pd.DataFrame) -> pd.DataFrame:
    return engine.compute(ALL, events, asked)


def test_the_world_has_something_to_say_of_every_feature(world: Events) -> None:
    values = answers(world, spine(books.questions(3, FIRMS, each=12)))

    assert [name for name in values if values[name].nunique() < 2] == []


def test_the_engine_agrees_with_the_definition_of_every_feature(world: Events) -> None:
    asked = spine(books.questions(5, FIRMS, each=3))

    assert unlike(answers(world, asked), definition.compute(ALL, world, asked)) == set()


@settings(max_examples=settings.default.max_examples // 6, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 1_000_000))
def test_they_agree_in_any_world(seed: int) -> None:
    events, asked = books.evidence(seed, 4), spine(books.questions(seed, 4))

    assert unlike(answers(events, asked), definition.compute(ALL, events, asked)) == set()


@pytest.mark.parametrize("day", AS_OF, ids=str)
def test_nothing_learned_on_or_after_as_of_changes_a_value(world: Events, day: date) -> None:
    before = kept(world, lambda _, rows: rows["known_on"] < pd.Timestamp(day))

    assert unlike(answers(world, asked_on(day)), answers(before, asked_on(day))) == set()


@pytest.mark.parametrize("day", AS_OF, ids=str)
@pytest.mark.parametrize("share", [0.3, 0.7])
def test_deleting_later_rows_changes_nothing(world: Events, day: date, share: float) -> None:
    chance = np.random.default_rng(13)
    thinned = kept(world, lambda _, rows: (rows["known_on"] < pd.Timestamp(day)) | (chance.random(len(rows)) < share))

    assert sum(map(len, thinned.values())) < sum(map(len, world.values()))
    assert unlike(answers(world, asked_on(day)), answers(thinned, asked_on(day))) == set()


def test_what_was_learned_later_does_change_every_feature_asked_about_later(world: Events) -> None:
    moved: set[str] = set()
    for day in AS_OF:
        before = kept(world, lambda _, rows, day=day: rows["known_on"] < pd.Timestamp(day))
        after = asked_on(max(AS_OF) + timedelta(days=1))
        moved |= unlike(answers(world, after), answers(before, after))

    assert set(FEATURES) - moved == set()


@pytest.mark.parametrize("day", AS_OF, ids=str)
def test_a_row_known_on_the_day_itself_is_invisible_and_seen_the_day_after(world: Events, day: date) -> None:
    that_day = kept(world, lambda _, rows: rows["known_on"] == pd.Timestamp(day))
    without = kept(world, lambda _, rows: rows["known_on"] != pd.Timestamp(day))

    assert sum(map(len, that_day.values())) > 0
    assert unlike(answers(world, asked_on(day)), answers(without, asked_on(day))) == set()


def test_a_list_that_arrives_late_with_old_days_leaves_the_replay_as_it_was(world: Events) -> None:
    asked = books.questions(7, 12)
    first = kept(world, lambda _, rows: rows["recorded_at"] < LATER)
    given = answers(first, spine(asked))

    replayed = [_replay(world, one, recorded_before=LATER) for one in asked]

    assert given.to_numpy().tobytes() == np.array(replayed).tobytes()


def _replay(events: Events, one: dict[str, Any], *, recorded_before: pd.Timestamp) -> list[float]:
    question = definition.Question(**one, recorded_before=recorded_before.to_pydatetime())
    seen = definition.seen_by(ALL, events, question)
    return [definition.value_of(feature, seen, question) for feature in ALL]


def test_a_fresh_question_gets_the_new_answer_of_every_feature(world: Events) -> None:
    first = kept(world, lambda _, rows: rows["recorded_at"] < LATER)
    moved: set[str] = set()
    for day in AS_OF:
        moved |= unlike(answers(world, asked_on(day)), answers(first, asked_on(day)))

    assert set(FEATURES) - moved == set()
    assert {EARLIER, LATER} == set(world["patent"]["recorded_at"])


def own(name: str, rows: pd.DataFrame, day: date) -> "pd.Series[bool]":
    """Tell which rows come, or may come, from the loan being judged."""
    mine = rows["origin_loan"] == LOAN
    table = next(table for table in books.LISTS if table.name == name)
    if not table.from_loan:
        return mine
    since = pd.Timestamp(day - timedelta(days=60))
    return mine | (rows["origin_loan"].isna() & ((rows["known_on"] >= since) | (rows["happened_on"] >= since)))


@pytest.mark.parametrize("day", AS_OF, ids=str)
def test_rows_of_the_loan_being_judged_are_invisible_to_its_application(world: Events, day: date) -> None:
    others = kept(world, lambda name, rows: ~own(name, rows, day))

    assert unlike(answers(world, asked_on(day, LOAN)), answers(others, asked_on(day, LOAN))) == set()


def test_rows_of_the_loan_being_judged_do_change_every_feature_that_may_see_them(world: Events) -> None:
    moved: set[str] = set()
    for day in AS_OF:
        moved |= unlike(answers(world, asked_on(day)), answers(world, asked_on(day, LOAN)))

    assert set(FEATURES) - moved == set()


def test_one_enterprise_alone_equals_its_row_in_the_batch_bit_for_bit(world: Events) -> None:
    asked = spine(books.questions(17, FIRMS))
    batch = answers(world, asked)

    for place in range(0, len(asked), 5):
        one = asked.iloc[[place]]
        firm = one["enterprise_id"].iloc[0]
        alone = answers(kept(world, lambda _, rows, firm=firm: rows["enterprise_id"] == firm), one)
        assert unlike(alone, batch.iloc[[place]]) == set()


def test_the_order_of_storage_and_of_asking_does_not_matter(world: Events) -> None:
    asked = spine(books.questions(19, FIRMS))
    shuffled = {name: rows.sample(frac=1, random_state=23) for name, rows in world.items()}
    turned = asked.iloc[::-1]

    assert unlike(answers(world, asked), answers(shuffled, turned).loc[asked.index]) == set()


def test_every_table_that_a_feature_reads_is_in_the_world(world: Events) -> None:
    read = {name for feature in ALL for name in feature.tables}

    assert read == set(world)
    assert set(TABLES) - read <= {"snapshot_fact", "undated_outcome"}


AGGREGATES = tuple(
    {
        each.name: each
        for feature in ALL
        for each in feature.aggregates
        if isinstance(each.declaration, Aggregate) and each.declaration.reduce is not Reduce.PREVIOUS
    }.values()
)
"""Features that are made of rows; what came before the latest row needs the latest one too, which is not in it."""


@pytest.mark.parametrize("firm", range(4))
def test_the_rows_told_as_counted_make_the_value_by_themselves(world: Events, firm: int) -> None:
    day, proved = AS_OF[0], set()
    asked = asked_on(day).iloc[[firm]]
    for feature in AGGREGATES:
        counted = {row.file_row for row in rows_behind(feature, world, firm, day) if row.counted}
        if counted:
            rows = world[feature.tables[0]]
            beside = {name: world[name] for name in feature.tables[1:]}
            alone = {feature.tables[0]: rows[rows["file_row"].isin(counted)], **beside}
            assert unlike(engine.compute([feature], alone, asked), engine.compute([feature], world, asked)) == set()
            proved.add(feature.name)

    assert len(proved) > len(AGGREGATES) / 4
