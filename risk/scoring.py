"""What does a model say of rows of evidence: score, grade, points, reasons?"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from scipy.special import expit, logit

from data.spec.missing import Missing
from data.spec.table import GROUP_LABELS, Unit
from features.catalogue import FEATURES
from features.engine import compute_with_reasons
from features.spec import Feature
from models import explain
from models.card import ModelCard
from models.fitted import INTERVAL_LEVEL, Model
from models.scale import points_of
from risk import reasons
from risk.assessment import GroupPoints, Line, ModelReference, Reason
from risk.fitness import Baseline, Case, Fitness, fitness_of, widened
from risk.grade import Grade, grade_of, read_master_scale
from risk.limits import read_scoring_limits
from risk.lineage import flag_of, rests_on_others
from risk.receipt import receipt_of

LINES: Mapping[str, str] = {
    "base": "基准分",
    "calibration": "校准",
    "consent": "未授权不计分",
    "margin": "审慎边际",
    "bounds": "上下限",
    "rounding": "取整",
}
INTERVAL = f"{INTERVAL_LEVEL:.0%} 区间，按企业重抽样重新训练与校准"
CARD_LABELS: Mapping[str, str] = {"application": "申请卡", "behaviour": "行为卡"}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Hold one row's answer; lines and groups sum to score, and so do lines and contributions."""

    score: int
    pd: float
    pd_low: float
    pd_high: float
    interval: str
    grade: Grade
    model: ModelReference
    groups: tuple[GroupPoints, ...]
    lines: tuple[Line, ...]
    contributions: Mapping[str, float]
    values: Mapping[str, float | None]
    missing: Mapping[str, str]
    fingerprints: Mapping[str, str]
    receipt: Mapping[str, str]
    reasons_for: tuple[Reason, ...]
    reasons_against: tuple[Reason, ...]
    fitness: Fitness


def judge(
    live: tuple[str, Model, ModelCard],
    events: Mapping[str, pd.DataFrame],
    spine: pd.DataFrame,
    *,
    on: date,
    baseline: Baseline | None = None,
    late: Collection[str] = frozenset(),
) -> Iterator[Judged]:
    """Return the answer for each row of the spine, in its order.

    Shapes: events and spine as `features.engine.compute` takes them; `on` chooses the master scale; `late` names
        tables whose source is behind its calendar.
    Raises FeatureMismatch when the model's columns are not the catalogue's.
    """
    name, model, card = live
    features = tuple(FEATURES[column] for column in model.features)
    case = _case(live, events, spine, baseline=baseline, late=late)
    X, missing = case.X, case.missing
    fitness, limits = fitness_of(case, read_scoring_limits(on)), read_scoring_limits(on)
    explained = neutral(explain(model, X), missing)
    answers = _answers(model, X, explained["consent"], [one.widening for one in fitness])
    points = points_of(explained, card.scale, margin=card.margin)
    scale, reference = read_master_scale(on), _reference(name, card)
    fingerprints = {feature.name: feature.fingerprint for feature in features}
    for place in range(len(spine)):
        pd_, low, high = (float(value) for value in answers.iloc[place])
        given = {str(column): float(value) for column, value in points.iloc[place].items()}
        contributions = {feature.name: given[feature.name] for feature in features}
        told = _reasons(features, contributions, X.iloc[place], missing.iloc[place])
        values = {str(column): _known(value) for column, value in X.iloc[place].items()}
        yield Judged(
            score=int(given["score"]),
            pd=pd_,
            pd_low=low,
            pd_high=high,
            interval=INTERVAL
            if fitness[place].widening == 1
            else f"{INTERVAL}，样本稀疏放宽{limits.thin_widening:g}倍",
            grade=grade_of(pd_, scale),
            model=reference,
            groups=_groups(features, contributions),
            lines=tuple(Line(name=line, label=label, points=given.get(line, 0.0)) for line, label in LINES.items()),
            contributions=contributions,
            values=values,
            missing={
                str(column): str(reason) for column, reason in missing.iloc[place].items() if isinstance(reason, str)
            },
            fingerprints=fingerprints,
            receipt=receipt_of(model, card, fingerprints=fingerprints, values=values),
            reasons_for=told[0],
            reasons_against=told[1],
            fitness=fitness[place],
        )


