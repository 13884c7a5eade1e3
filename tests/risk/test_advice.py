"""What would help is told from the score that an assessment gives, and only where one may be given."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data.store import Store
from models.card import ModelCard
from models.fitted import Model
from risk.advice import NothingToImprove, advise
from risk.improvement import Improvement
from risk.unscored import STANDINGS, Unscored
from tests.risk.firm import Shelf, ask, make_store, question


class Disputed(Shelf):
    """Have a card beside the model that finds the firm almost certain to default."""

    def baseline(self, name: str) -> Any:
        return Gloomy()


class Gloomy:
    features = ("patent_invention_grants_3y", "operations_leverage_ratio_2y")
    digest = "gloomy"

    def log_odds(self, X: pd.DataFrame) -> "pd.Series[float]":
        return pd.Series(6.0, index=X.index)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_store(tmp_path)


def advised(store: Store, shelf: Shelf, product: str | None = None) -> Improvement:
    asked = question(product)
    with store.work(at=asked.at) as work:
        return advise(work, asked, shelf)


@pytest.mark.parametrize("product", [None, "lukedai"])
def test_it_starts_from_the_assessed_score(store: Store, trained: tuple[Model, ModelCard], product: str | None) -> None:
    shelf = Shelf(trained)
    assessed, found = ask(store, shelf, product), advised(store, shelf, product)

    assert (found.score, found.grade, found.pd) == (assessed.score, assessed.grade, assessed.pd)
    assert all(step.gain == step.score - found.score for step in found.steps)


def test_where_no_score_may_be_given_none_is_improved(store: Store, trained: tuple[Model, ModelCard]) -> None:
    shelf = Disputed(trained)
    assessed = ask(store, shelf, None)

    with pytest.raises(NothingToImprove) as refused:
        advised(store, shelf)

    assert (assessed.code, assessed.score) == (Unscored.DISAGREEMENT, None)
    assert str(refused.value).startswith(STANDINGS[Unscored.DISAGREEMENT].message)
