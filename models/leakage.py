"""Does a training table know what it could not have known on the day?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import betaincinv

from models.findings import Finding, first_three
from models.measures import auc, auc_interval
from models.table import PerRow, aligned, clusters_of, labels_of

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

TOO_GOOD = 0.80
"""No single feature of honest evidence ranks better than this beyond its error (method.md 3: whole cards to 0.85)."""
TELLING_GAP = 0.65
"""No absence of a record ranks better than this: a source does not know beforehand who will default."""
SURE = 0.80
"""A value that at least so many of its firms paid with a default was given because of it."""
SPARED = 0.25
"""Firms whose default rate is surely under this part of the others' were chosen by survival."""
FEWEST = 10
"""Firms of one value, or gap, that are judged at all."""
FEWEST_SPARED = 60


@dataclass(frozen=True, kw_only=True)
class Times:
    """Hold what is known of when the values came about; whatever is not given is not checked.

    Shapes: frames like X. known_on and happened_on: the latest day of the records behind a value; latest: the value as
        it stands now; own_loan: True where a record of the very loan that is decided is behind it. outcome_on: the day
        of default by row, NaT for none.
    """

    known_on: pd.DataFrame | None = None
    latest: pd.DataFrame | None = None
    own_loan: pd.DataFrame | None = None
    outcome_on: "pd.Series[pd.Timestamp] | None" = None


def find_leaks(
    X: pd.DataFrame,
    y: PerRow,
    *,
    groups: PerRow | None = None,
    dates: PerRow | None = None,
    folds: PerRow | None = None,
    times: Times | None = None,
    seed: int = 0,
) -> list[Finding]:
    """Return a finding for each way in which the table seems to know the outcome, before anything is fitted.

    Looks at each column alone (is it the label, too good, is its gap or one of its values the outcome), at the times of
    its values, and at firms, or rows alike beyond chance, that stand on both sides of a split.

    Shapes: X, y, groups and dates as for `fit`; folds the side or fold of each row.
    Raises LabelsUnusable, OneClassOnly, LengthsDiffer, RowsMisaligned.
    Source: method.md 3.
    """
    label, clusters = labels_of(y, X), clusters_of(groups, X)
    found = [finding for name in X.columns for finding in _column(str(name), X[name], label, clusters, seed)]
    if times is not None:
        found += _written_later(X, times, None if dates is None else aligned(dates, X, "日期"), label)
    if folds is not None:
        found += _split(X, clusters, np.asarray(pd.factorize(aligned(folds, X, "分折"))[0], dtype=np.int64))
    return found


def _column(name: str, values: pd.Series, label: Numbers, clusters: Codes, seed: int) -> Iterator[Finding]:
    """Yield the first that is wrong with a column alone: the later checks would only say the same again."""
    numbers, gap = _numbers(values), values.isna().to_numpy()
    if _is_label(numbers, label):
        yield Finding(
            "leak-equals-label", "warning", f"列 {name} 与标签相同。", (name,), "请从特征中去掉：它就是结果本身。"
        )
    elif (told := _ranks(numbers[~gap], label[~gap], clusters[~gap], TOO_GOOD, seed)) is not None:
        yield Finding(
            "leak-too-good-alone",
            "warning",
            f"列 {name} 单独的 AUC 为 {told[0]:.2f}（95% 区间 {told[1]:.2f}–{told[2]:.2f}），高于 {TOO_GOOD:.2f}。",
            (name,),
            "请核对该值何时可知；若在违约之后才写入，请改用观察日之前已知的版本，或去掉。",
        )
    else:
        yield from list(_gap(name, gap, label, clusters, seed)) or _values(name, numbers, label, clusters)


def _gap(name: str, gap: Mask, label: Numbers, clusters: Codes, seed: int) -> Iterator[Finding]:
    told = _ranks(gap.astype(np.float64), label, clusters, TELLING_GAP, seed)
    reason = f"AUC {told[0]:.2f}" if told is not None else _verdict(gap, label, clusters)
    if gap.all() or not gap.any() or reason is None:
        reason = _verdict(~gap, label, clusters) if gap.any() and not gap.all() else None
    if reason is not None:
        yield Finding(
            "leak-missing-tells-label",
            "warning",
            f"列 {name} 是否缺失已说明结果（{reason}）。",
            (name,),
            "请核对来源：名录是否只收录存活企业，或违约后才登记、才清空；按公告日取值，不能确定的请去掉。",
        )


