"""Every feature has a sentence for every reader: the fact, what is usual, an association, never a cause."""

import re
from itertools import product
from pathlib import Path

import pytest

from data.spec.missing import Missing
from data.spec.table import Unit
from data.spec.tables import TABLES
from features.catalogue import FEATURES
from risk.lineage import rests_on_others
from risk.quantities import say_value
from risk.readers import Audience, Language
from risk.reasons import KINDS, lever_sentence, missing_sentence, moved_sentence, reference_words, sentence, side_of
from risk.wording import CAUSAL, read_facts
from tests.risk.told import CUTOFF, POPULATION, REFERENCES, reason_of

READERS = list(product(Audience, Language))
ASSOCIATED = {Language.ZH: "相关|得分", Language.EN: "associated with|scores"}
GOLDEN = Path(__file__).with_name("golden_sentences.txt")


def read_well(text: str, language: Language, *labels: str) -> None:
    """Hold a sentence to what every one must be, beside the labels it quotes."""
    own = text
    for label in labels:
        own = own.replace(label, "")
    assert not re.search(r"[{}]|None|\bnan\b|，，|  |；；|。。", text), text
    assert text.endswith("。" if language is Language.ZH else "."), text
    assert not [word for word in CAUSAL[language] if word in own.lower()], text


@pytest.mark.parametrize("name", FEATURES)
def test_every_feature_speaks_either_way_to_every_reader(name: str) -> None:
    feature = FEATURES[name]
    unit = Unit.FLAG if rests_on_others(feature.tables) else feature.unit
    for (audience, language), direction, points, value, typical in product(
        READERS, (-1, 1), (-3.2, 3.2), (0.0, 1.0, -1.0, 2_000_000.0), (None, 0.0, 1.0)
    ):
        reason = reason_of(name, value, points, direction=direction, typical=typical, unit=unit)

        said = sentence(reason, POPULATION, audience=audience, language=language)

        label = feature.label if language is Language.ZH else feature.label_en
        read_well(said, language, label, label[:1].upper() + label[1:])
        assert re.search(ASSOCIATED[language], said), said
        assert ("+3.2" if points > 0 else "-3.2") in said


@pytest.mark.parametrize("name", FEATURES)
@pytest.mark.parametrize("missing", list(Missing))
def test_every_unknown_value_is_explained_and_costs_no_reason(name: str, missing: Missing) -> None:
    feature = FEATURES[name]
    for audience, language in READERS:
        said = missing_sentence(name, feature.label, missing, audience=audience, language=language)

        label = feature.label if language is Language.ZH else feature.label_en
        read_well(said, language, label, label[:1].upper() + label[1:])
        assert ("不作为减分理由" if language is Language.ZH else "not a reason against") in said


@pytest.mark.parametrize(("audience", "language"), READERS)
def test_a_report_that_is_owed_is_told_with_the_list_it_belongs_to(audience: Audience, language: Language) -> None:
    reason = reason_of("operations_leverage_ratio_2y", None, -4.0, missing=Missing.NOT_REPORTED)

    said = sentence(reason, POPULATION, audience=audience, language=language)

    read_well(said, language)
    assert "《财务年报》" in said


@pytest.mark.parametrize("name", FEATURES)
def test_bureau_and_enterprise_are_told_which_lists_to_check(name: str) -> None:
    tables = [f"《{TABLES[table].label}》" for table in FEATURES[name].tables if table in TABLES]
    for audience, language in product((Audience.BUREAU, Audience.ENTERPRISE), Language):
        said = sentence(reason_of(name, 1.0, -2.0, direction=1), POPULATION, audience=audience, language=language)

        assert all(table in said for table in tables), said


def test_an_enterprise_is_addressed_and_told_that_it_may_object() -> None:
    reason = reason_of("operations_leverage_ratio_2y", 0.9, -4.0, typical=0.5)

    said = {
        language: sentence(reason, POPULATION, audience=Audience.ENTERPRISE, language=language) for language in Language
    }

    assert "贵企业" in said[Language.ZH]
    assert "提出异议" in said[Language.ZH]
    assert "your firm" in said[Language.EN]
    assert "object" in said[Language.EN]


@pytest.mark.parametrize("unit", list(Unit))
def test_every_unit_has_a_kind_with_its_words_in_both_languages(unit: Unit) -> None:
    for language in Language:
        assert KINDS[unit] in read_facts(language).facts
        assert KINDS[unit] in read_facts(language).sides


SIDES = {
    "above what is usual, and against": ((0.8, -3.0, 1, 0.5), "high"),
    "below what is usual, and for": ((0.3, 3.0, 1, 0.5), "low"),
    "usual": ((0.5, -3.0, 1, 0.5), "level"),
    "said as usual": ((0.50001, -3.0, 1, 0.5), "level"),
    "below what is usual, yet against": ((0.3, -3.0, 1, 0.5), "level"),
    "zero, and for": ((0.0, 3.0, 1, 0.0), "zero"),
    "zero, yet against": ((0.0, -3.0, 1, 0.0), "level"),
    "zero where less than zero is usual": ((0.0, -3.0, -1, -0.2), "level"),
    "nothing is known to be usual": ((0.8, -3.0, 1, None), "high"),
    "no direction": ((0.8, -3.0, 0, 0.5), "level"),
}


@pytest.mark.parametrize(("case", "side"), SIDES.values(), ids=SIDES.keys())
def test_high_or_low_is_said_only_where_the_value_lies_there(
    case: tuple[float, float, int, float | None], side: str
) -> None:
    value, points, direction, typical = case

    reason = reason_of("operations_leverage_ratio_2y", value, points, direction=direction, typical=typical)

    assert side_of(reason) == side


