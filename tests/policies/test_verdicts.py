"""A verdict shows each line, never raises for facts, marks what is unverified, and can be given again."""

import json
import operator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.spec.dated import ValueStatus
from risk.policies.cases import read_cases
from risk.policies.facts import (
    DATE_UNIT,
    UNITS,
    FactMalformed,
    FactUnknown,
    Value,
    read_facts,
    shared_facts,
)
from risk.policies.parameters import ParameterMalformed, ParameterUnknown
from risk.policies.product import Product, ProductUnknown, load_product, product_codes, products
from risk.policies.rule import Condition, Rule, Stage, needed_facts, not_both, read_parameters
from risk.policies.verdict import Answer, Finding, Outcome, Verdict, evaluate, record_of, reevaluate, verdict_of

PRODUCTS = list(products())
LUKEDAI = load_product("lukedai")
DAY = date(2025, 6, 10)


def base_facts(code: str) -> dict[str, Value]:
    """Return the facts that a product's cases start from."""
    return read_facts(read_cases(code).facts, load_product(code).vocabulary)


def finding(verdict: Verdict, name: str) -> Finding:
    """Return the finding of one condition."""
    return next(one for one in verdict.findings if one.condition == name)


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda one: one.code)
def test_rules_read_what_is_declared_and_compare_like_with_like(product: Product) -> None:
    for check in product.rulebook.rules:
        assert read_parameters(check), check.name
        assert set(read_parameters(check)) <= set(product.file.parameters), check.name
        hints = check.hints if isinstance(check, Rule) else ()
        assert set(needed_facts(check)) | set(hints) <= set(product.vocabulary), check.name
        if check.read_on:
            assert product.vocabulary[check.read_on].unit == DATE_UNIT
        if isinstance(check, Condition):
            assert product.vocabulary[check.fact].unit == product.file.parameters[check.parameter].unit, check.name


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda one: one.code)
def test_every_value_has_unit_reference_status_and_a_day_of_looking(product: Product) -> None:
    first = min(product.file.in_force.values)
    for name, parameter in product.file.parameters.items():
        assert parameter.unit in UNITS
        for start in parameter.values:
            used = product.used(name, start)
            assert used is not None
            assert used.reference.strip()
            assert used.status in ValueStatus
            assert used.last_checked >= start or used.value is not None
            assert start >= first, f"{name} starts before the product"


def test_no_parameter_or_own_fact_is_declared_for_nothing() -> None:
    for product in PRODUCTS:
        book = product.rulebook
        money = [*book.benefits, *filter(None, (book.sharing, book.cap))]
        read = {name for check in book.rules for name in read_parameters(check)}
        read |= {name for one in money for name in (*one.parameters, *getattr(one, "options", ()))}
        facts = {name for check in book.rules for name in needed_facts(check)}
        facts |= {name for check in book.rules if isinstance(check, Rule) for name in check.hints}
        facts |= {name for one in money for name in (*one.facts, *one.hints)}

        assert read == set(product.file.parameters), product.code
        assert set(product.file.facts) <= facts, product.code
        assert not set(product.file.facts) & set(shared_facts()), product.code


def test_a_finding_shows_what_was_measured_required_and_where_it_is_written() -> None:
    facts = base_facts("lukedai") | {"amount": Decimal("12000000")}

    found = finding(evaluate(LUKEDAI, facts, on=DAY), "within_covered_cap")

    assert (found.passed, found.outcome) == (False, Outcome.FAILED)
    assert (found.measured, found.required) == ("12,000,000.00元", "不超过10,000,000.00元")
    assert found.note == "只有10,000,000.00元可纳入补偿，其余由银行自担。"
    assert (found.status, found.mark) == (ValueStatus.UNVERIFIED, "〔未核实〕")
    assert "33号" in found.reference


@pytest.mark.parametrize(
    ("code", "stage", "condition", "said"),
    [
        ("lukedan", Stage.APPLY, "fee_is_low", "不超过0.5%/年"),
        ("lukedan", Stage.APPLY, "bank_bears_enough", "不低于20%"),
        ("lukedan", Stage.APPLY, "not_for_its_controller", "否"),
        ("lukedan", Stage.APPLY, "guarantor_in_system", "是"),
        ("lukedai", Stage.APPLY, "term_within_limit", "不超过36个月"),
        ("lukedai", Stage.CLAIM, "is_long_overdue", "高于90天"),
        ("lukedai", Stage.CLAIM, "is_non_performing", "次级或更差"),
        ("lukedai", Stage.SUBSIDY, "first_subsidy", "低于1次"),
    ],
)
def test_what_is_required_is_said_with_its_direction(code: str, stage: Stage, condition: str, said: str) -> None:
    verdict = evaluate(load_product(code), base_facts(code), on=DAY, stage=stage)

    assert finding(verdict, condition).required == said


def test_a_requirement_that_is_lifted_asks_for_nothing() -> None:
    verdict = evaluate(LUKEDAI.reform({"requires_partner_bank": Decimal(0)}), base_facts("lukedai"), on=DAY)

    assert finding(verdict, "bank_is_partner").required == "不限"


