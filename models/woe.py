"""What does a scorecard of weights of evidence answer, and how is it fitted?

Fitting asks optbinning for the bins. Scoring asks nobody: bins, weights and coefficients are our own JSON, because
optbinning's Scorecard.score answers other points than its own table (exchange.md 13).
"""

import hashlib
import io
import warnings
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import TypeAdapter, ValidationError

from models.columns import Column, Layout, Matrix
from models.findings import Finding
from models.refusals import AnalysisMissing, ModelDamaged
from models.scale import STANDARD, Scale, points_of
from models.table import Table

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NEUTRAL = 0.0
"""The weight of what training never saw: neither better nor worse than the average."""
HALF = 0.5
"""Added to both counts of a bin in which one outcome never occurred; optbinning gives such a bin the weight 0."""
STRENGTH = 1.0
TREND = {1: "ascending", -1: "descending", 0: "auto"}


@dataclass(frozen=True)
class WoeColumn:
    """Hold one column's bins and the weight of evidence of each: the higher, the riskier.

    `cuts` part numbers into half-open bins, a cut belonging to the bin above it; `levels` name the levels of each bin
    of a category. `woe` has one weight a bin, `special` one for each value that is a bin of its own, `missing` that of
    gaps. `coefficient` is never negative: riskier evidence never lowers the score's log-odds.
    """

    name: str
    cuts: tuple[float, ...]
    levels: tuple[tuple[str, ...], ...]
    woe: tuple[float, ...]
    special: tuple[tuple[float, float], ...]
    missing: float
    coefficient: float


