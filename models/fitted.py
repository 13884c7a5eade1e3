"""What does a fitted model answer about rows it is shown?"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import TypeAdapter, ValidationError
from scipy.special import expit, stdtrit

from models.boosting import feature_names, raw_log_odds, read
from models.calibration import Calibrator
from models.columns import Layout, Matrix
from models.contributions_tables import Tables, tables_of
from models.findings import Finding
from models.measures import Metrics
from models.references import Background
from models.refusals import IntervalUnavailable, ModelDamaged, TableUnusable
from models.support import Leaves, Nearness, Support, leaves_of, nearness

Numbers = npt.NDArray[np.float64]

HEAD = "model.json"
INTERVAL_LEVEL = 0.80


@dataclass(frozen=True)
class OutOfTime:
    """Say how a fit on the earlier rows did on the later ones, known firms and new ones apart.

    `last_label_before` is the day by which every training label window had ended: the first test day.
    """

    first_test_on: str
    last_train_on: str
    embargo_days: int
    train_rows: int
    train_defaults: int
    metrics: Metrics
    new_firms: Metrics | None
    known_firms: Metrics | None


@dataclass(frozen=True)
class Report:
    """Hold what was measured on rows that the trees had not seen."""

    out_of_fold: Metrics
    out_of_time: OutOfTime | None = None


@dataclass(frozen=True)
class Head:
    """Hold everything of a model but its trees."""

    layout: Layout
    calibrator: Calibrator
    refit_calibrators: tuple[Calibrator, ...]
    widening: float
    report: Report
    findings: tuple[Finding, ...]
    seed: int
    background: Background | None = None
    support: Support | None = None


@dataclass(frozen=True, repr=False)
class Model:
    """Answer with the calibrated probability of default, its interval, and what was noticed.

    The log-odds are the mean of the member boosters, put through one line; the refits are boosters of resampled
    firms and serve the interval alone. Columns are checked, by name and in order, on every call.
    """

    head: Head
    members: tuple[str, ...]
    refits: tuple[str, ...]

    def __repr__(self) -> str:
        """Tell the model's size in one line: its texts are long."""
        figures = self.report.out_of_fold
        return f"Model({len(self.features)} columns, {figures.rows} rows, {figures.defaults} defaults)"

    @property
    def features(self) -> tuple[str, ...]:
        """Return the names of the columns it reads, in order."""
        return self.head.layout.names

    @property
    def report(self) -> Report:
        """Return what was measured out of fold and, where dates were given, out of time."""
        return self.head.report

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what was noticed while fitting."""
        return self.head.findings

    @cached_property
    def boosters(self) -> tuple[lgb.Booster, ...]:
        """Return the members as boosters."""
        return tuple(read(text) for text in self.members)

    @cached_property
    def refit_boosters(self) -> tuple[lgb.Booster, ...]:
        """Return the refits as boosters."""
        return tuple(read(text) for text in self.refits)

    @cached_property
    def digest(self) -> str:
        """Return the sha256 of the trees: members and refits, in order."""
        return hashlib.sha256("\0".join(self.members + self.refits).encode()).hexdigest()

    @cached_property
    def contribution_tables(self) -> tuple[Tables | None, ...]:
        """Return each member's tables of contributions, None where its trees are too deep for tables."""
        return tuple(tables_of(text) for text in self.members)

    @cached_property
    def leaves(self) -> Leaves:
        """Return which share of the training rows each leaf of the members had."""
        return leaves_of(self.boosters, self.members)

    def encode(self, X: pd.DataFrame) -> tuple[Matrix, tuple[Finding, ...]]:
        """Check the columns and return the table as numbers with what was noticed.

        Raises FeatureMismatch, InfiniteValues, TableUnusable.
        """
        if not isinstance(X, pd.DataFrame):
            raise TableUnusable("需要带列名的数据表（DataFrame）。")
        return self.head.layout.encode(X)

    def findings_on(self, X: pd.DataFrame) -> tuple[Finding, ...]:
        """Return what is odd about a table to be predicted: levels never seen, gaps never seen."""
        return self.encode(X)[1]

    def log_odds(self, X: pd.DataFrame) -> pd.Series:
        """Return each row's calibrated log-odds of default.

        Shapes: X has the model's columns in order; float64 with X's index. `attrs["findings"]` carries findings_on(X).
        Raises FeatureMismatch, InfiniteValues.
        """
        matrix, findings = self.encode(X)
        return _told(self.calibrated(matrix), X, "log_odds", findings)

    def probability(self, X: pd.DataFrame) -> pd.Series:
        """Return each row's calibrated probability of default.

        Shapes: X has the model's columns in order; float64 in (0, 1) with X's index. `attrs["findings"]` carries
            findings_on(X).
        Raises FeatureMismatch, InfiniteValues.
        """
        matrix, findings = self.encode(X)
        return _told(expit(self.calibrated(matrix)), X, "probability", findings)

    def interval(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return the 80 % interval of the probability of such firms, from refits on resampled firms.

        Shapes: columns pd_low and pd_high with X's index; the probability lies between them.
        Raises IntervalUnavailable where the model was fitted without refits; FeatureMismatch, InfiniteValues.
        Source: method.md 5.
        """
        if len(self.refits) < 2:
            raise IntervalUnavailable("该模型训练时没有重抽样，给不出区间。", help="请用默认设置重新训练。")
        matrix, _ = self.encode(X)
        centre = self.calibrated(matrix)
        level = float(stdtrit(len(self.refits), (1 + INTERVAL_LEVEL) / 2))
        reach = self.head.widening * level * self._distance(matrix, centre)
        return pd.DataFrame({"pd_low": expit(centre - reach), "pd_high": expit(centre + reach)}, index=X.index)

    def nearness(self, X: pd.DataFrame) -> tuple[Nearness, ...] | None:
        """Return how near each row is to the training rows; None where the model does not describe them.

        Raises FeatureMismatch, InfiniteValues.
        """
        if self.head.support is None:
            return None
        matrix, _ = self.encode(X)
        return nearness(self.head.support, self.features, self.leaves, matrix)

    def member_log_odds(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return each member's own calibrated log-odds: one column a member, X's index.

        Raises FeatureMismatch, InfiniteValues.
        """
        matrix, _ = self.encode(X)
        answers = {place: self.head.calibrator.apply(_raw(one, matrix)) for place, one in enumerate(self.boosters)}
        return pd.DataFrame(answers, index=X.index)

    def to_texts(self) -> dict[str, str]:
        """Return the model as texts by file name: JSON for its head, LightGBM's own form for its trees."""
        texts = {HEAD: TypeAdapter(Head).dump_json(self.head, indent=1).decode()}
        texts |= {f"member-{number:02d}.txt": text for number, text in enumerate(self.members)}
        return texts | {f"refit-{number:02d}.txt": text for number, text in enumerate(self.refits)}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> "Model":
        """Put a model together again from texts whose hashes have been verified.

        No booster is built here. Raises ModelDamaged when the parts do not belong together.
        """
        try:
            head = TypeAdapter(Head).validate_json(texts.get(HEAD, ""))
        except ValidationError as fault:
            raise ModelDamaged("模型说明 model.json 无法读取。", help="请从备份恢复或重新训练。") from fault
        members = tuple(texts[name] for name in sorted(texts) if name.startswith("member-"))
        refits = tuple(texts[name] for name in sorted(texts) if name.startswith("refit-"))
        expected = f"\nfeature_names={' '.join(feature_names(head.layout))}\n"
        if not members or len(refits) != len(head.refit_calibrators):
            raise ModelDamaged("模型文件不齐全。", help="请从备份恢复或重新训练。")
        if any(expected not in text for text in members + refits):
            raise ModelDamaged("模型文件的列与说明不符。", help="请从备份恢复或重新训练。")
        return cls(head, members, refits)

    def mean_raw(self, matrix: Matrix) -> Numbers:
        """Return the uncalibrated log-odds: the mean of the members."""
        return mean_of([_raw(booster, matrix) for booster in self.boosters])

    def calibrated(self, matrix: Matrix) -> Numbers:
        """Return the calibrated log-odds of rows that are numbers already."""
        return self.head.calibrator.apply(self.mean_raw(matrix))

    def _distance(self, matrix: Matrix, centre: Numbers) -> Numbers:
        """Return how far the refits lie from the model, as a root mean square of log-odds."""
        pairs = zip(self.refit_boosters, self.head.refit_calibrators, strict=True)
        answers = [calibrator.apply(_raw(booster, matrix)) for booster, calibrator in pairs]
        return np.sqrt(mean_of([(answer - centre) ** 2 for answer in answers]))


def mean_of(parts: Sequence[Numbers]) -> Numbers:
    """Return the elementwise mean, added one part after the other.

    numpy's own mean adds in another order when there is one row, and a firm alone would differ from its row in a batch.
    """
    return np.asarray(reduce(np.add, parts) / len(parts), dtype=np.float64)


def _raw(booster: lgb.Booster, matrix: Matrix) -> Numbers:
    return raw_log_odds(booster, matrix) if len(matrix) else np.zeros(0)


def _told(values: Numbers, X: pd.DataFrame, name: str, findings: tuple[Finding, ...]) -> pd.Series:
    series = pd.Series(values, index=X.index, name=name, dtype=np.float64)
    series.attrs["findings"] = findings
    return series
