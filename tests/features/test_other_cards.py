"""The other cards give the points that their files give, for one enterprise and for many, and are features too."""

import math
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from data.spec.dated import ValueStatus, load_strict
from data.spec.tables.derived import STAGES
from features.cards import (
    ScoreCard,
    high_tech,
    high_tech_card,
    innovation_cards,
    innovation_points,
    innovative_sme,
    innovative_sme_card,
    points,
    tech_sme,
    tech_sme_card,
)
from features.cards.baselines import score
from features.cards.scorecard import read_text
from features.catalogue import FEATURES
from features.spec import Derived
from tests.features.doors import answers, spine

DAY = date(2025, 6, 30)
CARDS: Mapping[str, ScoreCard] = {
    "tech_sme": tech_sme_card(), "innovative_sme": innovative_sme_card(), "high_tech": high_tech_card(),
    **innovation_cards(),
}  # fmt: skip


def given(card: ScoreCard, item: str, **facts: float) -> Decimal | None:
    return next(each.points for each in points(facts, on=DAY, card=card).items if each.name == item)


@pytest.mark.parametrize(
    ("item", "fact", "measured", "expected"),
    [
        *[("investment", "rnd_to_sales", at, so) for at, so in ((0.05, 20), (0.0499, 15), (0.03, 15), (0.02, 10))],
        *[("investment", "rnd_to_sales", at, so) for at, so in ((0.0199, 5), (0.01, 5), (0.0099, 0))],
        *[("growth", "revenue_growth", at, so) for at, so in ((0.15, 20), (0.10, 15), (0.05, 10), (0, 5), (-0.01, 0))],
        *[("leverage", "leverage", at, so) for at, so in ((0.0, 10), (0.55, 10), (0.5501, 5), (0.75, 5), (0.7501, 0))],
        *[("main_business", "main_business_share", at, so) for at, so in ((0.7, 20), (0.6, 15), (0.55, 10), (0.5, 5))],
        *[("industry", "strategic_industry", at, so) for at, so in ((1, 10), (0, 5))],
        *[("rights", "class_one_rights", at, so) for at, so in ((1, 10), (0, 0))],
        *[("rights", "class_two_rights", at, so) for at, so in ((1, 5), (0, 0))],
        *[("rights", "class_one_own", at, so) for at, so in ((1, 15),)],
        *[("rights", "class_one_high_value", at, so) for at, so in ((1, 20),)],
    ],
)
def test_innovative_sme_bands(item: str, fact: str, measured: float, expected: int) -> None:
    assert given(innovative_sme_card(), item, **{fact: measured}) == expected


def test_innovative_sme_items_make_100_points() -> None:
    assert sum(item.maximum for item in innovative_sme_card().items.values()) == 100


def test_what_no_list_tells_leaves_the_outcome_open_until_it_is_told() -> None:
    said = {"class_one_rights": 1, "rnd_to_sales": 0.06, "revenue_growth": 0.2, "leverage": 0.5}
    told = {"strategic_industry": 0, "main_business_share": 0.0}

    assert points(said, on=DAY, card=innovative_sme_card()).reached is True
    assert points(said | {"revenue_growth": 0.0} | told, on=DAY, card=innovative_sme_card()).reached is None
    unlikely = said | {"revenue_growth": 0.0, "class_one_own": 0, "class_one_high_value": 0} | told
    assert points(unlikely, on=DAY, card=innovative_sme_card()).reached is False


@pytest.mark.parametrize(
    ("revenue", "intensity", "met"),
    [
        *((5e7, 0.05, 1), (5e7, 0.0499, 0), (5e7 + 0.01, 0.04, 1), (5e7 + 0.01, 0.0399, 0)),
        *((2e8, 0.04, 1), (2e8, 0.0399, 0), (2e8 + 0.01, 0.03, 1), (2e8 + 0.01, 0.0299, 0), (math.nan, 0.2, None)),
    ],
)
def test_the_least_intensity_of_a_high_tech_firm_depends_on_its_revenue(
    revenue: float, intensity: float, met: int | None
) -> None:
    read = dict.fromkeys(high_tech.READS, 1.0) | {
        "operations_revenue_latest_2y": revenue,
        "rnd_intensity_3y": intensity,
    }
    facts = {name: float(value) for name, value in high_tech.facts(read, on=DAY).items()}

    assert given(high_tech_card(), "investment", **facts) == met


def test_one_threshold_missed_fails_the_high_tech_card_and_one_unknown_leaves_it_open() -> None:
    facts = {
        "age_years": 1, "rights": 1, "tech_staff_share": 0.1, "rnd_to_sales_small": 0.05, "high_tech_income_share": 0.6,
    }  # fmt: skip

    assert points(facts, on=DAY, card=high_tech_card()).reached is True
    for name in facts:
        assert points(facts | {name: 0.0}, on=DAY, card=high_tech_card()).reached is False
        assert points(facts | {name: math.nan}, on=DAY, card=high_tech_card()).reached is None


