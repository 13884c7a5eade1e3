"""Which columns stay within the budget that few defaults allow?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from models.boosting import grow, raw_contributions, read, recipe_for
from models.table import Table, table_of

UNDIRECTED = 0.5
"""What a column without a declared direction weighs beside one that can be told as a reason."""


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

    Halves the surplus before it cuts to the budget, so that correlated columns do not hide one another. A column
    without a declared direction may not be told as a reason (method.md 6), so it must move the score twice as much
    to take a place. Call it with the earlier rows alone, or the out-of-time report would have seen its own answer.
    Source: method.md 2 (feature budget at most defaults / 10).
    """
    chosen = [name for name in X.columns if X[name].nunique() > 1]
    for size in (max(budget, (len(chosen) + budget) // 2), budget):
        if len(chosen) > size:
            own = {name: directions.get(name, 0) for name in chosen}
            weight = pd.Series(_weights(table_of(X[chosen], y, groups=groups, directions=own), seed), index=chosen)
            entitled = pd.Series([1.0 if own[name] else UNDIRECTED for name in chosen], index=chosen)
            kept = set((weight * entitled).nlargest(size).index)
            chosen = [name for name in chosen if name in kept]
    return tuple(chosen)


def best_known(X: pd.DataFrame, *, directions: Mapping[str, int], budget: int) -> tuple[str, ...]:
    """Return at most budget columns of X, in X's order: those with the fewest gaps, no outcome being looked at.

    For books with too few defaults to choose by. A column without a declared direction counts as in `choose_columns`.
    """
    varied = [name for name in X.columns if X[name].nunique() > 1]
    known = X[varied].notna().mean() * [1.0 if directions.get(name, 0) else UNDIRECTED for name in varied]
    kept = set(known.nlargest(budget).index)
    return tuple(name for name in varied if name in kept)


def _weights(table: Table, seed: int) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return the mean size of each column's contribution in one quick booster."""
    recipe = recipe_for(table.rarer_clusters).halved()
    booster = read(grow(table.matrix, table.label, table.layout, recipe, seed=seed))
    return np.asarray(np.abs(raw_contributions(booster, table.matrix)[:, :-1]).mean(axis=0))
