"""The scorecard of weights of evidence: optbinning's bins where it is right, our own arithmetic where it is not."""

import builtins
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.spec.errors import Refusal
from models.table import table_of
from models.woe import NEUTRAL, WoeScorecard, fit_woe, imported

CODE = -999.0


def gappy(small: SimpleNamespace) -> pd.DataFrame:
    """A column of every kind, with gaps in a number and in a category, and a code among the numbers."""
    X = small.X[["debt", "sales", "trade", "noise"]].copy()
    X.loc[X.index[::9], "trade"] = None
    X.loc[X.index[::7], "noise"] = CODE
    return X


@pytest.fixture(scope="module")
def fitted(small: SimpleNamespace) -> tuple[pd.DataFrame, WoeScorecard]:
    X = gappy(small)
    return X, fit_woe(table_of(X, small.y), special={"noise": [CODE]})


@pytest.mark.parametrize("name", ["debt", "sales", "trade", "noise"])
def test_evidence_equals_optbinnings_transform_row_by_row(
    fitted: tuple[pd.DataFrame, WoeScorecard], small: SimpleNamespace, name: str
) -> None:
    X, card = fitted
    numeric = name != "trade"
    theirs = imported().OptimalBinning(
        dtype="numerical" if numeric else "categorical", special_codes=[CODE] if name == "noise" else None
    )
    values = X[name].to_numpy() if numeric else X[name].astype(object).to_numpy()

    theirs.fit(values, small.y.to_numpy())
    expected = theirs.transform(values, metric="woe", metric_missing="empirical", metric_special="empirical")

    # Theirs rises with safety, ours with risk.
    assert np.allclose(card.evidence(X)[name], -expected, atol=1e-12)
    assert len(np.unique(expected)) > 1


def test_a_gap_a_code_and_an_unseen_level_are_three_different_things(
    fitted: tuple[pd.DataFrame, WoeScorecard],
) -> None:
    X, card = fitted
    row = X.head(1)
    by_name = {one.name: one for one in card.columns}

    gap = card.evidence(row.assign(trade=None))
    unseen = card.log_odds(row.assign(trade="航天"))
    coded = card.evidence(row.assign(noise=CODE))

    assert gap["trade"].iloc[0] == by_name["trade"].missing != NEUTRAL
    assert card.evidence(row.assign(trade="航天"))["trade"].iloc[0] == NEUTRAL
    assert [finding.code for finding in unseen.attrs["findings"]] == ["level-never-seen"]
    assert "不加分也不扣分" in unseen.attrs["findings"][0].message
    assert coded["noise"].iloc[0] == dict(by_name["noise"].special)[CODE]
    assert (
        coded["noise"].iloc[0] != card.evidence(row.assign(noise=X["noise"].drop(X.index[::7]).min()))["noise"].iloc[0]
    )


def test_points_and_contributions_add_up_to_the_score(fitted: tuple[pd.DataFrame, WoeScorecard]) -> None:
    X, card = fitted

    shares, points = card.contributions(X), card.points(X)

    assert np.allclose(shares.sum(axis=1), card.log_odds(X), atol=1e-12)
    assert np.allclose(points.drop(columns="score").sum(axis=1), points["score"], atol=1e-9)
    assert points["score"].nunique() > 10


def test_the_scorecard_is_json_that_gives_the_same_answers(
    fitted: tuple[pd.DataFrame, WoeScorecard], small: SimpleNamespace
) -> None:
    X, card = fitted

    again = WoeScorecard.from_json(card.to_json())

    assert again == card
    assert again.log_odds(X).equals(card.log_odds(X))
    assert fit_woe(table_of(X, small.y), special={"noise": [CODE]}).to_json() == card.to_json()


@pytest.mark.parametrize("spoil", [lambda text: "{}", lambda text: text.replace('"coefficient"', '"weight"')])
def test_a_damaged_text_is_refused(fitted: tuple[pd.DataFrame, WoeScorecard], spoil: Callable[[str], str]) -> None:
    with pytest.raises(Refusal) as refusal:
        WoeScorecard.from_json(spoil(fitted[1].to_json()))

    assert refusal.value.code == "model-damaged"


def test_a_bin_too_few_is_refused(fitted: tuple[pd.DataFrame, WoeScorecard]) -> None:
    first = fitted[1].columns[0]
    text = fitted[1].to_json().replace(f"  {first.cuts[0]!r},\n", "", 1)

    with pytest.raises(Refusal, match="不齐全"):
        WoeScorecard.from_json(text)


def test_other_columns_are_refused(fitted: tuple[pd.DataFrame, WoeScorecard]) -> None:
    X, card = fitted

    for changed in (X[X.columns[::-1]], X.rename(columns={"debt": "Debt"}), X.assign(other=1)):
        with pytest.raises(Refusal) as refusal:
            card.log_odds(changed)
        assert refusal.value.code == "feature-mismatch"


@pytest.mark.parametrize("direction", [1, -1])
def test_a_declared_direction_binds_the_bins(small: SimpleNamespace, direction: int) -> None:
    # Noise of a direction: without the bond its bins go up and down.
    card = fit_woe(table_of(small.X[["noise"]], small.y, directions={"noise": direction}))

    steps = np.diff(card.columns[0].woe) * direction

    assert (steps >= 0).all()
    assert card.columns[0].coefficient >= 0


def test_a_pure_bin_weighs_what_half_a_default_would() -> None:
    X = pd.DataFrame({"a": np.r_[np.arange(80.0), np.full(20, np.nan)]})
    y = np.r_[np.tile([0, 1, 0, 0], 20), np.ones(20)].astype(int)

    card = fit_woe(table_of(X, y))

    assert card.columns[0].missing == pytest.approx(np.log(20.5 / 40) - np.log(0.5 / 60))


def test_columns_without_news_weigh_nothing(small: SimpleNamespace) -> None:
    X = small.X[["sales"]].assign(same=7, empty=np.nan, word="一样")

    card = fit_woe(table_of(X, small.y))

    assert {one.name: one.coefficient for one in card.columns if one.name != "sales"} == {
        "same": 0.0,
        "empty": 0.0,
        "word": 0.0,
    }
    assert card.log_odds(X).nunique() > 1


def test_where_no_column_has_news_the_base_rate_is_the_answer() -> None:
    X = pd.DataFrame({"same": np.ones(40)})

    card = fit_woe(table_of(X, [1, 0, 0, 0] * 10))

    assert np.allclose(card.log_odds(X), np.log(1 / 3))


def test_without_optbinning_fitting_says_how_to_install_it(
    small: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def absent(name: str, *rest: Any, **named: Any) -> Any:
        if name == "optbinning":
            raise ModuleNotFoundError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(Refusal, match=r"lukeping\[analysis\]") as refusal:
        fit_woe(table_of(small.X, small.y))

    assert refusal.value.code == "analysis-missing"


def test_scoring_and_training_import_no_analysis_library() -> None:
    script = (
        "import sys, models.woe, models.retraining, models.comparison\n"
        "print([name for name in ('optbinning', 'optuna', 'shap', 'ortools') if name in sys.modules])"
    )

    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"