@pytest.mark.parametrize("stage", STAGES)
def test_the_weights_of_every_stage_make_100_and_a_bonus_of_30_and_are_said_not_to_be_official(stage: str) -> None:
    card = innovation_cards()[stage]
    best = dict.fromkeys(card.items, 1e9)
    result = points(best, on=DAY, card=card)

    assert (result.total, result.coverage) == (130, 1)
    assert not card.official
    assert "非官方权重" in card.label
    assert {item.status for item in result.items} == {ValueStatus.UNVERIFIED}
    assert points({name: 1e9 for name in best if not card.items[name].bonus}, on=DAY, card=card).coverage == 1


def test_weights_that_do_not_make_100_are_refused() -> None:
    said = load_strict(read_text("innovation_points"))
    said["items"]["inventions"]["weights"]["growth"] = "11"

    with pytest.raises(ValueError, match="101"):
        innovation_points.StagedCard.model_validate(said)


def test_the_file_of_the_innovation_card_begins_by_saying_that_its_weights_are_not_official() -> None:
    assert read_text("innovation_points").splitlines()[0] == "# 创新积分式评分：非官方权重 / non-official weights."


@pytest.mark.parametrize("name", CARDS)
def test_many_at_once_are_given_what_each_alone_is(name: str) -> None:
    card, draw = CARDS[name], np.random.default_rng(3)
    edges = [
        (indicator, float(band.at_least if band.at_least is not None else band.at_most or 0))
        for item in card.items.values()
        for indicator, each in item.indicators.items()
        for band in each.on(DAY).bands
    ]
    facts = {fact: np.full(300, np.nan) for fact, _ in edges}
    for fact, bound in edges:
        chosen = draw.random(300) < 0.5
        facts[fact][chosen] = bound + draw.choice((-1e-9, 0.0, 1e-9), chosen.sum())

    together = score(card, facts, on=DAY, rows=300)

    for row in range(300):
        alone = points({fact: values[row] for fact, values in facts.items()}, on=DAY, card=card)
        assert together.total[row] + together.bonus[row] == float(alone.total)
        assert together.coverage[row] == pytest.approx(float(alone.coverage), abs=1e-12)


def test_an_unknown_item_is_left_out_of_the_hundred_and_too_few_known_items_give_no_points() -> None:
    facts = {"rnd_to_sales": np.array([0.03, 0.03]), "class_one_rights": np.array([0.0, np.nan])}
    scored = score(tech_sme_card(), facts | {"class_two_rights": facts["class_one_rights"]}, on=DAY, rows=2)

    assert scored.coverage.tolist() == [0.8, 0.5]
    assert scored.per_hundred(least_coverage=0.6)[0] == 25.0
    assert np.isnan(scored.per_hundred(least_coverage=0.6)[1])


@pytest.mark.parametrize(
    ("feature", "reads"),
    [
        ("score_tech_sme_points", tech_sme.READS),
        ("score_innovative_sme_points", innovative_sme.READS),
        ("score_high_tech_points", high_tech.READS),
        ("score_innovation_points", (*innovation_points.READS.values(), innovation_points.REVENUE)),
    ],
)
def test_a_card_as_a_feature_reads_what_the_card_reads_and_rests_on_its_text(
    feature: str, reads: tuple[str, ...]
) -> None:
    found = FEATURES[feature]

    assert {each.name for each in found.inputs} == set(reads)
    assert isinstance(found.declaration, Derived)
    assert len(found.declaration.numbers.split(":")[1].split(",")[0]) == 64


def test_a_card_is_a_feature_through_both_doors() -> None:
    tables = {
        "rnd_year": """
            firm | key  | year       | basis      | rnd_expense | rnd_staff | staff | known
            1    | 2023 | 2023-12-31 | accounting | 50          | 20        | 100   | 2024-03-01
        """,
        "annual_report": """
            firm | key  | year       | revenue | total_cost | known
            1    | 2023 | 2023-12-31 | 1000    | 900        | 2024-04-30
        """,
        "patent": """
            firm | key | application_no | kind    | filed_on   | granted_on | known
            1    | a   | a              | utility | 2020-01-01 | 2020-09-01 | 2020-09-01
        """,
    }

    said = answers("score_tech_sme_points", tables, spine((1, "2024-04-30"), (1, "2024-05-01"), (2, "2024-05-01")))

    assert said == [100 * (12 + 6) / 50, 12 + 40 + 6, None]
