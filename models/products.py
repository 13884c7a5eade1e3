"""By how much do a product's loans default more or less often than their firms' scores say, and how much is believed?

The score knows the firm, not the product. A product's intercept moves the log-odds of all its loans alike, and is
shrunk to the city's where its own loans are few: a product of thirty loans without a default is not a safe product.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import expit

from models.calibration import FURTHEST

Numbers = npt.NDArray[np.float64]
Names = npt.NDArray[np.str_]

SMALL = 1e-12


@dataclass(frozen=True)
class ProductIntercept:
    """Say what a product's loans showed, and what is added to the log-odds of its next one.

    `observed` is the first step from the score towards the product's own default rate, `error` its standard error,
    `shift` the part that is believed; all in log-odds.
    """

    product: str
    rows: int
    defaults: int
    observed: float
    error: float
    shift: float


def intercepts_of(
    log_odds: Numbers, label: Numbers, product: Names, clusters: npt.NDArray[np.int64]
) -> tuple[ProductIntercept, ...]:
    """Return each product's intercept, by its name.

    The spread of true intercepts between products is estimated from theirs beyond what sampling alone would show
    (DerSimonian and Laird 1986, formula 8); with one product, or no spread, nothing is shifted. Each shift is then the
    most likely one under a normal prior of that spread around the city. Firms, not rows, are counted as independent.

    Shapes: log_odds calibrated and out of fold, label 0 or 1, product a name and clusters a number, row by row.
    Source: method.md 5 (an intercept per product, shrunk to the city when thin).
    """
    names = [str(name) for name in np.unique(product)]
    parts = [product == name for name in names]
    seen = [_first_step(log_odds[part], label[part], clusters[part]) for part in parts]
    spread = _spread([one for one, _ in seen], [error for _, error in seen])
    return tuple(
        ProductIntercept(
            product=name,
            rows=int(part.sum()),
            defaults=int(label[part].sum()),
            observed=observed,
            error=error,
            shift=_believed(log_odds[part], label[part], error, spread),
        )
        for name, part, (observed, error) in zip(names, parts, seen, strict=True)
    )


def shift_of(intercepts: Sequence[ProductIntercept], product: str | None) -> float:
    """Return what is added to the log-odds of a product's loan; the city's own 0 where no loan of it was learned."""
    return next((one.shift for one in intercepts if one.product == product), 0.0)


def _first_step(log_odds: Numbers, label: Numbers, clusters: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Return one Newton step from no shift, and its standard error by sums over firms (finite without any default)."""
    expected = expit(log_odds)
    information = float((expected * (1 - expected)).sum())
    _, firm = np.unique(clusters, return_inverse=True)
    together = np.bincount(firm, weights=label - expected)
    # The errors that the score itself leads one to expect: without a default the observed ones would look like none.
    squares = max(float((together**2).sum()), information)
    return float((label - expected).sum()) / information, float(np.sqrt(squares)) / information


def _spread(observed: Sequence[float], errors: Sequence[float]) -> float:
    """Return the variance between products beyond their sampling errors."""
    weights = 1 / np.square(errors)
    if len(weights) < 2:
        return 0.0
    centre = float(np.average(observed, weights=weights))
    beyond = float((weights * np.square(np.asarray(observed) - centre)).sum()) - (len(weights) - 1)
    scale = float(weights.sum() - (weights**2).sum() / weights.sum())
    return max(0.0, beyond / scale)


def _believed(log_odds: Numbers, label: Numbers, error: float, spread: float) -> float:
    """Return the most likely shift, the prior's variance being `spread`; rows weigh as little as their firms do."""
    if spread < SMALL:
        return 0.0
    expected = expit(log_odds)
    # Rows of a firm share their fortune: the likelihood counts for as many rows as the error says there are.
    worth = min(1.0, 1 / (error**2 * float((expected * (1 - expected)).sum())))

    def rising(shift: float) -> float:
        return worth * float((label - expit(log_odds + shift)).sum()) - shift / spread

    return float(brentq(rising, -FURTHEST, FURTHEST))
