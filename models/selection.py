"""Which columns stay within the budget that few defaults allow?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from models.contributions import explain
from models.table import table_of
from models.training import FitSettings, train

QUIET = FitSettings(refits=0)


def choose_columns(
    X: pd.DataFrame,
    y: "pd.Series[float]",
    *,
    groups: "pd.Series[int]",
    directions: Mapping[str, int],
    budget: int,
    seed: int,
) -> tuple[str, ...]:
    """Return at most budget columns of X, in X's order: those that move the fitted log-odds most.

    Halves the surplus twice, so that correlated columns do not hide one another. Call it with the earlier rows
    alone, or the out-of-time report would have seen its own answer.
    Source: method.md 2 (feature budget at most defaults / 10).
    """
    chosen = [name for name in X.columns if X[name].nunique() > 1]
    for size in (max(budget, (len(chosen) + budget) // 2), budget):
        if len(chosen) > size:
            weight = _weights(X[chosen], y, groups, directions, seed)
            kept = set(weight.nlargest(size).index)
            chosen = [name for name in chosen if name in kept]
    return tuple(chosen)


def _weights(
    X: pd.DataFrame, y: "pd.Series[float]", groups: "pd.Series[int]", directions: Mapping[str, int], seed: int
) -> "pd.Series[float]":
    own = {name: sign for name, sign in directions.items() if name in X.columns}
    model = train(table_of(X, y, groups=groups, directions=own), QUIET, seed=seed)
    shares = explain(model, X)[list(X.columns)]
    return pd.Series(np.abs(shares.to_numpy()).mean(axis=0), index=X.columns)
