"""A search is the same twice, never looks at those who judge it, and is adopted only beyond chance."""

import builtins
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.spec.errors import Refusal
from models import tuning
from models.boosting import recipe_for
from models.table import Table, table_of
from models.training import FitSettings, train
from models.tuning import Search, tuned_recipe

QUICK = Search(trials=4)


class Heard:
    """Remember what was told."""

    def __init__(self) -> None:
        self.total: int | None = None
        self.done = 0

    def stage(self, name: str, total: int | None = None) -> None:
        assert name == "调参"
        self.total = total

    def advance(self, steps: int = 1) -> None:
        self.done += steps

    def note(self, message: str) -> None:
        raise AssertionError(message)


@pytest.fixture(scope="module")
def table(small: SimpleNamespace) -> Table:
    return table_of(small.X[["debt", "sales"]], small.y, groups=small.firms)


def test_the_same_seed_finds_the_same_and_tells_of_each_trial(table: Table) -> None:
    heard = Heard()

    first = tuned_recipe(table, QUICK, seed=1, progress=heard)

    assert tuned_recipe(table, QUICK, seed=1) == first
    assert (heard.total, heard.done, first.trials) == (4, 4, 4)
    assert first.gain_low <= first.gain <= first.gain_high


def test_where_the_usual_settings_are_the_best_tried_they_stay(table: Table) -> None:
    # The usual recipe is always the first trial.
    found = tuned_recipe(table, Search(trials=1), seed=0)

    assert (found.recipe, found.finding.code) == (None, "tuning-not-better")


def test_settings_better_by_chance_alone_are_not_adopted(table: Table) -> None:
    judged = np.arange(len(table.label)) % 6 < 2
    usual = recipe_for(table.rarer_clusters)

    found = tuning._adopted(table, judged, replace(usual, l2=usual.l2 * 1.1), 9, seed=0)

    assert (found.recipe, found.finding.code) == (None, "tuning-not-better")
    assert found.gain_low < found.gain < found.gain_high
    assert "未超出抽样误差" in found.finding.message


def test_settings_better_beyond_chance_are_adopted_and_used(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(0)
    X = pd.DataFrame(draw.uniform(-1, 1, size=(900, 2)), columns=["a", "b"])
    y = (draw.random(900) < np.where((X["a"] > 0) ^ (X["b"] > 0), 0.5, 0.02)).astype(int)
    table = table_of(X, y)
    # As the usual recipe, stumps: they cannot see that two columns act together.
    stumps = recipe_for(10).halved()
    monkeypatch.setattr(tuning, "recipe_for", lambda _: stumps)
    monkeypatch.setattr("models.training.recipe_for", lambda _: tuning.Recipe(**{**vars(stumps), "leaves": 2}))

    found = tuned_recipe(table, Search(trials=8), seed=0)
    model = train(table, FitSettings(refits=0, recipe=found.recipe), seed=0)

    assert found.finding.code == "tuning-adopted"
    assert found.gain_low > 0
    assert found.recipe is not None
    assert found.recipe.leaves > 2
    assert f"[num_leaves: {found.recipe.leaves}]" in model.members[0]


def test_a_search_that_its_time_cuts_short_adopts_nothing(table: Table) -> None:
    found = tuned_recipe(table, Search(trials=50, seconds=0.0), seed=0)

    assert found.recipe is None
    assert found.trials < 50
    assert found.finding.code == "tuning-cut-short"


def test_few_defaulted_firms_are_not_searched(world: Callable[..., SimpleNamespace]) -> None:
    few = world(60, 1, seed=3)

    found = tuned_recipe(table_of(few.X, few.y), QUICK, seed=0)

    assert (found.recipe, found.trials, found.finding.code) == (None, 0, "tuning-too-few-defaults")


def test_the_search_never_sees_rows_of_the_out_of_time_report(
    small: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Table] = []
    real = tuning._loss
    monkeypatch.setattr(tuning, "LEAST_FOR_SEARCH", 10)
    monkeypatch.setattr(tuning, "_loss", lambda part, *rest: (seen.append(part), real(part, *rest))[1])
    dated = table_of(small.X[["debt", "sales"]], small.y, groups=small.firms, dates=small.days)
    first = np.sort(dated.days)[int(len(dated.days) * 0.75)]
    early = dated.matrix[dated.days + np.timedelta64(90, "D") < first]

    tuned_recipe(dated, Search(trials=1), seed=0, embargo_days=90)

    known = {row.tobytes() for row in early}
    assert {row.tobytes() for row in seen[0].matrix} < known


def test_without_optuna_it_says_how_to_install_it(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *rest: Any, **named: Any) -> Any:
        if name == "optuna":
            raise ModuleNotFoundError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(Refusal, match=r"lukeping\[analysis\]") as refusal:
        tuned_recipe(table, QUICK, seed=0)

    assert refusal.value.code == "analysis-missing"
