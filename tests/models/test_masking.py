"""Whole groups are hidden at random while trees grow, so that a withheld consent is nothing strange to them."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

from models import Model, explain
from models.masking import Masking, masking_of
from models.table import hidden_together, table_of
from models.training import FitSettings, train

BARE = FitSettings(refits=0)
GROUPS = {"sales": "operations", "noise": "operations", "listed": "conduct"}


def masked(small: SimpleNamespace, seed: int = 0) -> Model:
    table = hidden_together(table_of(small.X, small.y, groups=small.firms), GROUPS)
    return train(table, BARE, seed=seed)


def test_a_group_is_hidden_whole_from_its_share_of_rows_and_nothing_else_is_touched() -> None:
    matrix = np.arange(40_000.0).reshape(10_000, 4)

    hidden = Masking(groups=((0, 2), (3,)), share=0.1).hide(matrix, seed=5)
    gaps = np.isnan(hidden)

    assert (gaps[:, 0] == gaps[:, 2]).all()
    assert not gaps[:, 1].any()
    assert 0.09 < gaps[:, 0].mean() < 0.11
    assert 0.005 < (gaps[:, 0] & gaps[:, 3]).mean() < 0.015
    assert (hidden[~gaps] == matrix[~gaps]).all()
    assert not np.isnan(matrix).any()


def test_what_is_hidden_follows_the_seed_alone() -> None:
    matrix, masking = np.ones((500, 2)), masking_of(("a", "b"), {"a": "one", "b": "two"})

    first, again, other = (np.isnan(masking.hide(matrix, seed)) for seed in (1, 1, 2))

    assert (first == again).all()
    assert (first != other).any()


def test_a_masked_fit_is_the_same_again_and_not_the_unmasked_one(small: SimpleNamespace) -> None:
    plain = train(table_of(small.X, small.y, groups=small.firms), BARE, seed=0)

    assert masked(small).to_texts() == masked(small).to_texts()
    assert masked(small).members != plain.members


def test_a_column_that_may_be_hidden_has_a_branch_for_gaps_and_no_finding_about_them(small: SimpleNamespace) -> None:
    model, withheld = masked(small), small.X.assign(sales=np.nan, noise=np.nan)
    median = small.X.assign(sales=small.X["sales"].median(), noise=small.X["noise"].median())

    assert model.findings_on(withheld) == ()
    assert not np.allclose(model.probability(withheld), model.probability(median))


def test_where_silence_was_a_bad_sign_masking_makes_a_withheld_value_less_of_one() -> None:
    draw = np.random.default_rng(3)
    y = pd.Series((draw.random(1_500) < 0.2).astype(int))
    reported = draw.normal(size=1_500) - 1.0 * y
    silent = draw.random(1_500) < np.where(y == 1, 0.3, 0.05)
    X = pd.DataFrame({"report": np.where(silent, np.nan, reported), "other": draw.normal(size=1_500)})
    table = table_of(X, y)
    withheld = X.assign(report=np.nan)

    costs = [
        explain(train(one, BARE, seed=0), withheld)["report"].mean()
        for one in (table, hidden_together(table, {"report": "operations"}))
    ]

    assert costs[0] > 0
    assert costs[1] < 0.75 * costs[0]


def test_a_column_of_nothing_but_gaps_can_be_trained_and_hidden(small: SimpleNamespace) -> None:
    table = table_of(small.X.assign(empty=np.nan), small.y, groups=small.firms)

    model = train(hidden_together(table, {**GROUPS, "empty": "talent"}), BARE, seed=0)

    assert model.probability(small.X.assign(empty=np.nan)).between(0, 1).all()
    assert "column-empty" in {finding.code for finding in model.findings}