def _case(
    live: tuple[str, Model, ModelCard],
    events: Mapping[str, pd.DataFrame],
    spine: pd.DataFrame,
    *,
    baseline: Baseline | None,
    late: Collection[str],
) -> Case:
    """Compute what the model reads, and what its baseline reads beside."""
    _, model, card = live
    own = list(model.features)
    beside = [] if baseline is None else [name for name in baseline.features if name not in model.features]
    X, missing = compute_with_reasons([FEATURES[name] for name in own + beside], events, spine, late=late)
    told = None if baseline is None else baseline.log_odds(X[list(baseline.features)])
    return Case(model=model, card=card, X=X[own], missing=missing[own], baseline=told)


def neutral(explained: pd.DataFrame, missing: pd.DataFrame) -> pd.DataFrame:
    """Return the contributions with a column `consent` that takes back, both ways, what was not authorised.

    What a firm keeps to itself neither costs nor gains a point (method.md 4): unknown then never beats a clean record
    either, which lies on the good side of nought.

    Shapes: explained as `models.explain` returns it, log-odds; missing has its features' columns.
    """
    closed = missing == str(Missing.NOT_AUTHORISED)
    return explained.assign(consent=0.0 - explained[closed.columns].where(closed, 0.0).sum(axis=1))


def _answers(model: Model, X: pd.DataFrame, consent: "pd.Series[float]", widening: Sequence[float]) -> pd.DataFrame:
    """Return pd, pd_low and pd_high: the model's, without what was not authorised, with its row's interval."""
    answers = pd.concat([model.probability(X).rename("pd"), model.interval(X)], axis=1)
    for name in answers:
        # Where nothing was taken back, the very bits stay.
        answers[name] = answers[name].where(consent == 0, expit(logit(answers[name]) + consent))
    return widened(answers, widening)


def _reference(name: str, card: ModelCard) -> ModelReference:
    return ModelReference(
        id=name,
        card=card.purpose.card,
        label=CARD_LABELS.get(card.purpose.card, card.purpose.card),
        horizon_months=card.purpose.horizon_months,
        trained_on=card.created_on,
        demonstration=card.purpose.demonstration,
    )


def _groups(features: Sequence[Feature], contributions: Mapping[str, float]) -> tuple[GroupPoints, ...]:
    found = {feature.group: 0.0 for feature in features}
    for feature in features:
        found[feature.group] += contributions[feature.name]
    return tuple(GroupPoints(group=group, label=GROUP_LABELS[group], points=sum_) for group, sum_ in found.items())


def _reasons(
    features: Sequence[Feature],
    contributions: Mapping[str, float],
    values: "pd.Series[float]",
    missing: "pd.Series[str]",
) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Return the reasons for and against; a group not authorised never argues against its firm (method.md 4)."""
    directed = [feature.name for feature in features if int(feature.direction)]
    closed = {name for name in directed if missing[name] == Missing.NOT_AUTHORISED}
    told = {feature.name: _reason(feature, contributions, values, missing) for feature in features}
    chosen_for = reasons.choose(contributions, frozenset(directed), positive=True)
    chosen_against = reasons.choose(contributions, frozenset(set(directed) - closed), positive=False)
    return tuple(told[name] for name in chosen_for), tuple(told[name] for name in chosen_against)


def _reason(
    feature: Feature, contributions: Mapping[str, float], values: "pd.Series[float]", missing: "pd.Series[str]"
) -> Reason:
    value, unit, points = _known(values[feature.name]), feature.unit, contributions[feature.name]
    if rests_on_others(feature.tables):
        value, unit = flag_of(value), Unit.FLAG
    reason = None if value is not None else str(missing[feature.name] or Missing.NOT_REPORTED)
    return Reason(
        feature=feature.name,
        label=feature.label,
        group=feature.group,
        value=value,
        unit=unit,
        points=points,
        sentence=reasons.sentence(
            feature.label,
            value=value,
            unit=unit,
            points=points,
            direction=int(feature.direction),
            missing=reason,
        ),
        missing=reason,
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
