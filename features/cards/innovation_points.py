"""How many points of the kind of 创新积分 does an enterprise get? The weights are the project's, not official.

Input, output and growth make 100 points, impact up to 30 more; what an item weighs depends on the stage.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import model_validator

from data.spec.dated import Parameter, ValueStatus, load_strict
from data.spec.tables.derived import STAGES
from features.cards.scorecard import Band, Bands, Indicator, Item, ScoreCard, Strict, read_text

CODE = "innovation_points"
BONUS = "impact"
WHOLE, MOST_BONUS = Decimal(100), Decimal(30)
READS: Mapping[str, str] = {
    "rnd_intensity": "peer_rnd_intensity_standing_2y",
    "rnd_staff": "peer_rnd_staff_share_standing_2y",
    "rnd_growth": "rnd_expense_growth_3y",
    "inventions": "patent_inventions_held",
    "contracts": "contract_sold_amount_3y",
    "high_tech_income": "operations_high_tech_income_ratio_2y",
    "revenue_growth": "peer_revenue_growth_standing_2y",
    "profit_margin": "peer_profit_margin_standing_2y",
    "platforms": "platform_platforms_held",
    "awards": "project_awards_5y",
    "projects": "project_provincial_started_3y",
}
"""The feature that says each item's measure."""

REVENUE = "operations_revenue_latest_2y"
"""The feature that says the stage."""


class Share(Strict):
    """Give a share of an item's weight from a lower bound on."""

    at_least: Decimal
    share: Decimal


class StagedItem(Strict):
    """Hold one item: to which block it belongs, what it weighs in each stage, how much of that it gives."""

    block: str
    label: str
    unit: str
    weights: Mapping[str, Decimal]
    shares: tuple[Share, ...]


class StagedCard(Strict):
    """Hold the configured card; in every stage the items that are no bonus weigh 100 together, the others 30."""

    code: str
    label: str
    document: str
    since: date
    blocks: Mapping[str, str]
    items: Mapping[str, StagedItem]
    threshold: Parameter

    @model_validator(mode="after")
    def _whole(self) -> "StagedCard":
        for stage in STAGES:
            whole = sum((item.weights[stage] for item in self.items.values() if item.block != BONUS), Decimal(0))
            bonus = sum((item.weights[stage] for item in self.items.values() if item.block == BONUS), Decimal(0))
            if whole != WHOLE or bonus != MOST_BONUS:
                raise ValueError(f"{stage}: items weigh {whole} and bonus items {bonus}, not {WHOLE} and {MOST_BONUS}")
        return self

    def of_stage(self, stage: str) -> ScoreCard:
        """Return the score card of one stage."""
        return ScoreCard(
            code=f"{self.code}_{stage}",
            label=f"{self.label}·{STAGES[stage]}",
            document=self.document,
            official=False,
            first_day_status=ValueStatus.UNVERIFIED,
            items={name: self._item(name, item, item.weights[stage]) for name, item in self.items.items()},
            threshold=self.threshold,
        )

    def _item(self, name: str, item: StagedItem, weight: Decimal) -> Item:
        bands = tuple(Band(at_least=each.at_least, points=each.share * weight) for each in item.shares)
        dated = {self.since: Bands(reference=self.document, status=ValueStatus.UNVERIFIED, bands=bands)}
        indicator = Indicator(label=item.label, unit=item.unit, values=dated)
        return Item(
            label=f"{self.blocks[item.block]}：{item.label}",
            maximum=weight,
            must_score=False,
            bonus=item.block == BONUS,
            indicators={name: indicator},
        )


@cache
def innovation_cards() -> Mapping[str, ScoreCard]:
    """Return the card of each stage, read once."""
    card = StagedCard.model_validate(load_strict(read_text(CODE)))
    return {stage: card.of_stage(stage) for stage in STAGES}


def facts(read: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cards' facts from values, or arrays of values, of the features in READS."""
    return {name: read[feature] for name, feature in READS.items()}
