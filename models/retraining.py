"""What does the scheduled retraining do, from the store to a model that can be shelved?

This module alone composes store, engine, label and fit; the mathematics below knows none of them.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from data.spec.access import Access
from data.spec.audit import Action, AuditEvent
from data.spec.errors import Refusal
from data.spec.progress import Progress
from data.spec.versions import latest_known
from data.store.reads import read_events
from data.store.work import Work
from features.catalogue import features_of
from features.engine import compute
from features.spec import Aggregate, Feature
from models import labels
from models.card import Anchor, Purpose, card_of
from models.contributions_oracle import verify
from models.findings import Finding
from models.fitted import Model
from models.labels import CENSORED, LabelRule, Outcome
from models.leakage import find_leaks
from models.register import Register
from models.scale import Scale, read_scale
from models.selection import choose_columns
from models.table import LIVE_DEFAULTS, table_of
from models.training import FitSettings
from models.training import train as train_table
from models.tuning import Search, tuned_recipe

LENDING = ("loan", "loan_application", "loan_month", "loan_event", "enterprise_registration")
CARDS = ("application", "behaviour")


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
class TrainingReport:
    """Tell a model owner what a training came to."""

    name: str
    label: str
    rows: int
    defaults: int
    demonstration: bool
    promoted: bool
    metrics: Mapping[str, float]
    notes: tuple[str, ...]


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


def read_score_scale(day: date) -> tuple[Scale, float]:
    """Return the score scale and the margin of conservatism in force on day (models/scale.yaml)."""
    return read_scale(Path(__file__).with_name("scale.yaml").read_text(encoding="utf-8"), day)


def tables_of(features: Sequence[Feature]) -> tuple[str, ...]:
    """Return the names of the tables that features read, their inputs' tables among them."""
    declared = [one.declaration for feature in features for one in feature.aggregates]
    read = [each.table.name for each in declared if isinstance(each, Aggregate)]
    return tuple(dict.fromkeys(("enterprise_registration", *read)))


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


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Hold what a fit of a card sees: learnable rows, the columns within the budget, and what they are told.

    Shapes: rows as in TrainingSet; matrix the chosen columns, same index; defaulted 1.0 or 0.0.
    """

    rows: pd.DataFrame
    matrix: pd.DataFrame
    defaulted: "pd.Series[float]"
    directions: Mapping[str, int]
    embargo_days: int
    leaks: tuple[Finding, ...]


def choose(
    training: TrainingSet, *, seed: int, progress: Progress, later_share: float = FitSettings.later_share
) -> Chosen:
    """Look for leaks and choose features within the budget, on the rows before the later share of them.

    Raises NothingToLearn when there are too few rows to learn from.
    """
    learnable = training.rows[training.learnable]
    matrix = training.matrix[training.learnable]
    defaulted = learnable["outcome"].eq(Outcome.DEFAULT)
    firms = int(learnable.loc[defaulted, "enterprise_id"].nunique())
    if firms < LIVE_DEFAULTS:
        raise NothingToLearn(
            f"可学习的违约企业只有{firms}家，少于{LIVE_DEFAULTS}家，不训练模型。",
            help="请继续报送贷后数据；在此之前使用启动卡。",
        )
    progress.stage("检查是否泄露结果")
    leaks = find_leaks(matrix, defaulted.astype(float), groups=learnable["enterprise_id"], dates=learnable["as_of"])
    embargo = _embargo_days(training)
    directions = {feature.name: int(feature.direction) for feature in training.features}
    progress.stage("挑选特征")
    early = _earlier(learnable["as_of"], embargo, later_share)
    names = choose_columns(
        matrix[early],
        defaulted[early].astype(float),
        groups=learnable.loc[early, "enterprise_id"],
        directions=directions,
        budget=max(1, firms // 10),
        seed=seed,
    )
    return Chosen(
        rows=learnable,
        matrix=matrix[list(names)],
        defaulted=defaulted.astype(float),
        directions={name: directions[name] for name in names},
        embargo_days=embargo,
        leaks=tuple(leaks),
    )


def fit_card(training: TrainingSet, *, seed: int, progress: Progress, search: Search | None = None) -> Trained:
    """Choose features, search settings where asked, fit, calibrate, and test on the later rows.

    Raises NothingToLearn when there are too few rows to learn from; AnalysisMissing where a search needs optuna.
    """
    chosen = choose(training, seed=seed, progress=progress)
    days = chosen.rows["as_of"]
    table = table_of(
        chosen.matrix,
        chosen.defaulted,
        groups=chosen.rows["enterprise_id"],
        dates=days,
        directions=chosen.directions,
    )
    settings, noticed = FitSettings(embargo_days=chosen.embargo_days), chosen.leaks
    if search is not None:
        found = tuned_recipe(table, search, seed=seed, embargo_days=chosen.embargo_days, progress=progress)
        settings, noticed = replace(settings, recipe=found.recipe), (*noticed, found.finding)
    progress.stage("训练与校准")
    model = train_table(replace(table, findings=(*table.findings, *noticed)), settings, seed=seed)
    return Trained(
        model=model,
        features=tuple(feature for feature in training.features if feature.name in chosen.directions),
        outcomes=training.outcomes,
        spine_days=(days.min().date(), days.max().date()),
        horizon_months=training.horizon_months,
    )


def _earlier(days: "pd.Series[pd.Timestamp]", embargo_days: int, later_share: float) -> "pd.Series[bool]":
    """Tell which rows the out-of-time test trains on: the fit must choose its columns on these alone."""
    first_test = days.sort_values().iloc[int(len(days) * (1 - later_share))]
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


LABELS: Mapping[str, str] = {"application": "申请卡", "behaviour": "行为卡"}
FIRST = "该卡尚无启用的模型，首个模型随训练启用"


@dataclass(frozen=True, kw_only=True)
class Order:
    """Order a training: which card, by what was known before which day, seeded, on which store, with which search."""

    card: str
    as_of: date
    demonstration: bool
    seed: int = 0
    search: Search | None = None


def learn(work: Work, order: Order, *, access: Access, progress: Progress) -> Trained:
    """Build the training set and fit; only reads, so that nobody waits for it.

    Raises NothingToLearn.
    """
    training = build_training_set(work, card=order.card, as_of=order.as_of, access=access, progress=progress)
    return fit_card(training, seed=order.seed, progress=progress, search=order.search)


def shelve(work: Work, trained: Trained, order: Order, *, shelf: Path, access: Access, at: datetime) -> TrainingReport:
    """Put a fitted model on the shelf as a candidate and record it; never commits.

    The first model of a card is promoted at once, or nobody could be answered; any later promotion is a separate,
    audited act.
    """
    name = f"{order.card}-{order.as_of:%Y%m%d}-{_short_hash(trained.model)}"
    scale, margin = read_score_scale(order.as_of)
    card = card_of(trained.model, _purpose(trained, order), name=name, created_on=at.date(), scale=scale, margin=margin)
    register = Register(shelf)
    if name not in register.names():
        verify(trained.model, with_shap=False)
        register.shelve(trained.model, card)
    work.record(_told(access, Action.MODEL_TRAINED, name))
    promoted = not register.course(order.card)
    if promoted:
        register.promote(order.card, name, by=access.actor, at=at, reason=FIRST)
        work.record(_told(access, Action.MODEL_PROMOTED, name))
    return _report(name, trained, order, promoted=promoted)


def appoint(work: Work, card: str, model: str | None, *, shelf: Path, access: Access, reason: str) -> str:
    """Make a shelved model the champion of a card, or with None roll back to the one before; never commits.

    Where shap is installed, it must first agree with the model's contributions on its golden rows.

    Raises ModelUnknown, ModelDamaged.
    """
    register = Register(shelf)
    if model is None:
        promotion = register.roll_back(card)
    else:
        verify(register.load(model)[0], with_shap=True)
        promotion = register.promote(card, model, by=access.actor, at=access.at, reason=reason)
    work.record(_told(access, Action.MODEL_PROMOTED, promotion.model))
    return promotion.model


def _purpose(trained: Trained, order: Order) -> Purpose:
    first, last = trained.spine_days
    return Purpose(
        card=order.card,
        label_definition="逾期超过90天（重要性门槛以上）、次级及以下、代偿、核销、转让、破产、财务困难下的重组展期、带债注销",
        horizon_months=trained.horizon_months,
        as_of_days=(first, last),
        fingerprints={feature.name: feature.fingerprint for feature in trained.features},
        anchor=Anchor(
            population="有报送贷款且表现期已满的企业",
            years=f"{first.year}–{last.year}",
            central_tendency=trained.model.report.out_of_fold.base_rate,
            defaults=trained.model.report.out_of_fold.defaulted_clusters,
            status="observed",
        ),
        demonstration=order.demonstration,
    )


def _report(name: str, trained: Trained, order: Order, *, promoted: bool) -> TrainingReport:
    figures, later = trained.model.report.out_of_fold, trained.model.report.out_of_time
    metrics = {f"out_of_fold_{key}": value for key, value in figures.to_json().items()}
    if later is not None:
        metrics |= {f"out_of_time_{key}": value for key, value in later.metrics.to_json().items()}
    notes = [*outcome_notes(trained.outcomes), f"入选特征 {len(trained.features)} 项"]
    notes += [finding.message for finding in trained.model.findings]
    if order.demonstration:
        notes.append("演示数据上的指标只说明流程走得通，不说明模型的实际效果")
    return TrainingReport(
        name=name,
        label=LABELS[order.card],
        rows=figures.rows,
        defaults=figures.defaults,
        demonstration=order.demonstration,
        promoted=promoted,
        metrics=metrics,
        notes=tuple(notes),
    )


def _short_hash(model: Model) -> str:
    texts = model.to_texts()
    return hashlib.sha256("".join(texts[name] for name in sorted(texts)).encode()).hexdigest()[:8]


def _told(access: Access, action: Action, name: str) -> AuditEvent:
    return AuditEvent(tenant=access.tenant, actor=access.actor, action=action, object_id=name, at=access.at)
