"""Which ways of scoring a table are compared, each as a good engineer would call it with its own defaults?

All are given one thread. Each learns from rows and answers with the probability of default of others.
"""

import io
import warnings
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
import numpy.typing as npt
import pandas as pd

Numbers = npt.NDArray[np.float64]
System = Callable[[pd.DataFrame, pd.Series, pd.DataFrame, Mapping[str, int]], Numbers]


def ours(X: pd.DataFrame, y: pd.Series, later: pd.DataFrame, directions: Mapping[str, int]) -> Numbers:
    """Answer as `models.fit` does; the interval's refits are left out, for they change no answer."""
    from models.table import table_of
    from models.training import FitSettings, train

    model = train(table_of(X, y, directions=directions), FitSettings(refits=0), seed=0)
    return model.probability(later).to_numpy()


def lightgbm(X: pd.DataFrame, y: pd.Series, later: pd.DataFrame, _: Mapping[str, int]) -> Numbers:
    """Answer by LightGBM's own defaults, words as categories."""
    from lightgbm import LGBMClassifier

    earlier, asked = X.copy(), later.copy()
    for name in _words(X):
        earlier[name] = pd.Categorical(X[name])
        asked[name] = pd.Categorical(later[name], categories=earlier[name].cat.categories)
    return LGBMClassifier(n_jobs=1, verbose=-1).fit(earlier, y).predict_proba(asked)[:, 1]


def logistic(X: pd.DataFrame, y: pd.Series, later: pd.DataFrame, _: Mapping[str, int]) -> Numbers:
    """Answer by scikit-learn's logistic regression on scaled numbers, gaps marked, and one column a level."""
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    words = _words(X)
    numbers = [name for name in X.columns if name not in words]
    filled = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True), StandardScaler()
    )
    prepared = make_column_transformer((filled, numbers), (OneHotEncoder(handle_unknown="ignore"), words))
    return make_pipeline(prepared, LogisticRegression(max_iter=5000)).fit(X, y).predict_proba(later)[:, 1]


def optbinning(X: pd.DataFrame, y: pd.Series, later: pd.DataFrame, _: Mapping[str, int]) -> Numbers:
    """Answer by optbinning's scorecard; its probabilities, which are right, not its score."""
    from optbinning import BinningProcess, Scorecard
    from sklearn.linear_model import LogisticRegression

    words = _words(X)
    earlier, asked = (frame.astype(dict.fromkeys(words, object)) for frame in (X, later))
    process = BinningProcess(list(X.columns), categorical_variables=words or None)
    card = Scorecard(process, LogisticRegression(max_iter=5000))
    card.fit(earlier, y.to_numpy(), metric_missing="empirical")
    return np.asarray(card.predict_proba(asked)[:, 1])


def toad(X: pd.DataFrame, y: pd.Series, later: pd.DataFrame, _: Mapping[str, int]) -> Numbers:
    """Answer by a logistic regression on toad's chi-merged bins and weights of evidence."""
    from sklearn.linear_model import LogisticRegression
    from toad.transform import Combiner, WOETransformer

    combiner = Combiner()
    gaps = {"empty_separate": True} if X.isna().to_numpy().any() else {}
    combiner.fit(X.assign(target=y.to_numpy()), y="target", method="chi", min_samples=0.05, **gaps)
    weigher = WOETransformer()
    earlier = weigher.fit_transform(combiner.transform(X), y.to_numpy())
    asked = weigher.transform(combiner.transform(later)).fillna(0)
    return LogisticRegression(max_iter=5000).fit(earlier, y).predict_proba(asked)[:, 1]


def ebm(X: pd.DataFrame, y: pd.Series, later: pd.DataFrame, _: Mapping[str, int]) -> Numbers:
    """Answer by interpret's explainable boosting machine."""
    from interpret.glassbox import ExplainableBoostingClassifier

    return ExplainableBoostingClassifier(n_jobs=1, random_state=0).fit(X, y).predict_proba(later)[:, 1]


OURS = "ours"
SYSTEMS: Mapping[str, System] = {
    OURS: ours,
    "lightgbm": lightgbm,
    "logistic": logistic,
    "optbinning": optbinning,
    "toad": toad,
    "ebm": ebm,
}


def quietly(system: str, X: pd.DataFrame, y: pd.Series, later: pd.DataFrame, directions: Mapping[str, int]) -> Numbers:
    """Return the system's probabilities, without what its libraries print."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said), warnings.catch_warnings(action="ignore"):
        return np.clip(SYSTEMS[system](X, y, later, directions), 1e-9, 1 - 1e-9).astype(np.float64)


def _words(X: pd.DataFrame) -> list[str]:
    return [str(name) for name in X.columns if not pd.api.types.is_numeric_dtype(X[name].dtype)]
