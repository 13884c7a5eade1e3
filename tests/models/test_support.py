"""A model knows which rows are like those it learned from, and says so after any number of moves."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from models import Model
from models.support import Level, Nearness, SupportLimits

LIMITS = SupportLimits(thin_tail=0.05, thin_leaf=0.01, outside_tail=0.002, outside_share=0.25, outside_least=2)
FAR = {"debt": 40.0, "sales": -40.0, "noise": 40.0}


def levels(model: Model, X: pd.DataFrame) -> list[Level]:
    near = model.nearness(X)
    assert near is not None
    return [LIMITS.level(one) for one in near]


def test_nearly_all_training_rows_are_inside_and_none_far_outside(model: Model, small: SimpleNamespace) -> None:
    found = levels(model, small.X)

    assert found.count(Level.INSIDE) > 0.9 * len(found)
    assert found.count(Level.OUTSIDE) <= 0.002 * len(found)


def test_many_values_far_beyond_are_outside_and_named(model: Model, small: SimpleNamespace) -> None:
    strange = small.X.head(5).assign(**FAR)

    assert levels(model, strange) == [Level.OUTSIDE] * 5
    assert [set(one.beyond) for one in model.nearness(strange) or ()] == [set(FAR)] * 5


def test_one_value_far_beyond_is_thin_and_not_outside(model: Model, small: SimpleNamespace) -> None:
    usual = small.X[[not one.beyond for one in model.nearness(small.X) or ()]].head(5)

    assert Level.OUTSIDE not in levels(model, usual.assign(sales=60.0))
    assert [one.beyond for one in model.nearness(usual.assign(sales=60.0)) or ()] == [("sales",)] * 5


def test_a_gap_is_not_beyond(model: Model, small: SimpleNamespace) -> None:
    assert not any("debt" in one.beyond for one in model.nearness(small.X.assign(debt=np.nan)) or ())


@pytest.mark.parametrize(
    ("beyond", "tail", "leaf", "level"),
    [
        (0, 1.0, 0.5, Level.INSIDE),
        (1, 0.05, 0.01, Level.INSIDE),
        (1, 0.049, 0.5, Level.THIN),
        (0, 1.0, 0.009, Level.THIN),
        (1, 0.0, 0.0, Level.THIN),
        (2, 0.001, 0.5, Level.OUTSIDE),
        (2, 0.002, 0.5, Level.THIN),
    ],
)
def test_levels_begin_where_the_limits_say(beyond: int, tail: float, leaf: float, level: Level) -> None:
    near = Nearness(beyond=tuple("abcdefgh"[:beyond]), columns=8, tail=tail, leaf=leaf)

    assert LIMITS.level(near) is level
    assert LIMITS.level(replace(near, columns=40)) is (Level.THIN if level is Level.OUTSIDE else level)


def test_a_row_alone_is_as_near_as_in_the_batch(model: Model, small: SimpleNamespace) -> None:
    batch = model.nearness(small.X) or ()

    assert [model.nearness(small.X.iloc[[place]]) for place in (0, 17, 99)] == [
        (batch[place],) for place in (0, 17, 99)
    ]


def test_the_description_survives_being_written_and_an_older_model_has_none(
    model: Model, small: SimpleNamespace
) -> None:
    texts = model.to_texts()
    head = json.loads(texts["model.json"])
    without = json.dumps({name: value for name, value in head.items() if name != "support"})

    again, older = Model.from_texts(texts), Model.from_texts({**texts, "model.json": without})

    assert again.head.support == model.head.support is not None
    assert again.nearness(small.X) == model.nearness(small.X)
    assert older.nearness(small.X) is None
    assert older.probability(small.X).equals(model.probability(small.X))


def test_leaves_carry_the_mass_of_the_rows_they_hold(model: Model, small: SimpleNamespace) -> None:
    matrix, _ = model.encode(small.X)

    mass = model.leaves.mass(matrix)

    assert np.allclose(model.leaves.shares.sum(axis=1), 1.0)
    assert ((mass > 0) & (mass <= 1)).all()
    assert model.head.support is not None
    assert model.head.support.leaves[0] == pytest.approx(mass.min())


def test_members_average_to_the_model(model: Model, small: SimpleNamespace) -> None:
    members = model.member_log_odds(small.X)

    assert members.shape == (len(small.X), len(model.members))
    assert np.allclose(members.mean(axis=1), model.log_odds(small.X))
