"""What do the transparent score cards say of an enterprise, as far as its evidence reaches?

Points are per hundred of what is known; where too little is known there are none, so that an unknown item is never
a measured zero. A card serves a model as one more column, and stands beside it as a baseline.
"""

import hashlib

import numpy as np

from data.spec.table import Group, Unit
from features.arithmetic import Floats
from features.cards import high_tech, innovation_points, innovative_sme, tech_sme
from features.cards.baselines import score
from features.cards.scorecard import read_text
from features.contracts import Contracts
from features.numbers import ON, number, said
from features.operations import Operations
from features.patents import Patents
from features.peers import Peers
from features.platforms import Platforms
from features.profile import Profile
from features.projects import Projects
from features.rnd import Rnd
from features.spec import Card, Derived, FeatureGroup
from features.tables.stages import stage_of

LEAST = "least_card_coverage"
SCORED = "官方评价衡量创新能力，不等于偿债能力，不作断言"
TOLD = "按评分卡逐项计分，除以已知项目的满分，折成百分；已知项目不足{share:.0%}时未知"


def _text(code: str) -> str:
    """Say which text of a card a score rests on, for its fingerprint."""
    return f"{code}:{hashlib.sha256(read_text(code).encode()).hexdigest()}, {said(LEAST)}"


def _tech_sme_points(
    rnd_staff_share_ratio_2y: Floats,
    rnd_intensity_2y: Floats,
    rnd_cost_share_ratio_2y: Floats,
    patent_inventions_held: Floats,
    patent_class_one_rights: Floats,
    patent_utilities_held: Floats,
    patent_software_rights: Floats,
) -> Floats:
    facts, rows = tech_sme.facts(locals()), len(rnd_intensity_2y)
    scored = score(tech_sme.tech_sme_card(), facts, on=ON, rows=rows)
    return scored.per_hundred(least_coverage=number(LEAST))


def _innovative_sme_points(
    patent_inventions_held: Floats,
    patent_class_one_rights: Floats,
    patent_utilities_held: Floats,
    patent_software_rights: Floats,
    rnd_intensity_2y: Floats,
    operations_revenue_growth_3y: Floats,
    operations_leverage_ratio_2y: Floats,
) -> Floats:
    facts, rows = innovative_sme.facts(locals()), len(rnd_intensity_2y)
    scored = score(innovative_sme.innovative_sme_card(), facts, on=ON, rows=rows)
    return scored.per_hundred(least_coverage=number(LEAST))


def _high_tech_points(  # noqa: PLR0913 # The card reads nine features.
    profile_age_years: Floats,
    patent_inventions_held: Floats,
    patent_class_one_rights: Floats,
    patent_utilities_held: Floats,
    patent_software_rights: Floats,
    rnd_staff_share_ratio_2y: Floats,
    rnd_intensity_3y: Floats,
    operations_revenue_latest_2y: Floats,
    operations_high_tech_income_ratio_2y: Floats,
) -> Floats:
    facts, rows = high_tech.facts(locals(), on=ON), len(profile_age_years)
    scored = score(high_tech.high_tech_card(), facts, on=ON, rows=rows)
    return scored.per_hundred(least_coverage=number(LEAST))


def _innovation_points(  # noqa: PLR0913 # The card reads twelve features.
    peer_rnd_intensity_standing_2y: Floats,
    peer_rnd_staff_share_standing_2y: Floats,
    rnd_expense_growth_3y: Floats,
    patent_inventions_held: Floats,
    contract_sold_amount_3y: Floats,
    operations_high_tech_income_ratio_2y: Floats,
    peer_revenue_growth_standing_2y: Floats,
    peer_profit_margin_standing_2y: Floats,
    platform_platforms_held: Floats,
    project_awards_5y: Floats,
    project_provincial_started_3y: Floats,
    operations_revenue_latest_2y: Floats,
) -> Floats:
    facts, rows = innovation_points.facts(locals()), len(operations_revenue_latest_2y)
    stage, points = stage_of(operations_revenue_latest_2y, ON), np.full(rows, np.nan)
    for place, card in enumerate(innovation_points.innovation_cards().values()):
        of_stage = score(card, facts, on=ON, rows=rows).per_hundred(least_coverage=number(LEAST))
        points = np.where(stage == place, of_stage, points)
    return points


class Scores(FeatureGroup):
    """评分卡：科技型中小企业、创新型中小企业、高新技术企业门槛与创新积分式评分。"""

    prefix = "score"
    group = Group.QUALIFICATIONS
    cards = (Card.APPLICATION, Card.BEHAVIOUR)
    reads = (Profile, Operations, Rnd, Peers, Patents, Projects, Platforms, Contracts)

    tech_sme_points = Derived(
        label="科技型中小企业百分制得分（按可核项目折算）",
        label_en="points of the official 100-point card for tech SMEs, per hundred of what is known",
        unit=Unit.POINT,
        reason=SCORED,
        formula=_tech_sme_points,
        numbers=_text("tech_sme_100"),
        told=TOLD.format(share=number(LEAST)),
    )
    innovative_sme_points = Derived(
        label="创新型中小企业百分制得分（按可核项目折算）",
        label_en="points of the 100-point card for innovative SMEs, per hundred of what is known",
        unit=Unit.POINT,
        reason=SCORED,
        formula=_innovative_sme_points,
        numbers=_text("innovative_sme_100"),
        told=TOLD.format(share=number(LEAST)),
    )
    high_tech_points = Derived(
        label="高新技术企业认定门槛达到程度（按可核项目折算）",
        label_en="thresholds of high-tech recognition reached, per hundred of what is known",
        unit=Unit.POINT,
        reason=SCORED,
        formula=_high_tech_points,
        numbers=_text("high_tech"),
        told=TOLD.format(share=number(LEAST)),
    )
    innovation_points = Derived(
        label="创新积分式评分（非官方权重，按可核项目折算）",
        label_en="points in the manner of the innovation points scheme, non-official weights",
        unit=Unit.POINT,
        reason=SCORED,
        formula=_innovation_points,
        numbers=_text("innovation_points"),
        told=TOLD.format(share=number(LEAST)) + "；按营业收入分阶段取权重，创新影响项目另加分",
    )
