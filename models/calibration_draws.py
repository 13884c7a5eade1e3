"""Which labels might the same firms have shown, had fortune dealt again?

The interval's refits are fitted on such labels, drawn from the model itself. How far the rows of a firm share their
fortune is measured, not supposed: quarter-ends of one year do, applications years apart hardly.
"""

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


def togetherness(clusters: Codes, label: Numbers, probability: Numbers) -> float:
    """Return how far rows of one cluster share their outcome: 0 as if drawn apart, 1 as if by one lot for all.

    Compares, over all pairs of rows of a cluster, how often both defaulted with how often they would under either; 0
    where no cluster has two rows.
    Source: method.md 5 (a clustered bootstrap).
    """
    order = np.lexsort((probability, clusters))
    codes, chance = clusters[order], probability[order]
    both = _pairs(codes, label[order])
    apart = _pairs(codes, chance)
    # Of rows sorted by probability, each is the smaller one of its pairs with those that follow.
    sizes = np.bincount(codes)
    place = np.arange(len(codes)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    following = np.repeat(sizes, sizes) - 1 - place
    at_once = float(chance @ following)
    return float(np.clip((both - apart) / (at_once - apart), 0.0, 1.0)) if at_once > apart else 0.0


def drawn_labels(clusters: Codes, probability: Numbers, together: float, draw: np.random.Generator) -> Numbers:
    """Return labels drawn from the probabilities; that share of clusters draws one lot for all its rows."""
    count = int(clusters.max()) + 1
    own, shared = draw.random(len(clusters)), draw.random(count)
    one_lot = draw.random(count) < together
    return (np.where(one_lot[clusters], shared[clusters], own) < probability).astype(np.float64)


def _pairs(codes: Codes, values: Numbers) -> float:
    """Return the sum of products over all pairs of rows of one cluster."""
    return float((np.bincount(codes, weights=values) ** 2).sum() - (values**2).sum()) / 2