def test_an_unknown_fact_is_not_passed_and_named() -> None:
    facts = base_facts("lukedai")
    del facts["bank_is_partner"]

    found = finding(evaluate(LUKEDAI, facts, on=DAY), "bank_is_partner")

    assert (found.passed, found.outcome, found.measured) == (False, Outcome.UNKNOWN, "未知")
    assert "放款银行是否合作银行" in found.note


def test_a_word_is_required_by_its_name_known_or_not() -> None:
    watch, facts = load_product("filing_watch"), base_facts("filing_watch")
    worse = {**facts, "five_class_at_disbursement": Decimal(2)}

    known, unknown = (
        finding(evaluate(watch, one, on=DAY, stage=Stage.FILE), "normal_at_disbursement") for one in (worse, {})
    )

    assert (known.measured, known.required, unknown.required) == ("关注", "正常或更好", "正常或更好")


@pytest.mark.parametrize(
    "value",
    [Decimal("NaN"), Decimal("Infinity"), Decimal(-1), Decimal("1e13"), Decimal("0.001"), date(2025, 1, 1), 1.5, None],
)
def test_a_value_that_cannot_be_is_unknown_and_never_an_exception(value: object) -> None:
    verdict = evaluate(LUKEDAI, base_facts("lukedai") | {"amount": value}, on=DAY)

    assert finding(verdict, "within_covered_cap").outcome is Outcome.UNKNOWN
    assert verdict.answer is Answer.FAILED
    assert any("贷款金额" in note and "按未知处理" in note for note in verdict.notes)


def test_a_fact_of_another_name_is_not_used_and_near_ones_are_named() -> None:
    verdict = evaluate(LUKEDAI, base_facts("lukedai") | {"ammount": Decimal(1)}, on=DAY)

    assert verdict.answer is Answer.PASSED
    assert any("ammount" in note and "amount（贷款金额）" in note for note in verdict.notes)


@given(
    values=st.dictionaries(
        st.sampled_from(sorted({*LUKEDAI.vocabulary, "nonsense"})),
        st.one_of(st.decimals(), st.dates(), st.none(), st.text(max_size=3)),
    ),
    code=st.sampled_from(product_codes()),
    stage=st.sampled_from(list(Stage)),
    on=st.dates(),
)
def test_no_facts_on_no_day_raise(values: dict[str, Value], code: str, stage: Stage, on: date) -> None:
    verdict = evaluate(load_product(code), values, on=on, stage=stage)

    assert verdict.passed <= any(one.passed for one in verdict.findings)
    assert verdict_of(json.loads(json.dumps(record_of(verdict)))) == verdict


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda one: one.code)
def test_the_day_before_the_first_a_product_is_not_in_force_and_decides_nothing(product: Product) -> None:
    before = min(product.file.in_force.values) - timedelta(days=1)

    verdict = evaluate(product, base_facts(product.code), on=before, stage=product.stages[0])

    assert (verdict.answer, verdict.findings, verdict.passed) == (Answer.NOT_IN_FORCE, (), False)
    assert "没有施行" in verdict.notes[0]


def test_a_stage_that_a_product_does_not_have_passes_nobody() -> None:
    verdict = evaluate(load_product("rnd_loan"), base_facts("rnd_loan"), on=DAY, stage=Stage.CLAIM)

    assert verdict.answer is Answer.NOT_IN_FORCE


def test_a_verdict_keeps_code_day_facts_and_the_values_it_used() -> None:
    verdict = evaluate(LUKEDAI, base_facts("lukedai"), on=DAY)
    used = {one.name: one for one in verdict.parameters}

    assert (verdict.product, verdict.on, verdict.stage) == ("lukedai", DAY, Stage.APPLY)
    assert (used["covered_cap"].value, used["covered_cap"].since) == (Decimal(10_000_000), date(2021, 12, 31))
    assert used["in_force"].reference == "鲁科字〔2016〕173号"
    assert verdict.facts["amount"] == Decimal(4_000_000)
    assert "interest_paid" not in verdict.facts


@pytest.mark.parametrize("code", product_codes())
def test_an_old_answer_is_given_again_whatever_the_files_say_today(code: str) -> None:
    product, file = load_product(code), read_cases(code)
    numbers = {
        name: None if parameter.unit == "是/否" else Decimal(0) for name, parameter in product.file.parameters.items()
    }
    for case in file.cases:
        facts = read_facts({**file.facts, **case.facts}, product.vocabulary)
        old = evaluate(product, facts, on=case.on, stage=case.stage)
        record = json.loads(json.dumps(record_of(old)))

        again = reevaluate(verdict_of(record), load_product(code).reform(numbers))

        assert (again.answer, again.findings, again.facts) == (old.answer, old.findings, old.facts), case.name
        assert again.parameters == old.parameters


