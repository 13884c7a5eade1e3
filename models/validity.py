"""What can be measured of a model on the rows it was fitted on, each judged by trees that had not seen its firm?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.spec.progress import Progress
from models.card import ModelCard
from models.comparison import Comparison, compare
from models.contributions_oracle import Agreement, verify
from models.drift import Stability, stability
from models.fitted import Model
from models.grades import grade_report
from models.low_default import most_prudent
from models.measures import Metrics
from models.segments import SegmentLine, ValidationRule, segment_lines
from models.sensitivity import Dependence, Sensitivity, dependences, sensitivities
from models.table import Table, hidden_together, table_of
from models.training import FitSettings, train_and_hold_out
from models.uncertainty import measure
from models.vintages import VintageLine, vintage_lines

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Cases:
    """Hold the labelled rows that a model is validated on.

    Shapes: X has the model's columns; label 0 or 1, firms, days and attributes row by row; known the share of values
        that are not gaps, over the whole card's features. `censored` rows had neither a good nor a bad end. `together`
        maps columns to the groups that were hidden at random when the model was fitted. `embargo_days` after a row's
        day its label window has ended; `yardsticks` are scores from outside, one number a row, to be compared with.
    """

    X: pd.DataFrame
    label: "pd.Series[float]"
    firms: "pd.Series[int]"
    days: "pd.Series[pd.Timestamp]"
    attributes: pd.DataFrame
    known: Numbers
    censored: int = 0
    together: Mapping[str, str] = field(default_factory=dict)
    embargo_days: int = 0
    yardsticks: Mapping[str, "pd.Series[float]"] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Scaled:
    """Name the grades of a master scale: codes and upper PD bounds, best first."""

    codes: Sequence[str]
    below: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Validity:
    """Hold what a validation measured; `roc` are false and true alarm rates, `grades` is `grade_report`'s table.

    `grades` counts each firm once a window, with the most prudent PD as `upper` and `upper_correlated`.
    """

    metrics: Metrics
    roc: tuple[tuple[float, float], ...]
    grades: pd.DataFrame
    stabilities: dict[str, Stability]
    split_on: str
    segments: list[SegmentLine]
    vintages: list[VintageLine]
    dependences: list[Dependence]
    sensitivities: list[Sensitivity]
    comparison: Comparison | None
    agreements: tuple[Agreement, ...]
    censored: int

    @property
    def rate_with_censored(self) -> float:
        """Return the default rate with every censored row taken as performing."""
        return self.metrics.defaults / (self.metrics.rows + self.censored)


def validate(
    model: Model,
    card: ModelCard,
    cases: Cases,
    scaled: Scaled,
    *,
    rule: ValidationRule,
    with_baselines: bool,
    progress: Progress,
) -> Validity:
    """Measure a model on the cases: rank order, calibration, stability, segments, vintages, directions, sensitivity.

    Rows up to the card's last day are judged out of fold, as when the model was fitted; later ones by the model itself.

    Raises FeatureMismatch, and what `fit` raises of a table; ModelDamaged where another program explains the model
        otherwise.
    Source: method.md 1-5.
    """
    progress.stage("留出预测")
    table = _table(model, cases)
    probability = _held_out(model, card, cases, table)
    progress.stage("区分度与校准")
    metrics = measure(table.label, probability, table.clusters, seed=card.seed)
    cohorts = apart(cases.days, table.clusters, months=card.purpose.horizon_months)
    grades = _grades(table, probability, cohorts, scaled, rule)
    progress.stage("稳定性与分群")
    split_on, stabilities = _stabilities(card, cases, table, probability)
    segments = segment_lines(
        cases.attributes,
        table.label,
        probability,
        table.clusters,
        known=cases.known,
        level=rule.segment_level,
        seed=card.seed,
    )
    progress.stage("方向、敏感性与独立复核")
    return Validity(
        metrics=metrics,
        roc=roc(table.label, probability),
        grades=grades,
        stabilities=stabilities,
        split_on=split_on,
        segments=segments,
        vintages=_vintages(cases, table, probability, rule, card.seed),
        dependences=dependences(model, cases.X, seed=card.seed, scale=card.scale),
        sensitivities=sensitivities(model, cases.X, scale=card.scale),
        comparison=against_baselines(model, cases, card.seed, progress) if with_baselines else None,
        agreements=verify(model, with_shap=True),
        censored=cases.censored,
    )


def against_baselines(model: Model, cases: Cases, seed: int, progress: Progress) -> Comparison:
    """Compare the boosted model with what is simpler and with the yardsticks, on the model's columns.

    No label window of a row that is learned from reaches into the days that are judged.
    """
    progress.stage("与基准方案比较")
    return compare(
        cases.X,
        cases.label,
        cases.yardsticks,
        groups=cases.firms,
        dates=cases.days,
        directions=_directions(model),
        embargo_days=cases.embargo_days,
        seed=seed,
        progress=progress,
    )


def _directions(model: Model) -> dict[str, int]:
    return {column.name: column.direction for column in model.head.layout.columns}


def _table(model: Model, cases: Cases) -> Table:
    table = table_of(cases.X, cases.label, groups=cases.firms, dates=cases.days, directions=_directions(model))
    return hidden_together(table, cases.together) if cases.together else table


def _held_out(model: Model, card: ModelCard, cases: Cases, table: Table) -> Numbers:
    last = card.purpose.as_of_days[-1] if card.purpose.as_of_days else cases.days.max()
    seen = (cases.days <= pd.Timestamp(last)).to_numpy()
    answer = model.probability(cases.X).to_numpy(dtype=np.float64).copy()
    _, held_out = train_and_hold_out(_undated(table.rows(seen)), FitSettings(refits=0), seed=card.seed)
    answer[seen] = held_out
    return answer


def _undated(table: Table) -> Table:
    """Return the table without days: the report out of time stands on the card already."""
    return replace(table, days=None)


def apart(days: "pd.Series[pd.Timestamp]", clusters: Codes, *, months: int) -> Codes:
    """Return the positions of each firm's rows whose windows do not overlap: its first, then the first after each.

    Chosen without a look at the outcome. The last row of a firm would not do, nor one drawn at random: a firm's rows
    end with its default, and those that default early have few.
    """
    order = np.lexsort((days.to_numpy(), clusters))
    ends = (days + pd.DateOffset(months=months)).to_numpy()
    kept: list[int] = []
    for place in order:
        if not kept or clusters[kept[-1]] != clusters[place] or days.iloc[place].to_datetime64() >= ends[kept[-1]]:
            kept.append(int(place))
    return np.sort(np.array(kept, dtype=np.int64))


def _grades(table: Table, probability: Numbers, rows: Codes, scaled: Scaled, rule: ValidationRule) -> pd.DataFrame:
    frame = grade_report(probability[rows], table.label[rows], scaled.below, scaled.codes)
    held = frame[frame["firms"] > 0]
    firms, defaults = (held[name].astype(int).tolist() for name in ("firms", "defaults"))
    for name, correlation in (("upper", 0.0), ("upper_correlated", rule.asset_correlation)):
        bounds = most_prudent(firms, defaults, confidence=rule.prudent_confidence, correlation=correlation)
        frame[name] = pd.Series(bounds, index=held.index).reindex(frame.index)
    return frame


def _stabilities(card: ModelCard, cases: Cases, table: Table, probability: Numbers) -> tuple[str, dict[str, Stability]]:
    """Compare the later rows with the earlier ones, the latest row of each firm on either side."""
    later = card.report.out_of_time
    first = pd.Timestamp(later.first_test_on) if later else cases.days.sort_values().iloc[len(cases.days) // 2]
    sides = [_latest(cases.days, table.clusters, side.to_numpy()) for side in (cases.days < first, cases.days >= first)]
    if any(len(side) == 0 for side in sides):
        return f"{first:%Y-%m-%d}", {}
    told = {"": probability} | {name: table.matrix[:, place] for place, name in enumerate(table.layout.names)}
    return f"{first:%Y-%m-%d}", {name: stability(values[sides[0]], values[sides[1]]) for name, values in told.items()}


def _latest(days: "pd.Series[pd.Timestamp]", clusters: Codes, side: Mask) -> Codes:
    rows = pd.DataFrame({"day": days.to_numpy(), "firm": clusters, "place": np.arange(len(days))})[side]
    kept = rows.sort_values("day", kind="stable").drop_duplicates("firm", keep="last")["place"]
    return kept.to_numpy(dtype=np.int64)


def _vintages(cases: Cases, table: Table, probability: Numbers, rule: ValidationRule, seed: int) -> list[VintageLine]:
    years = np.asarray(cases.days.dt.year, dtype=np.int64)
    relief = (rule.relief_from_year, rule.relief_to_year)
    return vintage_lines(years, table.label, probability, table.clusters, relief=relief, seed=seed)


def roc(label: Numbers, probability: Numbers, points: int = 60) -> tuple[tuple[float, float], ...]:
    """Return the curve of true against false alarms from (0, 0) to (1, 1), at not many more points than asked for."""
    order = np.argsort(-probability, kind="stable")
    ends = np.flatnonzero(np.r_[np.diff(probability[order]) != 0, True])
    true = np.r_[0.0, np.cumsum(label[order])[ends] / label.sum()]
    false = np.r_[0.0, np.cumsum(1 - label[order])[ends] / (1 - label).sum()]
    kept = np.unique(np.linspace(0, len(true) - 1, points).round().astype(int))
    return tuple(zip(map(float, false[kept]), map(float, true[kept]), strict=True))
