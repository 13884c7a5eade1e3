"""Is this table with its labels fit to learn from, and what are its rows, firms and days?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.columns import Layout, Matrix, layout_of
from models.findings import Finding, first_three
from models.masking import NOTHING_HIDDEN, Masking, masking_of
from models.refusals import (
    LabelAmongFeatures,
    LabelsUnusable,
    LengthsDiffer,
    OneClassOnly,
    RowsMisaligned,
    TableUnusable,
    TooFewDefaults,
)

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
PerRow = pd.Series | npt.NDArray[np.generic] | Sequence[object]

LEAST_CLUSTERS = 2
LIVE_DEFAULTS = 20
FEWEST_TO_PART = 10
"""Fewer firms may be parted from the others by chance."""


@dataclass(frozen=True)
class Table:
    """Hold a training table as numbers, with its labels, clusters numbered from 0, days, and what is hidden at random.

    Shapes: matrix as the layout encodes it; label 0.0 or 1.0; days as datetime64[D], or None.
    """

    layout: Layout
    matrix: Matrix
    label: Numbers
    clusters: Codes
    days: Days | None
    findings: tuple[Finding, ...]
    masking: Masking = NOTHING_HIDDEN

    @property
    def defaulted_clusters(self) -> int:
        """Return how many firms have a default: rows of one firm are no independent evidence."""
        return len(np.unique(self.clusters[self.label == 1]))

    @property
    def rarer_clusters(self) -> int:
        """Return how many firms the rarer class has."""
        return min(self.defaulted_clusters, len(np.unique(self.clusters[self.label == 0])))

    def rows(self, chosen: npt.NDArray[np.bool_] | Codes) -> "Table":
        """Return only these rows, clusters numbered anew."""
        _, clusters = np.unique(self.clusters[chosen], return_inverse=True)
        days = None if self.days is None else self.days[chosen]
        return replace(
            self,
            matrix=self.matrix[chosen],
            label=self.label[chosen],
            clusters=clusters.astype(np.int64),
            days=days,
        )


def hidden_together(table: Table, together: Mapping[str, str]) -> Table:
    """Return the table to be learned from with whole groups of columns hidden at random.

    `together` maps a column to its group. A column that may be hidden has gaps, whatever it had: the trees then learn a
    branch for them, where a gap would else be read as the median.
    """
    masking = masking_of(table.layout.names, together)
    columns = tuple(
        replace(column, gaps=column.gaps or position in masking.positions)
        for position, column in enumerate(table.layout.columns)
    )
    return replace(table, layout=Layout(columns), masking=masking)


def table_of(
    X: pd.DataFrame,
    y: PerRow,
    *,
    groups: PerRow | None = None,
    dates: PerRow | None = None,
    directions: Mapping[str, int] | None = None,
) -> Table:
    """Check a training table and turn it into numbers.

    Raises the refusals of models.refusals that speak of tables, labels, lengths and directions.
    """
    layout, noticed = layout_of(X, directions)
    label = labels_of(y, X)
    matrix, _ = layout.encode(X)
    _check_leak(layout, matrix, label)
    clusters = clusters_of(groups, X)
    table = Table(layout, matrix, label, clusters, _days_of(dates, X), noticed)
    if table.rarer_clusters < LEAST_CLUSTERS:
        raise TooFewDefaults(
            f"违约与未违约企业各需至少 {LEAST_CLUSTERS} 家，现较少的一类只有 {table.rarer_clusters} 家。",
            help="请补充样本后再训练。",
        )
    return replace(table, findings=noticed + _size_findings(table) + _row_findings(table) + _sharp_findings(table))


def labels_of(y: PerRow, X: pd.DataFrame) -> Numbers:
    """Return the labels as 0.0 and 1.0.

    Raises LabelsUnusable, OneClassOnly, LengthsDiffer, RowsMisaligned.
    """
    values = aligned(y, X, "标签")
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    if not np.isin(numbers, (0.0, 1.0)).all():
        raise LabelsUnusable("标签只能是 0（未违约）和 1（违约）。", help="没有观察到结果的行请先去掉，不要填 0。")
    if len(np.unique(numbers)) < 2:
        raise OneClassOnly("标签只有一类，无法训练或检验。", help="样本中需同时有违约与未违约。")
    return numbers


def clusters_of(groups: PerRow | None, X: pd.DataFrame) -> Codes:
    """Return each row's cluster, numbered from 0; a row without a group is a cluster of its own."""
    if groups is None:
        return np.arange(len(X), dtype=np.int64)
    values = aligned(groups, X, "分组")
    codes = np.asarray(pd.factorize(values)[0], dtype=np.int64)
    alone = codes < 0
    codes[alone] = codes.max(initial=-1) + 1 + np.arange(int(alone.sum()))
    return codes


