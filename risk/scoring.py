"""What does a model say of rows of evidence: score, grade, points, reasons?"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from data.spec.missing import Missing
from data.spec.table import GROUP_LABELS
from features.catalogue import FEATURES
from features.context import context_of
from features.engine import compute_with_reasons
from features.spec import Feature
from models import explain
from models.card import ModelCard
from models.fitted import INTERVAL_LEVEL, Model
from models.products import shift_of
from models.references import relative
from models.scale import points_of
from risk.arguments import Case, argue, read_obliged
from risk.assessment import GroupPoints, Line, ModelReference, Reason, Reference, RelativeTo
from risk.fitness import Baseline, Fitness, Shown, fitness_of, widened
from risk.grade import Grade, grade_of, read_master_scale
from risk.limits import read_scoring_limits
from risk.readers import Audience, Language
from risk.reasons import reference_words, sentence
from risk.receipt import receipt_of
from risk.standpoint import Standpoint, background_of, standpoint

LINES: Mapping[str, str] = {
    "calibration": "校准",
    "consent": "未授权不计分",
    "product": "产品截距",
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
    fitness: Fitness


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Say as of which day limits and master scale hold, against what points are measured, and for which product."""

    on: date
    relative_to: RelativeTo = RelativeTo.POPULATION
    product: str | None = None


def judge(
    live: tuple[str, Model, ModelCard],
    events: Mapping[str, pd.DataFrame],
    spine: pd.DataFrame,
    *,
    terms: Terms,
    baseline: Baseline | None = None,
    late: Collection[str] = frozenset(),
) -> Iterator[Judged]:
    """Return the answer for each row of the spine, in its order.

    Shapes: events and spine as `features.engine.compute` takes them; `late` names tables whose source is behind its
        calendar. Where the terms name a product, its intercept is a line of its own.
    Raises FeatureMismatch when the model's columns are not the catalogue's; ReferenceUnavailable.
    """
    name, model, card = live
    bench = _Bench(name, model, card, terms, beside="" if baseline is None else baseline.digest)
    shown = show(live, events, spine, baseline=baseline, late=late)
    fitness = fitness_of(shown, bench.limits)
    explained = neutral(explain(model, shown.X), shown.missing, usual=bench.usual)
    if terms.product is not None:
        explained = explained.assign(product=bench.shift)
    answers = _answers(model, shown.X, explained["consent"] + bench.shift, [one.widening for one in fitness])
    context = bench.context(events, spine)
    stands = list(bench.standpoints(answers["pd"], context))
    means = np.array([one.profile.means for one in stands]).reshape(len(spine), -1)
    points = points_of(relative(explained, means), card.scale, margin=card.margin)
    for place, stand in enumerate(stands):
        missing = shown.missing.iloc[place]
        yield bench.judged(
            answer={str(one): float(value) for one, value in answers.iloc[place].items()},
            given={str(column): float(value) for column, value in points.iloc[place].items()},
            values={str(column): _known(value) for column, value in shown.X.iloc[place].items()},
            missing={str(column): str(one) for column, one in missing.items() if isinstance(one, str)},
            stand=stand,
            months=float(context["years"].iloc[place]) * 12,
            fitness=fitness[place],
        )


