"""A bridge between two scores sums exactly, and each part is the effect of one thing alone."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from models.bridge import Bridge, Side, bridge
from models.fitted import Model
from models.scale import Scale
from models.table import table_of
from models.training import FitSettings, train


@pytest.fixture(scope="module")
def pair(world: Callable[..., Any], directions: dict[str, int]) -> tuple[Model, Model, pd.DataFrame]:
    def fitted(seed: int) -> Model:
        made = world(seed=seed)
        table = table_of(made.X, made.y, groups=made.firms, directions=directions)
        return train(table, FitSettings(refits=0), seed=0)

    return fitted(1), fitted(2), world(seed=3).X


def _between(before: Side, after: Side) -> Bridge:
    return bridge(before, after, seen_before=after.X)


@pytest.mark.parametrize("place", range(0, 20, 4))
def test_all_parts_sum_to_the_difference_of_the_scores(pair: tuple[Model, Model, pd.DataFrame], place: int) -> None:
    old, new, X = pair
    told = _between(
        Side(model=old, X=X.iloc[[place]]),
        Side(model=new, X=X.iloc[[place + 1]], scale=Scale(pdo=40.0), margin=0.2),
    )
    assert told.total == pytest.approx(told.after - told.before, abs=1e-9)


def test_one_model_on_two_days_differs_by_data_and_rounding_alone(pair: tuple[Model, Model, pd.DataFrame]) -> None:
    old, _, X = pair
    told = _between(Side(model=old, X=X.iloc[[0]]), Side(model=old, X=X.iloc[[1]]))
    assert told.model == told.scale == 0
    assert told.calibration == pytest.approx(0, abs=1e-9)
    assert any(told.data.values())
    assert abs(told.lines["rounding"]) < 1


def test_the_same_row_and_model_need_no_bridge(pair: tuple[Model, Model, pd.DataFrame]) -> None:
    old, _, X = pair
    told = _between(Side(model=old, X=X.iloc[[0]]), Side(model=old, X=X.iloc[[0]]))
    assert told.total == told.before - told.after == 0
    assert not any(told.data.values())


def test_a_new_scale_alone_is_told_as_scale(pair: tuple[Model, Model, pd.DataFrame]) -> None:
    old, _, X = pair
    side = Side(model=old, X=X.iloc[[0]])
    told = _between(side, replace(side, scale=Scale(pdo=40.0)))
    assert told.scale != 0
    assert told.model == 0
    assert not any(told.data.values())


def test_another_model_on_the_same_row_is_told_as_model_and_calibration(
    pair: tuple[Model, Model, pd.DataFrame],
) -> None:
    old, new, X = pair
    told = _between(Side(model=old, X=X.iloc[[0]]), Side(model=new, X=X.iloc[[0]]))
    assert not any(told.data.values())
    assert told.scale == 0
    assert told.model + told.calibration + told.lines["rounding"] == pytest.approx(told.after - told.before, abs=1e-9)
