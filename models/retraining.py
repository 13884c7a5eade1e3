"""What does the scheduled retraining do, from the store to a model that can be shelved?

This module alone composes store, engine, label and fit; the mathematics below knows none of them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import logit

from data.spec.access import Access
from data.spec.errors import Refusal
from data.spec.progress import Progress
from data.spec.table import Group
from data.spec.versions import latest_known
from data.store.reads import read_events
from data.store.work import Work
from features.catalogue import features_of
from features.context import context_of, peer_keys
from features.engine import compute
from features.spec import Aggregate, Feature
from models import labels
from models.background import BackgroundRule, read_background_rule, with_background
from models.findings import Finding
from models.fitted import Model
from models.labels import LabelRule, Outcome
from models.leakage import find_leaks
from models.products import ProductIntercept, intercepts_of
from models.scale import read_widening
from models.segments import SegmentLine, attributes_of, gap_findings, read_validation_rule, segment_lines
from models.selection import best_known, choose_columns
from models.table import LIVE_DEFAULTS, Table, hidden_together, table_of
from models.training import FitSettings, train_and_hold_out
from models.tuning import Search, tuned_recipe

Numbers = npt.NDArray[np.float64]

LENDING = ("loan", "loan_application", "loan_month", "loan_event", "enterprise_registration")
CARDS = ("application", "behaviour")
SCALE = Path(__file__).with_name("scale.yaml")


class NothingToLearn(Refusal):
    """Too few firms have defaulted for a model of any kind."""

    code = "nothing-to-learn"


@dataclass(frozen=True, kw_only=True)
class TrainingSet:
    """Hold the labelled rows of one card and their features.

    Shapes: rows has enterprise_id, as_of, own_loan, outcome, default_on; matrix one column a feature, context industry
        and stage, same index; attributes one column a segmentation, never features.
    """

    card: str
    rows: pd.DataFrame
    matrix: pd.DataFrame
    context: pd.DataFrame
    features: tuple[Feature, ...]
    rule: LabelRule
    background: BackgroundRule
    attributes: pd.DataFrame = field(default_factory=pd.DataFrame)

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
    """Hold a fitted model with what it was fitted on, and each row's probability from trees that had not seen it."""

    model: Model
    held_out: "pd.Series[float]"
    features: tuple[Feature, ...]
    outcomes: Mapping[str, int]
    spine_days: tuple[date, date]
    horizon_months: int
    products: tuple[ProductIntercept, ...] = ()


def read_rule(day: date) -> LabelRule:
    """Return the label rule in force on day (models/label_rule.yaml)."""
    text = Path(__file__).with_name("label_rule.yaml").read_text(encoding="utf-8")
    return labels.read_label_rule(text, day)


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
    rows = label_rows(learned_from(events, access), card=card, as_of=as_of, rule=rule)
    progress.stage("计算特征", len(rows))
    matrix = compute(features, events, rows[["enterprise_id", "as_of", "own_loan"]])
    progress.advance(len(rows))
    register = latest_known(events["enterprise_registration"], pd.Timestamp(as_of).as_unit("s"))
    background = read_background_rule(as_of)
    return TrainingSet(
        card=card,
        rows=rows,
        matrix=matrix,
        context=context_of(events, rows, stage_years=background.stage_years),
        features=features,
        rule=rule,
        background=background,
        attributes=attributes_of(register, rows["enterprise_id"], matrix, read_validation_rule(as_of)),
    )