def test_a_later_value_changes_later_answers_alone() -> None:
    cap = LUKEDAI.file.parameters["max_term_months"]
    new = cap.values[date(2023, 12, 31)].model_copy(update={"value": Decimal(6)})
    later = cap.model_copy(update={"values": {**cap.values, date(2026, 7, 1): new}})
    file = LUKEDAI.file.model_copy(update={"parameters": {**LUKEDAI.file.parameters, "max_term_months": later}})
    changed = type(LUKEDAI)(file, LUKEDAI.rulebook)
    facts = base_facts("lukedai") | {"tech_sme_entry_year": Decimal(2026)}

    on = {day: evaluate(changed, facts, on=day) for day in (date(2026, 6, 30), date(2026, 7, 1))}

    assert [verdict.answer for verdict in on.values()] == [Answer.PASSED, Answer.FAILED]
    assert on[date(2026, 6, 30)] == evaluate(LUKEDAI, facts, on=date(2026, 6, 30))


def test_a_reform_changes_a_copy_and_says_so() -> None:
    facts = base_facts("lukedai") | {"amount": Decimal(15_000_000)}
    proposed = LUKEDAI.reform({"covered_cap": Decimal(20_000_000)})

    verdict = evaluate(proposed, facts, on=DAY)

    assert verdict.answer is Answer.PASSED
    assert "试算：参数“单户年度纳入补偿的贷款余额上限”按拟议取值。" in verdict.notes
    assert finding(verdict, "within_covered_cap").reference.startswith("试算")
    assert evaluate(LUKEDAI, facts, on=DAY).answer is Answer.FAILED
    assert load_product("lukedai").file.parameters["covered_cap"] == LUKEDAI.file.parameters["covered_cap"]


def test_a_reform_can_take_a_number_out_of_force() -> None:
    facts = base_facts("lukedai") | {"amount": Decimal(15_000_000)}

    verdict = evaluate(LUKEDAI.reform({"covered_cap": None}), facts, on=DAY)

    assert finding(verdict, "within_covered_cap").outcome is Outcome.NOT_IN_FORCE


@pytest.mark.parametrize(
    ("name", "value", "refusal"),
    [
        ("covered_cup", Decimal(1), ParameterUnknown),
        ("covered_cap", Decimal(-1), ParameterMalformed),
        ("share_bank", Decimal("1.01"), ParameterMalformed),
        ("share_bank", Decimal("NaN"), ParameterMalformed),
    ],
)
def test_a_reform_that_cannot_be_is_refused(name: str, value: Decimal, refusal: type[Exception]) -> None:
    with pytest.raises(refusal, match=r"covered_cap|不能取这个值"):
        LUKEDAI.reform({name: value})


@pytest.mark.parametrize("code", ["lukedia", "../lukedai", "", "lukedai/rules"])
def test_an_unknown_product_is_refused_with_what_there_is(code: str) -> None:
    with pytest.raises(ProductUnknown, match="鲁科贷"):
        load_product(code)


@pytest.mark.parametrize(
    ("text", "value"),
    [("500万", 5_000_000), ("1.5亿", 150_000_000), ("4000000.01", "4000000.01"), (" 7 ", 7)],
)
def test_money_may_be_written_as_people_do(text: str, value: object) -> None:
    assert read_facts({"amount": text}, shared_facts()) == {"amount": Decimal(str(value))}


@pytest.mark.parametrize("text", ["", "null", "未知", "~"])
def test_what_is_not_said_is_unknown_not_zero(text: str) -> None:
    assert read_facts({"amount": text}, shared_facts()) == {}


@pytest.mark.parametrize("text", ["transformation", "成果转化", "2"])
def test_a_word_is_known_by_name_label_and_number(text: str) -> None:
    assert read_facts({"loan_use": text}, shared_facts()) == {"loan_use": Decimal(2)}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("amount", "NaN", "不是一个数"),
        ("amount", "Infinity", "不是一个数"),
        ("amount", "五百万", "不是一个数"),
        ("amount", "-1", "范围"),
        ("amount", "1e300", "范围"),
        ("amount", "0.001", "细于一分"),
        ("rate", "4.5", "范围"),
        ("filed_on", "2025-02-30", "不是日期"),
        ("is_credit_loan", "2", "应为是或否"),
        ("loan_use", "炒股", "不"),
    ],
)
def test_a_malformed_fact_is_refused_by_its_label(name: str, text: str, said: str) -> None:
    with pytest.raises(FactMalformed, match=said) as refused:
        read_facts({name: text}, shared_facts())

    assert shared_facts()[name].label in refused.value.message
    assert refused.value.help


@pytest.mark.parametrize(("name", "near"), [("ammount", "amount"), ("放款日", "disbursed_on"), ("PD", "pd")])
def test_an_unknown_fact_is_refused_with_near_ones(name: str, near: str) -> None:
    with pytest.raises(FactUnknown) as refused:
        read_facts({name: "1"}, shared_facts())

    assert near in refused.value.help


def test_a_list_is_no_fact() -> None:
    with pytest.raises(FactMalformed, match="应为一个值"):
        read_facts({"amount": ["1", "2"]}, shared_facts())


def test_a_prohibition_that_is_lifted_holds_for_everyone() -> None:
    flags = (Decimal(0), Decimal(1))

    assert [[not_both(fact, forbidden) for forbidden in flags] for fact in flags] == [[True, True], [True, False]]
    assert operator.ge(Decimal(0), Decimal(0))
