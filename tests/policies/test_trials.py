"""A trial puts everything together, stores nothing, guesses nothing and marks what is unverified."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.policies.facts import Value
from risk.policies.parameters import ParameterUnknown, credit_terms
from risk.policies.product import load_product, product_codes
from risk.policies.rule import Stage
from risk.policies.trial import missing_for_filing, reform_both, trial_record, try_product
from risk.policies.verdict import Answer

DAY = date(2025, 6, 10)
FactsOf = Callable[..., dict[str, Value]]


def test_a_trial_of_a_loan_that_qualifies_is_complete(facts_of: FactsOf) -> None:
    facts = facts_of("lukedai", interest_paid="未知", disbursed_on="未知", filed_on="未知")

    trial = try_product(load_product("lukedai"), facts, on=DAY)

    assert (trial.verdict.answer, trial.watch and trial.watch.answer) == (Answer.PASSED, Answer.PASSED)
    assert trial.losses is not None
    assert trial.cost is not None
    assert trial.price is not None
    assert trial.limit is not None
    assert trial.limit.binding == "rnd_multiple"
    assert trial.notes == ("余额按贷款金额，按已全部提用，利息按约定利率估算。",)
    assert [(gap.condition, gap.unknown) for gap in trial.gaps] == [
        ("had_a_way_in_when_filed", True),
        ("filed_in_time", True),
    ]


def test_every_unverified_number_of_every_part_is_listed_once(facts_of: FactsOf) -> None:
    trial = try_product(load_product("lukedai"), facts_of("lukedai"), on=DAY)
    names = [one.name for one in trial.unverified]

    assert len({(one.label, one.since) for one in trial.unverified}) == len(names)
    assert {"covered_cap", "max_term_months", "rate_over_lpr_max", "overdue_days_max", "early_max_staff"} <= set(names)
    assert {"lgd_none_unguaranteed", "correlation", "funding_cost", "rnd_multiple"} <= set(names)
    assert "share_province" not in names


def test_what_cannot_be_worked_out_is_said(facts_of: FactsOf) -> None:
    trial = try_product(load_product("lukedai"), facts_of("lukedai", pd="未知", rate="未知"), on=DAY)

    assert (trial.losses, trial.cost, trial.price) == (None, None, None)
    assert "没有测算损失：缺少事实：违约概率（pd）。" in trial.notes
    assert "没有测算企业成本：缺少事实：贷款年利率（rate）。" in trial.notes


def test_on_a_day_before_the_product_nothing_is_supported(facts_of: FactsOf) -> None:
    trial = try_product(load_product("lukedai"), facts_of("lukedai"), on=date(2016, 12, 30))

    assert "“有支持”的数字只在符合之后才成立" in trial.notes[0]
    assert trial.verdict.answer is Answer.NOT_IN_FORCE
    assert (trial.benefits, trial.covered) == ((), None)
    assert trial.limit is not None
    assert [line.name for line in trial.limit.lines] == ["working_capital_need", "rnd_multiple", "group_limit"]


def test_a_watch_brings_a_filing_before_a_person(facts_of: FactsOf) -> None:
    trial = try_product(load_product("lukedai"), facts_of("lukedai", repays_same_bank="100万"), on=DAY)

    assert trial.verdict.passed
    assert trial.watch is not None
    assert trial.watch.answer is Answer.TO_PERSON


def test_what_is_missing_for_filing_names_conditions_and_facts(facts_of: FactsOf) -> None:
    facts = facts_of("lukedai", filed_on="2025-08-11", loan_use="转贷", bank_is_partner="未知")

    gaps = missing_for_filing(load_product("lukedai"), facts, on=date(2025, 8, 11))

    assert [(gap.condition, gap.stage, gap.unknown) for gap in gaps] == [
        ("use_is_permitted", Stage.APPLY, False),
        ("bank_is_partner", Stage.APPLY, True),
        ("filed_in_time", Stage.FILE, False),
    ]
    assert gaps[2].note == "现为2025-08-11，要求2025-05-10至2025-08-10。"


def test_a_reform_reaches_product_and_terms_and_touches_neither(facts_of: FactsOf) -> None:
    product, terms, facts = load_product("lukedai"), credit_terms(), facts_of("lukedai")
    proposed = {"share_bank": Decimal("0.10"), "share_city": Decimal("0.55"), "lgd_none_unguaranteed": Decimal("0.90")}

    new_product, new_terms = reform_both(product, terms, proposed)
    old, new = (try_product(one, facts, on=DAY, terms=of) for one, of in ((product, terms), (new_product, new_terms)))

    assert old.losses is not None
    assert new.losses is not None
    assert new.losses.expected == pytest.approx(2 * old.losses.expected, abs=Decimal("0.02"))
    bank = next(one for one in new.losses.parties if one.party == "bank")
    assert bank.expected_with == pytest.approx(new.losses.expected / 10, abs=Decimal("0.01"))
    assert new.reforms == proposed
    assert "试算：参数“违约损失率（信用，无保证）”按拟议取值。" in new.notes
    assert try_product(product, facts, on=DAY) == old


def test_a_reform_of_a_number_nobody_has_is_refused_with_near_ones() -> None:
    with pytest.raises(ParameterUnknown) as refused:
        reform_both(load_product("lukedai"), credit_terms(), {"shair_bank": Decimal(1)})

    assert "share_bank" in refused.value.help


@pytest.mark.parametrize("code", product_codes())
def test_every_product_can_be_tried_on_its_own_facts_and_on_none(facts_of: FactsOf, code: str) -> None:
    for facts in (facts_of(code), {}):
        record = trial_record(try_product(load_product(code), facts, on=DAY))

        assert json.loads(json.dumps(record, allow_nan=False))["product"] == code


@given(
    code=st.sampled_from(product_codes()),
    values=st.dictionaries(
        st.sampled_from(sorted(load_product("lukedan").vocabulary | load_product("lukedai").vocabulary)),
        st.one_of(st.decimals(min_value=0, max_value=2, places=2), st.just(Decimal(10) ** 12), st.dates()),
    ),
    on=st.dates(min_value=date(2016, 1, 1), max_value=date(2027, 1, 1)),
)
def test_no_facts_make_a_trial_fail(code: str, values: dict[str, Value], on: date) -> None:
    trial = try_product(load_product(code), values, on=on)

    if trial.losses is not None:
        assert sum(one.expected_with for one in trial.losses.parties) == trial.losses.expected
        assert sum(one.stressed_with for one in trial.losses.parties) == trial.losses.stressed
