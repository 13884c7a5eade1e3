"""What does a model say of rows of evidence: score, grade, points, reasons?"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

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
from risk.grade import Grade, grade_of, read_master_scale
from risk.lineage import flag_of, rests_on_others
from risk.receipt import receipt_of

LINES: Mapping[str, str] = {
    "base": "基准分",
    "calibration": "校准",
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


def judge(
    live: tuple[str, Model, ModelCard], events: Mapping[str, pd.DataFrame], spine: pd.DataFrame, *, on: date
) -> Iterator[Judged]:
    """Return the answer for each row of the spine, in its order.

    Shapes: events and spine as `features.engine.compute` takes them; `on` chooses the master scale.
    Raises FeatureMismatch when the model's columns are not the catalogue's.
    """
    name, model, card = live
    features = tuple(FEATURES[column] for column in model.features)
    X, missing = compute_with_reasons(features, events, spine)
    answers = pd.concat([model.probability(X).rename("pd"), model.interval(X)], axis=1)
    points = points_of(explain(model, X), card.scale, margin=card.margin)
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
            interval=INTERVAL,
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
        )


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
