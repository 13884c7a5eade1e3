"""What is kept beside the trees: references that sum, columns told together, signs that hold."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import Model, explain
from models.background import BackgroundRule, read_background_rule, ties_of, with_background
from models.card import Purpose, card_of
from models.references import Background, Profile, relative
from models.scale import points_of
from models.shelf import load, save
from models.table import Table, table_of

RULE = BackgroundRule(stage_years=(5.0, 10.0))
DIRECTIONS = {"debt": 1, "sales": -1, "grade": 1}


@pytest.fixture(scope="module")
def table(small: SimpleNamespace) -> Table:
    return table_of(small.X, small.y, groups=small.firms, dates=small.days, directions=DIRECTIONS)


@pytest.fixture(scope="module")
def backed(model: Model, table: Table, small: SimpleNamespace) -> Model:
    rare = [trade if trade != "医药" or place < 20 else None for place, trade in enumerate(small.X["trade"])]
    return with_background(model, table, RULE, peers=[rare])


def background_of(model: Model) -> Background:
    assert model.head.background is not None
    return model.head.background


def test_against_the_population_contributions_are_zero_on_average_and_sum_to_the_same_score(
    backed: Model, small: SimpleNamespace
) -> None:
    whole = explain(backed, small.X)
    population = background_of(backed).population

    told = relative(whole, np.array([population.means] * len(whole)))

    assert np.abs(told[list(small.X.columns)].mean()).max() < 1e-12
    assert np.abs(told["base"] - population.log_odds).max() < 1e-9
    assert np.abs(told.sum(axis=1) - whole.sum(axis=1)).max() < 1e-9


@given(st.floats(-12, 6), st.integers(0, 299))
def test_against_any_cut_off_the_base_is_the_cut_off_and_points_sum_to_the_score(
    backed: Model, small: SimpleNamespace, log_odds: float, place: int
) -> None:
    row = explain(backed, small.X.iloc[[place]])
    reference = background_of(backed).at(log_odds)
    assert reference is not None

    told = relative(row, np.array([reference.means]))
    points = points_of(told).iloc[0]

    assert told["base"].iloc[0] == pytest.approx(log_odds, abs=1e-9)
    assert points.drop("score").sum() == pytest.approx(points["score"], abs=1e-9)
    assert points["score"] == points_of(row)["score"].iloc[0]


def test_the_ladder_rises_and_each_step_holds_enough_firms(backed: Model) -> None:
    steps = background_of(backed).ladder

    assert len(steps) > 3
    assert [step.log_odds for step in steps] == sorted({step.log_odds for step in steps})
    assert all(step.firms >= RULE.fewest_firms for step in steps)


def test_rows_at_a_step_of_the_ladder_are_met_exactly(backed: Model) -> None:
    for step in background_of(backed).ladder:
        met = background_of(backed).at(step.log_odds)
        assert met is not None
        assert met.means == pytest.approx(step.means, abs=1e-12)


def test_rows_that_are_all_alike_have_no_cut_off(backed: Model) -> None:
    alike = replace(background_of(backed), ladder=background_of(backed).ladder[:1])

    assert alike.at(-2.0) is None


def test_only_groups_of_enough_firms_are_peers(backed: Model, small: SimpleNamespace) -> None:
    peers = background_of(backed).peers

    assert set(peers) == {"化工", "陶瓷"}
    chosen = explain(backed, small.X)[small.X["trade"] == "化工"]
    assert peers["化工"].means == pytest.approx(chosen[list(small.X.columns)].mean().to_numpy(), abs=1e-12)


def test_medians_and_shares_are_of_known_values_and_silent_where_few_are_known(
    model: Model, small: SimpleNamespace
) -> None:
    sparse = small.X.assign(noise=small.X["noise"].where(np.arange(len(small.X)) < 12))
    table = table_of(sparse, small.y, groups=small.firms, directions=DIRECTIONS)

    usual = background_of(with_background(model, table, RULE)).population

    place = list(small.X.columns).index
    assert usual.medians[place("debt")] == pytest.approx(small.X["debt"].median())
    assert usual.shares[place("listed")] == pytest.approx(small.X["listed"].mean())
    assert usual.medians[place("noise")] is None


def test_columns_of_one_family_that_rank_alike_are_tied_and_no_others(small: SimpleNamespace) -> None:
    frame = pd.DataFrame(
        {
            "sales": small.X["sales"],
            "sales_again": small.X["sales"] ** 3,
            "gap": -small.X["sales"],
            "sales_elsewhere": small.X["sales"],
            "noise": small.X["noise"],
        }
    )
    families = dict.fromkeys(frame.columns, "operations") | {"sales_elsewhere": "rnd"}

    ties = ties_of(table_of(frame, small.y), families, RULE)

    assert ties == (("sales", "sales_again", "gap"),)


def test_a_chain_of_small_steps_ties_no_strangers() -> None:
    draw = np.random.default_rng(3)
    first, third = draw.normal(size=(2, 400))
    frame = pd.DataFrame({"first": first, "middle": first + third, "third": third})

    ties = ties_of(table_of(frame, pd.Series([0, 1] * 200)), dict.fromkeys(frame, "one"), RULE)

    assert ("first", "middle", "third") not in ties


def test_a_constrained_effect_keeps_its_sign_in_every_refit_and_a_category_has_none(backed: Model) -> None:
    signs = dict(zip(backed.features, background_of(backed).signs, strict=True))

    assert (signs["debt"], signs["sales"]) == (1.0, -1.0)
    assert signs["trade"] == 0.0
    assert abs(signs["noise"]) < 1.0


def test_the_background_comes_off_the_shelf_as_it_was_put_there(backed: Model, tmp_path: Path) -> None:
    purpose = Purpose(card="application", label_definition="逾期", horizon_months=18, demonstration=True)
    save(backed, card_of(backed, purpose, name="one", created_on=date(2026, 1, 1)), tmp_path / "one")

    found, _ = load(tmp_path / "one")

    assert found.head.background == backed.head.background
    assert isinstance(background_of(found).population, Profile)


def test_the_rule_is_dated() -> None:
    rule = read_background_rule(date(2026, 1, 1))

    assert (rule.fewest_firms, rule.steady_share, rule.stage_years) == (20, 0.9, (5.0, 10.0))