def _values(name: str, numbers: Numbers, label: Numbers, clusters: Codes) -> Iterator[Finding]:
    """Yield a finding for a repeated value that only defaulted firms have."""
    levels, counts = np.unique(numbers[~np.isnan(numbers)], return_counts=True)
    for level in levels[counts >= FEWEST][:200]:
        low = _rate_bounds(numbers == level, label, clusters)[0]
        if low >= SURE:
            yield Finding(
                "leak-value-tells-label",
                "warning",
                f"列 {name} 取值为 {level:g} 的企业几乎都违约（至少 {low:.0%}）。",
                (name,),
                "请核对该值是否因违约而产生（如资格被取消、列入失信），并按公告日而非发生日取值。",
            )
            return
    yield from _rare_values(name, numbers, levels[counts < FEWEST], label, clusters)


def _rare_values(name: str, numbers: Numbers, rare: Numbers, label: Numbers, clusters: Codes) -> Iterator[Finding]:
    """Yield a finding where values off a column's usual few belong to defaulted firms alone.

    So does a term of 12, 24 or 36 months look that was rewritten, at charge-off, to the months actually served.
    """
    chosen = np.isin(numbers, rare)
    if not 0 < chosen.mean() < 0.5:
        return
    low, _, firms = _rate_bounds(chosen, label, clusters)
    if firms >= FEWEST and low >= SURE:
        yield Finding(
            "leak-value-tells-label",
            "warning",
            f"列 {name} 的少见取值几乎都属于违约企业（{firms} 家，其中至少 {low:.0%} 违约）。",
            (name,),
            "请核对这些值是否在违约或核销之后改写（如贷款期限），并使用截至观察日的版本；不能确定的请去掉该列。",
        )


def _verdict(chosen: Mask, label: Numbers, clusters: Codes) -> str | None:
    """Return in words that these firms nearly all defaulted, or were nearly all spared; None where neither is sure."""
    low, high, firms = _rate_bounds(chosen, label, clusters)
    other, _, _ = _rate_bounds(~chosen, label, clusters)
    if firms >= FEWEST and low >= SURE:
        return f"其中至少 {low:.0%} 违约"
    if firms >= FEWEST_SPARED and high <= SPARED * other:
        return f"其中至多 {high:.1%} 违约，其余企业至少 {other:.1%}"
    return None


def _rate_bounds(chosen: Mask, label: Numbers, clusters: Codes) -> tuple[float, float, int]:
    """Return a 99 % Jeffreys interval of the default rate of these firms, and their number: firms, not rows."""
    firms = len(np.unique(clusters[chosen]))
    bad = len(np.unique(clusters[chosen & (label == 1)]))
    low, high = (float(betaincinv(bad + 0.5, firms - bad + 0.5, level)) for level in (0.005, 0.995))
    return low, high, firms


def _ranks(
    numbers: Numbers, label: Numbers, clusters: Codes, level: float, seed: int
) -> tuple[float, float, float] | None:
    """Return AUC and interval, turned to rise with risk, where its lower end lies above the level."""
    if len(np.unique(label)) < 2 or len(np.unique(clusters[label == 1])) < FEWEST:
        return None
    value = auc(label, numbers)
    turned = numbers if value >= 0.5 else -numbers
    # The bootstrap is dear: only who is above the level needs an interval.
    if max(value, 1 - value) <= level:
        return None
    low, high = auc_interval(label, turned, pd.factorize(clusters)[0].astype(np.int64), seed=seed)
    return (max(value, 1 - value), low, high) if low > level else None


def _numbers(values: pd.Series) -> Numbers:
    """Return numbers as they are and levels in any order: what matters is only which rows are alike."""
    if pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_bool_dtype(values.dtype):
        return values.to_numpy(dtype=np.float64, na_value=np.nan)
    codes = pd.factorize(values)[0].astype(np.float64)
    return np.where(codes < 0, np.nan, codes)


