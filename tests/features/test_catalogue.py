"""Every feature says in Chinese what it is, from what, since when and why; and the page says the same."""

import re
from pathlib import Path

import pytest

from data.spec.table import Absence, Unit
from data.spec.tables import TABLES
from features.catalogue import FEATURES, GROUPS, catalogue_page, features_of
from features.spec import Aggregate, Card, Derived, Direction, Feature, Reduce

ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
FORBIDDEN_COLUMNS = {"ownership", "district", "bank_rating", "defaulted"}
"""Never features (method.md 4): ownership, district, the bank's own rating; nor the outcome itself."""

every = pytest.mark.parametrize("feature", FEATURES.values(), ids=FEATURES)


@every
def test_says_what_it_is(feature: Feature) -> None:
    assert CHINESE.search(feature.label)
    assert feature.label_en
    assert feature.unit in set(Unit)
    assert CHINESE.search(feature.absence)
    assert set(feature.tables) <= set(TABLES)
    assert re.fullmatch(r"[0-9a-f]{64}", feature.fingerprint)


@every
def test_gives_a_reason_for_its_direction_or_for_having_none(feature: Feature) -> None:
    assert CHINESE.search(feature.reason)
    assert feature.direction in set(Direction)
    if feature.direction is not Direction.UNKNOWN:
        assert "不作断言" not in feature.reason


@every
def test_is_never_what_may_not_be_a_feature(feature: Feature) -> None:
    declared = [each.declaration for each in feature.aggregates]
    read = {
        column
        for each in declared
        if isinstance(each, Aggregate)
        for column in (*each.where, each.column, each.by)
        if column is not None
    }

    assert not read & FORBIDDEN_COLUMNS
    assert not {"undated_outcome", "snapshot_fact"} & set(feature.tables)


@every
def test_unit_agrees_with_what_is_counted(feature: Feature) -> None:
    declared = feature.declaration
    if isinstance(declared, Derived):
        return
    wanted = {
        Reduce.COUNT: {Unit.ITEM, Unit.YEAR},
        Reduce.DISTINCT: {Unit.ITEM},
        Reduce.MONTHS: {Unit.MONTH},
        Reduce.MAX_GAP: {Unit.DAY},
        Reduce.DAYS_SINCE_LATEST: {Unit.DAY},
        Reduce.DAYS_SINCE_FIRST: {Unit.DAY},
        Reduce.DAYS_SINCE_SUM: {Unit.DAY},
        Reduce.TOP_SHARE: {Unit.RATIO},
        Reduce.PEAK_MONTH_SHARE: {Unit.RATIO},
    }.get(declared.reduce)
    if wanted is None:
        column = declared.table.columns[declared.column or ""]
        wanted = {column.unit} if column.unit else {Unit.FLAG, Unit.DAY, Unit.LEVEL}

    assert feature.unit in wanted


@every
def test_ratios_and_money_are_named_as_such(feature: Feature) -> None:
    ratios = r"(_ratio|_share|_rate|_growth|_intensity)(_latest)?(_\d+[dmqy])?$|_rate_latest$"

    assert (feature.unit is Unit.RATIO) is bool(re.search(ratios, feature.name))
    assert "_wan" not in feature.name


def test_labels_and_names_are_not_used_twice() -> None:
    labels = [feature.label for feature in FEATURES.values()]

    assert sorted(set(labels)) == sorted(labels)
    assert len(FEATURES) == sum(len(group.features) for group in GROUPS)


def test_every_card_has_features_enough() -> None:
    assert len(features_of("application")) >= 70
    assert len(features_of("behaviour")) >= 70
    assert len(features_of("invoices")) >= 30
    assert all(feature.tables == ("invoice",) for feature in features_of("invoices"))
    with pytest.raises(ValueError, match="startup"):
        features_of("startup")


def test_every_table_of_the_letter_is_read() -> None:
    read = {name for feature in FEATURES.values() for name in feature.tables}

    assert set(TABLES) - read == {"snapshot_fact", "undated_outcome"}


def test_cards_hold_only_tables_that_are_stored() -> None:
    for card in Card:
        assert {name for feature in features_of(card) for name in feature.tables} <= set(TABLES)


def test_conduct_never_rewards_what_is_adverse() -> None:
    adverse = [feature for name, feature in FEATURES.items() if name.startswith("conduct_") and "held" in name]
    signed = [feature for feature in adverse if "guarantee" not in feature.name]

    assert {feature.direction for feature in signed} == {Direction.RISK_RISES}


def test_zero_for_no_record_is_said_only_where_absence_is_a_zero_or_the_source_knows_the_firm() -> None:
    for feature in FEATURES.values():
        declared = feature.declaration
        if isinstance(declared, Aggregate) and declared.zero_when_empty:
            known = "已收录" in feature.absence
            assert known is (declared.table.absence is Absence.UNKNOWN)


def test_the_page_is_current() -> None:
    assert (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8") == catalogue_page()
