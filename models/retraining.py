"""What does the scheduled retraining do, from the store to a model that can be shelved?

This module alone composes store, engine, label and fit; the mathematics below knows none of them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from data.spec.access import Access
from data.spec.errors import Refusal
from data.spec.progress import Progress
from data.spec.table import Table
from data.spec.tables import TABLES
from data.spec.versions import latest_known
from data.store.reads import read_events
from data.store.work import Work
from features.catalogue import features_of
from features.engine import compute
from features.spec import Aggregate, Feature
from models import labels
from models.fitted import Model
from models.labels import CENSORED, LabelRule, Outcome
from models.selection import choose_columns
from models.table import table_of
from models.training import FitSettings, train

LENDING = ("loan", "loan_application", "loan_month", "loan_event", "enterprise_registration")
CARDS = ("application", "behaviour")
LEAST_DEFAULTS = 20
"""Under so many defaulted firms no LightGBM goes live (method.md 2)."""


class NothingToLearn(Refusal):
    """Too few firms have defaulted for a model of any kind."""

    code = "nothing-to-learn"


@dataclass(frozen=True, kw_only=True)
class TrainingSet:
    """Hold the labelled rows of one card and their features.

    Shapes: rows has enterprise_id, as_of, own_loan, outcome, default_on; matrix one column a feature, same index.
    """

    card: str
    rows: pd.DataFrame
    matrix: pd.DataFrame
    features: tuple[Feature, ...]
    rule: LabelRule

    @property
    def outcomes(self) -> Mapping[str, int]:
        """Count the rows by outcome."""
        return dict(Counter(self.rows["outcome"]))

    @property
    def learnable(self) -> "pd.Series[bool]":
        """Tell which rows are learned from: default or performing, nothing else."""
        return self.rows["outcome"].isin([Outcome.DEFAULT, Outcome.PERFORMING])

    @property
    def horizon_months(self) -> int:
        """Return the months that a PD of this card looks ahead."""
        return self.rule.application_months if self.card == "application" else self.rule.behaviour_months


@dataclass(frozen=True, kw_only=True)
class Trained:
    """Hold a fitted model with what it was fitted on."""

    model: Model
    features: tuple[Feature, ...]
    outcomes: Mapping[str, int]
    spine_days: tuple[date, date]
    horizon_months: int


def read_rule(day: date) -> LabelRule:
    """Return the label rule in force on day (models/label_rule.yaml)."""
    text = Path(__file__).with_name("label_rule.yaml").read_text(encoding="utf-8")
    return labels.read_label_rule(text, day)


def tables_of(features: Sequence[Feature]) -> tuple[str, ...]:
    """Return the names of the tables that features read, their inputs' tables among them."""
    found: dict[str, Table] = {"enterprise_registration": TABLES["enterprise_registration"]}
    for feature in features:
        for name in tables_of(feature.inputs) if feature.inputs else ():
            found[name] = TABLES[name]
        if isinstance(feature.declaration, Aggregate):
            found[feature.declaration.table.name] = feature.declaration.table
    return tuple(found)


def build_training_set(work: Work, *, card: str, as_of: date, access: Access, progress: Progress) -> TrainingSet:
    """Label every row of the card that was observable before as_of, and compute its features as of its own day.

    Shapes: see TrainingSet. Source: method.md 1-3.
    """
    features = features_of(card)
    progress.stage("读取证据")
    events = read_events(work, dict.fromkeys((*LENDING, *tables_of(features))), access=access)
    progress.stage("判定违约与表现期")
    rule = read_rule(as_of)
    rows = label_rows(events, card=card, as_of=as_of, rule=rule)
    progress.stage("计算特征", len(rows))
    matrix = compute(features, events, rows[["enterprise_id", "as_of", "own_loan"]])
    progress.advance(len(rows))
    return TrainingSet(card=card, rows=rows, matrix=matrix, features=features, rule=rule)