def _is_label(numbers: Numbers, label: Numbers) -> bool:
    levels = np.unique(numbers)
    if len(levels) != 2 or np.isnan(numbers).any():
        return False
    same = numbers == levels[1]
    return bool(np.array_equal(same, label == 1) or np.array_equal(same, label == 0))


def _written_later(X: pd.DataFrame, times: Times, days: pd.Series | None, label: Numbers) -> Iterator[Finding]:
    for name in map(str, X.columns):
        told = _late(times, name, days)
        if told:
            help_ = "请只用观察日之前已知（known_on）的版本重新计算该特征。"
            yield Finding("leak-known-later", "warning", f"列 {name} 有 {told}。", (name,), help_)
        if times.latest is not None and name in times.latest:
            yield from _rewritten(name, X[name], times.latest[name], label)
        if times.own_loan is not None and name in times.own_loan and (own := int(times.own_loan[name].sum())):
            help_ = "请排除来源贷款为本笔申请的记录；来源不明的，排除申请前 60 天内的记录。"
            yield Finding("leak-own-loan", "warning", f"列 {name} 有 {own} 行来自正被审批的贷款。", (name,), help_)


def _late(times: Times, name: str, days: pd.Series | None) -> str:
    if times.known_on is None or name not in times.known_on:
        return ""
    known = times.known_on[name]
    after = int((known >= pd.to_datetime(days)).sum()) if days is not None else 0
    beyond = int((known > times.outcome_on).sum()) if times.outcome_on is not None else 0
    parts = [f"{after} 行的值在观察日之后才可知"] if after else []
    return "，".join([*parts, *([f"{beyond} 行在违约之后才写入"] if beyond else [])])


def _rewritten(name: str, then: pd.Series, now: pd.Series, label: Numbers) -> Iterator[Finding]:
    """Yield a finding where values of defaulted rows were changed afterwards far more often than others'."""
    changed = (~((then == now) | (then.isna() & now.isna()))).to_numpy(dtype=bool)
    rate, other = (float(changed[label == side].mean()) for side in (1, 0))
    if changed.sum() >= FEWEST and rate > 3 * other and rate - other > 0.05:
        yield Finding(
            "leak-rewritten-after-outcome",
            "warning",
            f"列 {name} 事后被改写：违约行 {rate:.0%}，其余 {other:.0%}（如核销时改写贷款期限）。",
            (name,),
            "请使用截至观察日的版本，不要使用最新版本；来源只给最新版本的，请去掉该列。",
        )


def _split(X: pd.DataFrame, clusters: Codes, folds: Codes) -> Iterator[Finding]:
    sides = pd.Series(folds).groupby(clusters).nunique()
    split = int((sides > 1).sum())
    if split:
        help_ = "请按企业（集团）整体分折。"
        yield Finding("leak-group-split", "warning", f"有 {split} 家企业的行同时出现在不同的折中。", (), help_)
    alike = pd.util.hash_pandas_object(X.reset_index(drop=True), index=False)
    repeated = pd.DataFrame({"row": alike, "fold": folds})[X.notna().any(axis=1).to_numpy()]
    across = repeated.groupby("row")["fold"].nunique()
    rows = int(repeated["row"].isin(across.index[across > 1]).sum())
    if rows > 2 * _alike_by_chance(X):
        message = f"有 {rows} 行与另一折中的行完全相同：{first_three(cast(list[str], list(map(str, X.columns))))}。"
        yield Finding("leak-duplicates-across-split", "warning", message, (), "请去重，或把相同的行放在同一折。")


def _alike_by_chance(X: pd.DataFrame) -> float:
    """Return how many rows would have a twin if the columns were drawn apart: in a table of a few flags, nearly all."""
    shares = [X.iloc[:, place].value_counts(normalize=True, dropna=False) for place in range(X.shape[1])]
    alike = float(np.prod([float((share**2).sum()) for share in shares]))
    return len(X) * float(-np.expm1((len(X) - 1) * np.log1p(-min(alike, 1 - 1e-12))))
