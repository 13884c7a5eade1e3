"""A declaration that cannot mean what it says is refused where it is written."""

from typing import Any

import pytest

from data.spec.table import Group, Unit
from data.spec.tables.conduct import conduct_record
from data.spec.tables.operations import annual_report, invoice
from features.arithmetic import ratio
from features.spec import Aggregate, Below, Card, Derived, Direction, Feature, FeatureGroup, Filled, Reduce
from features.windows import Window


def aggregate(**changed: Any) -> Aggregate:
    said: dict[str, Any] = {
        "label": "销项数",
        "label_en": "sales",
        "unit": Unit.ITEM,
        "reason": "试验",
        "table": invoice,
        "reduce": Reduce.COUNT,
    }
    return Aggregate(**(said | changed))


def derived(formula: Any, **changed: Any) -> Derived:
    said: dict[str, Any] = {"label": "比率", "label_en": "ratio", "unit": Unit.RATIO, "reason": "试验"}
    return Derived(**(said | changed), formula=formula)


def group(**declared: Aggregate | Derived) -> tuple[Feature, ...]:
    body = {"prefix": "trial", "group": Group.OPERATIONS, "cards": (Card.INVOICES,), **declared}
    made: Any = type("Trial", (FeatureGroup,), body)
    features: tuple[Feature, ...] = made.features
    return features


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"label": "sales"}, "label must be Chinese"),
        ({"reason": ""}, "reason must be Chinese"),
        ({"label_en": ""}, "label_en is empty"),
        ({"column": "colour", "reduce": Reduce.SUM}, "no column colour"),
        ({"where": {"colour": "red"}}, "no column colour"),
        ({"where": {"direction": "sideways"}}, "a choice that invoice does not have"),
        ({"where": {"direction": ("sale", "sideways")}}, "a choice that invoice does not have"),
        ({"where": {"direction": Below(0)}}, "a condition and its column disagree"),
        ({"where": {"total": "large"}}, "a condition and its column disagree"),
        ({"where": {"issued_on": 3.0}}, "a condition and its column disagree"),
        ({"reduce": Reduce.SUM}, "sum needs a column"),
        ({"column": "total"}, "count takes no column"),
        ({"reduce": Reduce.SUM, "column": "counterparty"}, "counterparty is text, not a number"),
        ({"reduce": Reduce.MAX, "column": "status"}, "status is code, not a number"),
        ({"reduce": Reduce.MAX, "column": "status", "levels": {"valid": 1}}, "status is code, not a number"),
        ({"reduce": Reduce.TOP_SHARE, "column": "total"}, "top_share needs by"),
        ({"by": "counterparty"}, "only top_share takes by"),
        ({"empty": 1.0}, "empty must be 0 or nan"),
        ({"in_force": True}, "in_force needs a table of states"),
    ],
)
def test_an_unsound_aggregate_is_refused(changed: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        aggregate(**changed)


@pytest.mark.parametrize(
    "changed",
    [
        {"where": {"issued_on": Filled(), "direction": ("sale", "purchase"), "total": Below(0)}},
        {"reduce": Reduce.MAX, "column": "status", "levels": {"valid": 0, "void": 1}},
        {"reduce": Reduce.DISTINCT, "column": "counterparty"},
        {"reduce": Reduce.COUNT, "table": conduct_record, "in_force": True},
        {"reduce": Reduce.LATEST, "column": "filed_on", "table": annual_report},
    ],
)
def test_a_sound_aggregate_stands(changed: dict[str, Any]) -> None:
    assert aggregate(**changed).scale in (1, 100)


@pytest.mark.parametrize(("length", "span"), [(3, "weeks"), (0, "days"), (-1, "years")])
def test_a_window_that_is_none_is_refused(length: int, span: str) -> None:
    with pytest.raises(ValueError, match="window of"):
        Window(length, span)


@pytest.mark.parametrize(
    ("name", "window"),
    [
        ("sales_3y", None),
        ("sales", Window(3, "years")),
        ("sales_3y", Window(36, "months")),
        ("sales_2q", Window(3, "quarters")),
    ],
)
def test_a_name_that_lies_about_its_window_is_refused(name: str, window: Window | None) -> None:
    with pytest.raises(ValueError, match=f"trial_{name}: the name says"):
        group(**{name: aggregate(window=window)})


def test_a_name_that_says_latest_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="latest"):
        group(sales_latest=aggregate())
    with pytest.raises(ValueError, match="latest"):
        group(sales=aggregate(reduce=Reduce.LATEST, column="total"))


def test_a_derived_name_bears_a_window_of_its_inputs() -> None:
    year = aggregate(window=Window(1, "years"))

    with pytest.raises(ValueError, match="the name says 3y"):
        group(sales_1y=year, half_3y=derived(lambda trial_sales_1y: trial_sales_1y / 2))

    assert group(sales_1y=year, half_1y=derived(lambda trial_sales_1y: trial_sales_1y / 2))[1].name == "trial_half_1y"


def test_a_derived_feature_takes_only_features_that_are_there() -> None:
    with pytest.raises(ValueError, match="no feature above or in reads is called trial_sales"):
        group(half=derived(lambda trial_sales: trial_sales / 2))
    with pytest.raises(ValueError, match="no arguments"):
        group(one=derived(lambda: 1.0))


def test_a_name_is_lower_case_words() -> None:
    with pytest.raises(ValueError, match="lower-case"):
        group(Sales=aggregate())


def test_a_fingerprint_changes_with_meaning_and_not_with_wording() -> None:
    plain = group(sales=aggregate())[0].fingerprint

    assert group(sales=aggregate(label="销售发票数", reason="别的说法", label_en="b"))[0].fingerprint == plain
    for changed in (
        {"direction": Direction.RISK_FALLS},
        {"where": {"status": "valid"}},
        {"empty": 0},
        {"unit": Unit.MONTH},
        {"reduce": Reduce.MONTHS},
        {"needs_history": Window(1, "years")},
    ):
        assert group(sales=aggregate(**changed))[0].fingerprint != plain


def test_a_derived_fingerprint_rests_on_its_formula_and_on_its_inputs() -> None:
    half = group(
        sales=aggregate(),
        part=derived(lambda trial_sales: trial_sales / 2),
    )[1]
    third = group(
        sales=aggregate(),
        part=derived(lambda trial_sales: trial_sales / 3),
    )[1]
    fewer = group(
        sales=aggregate(empty=0),
        part=derived(lambda trial_sales: trial_sales / 2),
    )[1]

    assert len({half.fingerprint, third.fingerprint, fewer.fingerprint}) == 3


def test_a_formula_with_a_name_is_known_by_its_source_and_that_of_what_it_calls() -> None:
    def part(trial_sales: Any) -> Any:
        """Halve."""
        return ratio(trial_sales, trial_sales)

    feature = group(sales=aggregate(), part=derived(part))[1]

    assert feature.tables == ("invoice",)
    assert len(feature.fingerprint) == 64


def test_two_formulas_on_one_line_have_no_source_of_their_own() -> None:
    first, _ = derived(lambda trial_sales: trial_sales / 2), derived(lambda trial_sales: trial_sales / 3)

    with pytest.raises(ValueError, match="one function a line"):
        group(sales=aggregate(), part=first)[1].fingerprint  # noqa: B018 - asking is the act
