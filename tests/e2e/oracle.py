"""What would a fit say of firms that look alike, if it knew every firm's true probability?"""

import lightgbm as lgb
import numpy as np
import pandas as pd

from models.folds import folds_of

FOLDS = 5


def typical(X: pd.DataFrame, true: pd.Series, firms: pd.Series) -> np.ndarray:
    """Return the mean true probability of firms with such features, each from trees that had not seen the firm.

    True probabilities are free of the noise of a default that happened or did not, so that the error of this mean is
    small beside an interval that rests on a hundred defaults.
    """
    clusters = pd.factorize(firms)[0].astype(np.int64)
    fold = folds_of(clusters, (true > true.median()).to_numpy(dtype=float), FOLDS, 0)
    answer = np.zeros(len(X))
    matrix = X.to_numpy(dtype=float)
    settings = {
        "objective": "cross_entropy",
        "learning_rate": 0.05,
        "num_leaves": 6,
        "min_data_in_leaf": 60,
        "lambda_l2": 5.0,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "seed": 1,
        "deterministic": True,
        "num_threads": 1,
        "verbose": -1,
    }
    for number in range(FOLDS):
        data = lgb.Dataset(matrix[fold != number], true.to_numpy()[fold != number])
        answer[fold == number] = np.asarray(lgb.train(settings, data, 150).predict(matrix[fold == number]))
    return answer