@dataclass(frozen=True)
class WoeScorecard:
    """Answer with log-odds of default, or points, that are a sum over columns."""

    layout: Layout
    columns: tuple[WoeColumn, ...]
    intercept: float

    @property
    def features(self) -> tuple[str, ...]:
        """Return the names of the columns it reads, in order."""
        return self.layout.names

    @property
    def digest(self) -> str:
        """Return the sha256 of all of it."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def log_odds(self, X: pd.DataFrame) -> pd.Series:
        """Return each row's log-odds of default.

        Shapes: X has the scorecard's columns in order; float64 with X's index. `attrs["findings"]` says which levels
            training never saw: they weigh nothing.
        Raises FeatureMismatch, InfiniteValues.
        """
        weights, findings = self._weights(X)
        answer = pd.Series(weights @ self._coefficients + self.intercept, index=X.index, name="log_odds")
        answer.attrs["findings"] = findings
        return answer

    def contributions(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return each column's share of the log-odds, then `base`; a row's sum is its log-odds.

        Raises FeatureMismatch, InfiniteValues.
        """
        weights, _ = self._weights(X)
        shares = pd.DataFrame(weights * self._coefficients, index=X.index, columns=X.columns)
        return shares.assign(base=self.intercept)

    def points(self, X: pd.DataFrame, scale: Scale = STANDARD) -> pd.DataFrame:
        """Return the points of each column and the score they add up to, as `models.scale.points_of` does.

        Raises FeatureMismatch, InfiniteValues.
        """
        return points_of(self.contributions(X), scale)

    def evidence(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return each cell's weight of evidence: the higher, the riskier.

        Raises FeatureMismatch, InfiniteValues.
        """
        return pd.DataFrame(self._weights(X)[0], index=X.index, columns=X.columns)

    def log_odds_of(self, matrix: Matrix) -> Numbers:
        """Return the log-odds of rows that are numbers already, as the layout encodes them."""
        return np.asarray(self._looked_up(matrix) @ self._coefficients + self.intercept, dtype=np.float64)

    def to_json(self) -> str:
        """Return the scorecard as JSON: bins, weights and coefficients, nothing else."""
        return TypeAdapter(WoeScorecard).dump_json(self, indent=1).decode()

    @classmethod
    def from_json(cls, text: str) -> "WoeScorecard":
        """Read a scorecard; raise ModelDamaged where the text is none."""
        try:
            card = TypeAdapter(WoeScorecard).validate_json(text)
        except ValidationError as fault:
            raise ModelDamaged("WOE 评分卡无法读取。", help="请从备份恢复或重新训练。") from fault
        whole = all(
            one.name == column.name and len(one.woe) == (len(one.levels) or len(one.cuts) + 1)
            for one, column in zip(card.columns, card.layout.columns, strict=False)
        )
        if len(card.columns) != len(card.layout.columns) or not whole:
            raise ModelDamaged("WOE 评分卡的列或分箱不齐全。", help="请从备份恢复或重新训练。")
        return card

    @property
    def _coefficients(self) -> Numbers:
        return np.array([column.coefficient for column in self.columns])

    def _looked_up(self, matrix: Matrix) -> Matrix:
        pairs = zip(self.columns, self.layout.columns, strict=True)
        return np.column_stack([_weights_of(one, kept, matrix[:, place]) for place, (one, kept) in enumerate(pairs)])

    def _weights(self, X: pd.DataFrame) -> tuple[Matrix, tuple[Finding, ...]]:
        matrix, findings = self.layout.encode(X)
        weights = self._looked_up(matrix)
        # The encoding reads a level never seen as a gap; here the two are told apart.
        for place, column in enumerate(self.layout.columns):
            if column.levels:
                weights[np.isnan(matrix[:, place]) & X.iloc[:, place].notna().to_numpy(), place] = NEUTRAL
        return weights, tuple(_unseen(finding) for finding in findings)


def fit_woe(table: Table, *, special: Mapping[str, Sequence[float]] | None = None) -> WoeScorecard:
    """Bin each column with optbinning, weigh the bins, and fit a logistic regression on the weights.

    A declared direction binds the bins: they rise, or fall, with it. `special` names values that are no number but a
    code, each a bin of its own.

    Raises AnalysisMissing where optbinning is not installed.
    Source: decisions.md 10 and 24; optbinning 1.0.
    """
    optbinning = imported()
    columns = tuple(
        _binned(column, table.matrix[:, place], table.label, tuple((special or {}).get(column.name, ())), optbinning)
        for place, column in enumerate(table.layout.columns)
    )
    bare = WoeScorecard(table.layout, columns, 0.0)
    coefficients, intercept = _line(bare._looked_up(table.matrix), table.label)
    weighed = zip(columns, coefficients, strict=True)
    return WoeScorecard(
        table.layout,
        tuple(replace(column, coefficient=float(weight)) for column, weight in weighed),
        intercept,
    )


def imported() -> ModuleType:
    """Return optbinning, imported without the words that cvxpy says about solvers of its own.

    Raises AnalysisMissing.
    """
    try:
        with (
            redirect_stdout(io.StringIO()),
            redirect_stderr(io.StringIO()),
            warnings.catch_warnings(action="ignore"),
        ):
            import optbinning
    except ImportError as fault:
        raise AnalysisMissing(
            "没有安装 optbinning，不能拟合 WOE 评分卡。", help='请安装分析组件：pip install "lukeping[analysis]"。'
        ) from fault
    module: ModuleType = optbinning
    return module


def _binned(
    column: Column, values: Numbers, label: Numbers, special: tuple[float, ...], optbinning: ModuleType
) -> WoeColumn:
    """Return the column's bins with their weights; one that does not vary has a single bin."""
    gap, coded = np.isnan(values), np.isin(values, special)
    plain = ~gap & ~coded
    cuts, groups = _parted(column, values, label, plain, special, optbinning)
    place = _places(column, cuts, groups, values[plain])
    count = len(groups) if groups else len(cuts) + 1
    totals = label.sum(), (1 - label).sum()
    return WoeColumn(
        name=column.name,
        cuts=cuts,
        levels=groups,
        woe=tuple(_weight(label[plain][place == one], totals) for one in range(count)),
        special=tuple((value, _weight(label[values == value], totals)) for value in special),
        missing=_weight(label[gap], totals),
        coefficient=0.0,
    )


def _parted(
    column: Column, values: Numbers, label: Numbers, plain: Mask, special: tuple[float, ...], optbinning: ModuleType
) -> tuple[tuple[float, ...], tuple[tuple[str, ...], ...]]:
    """Return the cuts of a number, or the groups of a category's levels, as optbinning chooses them."""
    category, found = column.kind == "category", np.unique(values[plain])
    present = tuple(column.levels[int(one)] for one in found) if category else ()
    if len(found) < 2 or len(np.unique(label[plain])) < 2:
        return (), (present,) if present else ()
    binning = optbinning.OptimalBinning(
        dtype="categorical" if category else "numerical",
        monotonic_trend=TREND[column.direction],
        special_codes=list(special) or None,
    )
    names = np.array([*column.levels, None], dtype=object)
    shown = names[np.where(np.isnan(values), -1, values).astype(np.int64)] if category else values
    with warnings.catch_warnings(action="ignore"):
        binning.fit(shown, label.astype(np.int64))
    if category:
        return (), tuple(tuple(sorted(map(str, group))) for group in binning.splits) or (present,)
    return tuple(float(cut) for cut in binning.splits), ()


def _weights_of(one: WoeColumn, kept: Column, values: Numbers) -> Numbers:
    """Return the weight of each value."""
    place = _places(kept, one.cuts, one.levels, values)
    table = np.array([*one.woe, NEUTRAL])
    weights = np.where(np.isnan(values), one.missing, table[place])
    for value, weight in one.special:
        weights[values == value] = weight
    return weights


def _places(column: Column, cuts: tuple[float, ...], groups: tuple[tuple[str, ...], ...], values: Numbers) -> Codes:
    """Return each value's bin; -1, the neutral end of the table, for a level that is in none, and for gaps."""
    gap = np.isnan(values)
    if column.kind != "category":
        return np.where(gap, -1, np.searchsorted(np.array(cuts), np.where(gap, 0.0, values), side="right"))
    bin_of = {level: number for number, group in enumerate(groups) for level in group}
    table = np.array([*(bin_of.get(level, -1) for level in column.levels), -1], dtype=np.int64)
    return table[np.where(gap, -1, values).astype(np.int64)]


def _weight(label: Numbers, totals: tuple[float, float]) -> float:
    """Return the log of how much more often the rows default than all do; neutral without rows."""
    bad, good = float(label.sum()), float((1 - label).sum())
    if bad + good == 0:
        return NEUTRAL
    if bad == 0 or good == 0:
        bad, good = bad + HALF, good + HALF
    return float(np.log(bad / totals[0]) - np.log(good / totals[1]))


def _line(weights: Matrix, label: Numbers) -> tuple[Numbers, float]:
    """Return coefficients, none negative, and intercept: columns that turn the evidence round are left out."""
    from sklearn.linear_model import LogisticRegression

    answer = np.zeros(weights.shape[1])
    used = np.flatnonzero(weights.std(axis=0) > 0)
    rate = label.mean()
    intercept = float(np.log(rate / (1 - rate)))
    while len(used):
        fitted = LogisticRegression(C=STRENGTH, max_iter=2000).fit(weights[:, used], label)
        intercept = float(fitted.intercept_[0])
        if (fitted.coef_[0] >= 0).all():
            answer[used] = fitted.coef_[0]
            break
        used = used[fitted.coef_[0] >= 0]
        intercept = float(np.log(rate / (1 - rate)))
    return answer, intercept


def _unseen(finding: Finding) -> Finding:
    """Say of a level never seen what is done with it here."""
    if finding.code != "level-never-seen":
        return finding
    message = finding.message.replace("按缺失处理", "不加分也不扣分")
    return Finding(finding.code, finding.severity, message, finding.columns, finding.help)
