"""Which rows learn and which are judged, so that no firm is on both sides and none learns from later days?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.findings import Finding
from models.folds import folds_of
from models.table import LEAST_CLUSTERS, Table

Mask = npt.NDArray[np.bool_]

WINDOWS = (1 / 2, 2 / 3, 5 / 6)
"""Where the later half of the rows is parted into windows that are judged one after the other."""


@dataclass(frozen=True)
class Split:
    """Name the rows that are learned from and those that are judged; repeats are averaged by row."""

    learned: Mask
    judged: Mask
    seed: int


@dataclass(frozen=True)
class Scheme:
    """Hold all splits of one validation and how to call it in Chinese."""

    splits: tuple[Split, ...]
    label: str
    out_of_time: bool
    findings: tuple[Finding, ...] = ()


def scheme_of(table: Table, *, repeats: int, folds: int, embargo_days: int, seed: int) -> Scheme:
    """Return the splits: by firm and out of time where the table has days, else by firm, over and over.

    Out of time, each of three later windows is judged by fits on rows before it (less the embargo) of other firms,
    as often as `repeats` says, firms dealt anew each time.
    Where the windows have too few defaults for that, the days are left aside and a finding says so.
    """
    if table.days is not None:
        later = tuple(split for one in range(repeats) for split in _later(table, folds, embargo_days, seed + one))
        if _sound(table, later):
            parted = f"{len(WINDOWS)} 个时段 × {folds} 折"
            return Scheme(later, f"时间外、按企业分组、重复（{repeats} 次 × {parted}）", out_of_time=True)
    noticed = () if table.days is None else (IMPOSSIBLE,)
    again = tuple(split for repeat in range(repeats) for split in _around(table, folds, seed + repeat))
    return Scheme(again, f"按企业分组、重复交叉验证（{repeats} 次 × {folds} 折）", out_of_time=False, findings=noticed)


IMPOSSIBLE = Finding(
    "out-of-time-impossible", "warning", "按日期切分后一侧的违约或未违约企业太少，改用不分先后的分组交叉验证。"
)


def _around(table: Table, folds: int, seed: int) -> Iterator[Split]:
    fold = folds_of(table.clusters, table.label, folds, seed)
    for number in range(folds):
        yield Split(fold != number, fold == number, seed)


def _later(table: Table, folds: int, embargo_days: int, seed: int) -> Iterator[Split]:
    days = table.days if table.days is not None else np.zeros(0, dtype="datetime64[D]")
    ordered = np.sort(days)
    starts = np.unique(ordered[[int(len(days) * share) for share in WINDOWS]])
    ends = [*starts[1:], ordered[-1] + np.timedelta64(1, "D")]
    fold = folds_of(table.clusters, table.label, folds, seed)
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        within = (days >= start) & (days < end)
        before = days + np.timedelta64(embargo_days, "D") < start
        for held in range(folds):
            judged = within & (fold == held)
            if judged.any():
                yield Split(before & (fold != held), judged, seed * len(WINDOWS) + number)


def _sound(table: Table, splits: tuple[Split, ...]) -> bool:
    if not splits or any(not _learnable(table, split.learned) for split in splits):
        return False
    judged = np.logical_or.reduce([split.judged for split in splits])
    return len(np.unique(table.label[judged])) == 2


def _learnable(table: Table, chosen: Mask) -> bool:
    return len(np.unique(table.label[chosen])) == 2 and table.rows(chosen).rarer_clusters > LEAST_CLUSTERS
