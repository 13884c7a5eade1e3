"""What does a model say of rows of evidence: score, grade, points, reasons?"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from data.spec.table import GROUP_LABELS
from features.catalogue import FEATURES
from features.context import context_of
from features.engine import compute_with_reasons
from features.spec import Feature
from models import explain
from models.card import ModelCard
from models.fitted import INTERVAL_LEVEL, Model
from models.references import relative
from models.scale import points_of
from risk.arguments import Case, argue, read_obliged
from risk.assessment import GroupPoints, Line, ModelReference, Reason, Reference, RelativeTo
from risk.grade import Grade, grade_of, read_master_scale
from risk.readers import Audience, Language
from risk.reasons import reference_words, sentence
from risk.receipt import receipt_of
from risk.standpoint import Standpoint, background_of, standpoint

LINES: Mapping[str, str] = {
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
    reference: Reference
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
    live: tuple[str, Model, ModelCard],
    events: Mapping[str, pd.DataFrame],
    spine: pd.DataFrame,
    *,
    on: date,
    relative_to: RelativeTo = RelativeTo.POPULATION,
) -> Iterator[Judged]:
    """Return the answer for each row of the spine, in its order.

    Shapes: events and spine as `features.engine.compute` takes them; `on` chooses the master scale; `relative_to` what
        the points are measured against.
    Raises FeatureMismatch when the model's columns are not the catalogue's; ReferenceUnavailable.
    """
    name, model, card = live
    bench = _Bench(name, model, card, on)
    X, missing = compute_with_reasons(bench.features, events, spine)
    answers = pd.concat([model.probability(X).rename("pd"), model.interval(X)], axis=1)
    context = bench.context(events, spine)
    stands = list(bench.standpoints(answers["pd"], context, relative_to))
    told = relative(explain(model, X), np.array([one.profile.means for one in stands]).reshape(len(X), -1))
    points = points_of(told, card.scale, margin=card.margin)
    for place, stand in enumerate(stands):
        yield bench.judged(
            answer={str(one): float(value) for one, value in answers.iloc[place].items()},
            given={str(column): float(value) for column, value in points.iloc[place].items()},
            values={str(column): _known(value) for column, value in X.iloc[place].items()},
            missing={str(column): str(one) for column, one in missing.iloc[place].items() if isinstance(one, str)},
            stand=stand,
            months=float(context["years"].iloc[place]) * 12,
        )


class _Bench:
    """Hold what is the same for every row that one model judges on one day."""

    def __init__(self, name: str, model: Model, card: ModelCard, on: date) -> None:
        self._model, self._card = model, card
        self._scale, self._reference, self._obliged = read_master_scale(on), _reference(name, card), read_obliged(on)
        self._background = background_of(model)
        self.features = tuple(FEATURES[column] for column in model.features)
        self._fingerprints = {feature.name: feature.fingerprint for feature in self.features}

    def standpoints(
        self, probabilities: "pd.Series[float]", context: pd.DataFrame, relative_to: RelativeTo
    ) -> Iterator[Standpoint]:
        """Yield each row's reference."""
        pairs = zip(context["industry"], context["stage"], strict=True)
        for one, pair in zip(probabilities, pairs, strict=True):
            yield standpoint(self._background, relative_to, pd=float(one), scale=self._scale, context=pair)

    def context(self, events: Mapping[str, pd.DataFrame], spine: pd.DataFrame) -> pd.DataFrame:
        """Return each row's industry, stage and age."""
        return context_of(events, spine, stage_years=self._background.stage_years)

    def judged(
        self,
        *,
        answer: Mapping[str, float],
        given: Mapping[str, float],
        values: Mapping[str, float | None],
        missing: Mapping[str, str],
        stand: Standpoint,
        months: float,
    ) -> Judged:
        """Return one row's answer from its probabilities, points and values, and the firm's age."""
        contributions = {feature.name: given[feature.name] for feature in self.features}
        reference = replace(stand.reference, score=given["base"])
        favouring, opposing = argue(self._case(contributions, values, missing, stand, months))
        return Judged(
            score=int(given["score"]),
            **answer,
            interval=INTERVAL,
            grade=grade_of(answer["pd"], self._scale),
            model=self._reference,
            reference=reference,
            groups=_groups(self.features, contributions),
            lines=_lines(given, reference),
            contributions=contributions,
            values=values,
            missing=missing,
            fingerprints=self._fingerprints,
            receipt=receipt_of(self._model, self._card, fingerprints=self._fingerprints, values=values),
            reasons_for=_worded(favouring, reference),
            reasons_against=_worded(opposing, reference),
        )

    def _case(
        self,
        contributions: Mapping[str, float],
        values: Mapping[str, float | None],
        missing: Mapping[str, str],
        stand: Standpoint,
        months: float,
    ) -> Case:
        return Case(
            features=self.features,
            points=[contributions[feature.name] for feature in self.features],
            values=[values[feature.name] for feature in self.features],
            missing=[missing.get(feature.name) for feature in self.features],
            background=self._background,
            profile=stand.profile,
            obliged=frozenset(name for name, least in self._obliged.items() if months >= least),
        )


def _worded(reasons: Sequence[Reason], reference: Reference) -> tuple[Reason, ...]:
    """Return the reasons with the sentences that a bank reads; other readers' are made from what is kept."""
    return tuple(
        replace(one, sentence=sentence(one, reference, audience=Audience.BANK, language=Language.ZH)) for one in reasons
    )


def _lines(given: Mapping[str, float], reference: Reference) -> tuple[Line, ...]:
    labels = {"base": reference_words(reference, Language.ZH).base, **LINES}
    return tuple(Line(name=line, label=label, points=given.get(line, 0.0)) for line, label in labels.items())


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


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