def label_rows(events: Mapping[str, pd.DataFrame], *, card: str, as_of: date, rule: LabelRule) -> pd.DataFrame:
    """Return the card's rows with their outcomes, by what was known before as_of."""
    until = pd.Timestamp(as_of).as_unit("s")
    lending = {name: latest_known(events[name], until) for name in LENDING}
    spells = labels.default_spells(labels.default_events(lending, rule), lending["loan_month"], rule)
    if card == "application":
        rows = labels.application_rows(lending, rule)
    else:
        first = lending["loan"]["disbursed_on"].min()
        rows = labels.behaviour_rows(lending, pd.date_range(first, until, freq="QE"), rule)
    return labels.label(rows, spells, lending, rule=rule, observed_until=until)


def fit_card(training: TrainingSet, *, seed: int, progress: Progress) -> Trained:
    """Choose features within the budget on the earlier rows, fit, calibrate, and test on the later rows.

    Raises NothingToLearn when there are too few rows to learn from.
    """
    learnable = training.rows[training.learnable]
    matrix = training.matrix[training.learnable]
    defaulted = learnable["outcome"].eq(Outcome.DEFAULT)
    firms = int(learnable.loc[defaulted, "enterprise_id"].nunique())
    if firms < LEAST_DEFAULTS:
        raise NothingToLearn(
            f"可学习的违约企业只有{firms}家，少于{LEAST_DEFAULTS}家，不训练模型。",
            help="请继续报送贷后数据；在此之前使用启动卡。",
        )
    embargo = _embargo_days(training)
    directions = {feature.name: int(feature.direction) for feature in training.features}
    progress.stage("挑选特征")
    early = _earlier(learnable["as_of"], embargo)
    chosen = choose_columns(
        matrix[early],
        defaulted[early].astype(float),
        groups=learnable.loc[early, "enterprise_id"],
        directions=directions,
        budget=max(1, firms // 10),
        seed=seed,
    )
    progress.stage("训练与校准")
    table = table_of(
        matrix[list(chosen)],
        defaulted.astype(float),
        groups=learnable["enterprise_id"],
        dates=learnable["as_of"],
        directions={name: directions[name] for name in chosen},
    )
    model = train(table, FitSettings(embargo_days=embargo), seed=seed)
    days = learnable["as_of"]
    return Trained(
        model=model,
        features=tuple(feature for feature in training.features if feature.name in set(chosen)),
        outcomes=training.outcomes,
        spine_days=(days.min().date(), days.max().date()),
        horizon_months=training.horizon_months,
    )


def _earlier(days: "pd.Series[pd.Timestamp]", embargo_days: int) -> "pd.Series[bool]":
    """Tell which rows the out-of-time test trains on: the fit must choose its columns on these alone."""
    first_test = days.sort_values().iloc[int(len(days) * (1 - FitSettings().later_share))]
    return (days + pd.Timedelta(days=embargo_days)).lt(first_test)


def _embargo_days(training: TrainingSet) -> int:
    """Return the days by which every label window, and its reporting, has ended."""
    spans = (training.rows["window_end"] - training.rows["as_of"]).dt.days
    return int(np.ceil(spans.max())) + 31


def outcome_notes(outcomes: Mapping[str, int]) -> tuple[str, ...]:
    """Tell in Chinese which rows were left out, and why."""
    censored = sum(outcomes.get(one, 0) for one in CENSORED)
    return (
        f"可学习 {outcomes.get(Outcome.DEFAULT, 0) + outcomes.get(Outcome.PERFORMING, 0)} 行，"
        f"其中违约 {outcomes.get(Outcome.DEFAULT, 0)} 行",
        f"未到期 {outcomes.get(Outcome.IMMATURE, 0)} 行、未报送 {outcomes.get(Outcome.UNOBSERVED, 0)} 行、"
        f"提前结清或注销 {censored} 行，不作好坏样本",
    )
