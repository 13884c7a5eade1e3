"""How are features of one row put together? Only exact operations, so that a row alone equals its batch.

No logarithm and no power: their last bit may depend on where in an array a value stands.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def ratio(part: Floats, whole: Floats) -> Floats:
    """Divide, and answer NaN where the whole is not positive: never 0, never infinite."""
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0)


def same_year_ratio(
    part: Floats, whole: Floats, part_before: Floats, whole_before: Floats, part_days: Floats, whole_days: Floats
) -> Floats:
    """Divide figures of the latest year that both sides tell of, NaN where they have none in common.

    Two years back hold two year-ends. The first two are the latest figures of that span, then come those before them,
    and how long ago each latest year ended: where one side tells of a year more, its earlier figure counts.
    """
    of_part = np.where(part_days < whole_days, part_before, part)
    of_whole = np.where(whole_days < part_days, whole_before, whole)
    return ratio(of_part, of_whole)


def growth(now: Floats, before: Floats) -> Floats:
    """Return the relative change, bounded to [-1, 10] so that a start from almost nothing does not run away."""
    return np.clip(ratio(now - before, before), -1.0, 10.0)


def surplus(more: Floats, less: Floats) -> Floats:
    """Return by how much one exceeds the other, nothing where it does not."""
    return np.maximum(more - less, 0.0)


def standing(value: Floats, lower: Floats, middle: Floats, upper: Floats) -> Floats:
    """Return how far a value lies above its peers' median, in spans between their quartiles, bounded to [-5, 5].

    NaN where the quartiles fall together: there is nothing to measure by.
    """
    return np.clip(ratio(value - middle, upper - lower), -5.0, 5.0)


def share_of_years(days: Floats) -> Floats:
    """Turn days into years of 365.25 days."""
    return days / 365.25
