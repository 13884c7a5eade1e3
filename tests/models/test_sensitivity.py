"""Learned shapes stand beside declared directions, and a masked column moves scores as far as it weighs."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from models.fitted import Model
from models.scale import STANDARD
from models.sensitivity import dependences, sensitivities
from models.table import table_of
from models.training import FitSettings, train
from models.vintages import vintage_lines


def test_declared_directions_are_learned_and_kept(model: Model, small: SimpleNamespace) -> None:
    found = {one.column: one for one in dependences(model, small.X)}

    assert (found["debt"].learned, found["debt"].declared, found["debt"].kept) == ("rises", 1, True)
    assert (found["sales"].learned, found["sales"].declared, found["sales"].kept) == ("falls", -1, True)
    assert found["debt"].span > found["noise"].span
    assert "trade" not in found


def test_a_broken_direction_is_told_with_its_size(model: Model, small: SimpleNamespace) -> None:
    columns = tuple(
        replace(column, direction=-1) if column.name == "debt" else column for column in model.head.layout.columns
    )
    turned = replace(model, head=replace(model.head, layout=replace(model.head.layout, columns=columns)))

    debt = next(one for one in dependences(turned, small.X) if one.column == "debt")

    assert not debt.kept
    assert debt.against > 0.05


def test_what_a_gap_gains_over_the_best_value_is_told() -> None:
    draw = np.random.default_rng(0)
    overdue = draw.poisson(0.6, 900).astype(float)
    silent = draw.random(900) < 0.3
    y = draw.random(900) < np.where(silent, 0.01, 0.15 + 0.2 * (overdue > 0))
    X = pd.DataFrame({"overdue": np.where(silent, np.nan, overdue), "noise": draw.normal(size=900)})
    tables = [table_of(X, y.astype(int), directions={"overdue": direction}) for direction in (0, 1)]

    free, directed = (dependences(train(table, FitSettings(refits=0), seed=0), X)[0] for table in tables)

    assert free.column == directed.column == "overdue"
    assert free.unknown > 20
    assert directed.kept
    assert directed.unknown < free.unknown


def test_masking_says_what_the_model_says_of_gaps(model: Model, small: SimpleNamespace) -> None:
    found = {one.column: one for one in sensitivities(model, small.X)}
    moved = model.log_odds(small.X.assign(debt=np.nan)) - model.log_odds(small.X)

    assert found["debt"].mean_move == pytest.approx(-STANDARD.factor * moved.mean())
    assert found["debt"].largest == pytest.approx(STANDARD.factor * moved.abs().max())
    assert [one.mean_size for one in found.values()] == sorted((one.mean_size for one in found.values()), reverse=True)


def test_vintages_divide_the_rows_by_year_and_relief() -> None:
    draw = np.random.default_rng(0)
    years = np.repeat(np.arange(2018, 2026), 300)
    probability = draw.beta(2, 20, len(years))
    label = (draw.random(len(years)) < probability * np.where(years == 2021, 0.1, 1.0)).astype(float)

    found = {
        one.name: one for one in vintage_lines(years, label, probability, np.arange(len(years)), relief=(2020, 2023))
    }

    inside, outside, everything = (found[name] for name in ("2020–2023 延期年份", "其余年份", "全部"))
    assert inside.rows + outside.rows == everything.rows == len(years)
    assert inside.defaults == label[(years >= 2020) & (years <= 2023)].sum()
    assert found["2021"].ratio_high < 1
    assert outside.ratio_low <= 1 <= outside.ratio_high
    assert everything.brier == pytest.approx(np.mean((probability - label) ** 2))


def test_a_year_with_hardly_a_default_has_no_interval_of_its_auc() -> None:
    label = np.r_[np.ones(2), np.zeros(98)]

    found = vintage_lines(np.full(100, 2024), label, np.linspace(0.3, 0.01, 100), np.arange(100), relief=(2020, 2023))

    assert [one.name for one in found] == ["2024", "其余年份", "全部"]
    assert all(np.isnan(one.auc_low) and one.auc == 1 for one in found)


def test_a_frame_without_rows_has_no_shapes(model: Model, small: SimpleNamespace) -> None:
    constant = pd.concat([small.X.iloc[:1]] * 3)

    assert dependences(model, constant) == []
