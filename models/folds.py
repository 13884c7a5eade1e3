"""Which rows are held out together, so that no firm is on both sides and every fold has defaults?"""

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


def folds_of(clusters: Codes, label: Numbers, folds: int, seed: int) -> Codes:
    """Return each row's fold; a cluster is never split and clusters with a default are dealt evenly.

    Shapes: clusters numbered from 0 without a gap, label 0 or 1, result in [0, folds).
    """
    count = int(clusters.max()) + 1
    sizes = np.bincount(clusters, minlength=count)
    bad = np.bincount(clusters, weights=label, minlength=count) > 0
    draw = np.random.default_rng([seed, 11])
    fold = np.empty(count, dtype=np.int64)
    for offset, members in enumerate((np.flatnonzero(bad), np.flatnonzero(~bad))):
        shuffled = draw.permutation(members)
        dealt = shuffled[np.argsort(-sizes[shuffled], kind="stable")]
        # Dealing to and fro keeps the folds' row counts close when clusters differ in size.
        turn = np.arange(len(dealt)) % (2 * folds)
        fold[dealt] = (np.where(turn < folds, turn, 2 * folds - 1 - turn) + offset) % folds
    return fold[clusters]


def cluster_weights(clusters: Codes, label: Numbers, draw: np.random.Generator) -> Codes:
    """Return how often each row occurs after drawing whole clusters with replacement, by kind.

    Drawing clusters with a default and those without apart keeps a default in every replicate, however few there are.
    """
    count = int(clusters.max()) + 1
    bad = np.bincount(clusters, weights=label, minlength=count) > 0
    times = np.zeros(count, dtype=np.int64)
    for members in (np.flatnonzero(bad), np.flatnonzero(~bad)):
        times += np.bincount(draw.choice(members, size=len(members)) if len(members) else members, minlength=count)
    return times[clusters]
