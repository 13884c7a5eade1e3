"""Has a list moved away from its last edition by more than chance and by more than matters?"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtr

from data.spec.table import Kind, Table

Numbers = npt.NDArray[np.float64]

COUNTED = (Kind.MONEY, Kind.INTEGER, Kind.NUMBER)


@dataclass(frozen=True, kw_only=True)
class DriftLimits:
    """Hold the level of the test, the least standardised size worth telling, and the least rows of an edition."""

    level: float
    size: float
    rows: int


@dataclass(frozen=True, kw_only=True)
class Drift:
    """Compare one column's mean in two editions.

    size: difference of the means in pooled standard deviations; p_value: of Welch's two-sided test. Amounts are
    compared by their logarithms, as sums of money are skew; the means told are the plain ones.
    """

    column: str
    label: str
    rows_before: int
    rows_after: int
    mean_before: float
    mean_after: float
    size: float
    p_value: float
    moved: bool


def drifts(table: Table, before: pd.DataFrame, after: pd.DataFrame, limits: DriftLimits) -> tuple[Drift, ...]:
    """Return the comparison of every numeric column with enough known values in both editions.

    The level is divided by the number of columns compared, so that a wide list is not startled more often.
    Shapes: both frames have the table's own columns.
    """
    compared = list(_compared(table, before, after, limits.rows))
    return tuple(_drift(table, name, old, new, limits, columns=len(compared)) for name, old, new in compared)


def _compared(
    table: Table, before: pd.DataFrame, after: pd.DataFrame, least: int
) -> Iterator[tuple[str, Numbers, Numbers]]:
    for name, column in table.columns.items():
        if column.kind in COUNTED:
            old, new = (frame[name].dropna().to_numpy(dtype=np.float64) for frame in (before, after))
            if min(len(old), len(new)) >= least:
                yield name, old, new


def _drift(table: Table, name: str, old: Numbers, new: Numbers, limits: DriftLimits, *, columns: int) -> Drift:
    column = table.columns[name]
    size, p_value = welch(*((_log(one) for one in (old, new)) if column.kind is Kind.MONEY else (old, new)))
    return Drift(
        column=name,
        label=column.label,
        rows_before=len(old),
        rows_after=len(new),
        mean_before=float(old.mean()),
        mean_after=float(new.mean()),
        size=size,
        p_value=p_value,
        moved=p_value < limits.level / columns and abs(size) >= limits.size,
    )


def _log(amounts: Numbers) -> Numbers:
    return np.asarray(np.sign(amounts) * np.log1p(np.abs(amounts)))


def welch(old: Numbers, new: Numbers) -> tuple[float, float]:
    """Return the difference of the means in pooled standard deviations, and Welch's two-sided p-value.

    Without any spread, p is 0 where the means differ and 1 where they are equal.

    Shapes: two values or more in each.
    """
    difference = float(new.mean() - old.mean())
    variances = float(old.var(ddof=1)), float(new.var(ddof=1))
    shares = variances[0] / len(old), variances[1] / len(new)
    if sum(shares) == 0:
        return (math.copysign(math.inf, difference), 0.0) if difference else (0.0, 1.0)
    degrees = sum(shares) ** 2 / (shares[0] ** 2 / (len(old) - 1) + shares[1] ** 2 / (len(new) - 1))
    statistic = abs(difference) / math.sqrt(sum(shares))
    pooled = math.sqrt((variances[0] + variances[1]) / 2)
    return difference / pooled, float(2 * stdtr(degrees, -statistic))