def aligned(values: PerRow, X: pd.DataFrame, what: str) -> pd.Series:
    """Return values as a Series that belongs to X row by row.

    Raises LengthsDiffer, RowsMisaligned.
    """
    if len(np.shape(cast(npt.ArrayLike, values))) != 1:
        raise RowsMisaligned(f"{what}需要是一列，每行一个值。", help="请传入 Series 或一维数组，而不是表。")
    if len(values) != len(X):
        raise LengthsDiffer(f"{what}有 {len(values)} 行，数据表有 {len(X)} 行。", help="请逐行对应后再试。")
    series = values if isinstance(values, pd.Series) else pd.Series(np.asarray(values), index=X.index)
    if not series.index.equals(X.index):
        raise RowsMisaligned(f"{what}与数据表的行索引不同。", help="请按同一索引排列，或传入不带索引的数组。")
    return series


def _days_of(dates: PerRow | None, X: pd.DataFrame) -> Days | None:
    if dates is None:
        return None
    values = pd.to_datetime(aligned(dates, X, "日期"), errors="coerce")
    if values.isna().any():
        raise TableUnusable(f"日期有 {int(values.isna().sum())} 处缺失或无法识别。", help="请补全后再试。")
    return values.to_numpy().astype("datetime64[D]")


def _check_leak(layout: Layout, matrix: Matrix, label: Numbers) -> None:
    leaks = []
    for position, column in enumerate(layout.columns):
        values = matrix[:, position]
        levels = np.unique(values)
        if len(levels) == 2 and (np.array_equal(values == levels[1], label == 1) or _opposite(values, levels, label)):
            leaks.append(column.name)
    if leaks:
        raise LabelAmongFeatures(f"列 {first_three(leaks)} 与标签完全相同。", help="请从特征中去掉后再训练。")


def _opposite(values: Numbers, levels: Numbers, label: Numbers) -> bool:
    return bool(np.array_equal(values == levels[0], label == 1))


def _size_findings(table: Table) -> tuple[Finding, ...]:
    found = []
    if table.defaulted_clusters < LIVE_DEFAULTS:
        message = f"只有 {table.defaulted_clusters} 家违约企业，不足 {LIVE_DEFAULTS} 家：不得用于实际业务。"
        found.append(Finding("too-few-defaults-for-live-use", "warning", message))
    if len(table.layout.columns) > table.defaulted_clusters / 10:
        message = (
            f"{len(table.layout.columns)} 列特征对应 {table.defaulted_clusters} 家违约企业，超出每十家一列的预算。"
        )
        found.append(Finding("feature-budget-exceeded", "info", message))
    return tuple(found)


def _row_findings(table: Table) -> tuple[Finding, ...]:
    """Say how many rows repeat another in every value, label and all, though their firms are counted apart.

    Rows of a few small counts repeat each other by nature: only rows that share a fine measurement are told.
    """
    fine = [values for values in table.matrix.T if len(np.unique(values[~np.isnan(values)])) > len(values) / 2]
    if not fine:
        return ()
    whole = pd.util.hash_pandas_object(pd.DataFrame(np.column_stack([table.matrix, table.label])), index=False)
    firms = pd.Series(table.clusters).groupby(whole.to_numpy()).transform("nunique")
    known = ~np.isnan(np.column_stack(fine)).all(axis=1)
    rows = int(((firms > 1) & known).sum())
    if rows == 0:
        return ()
    message = f"有 {rows} 行与另一行的特征和标签完全相同，却被当作不同企业。"
    help_ = "若是同一企业的重复记录，请去重或用 groups 标明；否则检验会高估效果。"
    return (Finding("rows-repeated", "warning", message, (), help_),)


def _sharp_findings(table: Table) -> tuple[Finding, ...]:
    """Name the columns of which one alone parts all defaulted rows from all others."""
    sharp = [
        column.name
        for position, column in enumerate(table.layout.columns)
        if column.kind != "category" and _parts(table.matrix[:, position], table.label)
    ]
    if not sharp or table.rarer_clusters < FEWEST_TO_PART:
        return ()
    message = f"列 {first_three(sharp)} 单独就把违约与未违约完全分开，很可能就是结果本身。"
    return (Finding("column-parts-label", "warning", message, tuple(sharp), "请核对该值何时可知，不能确定的请去掉。"),)


def _parts(values: Numbers, label: Numbers) -> bool:
    bad, good = values[label == 1], values[label == 0]
    if np.isnan(bad).any() or np.isnan(good).any():
        return False
    return bool(bad.min() > good.max() or bad.max() < good.min())