class _Bench:
    """Hold what is the same for every row that one model judges on one day."""

    def __init__(self, name: str, model: Model, card: ModelCard, terms: Terms, *, beside: str) -> None:
        self._model, self._card, self._beside, on = model, card, beside, terms.on
        self._relative_to, self.shift = terms.relative_to, shift_of(card.products, terms.product)
        self._scale, self._reference, self._obliged = read_master_scale(on), _reference(name, card), read_obliged(on)
        self._background = background_of(model)
        self.limits, self.usual = read_scoring_limits(on), self._background.population.means
        self.features = tuple(FEATURES[column] for column in model.features)
        self._fingerprints = {feature.name: feature.fingerprint for feature in self.features}

    def standpoints(self, probabilities: "pd.Series[float]", context: pd.DataFrame) -> Iterator[Standpoint]:
        """Yield each row's reference."""
        pairs = zip(context["industry"], context["stage"], strict=True)
        for one, pair in zip(probabilities, pairs, strict=True):
            yield standpoint(self._background, self._relative_to, pd=float(one), scale=self._scale, context=pair)

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
        fitness: Fitness,
    ) -> Judged:
        """Return one row's answer from its probabilities, points and values, and the firm's age."""
        contributions = {feature.name: given[feature.name] for feature in self.features}
        reference = replace(stand.reference, score=given["base"])
        favouring, opposing = argue(self._case(contributions, values, missing, stand, months))
        return Judged(
            score=int(given["score"]),
            **answer,
            interval=_interval(fitness),
            grade=grade_of(answer["pd"], self._scale),
            model=self._reference,
            reference=reference,
            groups=_groups(self.features, contributions),
            lines=_lines(given, reference),
            contributions=contributions,
            values=values,
            missing=missing,
            fingerprints=self._fingerprints,
            receipt=receipt_of(
                self._model,
                self._card,
                fingerprints=self._fingerprints,
                values=values,
                baseline=self._beside,
                shift=self.shift,
            ),
            reasons_for=_worded(favouring, reference),
            reasons_against=_worded(opposing, reference),
            fitness=fitness,
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
    told = {line: label for line, label in labels.items() if line != "product" or line in given}
    return tuple(Line(name=line, label=label, points=given.get(line, 0.0)) for line, label in told.items())


def _interval(fitness: Fitness) -> str:
    return INTERVAL if fitness.widening == 1 else f"{INTERVAL}，样本稀疏放宽{fitness.widening:g}倍"


def show(
    live: tuple[str, Model, ModelCard],
    events: Mapping[str, pd.DataFrame],
    spine: pd.DataFrame,
    *,
    baseline: Baseline | None,
    late: Collection[str],
) -> Shown:
    """Compute what the model reads, and what its baseline reads beside; arguments as for `judge`."""
    _, model, card = live
    own = list(model.features)
    beside = [] if baseline is None else [name for name in baseline.features if name not in model.features]
    X, missing = compute_with_reasons([FEATURES[name] for name in own + beside], events, spine, late=late)
    told = None if baseline is None else baseline.log_odds(X[list(baseline.features)])
    return Shown(model=model, card=card, X=X[own], missing=missing[own], baseline=told)


def neutral(explained: pd.DataFrame, missing: pd.DataFrame, *, usual: Sequence[float]) -> pd.DataFrame:
    """Return the contributions with a column `consent` that puts what was not authorised back to what is usual.

    What a firm keeps to itself neither costs nor gains a point against the population (method.md 4), whatever the
    reference asked for; unknown then never beats a clean record either, which lies on the good side of the usual.

    Shapes: explained as `models.explain` returns it, log-odds; missing has its features' columns; usual is the
        population's mean contribution of each of them.
    """
    closed = missing == str(Missing.NOT_AUTHORISED)
    beyond = explained[closed.columns] - np.asarray(usual)
    return explained.assign(consent=0.0 - beyond.where(closed, 0.0).sum(axis=1))


def _answers(model: Model, X: pd.DataFrame, beyond: "pd.Series[float]", widening: Sequence[float]) -> pd.DataFrame:
    """Return pd, pd_low and pd_high: the model's, moved by what lies beyond it, with its row's interval.

    Beyond it lie what takes back the points of what was not authorised, and the product's intercept.
    """
    answers = pd.concat([model.probability(X).rename("pd"), model.interval(X)], axis=1)
    for name in answers:
        # Where nothing moves it, the very bits stay.
        answers[name] = answers[name].where(beyond == 0, expit(logit(answers[name]) + beyond))
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


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
