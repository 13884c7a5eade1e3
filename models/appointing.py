"""How does a fitted model get onto the shelf, and by whose word does it answer?"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from data.spec.access import Access
from data.spec.audit import Action, AuditEvent
from data.spec.tables.lending import PRODUCTS
from data.store.work import Work
from models.acceptance import Acceptances, gaps_of
from models.card import Anchor, Purpose, card_of
from models.contributions_oracle import verify
from models.fitted import Model
from models.labels import CENSORED, Outcome
from models.products import ProductIntercept
from models.register import Register
from models.retraining import LABELS, Order, Trained
from models.scale import Scale, read_scale
from models.segments import read_validation_rule
from models.shelf import seal_of
from models.woe import WoeScorecard

FIRST = "该卡尚无启用的模型，首个模型随训练启用"


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


def read_score_scale(day: date) -> tuple[Scale, float]:
    """Return the score scale and the margin of conservatism in force on day (models/scale.yaml)."""
    return read_scale(Path(__file__).with_name("scale.yaml").read_text(encoding="utf-8"), day)


def shelve(work: Work, trained: Trained, order: Order, *, shelf: Path, access: Access, at: datetime) -> TrainingReport:
    """Put a fitted model on the shelf as a candidate and record it; never commits.

    The first model of a card is promoted at once, or nobody could be answered, unless a segment's gap must be accepted
    first (a demonstration's never judges a real firm, so nothing has to be); any later promotion is a separate, audited
    act.
    """
    name = f"{order.card}-{order.as_of:%Y%m%d}-{_short_hash(trained.model)}"
    scale, margin = read_score_scale(order.as_of)
    card = card_of(
        trained.model,
        _purpose(trained, order),
        name=name,
        created_on=at.date(),
        scale=scale,
        margin=margin,
        products=trained.products,
    )
    register = Register(shelf)
    if name not in register.names():
        verify(trained.model, with_shap=False)
        register.shelve(trained.model, card)
    work.record(_told(access, Action.MODEL_TRAINED, name))
    promoted = not register.course(order.card) and (order.demonstration or not gaps_of(card))
    if promoted:
        register.promote(order.card, name, by=access.actor, at=at, reason=FIRST)
        work.record(_told(access, Action.MODEL_PROMOTED, name))
    return _report(name, trained, order, promoted=promoted)


def appoint(work: Work, card: str, model: str | None, *, shelf: Path, access: Access, reason: str) -> str:
    """Make a shelved model the champion of a card, or with None roll back to the one before; never commits.

    Where shap is installed, it must first agree with the model's contributions on its golden rows; and where a segment
    lies outside its bounds, enough people must have accepted that in writing.

    Raises ModelUnknown, ModelDamaged, SegmentGapUnaccepted.
    """
    register = Register(shelf)
    if model is None:
        promotion = register.roll_back(card)
    else:
        fitted, described = register.load(model)
        wanted = read_validation_rule(access.at.date()).acceptances
        Acceptances(shelf).check(described, seal_of(register.place_of(model)), wanted=wanted)
        verify(fitted, with_shap=True)
        promotion = register.promote(card, model, by=access.actor, at=access.at, reason=reason)
    work.record(_told(access, Action.MODEL_PROMOTED, promotion.model))
    return promotion.model


def keep_beside(work: Work, name: str, scorecard: WoeScorecard, *, shelf: Path, access: Access) -> None:
    """Stand a simpler card beside a shelved model and record it; never commits; raise ModelUnknown, ModelDamaged."""
    Register(shelf).keep_baseline(name, scorecard)
    work.record(_told(access, Action.BASELINE_SHELVED, name))


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
    notes += [product_note(one) for one in trained.products]
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


def product_note(one: ProductIntercept) -> str:
    """Tell in Chinese how far a product is moved from the city, and on how many loans that rests."""
    return (
        f"{PRODUCTS.get(one.product, one.product)}：截距 {one.shift:+.2f}（对数几率），"
        f"依据 {one.rows} 行、违约 {one.defaults} 行，未收缩前 {one.observed:+.2f}±{one.error:.2f}"
    )


def outcome_notes(outcomes: Mapping[str, int]) -> tuple[str, ...]:
    """Tell in Chinese which rows were left out, and why."""
    censored = sum(outcomes.get(one, 0) for one in CENSORED)
    return (
        f"可学习 {outcomes.get(Outcome.DEFAULT, 0) + outcomes.get(Outcome.PERFORMING, 0)} 行，"
        f"其中违约 {outcomes.get(Outcome.DEFAULT, 0)} 行",
        f"未到期 {outcomes.get(Outcome.IMMATURE, 0)} 行、未报送 {outcomes.get(Outcome.UNOBSERVED, 0)} 行、"
        f"提前结清或注销 {censored} 行，不作好坏样本",
    )