def learned_from(events: Mapping[str, pd.DataFrame], access: Access) -> Mapping[str, pd.DataFrame]:
    """Return the events without the reports that no label may rest on; features read them under the bureau's duty."""
    if not access.withheld:
        return events
    banks, firms = zip(*sorted(access.withheld), strict=True)
    withheld = pd.MultiIndex.from_arrays([banks, firms])

    def kept(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[~pd.MultiIndex.from_frame(frame[["owner", "enterprise_id"]]).isin(withheld)]

    return {name: kept(frame) if name in LENDING else frame for name, frame in events.items()}


def values_of(work: Work, features: Sequence[Feature], rows: pd.DataFrame, *, access: Access) -> pd.DataFrame:
    """Return the value of each feature in each row as of its own day; rows as in TrainingSet."""
    events = read_events(work, dict.fromkeys(tables_of(features)), access=access)
    return compute(features, events, rows[["enterprise_id", "as_of", "own_loan"]])


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

    Raises LabelsUnusable, OneClassOnly.
    """
    learnable = training.rows[training.learnable]
    matrix = training.matrix[training.learnable]
    defaulted = learnable["outcome"].eq(Outcome.DEFAULT).astype(float)
    progress.stage("检查是否泄露结果")
    leaks = find_leaks(matrix, defaulted, groups=learnable["enterprise_id"], dates=learnable["as_of"])
    embargo = embargo_days_of(training)
    directions = {feature.name: int(feature.direction) for feature in training.features}
    progress.stage("挑选特征")
    early = _earlier(learnable["as_of"], embargo, later_share)
    budget = max(1, _defaulted_firms(training) // 10)
    if _defaulted_firms(training) < LIVE_DEFAULTS:
        names = best_known(matrix, directions=directions, budget=budget)
    else:
        names = choose_columns(
            matrix[early],
            defaulted[early],
            groups=learnable.loc[early, "enterprise_id"],
            directions=directions,
            budget=budget,
            seed=seed,
        )
    return Chosen(
        rows=learnable,
        matrix=matrix[list(names)],
        defaulted=defaulted,
        directions={name: directions[name] for name in names},
        embargo_days=embargo,
        leaks=tuple(leaks),
    )


def _defaulted_firms(training: TrainingSet) -> int:
    return int(training.rows.loc[training.rows["outcome"] == Outcome.DEFAULT, "enterprise_id"].nunique())


def _check_enough(training: TrainingSet) -> None:
    firms = _defaulted_firms(training)
    if firms < LIVE_DEFAULTS:
        raise NothingToLearn(
            f"可学习的违约企业只有{firms}家，少于{LIVE_DEFAULTS}家，不训练模型。",
            help="请继续报送贷后数据；在此之前使用启动卡。",
        )


def fit_card(training: TrainingSet, *, seed: int, progress: Progress, search: Search | None = None) -> Trained:
    """Choose features, search settings where asked, fit, calibrate, and test on the later rows.

    Raises NothingToLearn when there are too few rows to learn from; AnalysisMissing where a search needs optuna.
    """
    _check_enough(training)
    chosen = choose(training, seed=seed, progress=progress)
    table = _table(training, chosen)
    widening = read_widening(SCALE.read_text(encoding="utf-8"), chosen.rows["as_of"].max().date())
    settings, noticed = FitSettings(embargo_days=chosen.embargo_days, widening=widening), chosen.leaks
    if search is not None:
        found = tuned_recipe(table, search, seed=seed, embargo_days=chosen.embargo_days, progress=progress)
        settings, noticed = replace(settings, recipe=found.recipe), (*noticed, found.finding)
    progress.stage("训练与校准")
    table = replace(table, findings=(*table.findings, *noticed))
    model, held_out = train_and_hold_out(table, settings, seed=seed)
    gaps = gap_findings(segments_of(training, table, held_out, seed=seed))
    model = replace(model, head=replace(model.head, findings=(*model.findings, *gaps)))
    progress.stage("归纳参照与符号")
    days = chosen.rows["as_of"]
    return Trained(
        model=_against_background(model, table, training),
        held_out=pd.Series(held_out, index=chosen.rows.index),
        features=tuple(feature for feature in training.features if feature.name in chosen.directions),
        outcomes=training.outcomes,
        spine_days=(days.min().date(), days.max().date()),
        horizon_months=training.horizon_months,
        products=_products(chosen.rows["product"], table, held_out),
    )


def _products(product: "pd.Series[str]", table: Table, held_out: Numbers) -> tuple[ProductIntercept, ...]:
    """Return the products' intercepts; a card whose rows are no loans of one product has none."""
    if product.isna().any():
        return ()
    return intercepts_of(logit(held_out), table.label, product.to_numpy(dtype=str), table.clusters)


def _table(training: TrainingSet, chosen: Chosen) -> Table:
    table = table_of(
        chosen.matrix,
        chosen.defaulted,
        groups=chosen.rows["enterprise_id"],
        dates=chosen.rows["as_of"],
        directions=chosen.directions,
    )
    return hidden_together(table, withholdable(training.features))


def segments_of(training: TrainingSet, table: Table, held_out: Numbers, *, seed: int) -> list[SegmentLine]:
    """Return each segment of the learnable rows, by held-out probabilities; none where no attributes are known."""
    if training.attributes.empty:
        return []
    chosen = training.learnable
    return segment_lines(
        training.attributes[chosen],
        table.label,
        held_out,
        table.clusters,
        known=training.matrix[chosen].notna().mean(axis=1).to_numpy(),
        level=read_validation_rule(training.rows["as_of"].max().date()).segment_level,
        seed=seed,
    )


def _against_background(model: Model, table: Table, training: TrainingSet) -> Model:
    """Return the model with what its reasons are told against: the population, peers, signs and families."""
    context = training.context[training.learnable]
    keys = [peer_keys(*pair) for pair in zip(context["industry"], context["stage"], strict=True)]
    families = {feature.name: feature.group.value for feature in training.features}
    return with_background(model, table, training.background, families=families, peers=list(zip(*keys, strict=True)))


def withholdable(features: Sequence[Feature]) -> dict[str, str]:
    """Map each feature that a consent may withhold to its group; the register is public."""
    return {feature.name: feature.group for feature in features if feature.group is not Group.PROFILE}


def _earlier(days: "pd.Series[pd.Timestamp]", embargo_days: int, later_share: float) -> "pd.Series[bool]":
    """Tell which rows the out-of-time test trains on: the fit must choose its columns on these alone."""
    first_test = days.sort_values().iloc[int(len(days) * (1 - later_share))]
    return (days + pd.Timedelta(days=embargo_days)).lt(first_test)


def embargo_days_of(training: TrainingSet) -> int:
    """Return the days by which every label window, and its reporting, has ended."""
    spans = (training.rows["window_end"] - training.rows["as_of"]).dt.days
    return int(np.ceil(spans.max())) + 31


LABELS: Mapping[str, str] = {"application": "申请卡", "behaviour": "行为卡"}


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
