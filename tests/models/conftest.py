"""Small tables with a known truth, and one model fitted on them for all tests that only read it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.special import expit

from models.fitted import Model
from models.table import table_of
from models.training import FitSettings, train

DIRECTIONS = {"debt": 1, "sales": -1, "grade": 1}


@dataclass(frozen=True)
class World:
    """Hold a made-up table, its labels, the firms its rows belong to, their days and the true probabilities."""

    X: pd.DataFrame
    y: pd.Series
    firms: pd.Series
    days: pd.Series
    truth: npt.NDArray[np.float64]


def made_up(firms: int = 150, rows: int = 2, seed: int = 0, level: float = -1.6) -> World:
    draw = np.random.default_rng(seed)
    firm = np.repeat(np.arange(firms), rows)
    size = len(firm)
    debt, sales = draw.normal(size=firms)[firm], draw.normal(size=size)
    trade = draw.choice(["陶瓷", "化工", "医药"], size=size)
    grade = draw.choice(["A", "B", "C"], size=size)
    risk = level + 1.1 * debt - 0.8 * sales + 0.7 * (trade == "化工") + 0.5 * (grade == "C")
    truth = expit(risk)
    frame = pd.DataFrame(
        {
            "debt": np.where(draw.random(size) < 0.1, np.nan, debt),
            "sales": sales,
            "trade": trade,
            "grade": pd.Categorical(grade, categories=["A", "B", "C"], ordered=True),
            "listed": draw.random(size) < 0.3,
            "noise": draw.normal(size=size),
        },
        index=[f"r{number}" for number in range(size)],
    )
    label = pd.Series((draw.random(size) < truth).astype(int), index=frame.index)
    days = pd.Series(pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(size) % 8 * 91, unit="D"), frame.index)
    return World(frame, label, pd.Series(firm, index=frame.index), days, truth)


@pytest.fixture(scope="session")
def world() -> Callable[..., World]:
    """Return the maker of made-up tables."""
    return made_up


@pytest.fixture(scope="session")
def directions() -> dict[str, int]:
    """Return what a credit officer would sign about the made-up table."""
    return DIRECTIONS


@pytest.fixture(scope="session")
def small() -> World:
    return made_up()


@pytest.fixture(scope="session")
def model(small: World) -> Model:
    """One fit with few refits: for every test that reads a model and changes none."""
    table = table_of(small.X, small.y, groups=small.firms, dates=small.days, directions=DIRECTIONS)
    return train(table, FitSettings(refits=4), seed=0)
