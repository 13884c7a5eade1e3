"""What is answered about a real enterprise while no real defaults exist (method.md 2, the start-up card)?

An expert card on three feet: the official 100-point score, conduct, solvency. It gives a grade, no PD.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from data.spec.dated import ParameterSet
from data.spec.missing import Missing
from features.cards import READS, facts_of, points
from features.catalogue import FEATURES
from features.engine import compute, why_missing
from features.spine import spine_row
from risk.assessment import Assessment, ModelReference, Status
from risk.receipt import plain_receipt
from risk.unscored import STANDINGS, Unscored, put_standing

CARD = ModelReference(
    id="startup", card="startup", label="启动卡（专家卡）", horizon_months=None, trained_on=None, demonstration=False
)
CONDUCT = ("conduct_dishonesty_held", "conduct_serious_held", "conduct_tax_arrears_held", "conduct_enforcement_held")
LEVERAGE = "operations_leverage_ratio_2y"
GRADES = ("甲", "乙", "丙", "丁")
NOTE = "尚无足够的真实违约样本，本结果由专家卡给出等级，未经校准，不给出违约概率。"
TOO_LITTLE = "启动卡所需的是研发投入统计、财务年报和知识产权名单。"


@dataclass(frozen=True)
class Expert:
    """Hold the expert grade and the sentences that explain it."""

    grade: str | None
    said: tuple[str, ...]


def answer(
    blank: Assessment,
    events: Mapping[str, pd.DataFrame],
    enterprise_id: int,
    *,
    late: Collection[str] = frozenset(),
) -> Assessment:
    """Return the start-up card's answer: status uncalibrated with a grade, or not scored for want of evidence."""
    features = tuple(FEATURES[name] for name in (*READS, *CONDUCT, LEVERAGE))
    spine = spine_row(enterprise_id, as_of=blank.as_of)
    values = {str(name): float(value) for name, value in compute(features, events, spine).iloc[0].items()}
    expert = judge_expert(values, blank)
    told = {name: None if math.isnan(value) else value for name, value in values.items()}
    fingerprints = {feature.name: feature.fingerprint for feature in features}
    reasons = why_missing(features, events, spine, late=late).iloc[0]
    answered = replace(
        blank,
        model=CARD,
        values=told,
        missing={str(name): str(reason) for name, reason in reasons.items() if isinstance(reason, str)},
        fingerprints=fingerprints,
        receipt=plain_receipt(fingerprints, told),
        notes=(*blank.notes, *expert.said),
    )
    if expert.grade is None:
        closed = all(reason == Missing.NOT_AUTHORISED for reason in reasons)
        standing = STANDINGS[Unscored.NOT_AUTHORISED if closed else Unscored.TOO_LITTLE]
        return put_standing(answered, standing if closed else standing.because(TOO_LITTLE))
    return replace(answered, status=Status.UNCALIBRATED, grade=expert.grade, grade_label="专家等级", message=NOTE)


def judge_expert(values: Mapping[str, float], blank: Assessment) -> Expert:
    """Return the expert grade of feature values: points first, then conduct and solvency take notches."""
    text = Path(__file__).with_name("startup_card.yaml").read_text(encoding="utf-8")
    limits = {name: float(number) for name, number in ParameterSet.parse(text).numbers(blank.as_of).items()}
    scored = points(facts_of(values), on=blank.as_of)
    total, covered = float(scored.total), float(scored.coverage)
    said = [f"科技型中小企业百分制（按可核项目估算）：{total:.0f}分，可核比例{covered * 100:.0f}%。"]
    if covered < limits["least_coverage"]:
        return Expert(None, tuple(said))
    notch = 0 if total >= limits["upper"] else 1 if total >= limits["middle"] else 2
    if values[LEVERAGE] > limits["leverage_limit"]:
        notch += 1
        said.append(f"资产负债率{values[LEVERAGE] * 100:.1f}%，高于{limits['leverage_limit'] * 100:.0f}%，降一等。")
    for name in CONDUCT:
        if values[name] > 0:
            notch = len(GRADES) - 1
            said.append(f"{FEATURES[name].label}为{values[name]:.0f}，列末等。")
    return Expert(GRADES[min(notch, len(GRADES) - 1)], tuple(said))