@pytest.mark.parametrize(
    ("value", "unit", "label", "words"),
    [
        (12_345_678.0, "元", "", "1,234.6万元"),
        (350.0, "元", "", "350元"),
        (0.0512, "/1", "", "5.1%"),
        (-0.0001, "/1", "", "0.0%"),
        (1.0, "是/否", "", "是"),
        (0.0, "是/否", "", "否"),
        (3.0, "项", "有效发明专利数", "3项"),
        (3.0, "项", "近三年行政处罚数", "3次"),
        (3.0, "项", "近三年专利申请数（已公开）", "3项"),
        (7.0, "月", "", "7个月"),
        (2.5, "年", "", "2.5年"),
    ],
)
def test_values_are_said_as_people_say_them(value: float, unit: str, label: str, words: str) -> None:
    assert say_value(value, unit, label=label) == words


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("language", list(Language))
def test_every_reference_has_its_names(reference: str, language: Language) -> None:
    words = reference_words(REFERENCES[reference], language)

    assert all(words.model_dump().values())
    assert not re.search(r"[{}]", "".join(words.model_dump().values()))


def test_features_told_together_are_named_and_summed() -> None:
    reason = reason_of(
        "invoice_sales_12m",
        5.2e6,
        8.0,
        typical=2e6,
        with_=("invoice_sales_months_12m", "invoice_sales_gap_3y", "invoice_customers_12m", "invoice_customers_3y"),
    )

    said = sentence(reason, CUTOFF, audience=Audience.BANK, language=Language.ZH)

    assert "与“近12个月有销项的月数”、“近三年两次销售之间最长间隔”、“近12个月客户数”等4项合计+8.0分" in said
    assert "高于A级分数线附近企业中位数200.0万元" in said


def test_what_derives_from_other_firms_is_told_bare() -> None:
    for name in ("guarantee_ring_latest", "guarantee_partners_latest"):
        reason = reason_of(name, 1.0, -3.0, direction=1, typical=0.2, unit="是/否")
        said = sentence(reason, POPULATION, audience=Audience.BANK, language=Language.ZH)
        assert not re.search(r"\d+(家|项|%)", said), said


def test_changes_and_levers_speak_with_the_same_numbers() -> None:
    name = "operations_leverage_ratio_2y"

    moved = moved_sentence(name, 0.55, 0.852, -6.2, language=Language.ZH)

    assert moved == "资产负债率由55.0%变为85.2%（-6.2分）。"
    assert "仍为55.0%" in moved_sentence(name, 0.55, 0.55, 1.0, language=Language.ZH)
    assert "未知" in moved_sentence(name, None, 0.55, 1.0, language=Language.ZH)
    assert lever_sentence("cut_costs", 0.05, language=Language.ZH) == "成本费用压降5%"


def golden() -> list[str]:
    """Return the sentences that were read and approved, made anew."""
    cases = [
        ("conduct_dishonesty_held", 2.0, -12.3, 0.0, "population", ()),
        ("conduct_dishonesty_held", 0.0, 1.4, 0.0, "population", ()),
        ("conduct_tax_arrears_amount_held", 350_000.0, -9.6, 0.0, "population", ()),
        ("conduct_penalties_3y", 1.0, -2.5, 0.0, "industry", ()),
        ("conduct_abnormal_held", 0.0, 0.6, 0.0, "population", ()),
        ("lending_days_past_due_max_12m", 46.0, -15.8, 0.0, "population", ()),
        ("lending_days_past_due_max_12m", 0.0, 3.3, 0.0, "cutoff", ()),
        ("operations_leverage_ratio_2y", 0.852, -6.2, 0.55, "population", ()),
        ("operations_leverage_ratio_2y", 0.31, 4.4, 0.52, "peers", ()),
        ("operations_profit_margin_ratio_2y", -0.084, -7.1, 0.041, "population", ()),
        ("operations_taxable_sales_growth_12m", 0.26, 3.7, 0.05, "peers", ()),
        ("operations_losses_3y", 2.0, -4.9, 0.0, "population", ()),
        ("invoice_sales_12m", 5.2e6, 8.0, 2.1e6, "population", ("invoice_sales_months_12m", "invoice_customers_12m")),
        ("invoice_top_customer_share_3y", 0.78, -3.2, 0.35, "population", ()),
        ("invoice_sales_gap_3y", 64.0, -2.2, 12.0, "population", ()),
        ("rnd_all_staff_growth_3y", -0.12, -2.8, 0.03, "population", ()),
        ("patent_late_fees_12m", 3.0, -1.9, 0.0, "population", ()),
        ("lending_loans_to_assets_ratio_2y", 0.4, -2.4, 0.4, "population", ()),
        ("qualification_high_tech_revocations", 1.0, -5.0, 0.0, "population", ()),
    ]
    lines = []
    for name, value, points, typical, reference, with_ in cases:
        reason = reason_of(name, value, points, typical=typical, with_=with_)
        for audience, language in ((Audience.BANK, Language.ZH), (Audience.BANK, Language.EN)):
            lines.append(sentence(reason, REFERENCES[reference], audience=audience, language=language))
    steady = reason_of("rnd_variation_ratio_5y", 0.62, -2.1, direction=1, typical=0.25)
    owed = reason_of("operations_leverage_ratio_2y", None, -4.0, missing=Missing.NOT_REPORTED)
    for audience, language in READERS:
        lines += [
            sentence(steady, POPULATION, audience=audience, language=language),
            sentence(owed, POPULATION, audience=audience, language=language),
            missing_sentence(
                "rnd_intensity_2y", "研发投入强度", Missing.NOT_AUTHORISED, audience=audience, language=language
            ),
        ]
    return lines


def test_the_sentences_that_were_read_and_approved_still_stand() -> None:
    assert GOLDEN.read_text(encoding="utf-8").splitlines() == golden()
