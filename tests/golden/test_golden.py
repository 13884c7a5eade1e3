"""Fifty invented firms keep their scores, grades, points and reasons; whoever changes one says so in a commit."""

import pandas as pd
import pytest

from models.contributions_oracle import verify
from models.shelf import load
from tests.golden import frozen

NEW = "python -m tests.golden.frozen"


@pytest.fixture(scope="module")
def committed() -> pd.DataFrame:
    kept = pd.read_csv(frozen.SCORES, index_col="firm")
    return kept.assign(**{name: kept[name].fillna("") for name in frozen.REASONS})


@pytest.fixture(scope="module")
def today() -> pd.DataFrame:
    return frozen.scores(*load(frozen.SHELF))


def changed(committed: pd.DataFrame, today: pd.DataFrame) -> list[str]:
    """Say of each cell that differs what it was and what it is."""
    told = []
    for name in committed.columns:
        was, now = committed[name], today[name]
        if pd.api.types.is_numeric_dtype(was):
            same = ((was - now).abs() <= 1e-6 * was.abs().clip(lower=1e-3)) | (was.isna() & now.isna())
        else:
            same = was == now
        told += [f"{firm} {name}: {was[firm]} -> {now[firm]}" for firm in committed.index[~same]]
    return told


def test_no_frozen_score_has_changed(committed: pd.DataFrame, today: pd.DataFrame) -> None:
    assert list(committed.index) == list(today.index)
    assert list(committed.columns) == list(today.columns)
    assert changed(committed, today) == [], f"if the change is meant: {NEW}"


def test_a_change_of_any_kind_would_be_told(committed: pd.DataFrame, today: pd.DataFrame) -> None:
    for name, other in (("score", 1), ("pd", 0.5), ("grade", "Z"), ("points_base", 0.0), ("reasons_for", "?")):
        spoilt = today.assign(**{name: today[name].where(today.index != "firm-07", other)})
        assert [line.split(":")[0] for line in changed(committed, spoilt)] == [f"firm-07 {name}"]


def test_the_frozen_firms_are_fifty_and_differ(committed: pd.DataFrame) -> None:
    assert len(committed) == frozen.FIRMS
    assert committed["score"].nunique() > 30
    assert committed["grade"].nunique() >= 4
    assert committed[list(frozen.COLUMNS)].isna().any(axis=1).sum() > 10
    assert (committed["reasons_against"] != "").sum() > 30


def test_frozen_points_add_up_to_the_score(committed: pd.DataFrame) -> None:
    points = committed[[name for name in committed if name.startswith("points_")]]

    assert (points.sum(axis=1) - committed["score"]).abs().max() < 1e-5
    assert ((committed["pd_low"] < committed["pd"]) & (committed["pd"] < committed["pd_high"])).all()


def test_the_wording_of_the_reasons_has_not_changed() -> None:
    told = frozen.written(frozen.sentences(*load(frozen.SHELF)), index=False)

    assert told.splitlines() == frozen.SENTENCES.read_text("utf-8").splitlines(), f"if the change is meant: {NEW}"


def test_other_programs_explain_the_frozen_model_alike() -> None:
    agreements = verify(load(frozen.SHELF)[0], with_shap=True)

    assert {one.against for one in agreements} >= {"lightgbm"}
    assert all(one.max_difference <= 1e-6 and one.rows == 50 for one in agreements)


def test_the_same_table_is_drawn_again() -> None:
    first, second = frozen.drawn(2, frozen.FIRMS), frozen.drawn(2, frozen.FIRMS)

    assert first[0].equals(second[0])
    assert first[1].equals(second[1])
