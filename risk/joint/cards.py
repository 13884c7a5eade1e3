"""What do the transparent cards say of innovation and growth, each on 0 to 100?"""

import math
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from data.spec.tables.derived import STAGES
from features.cards import ScoreCardResult, facts_of, innovation_cards, points
from features.cards.innovation_points import READS as INNOVATION_READS
from features.cards.innovation_points import REVENUE
from features.cards.innovation_points import facts as innovation_facts
from features.cards.tech_sme import READS
from features.catalogue import FEATURES
from features.engine import compute
from features.tables.stages import stage_of
from risk.joint.compared import Reference
from risk.joint.terms import Terms
from risk.joint.words import Dimension

GROWTH_ITEMS = ("revenue_growth", "profit_margin")
"""The items of the growth block of the card of the kind of 创新积分."""

TENTH = Decimal("0.1")


def read_cards(
    events: Mapping[str, pd.DataFrame], spine: pd.DataFrame, *, on: date, terms: Terms
) -> dict[Dimension, Reference]:
    """Return what innovation and growth are compared with, for the one enterprise of the spine."""
    names = dict.fromkeys((*READS, *INNOVATION_READS.values(), REVENUE))
    row = compute([FEATURES[name] for name in names], events, spine).iloc[0]
    values = {str(name): float(value) for name, value in row.items()}
    return {
        Dimension.INNOVATION: _innovation(points(facts_of(values), on=on), terms),
        Dimension.GROWTH: _growth(values, on, terms),
    }


def _innovation(result: ScoreCardResult, terms: Terms) -> Reference:
    least = terms.number("least_coverage")
    if result.coverage < least:
        note = f"可核的只占{result.coverage * 100:.0f}%，不足{least * 100:.0f}%，不比较。"
        return Reference(dimension=Dimension.INNOVATION, value=None, what=result.label, note=note)
    value = (result.total / result.coverage).quantize(TENTH)
    note = "" if result.coverage == 1 else f"按可核的{result.coverage * 100:.0f}%折算。"
    return Reference(dimension=Dimension.INNOVATION, value=value, what=result.label, note=note)


def _growth(values: Mapping[str, float], on: date, terms: Terms) -> Reference:
    place = float(stage_of(np.array([values[REVENUE]]), on)[0])
    what = "创新积分式评分·成长部分（非官方权重）"
    if math.isnan(place):
        return Reference(dimension=Dimension.GROWTH, value=None, what=what, note="营业收入未知，分不出阶段，不比较。")
    told: dict[str, Any] = innovation_facts({name: values[name] for name in INNOVATION_READS.values()})
    result = points(told, on=on, card=innovation_cards()[list(STAGES)[int(place)]])
    items = [item for item in result.items if item.name in GROWTH_ITEMS]
    whole = sum((item.maximum for item in items), Decimal(0))
    known = [item for item in items if item.points is not None]
    covered = sum((item.maximum for item in known), Decimal(0))
    if covered / whole < terms.number("least_coverage"):
        return Reference(dimension=Dimension.GROWTH, value=None, what=what, note="可核的项目不足，不比较。")
    given = sum((item.points for item in known if item.points is not None), Decimal(0))
    return Reference(dimension=Dimension.GROWTH, value=(given / covered * 100).quantize(TENTH), what=what)
