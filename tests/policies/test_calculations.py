"""Losses, costs, limits and prices are worked out as the method says; support never lowers a PD."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.policies.claim import Order, redeem, settle
from risk.policies.cost import cost_of, interest_of
from risk.policies.facts import Value
from risk.policies.limit import limit_of
from risk.policies.losses import Losses, exposure_at_default, lgd_name, losses_of, pd_until, stressed_lgd, stressed_pd
from risk.policies.money import AmountUnsound
from risk.policies.parameters import credit_terms
from risk.policies.price import best_quote, price_of
from risk.policies.product import load_product
from risk.policies.rule import Coverage, Party
from risk.policies.support import benefits_of, cap_of, coverage_of
from risk.policies.verdict import Answer
from risk.policies.waterfall import ALONE, RecoveryExceedsLoss, divide_loss, return_recoveries

DAY = date(2025, 6, 10)
TERMS = credit_terms()
FactsOf = Callable[..., dict[str, Value]]
LUKEDAI = Coverage({Party.PROVINCE: Decimal("0.35"), Party.CITY: Decimal("0.35"), Party.BANK: Decimal("0.30")})
LUKEDAN = Coverage(
    {
        Party.NATIONAL_FUND: Decimal("0.35"),
        Party.REGUARANTOR: Decimal("0.20"),
        Party.GUARANTOR: Decimal("0.25"),
        Party.BANK: Decimal("0.20"),
    },
    refund_most=Decimal(100_000),
)
YUAN = st.decimals(min_value=0, max_value=Decimal("1e12"), places=2)
SHARE = st.decimals(min_value=0, max_value=1, places=4)
PD = st.decimals(min_value=0, max_value=1, places=6)


def yuan(parts: dict[Party, Decimal]) -> dict[str, str]:
    return {str(party): str(part) for party, part in parts.items()}


def test_a_loss_is_shared_by_province_city_and_bank() -> None:
    parts = divide_loss(loss=Decimal("1000000.01"), coverage=LUKEDAI)

    assert yuan(parts) == {"province": "350000.01", "city": "350000.00", "bank": "300000.00"}


def test_what_the_cap_does_not_cover_stays_with_the_bank() -> None:
    parts = divide_loss(loss=Decimal(1_000_000), coverage=replace(LUKEDAI, covered=Decimal("0.8")))

    assert yuan(parts) == {"province": "280000.00", "city": "280000.00", "bank": "440000.00"}


def test_the_province_refunds_the_guarantor_up_to_the_compensation_and_no_further() -> None:
    small = divide_loss(loss=Decimal(200_000), coverage=LUKEDAN)
    large = divide_loss(loss=Decimal(2_000_000), coverage=LUKEDAN)

    assert (small[Party.GUARANTOR], small[Party.PROVINCE]) == (Decimal("0.00"), Decimal("50000.00"))
    assert (large[Party.GUARANTOR], large[Party.PROVINCE]) == (Decimal("400000.00"), Decimal("100000.00"))


@given(loss=YUAN, covered=SHARE, coverage=st.sampled_from([LUKEDAI, LUKEDAN, ALONE]))
def test_the_parts_of_a_loss_are_the_loss(loss: Decimal, covered: Decimal, coverage: Coverage) -> None:
    parts = divide_loss(loss=loss, coverage=replace(coverage, covered=covered))

    assert sum(parts.values()) == loss
    assert all(part >= 0 for part in parts.values())


@given(loss=YUAN, part=SHARE, cost=YUAN)
def test_recoveries_return_net_of_cost_to_those_who_bore_the_loss(loss: Decimal, part: Decimal, cost: Decimal) -> None:
    borne = divide_loss(loss=loss, coverage=LUKEDAN)
    recovered = (loss * part).quantize(Decimal("0.01"))

    returned = return_recoveries(recovered=recovered, cost=cost, borne=borne)

    net = max(Decimal(0), recovered - cost)
    assert sum(returned.values()) == net
    for party, back in returned.items():
        assert back <= borne[party]
        assert not loss or abs(Fraction(back) - Fraction(net) * Fraction(borne[party]) / Fraction(loss)) < Fraction(
            1, 100
        )


def test_more_than_was_lost_is_not_returned() -> None:
    with pytest.raises(RecoveryExceedsLoss):
        return_recoveries(
            recovered=Decimal("100.01"), cost=Decimal(0), borne={Party.BANK: Decimal(30), Party.CITY: Decimal(70)}
        )


@pytest.mark.parametrize("loss", ["-1", "NaN", "1e20"])
def test_a_loss_that_is_no_money_is_refused(loss: str) -> None:
    with pytest.raises(AmountUnsound, match="本金损失"):
        divide_loss(loss=Decimal(loss), coverage=LUKEDAI)


def test_exposure_is_balance_and_a_part_of_what_is_undrawn() -> None:
    drawn = exposure_at_default(balance=Decimal(800_000), undrawn=Decimal(200_000), ccf=Decimal("0.5"))

    assert drawn == Decimal("900000.00")


@given(pd=PD, months=st.integers(1, 60))
def test_a_longer_time_never_has_a_lower_pd(pd: Decimal, months: int) -> None:
    one, more = (pd_until(pd, horizon_months=Decimal(12), months=Decimal(span)) for span in (months, months + 1))

    assert 0 <= one <= more <= 1


def test_two_years_are_survived_by_those_who_survive_each() -> None:
    assert pd_until(Decimal("0.1"), horizon_months=Decimal(12), months=Decimal(24)) == Decimal("0.19")


@given(pd=PD, correlation=st.sampled_from([Decimal("0.05"), Decimal("0.12"), Decimal("0.20")]))
def test_a_bad_year_is_never_better(pd: Decimal, correlation: Decimal) -> None:
    assert stressed_pd(pd, correlation=correlation, quantile=Decimal("0.99")) >= pd


def test_the_bad_year_is_that_of_one_factor() -> None:
    # Basel's own formula at PD 1 %, correlation 0.12, 99.9 %: N((N^-1(0.01) + sqrt(0.12) x 3.0902) / sqrt(0.88)).
    bad = stressed_pd(Decimal("0.01"), correlation=Decimal("0.12"), quantile=Decimal("0.999"))

    assert bad == pytest.approx(Decimal("0.0902"), abs=Decimal("0.0005"))


def test_lgd_rises_in_stress() -> None:
    assert stressed_lgd(Decimal("0.45"), uplift=Decimal("0.2")) == Decimal("0.56")


def test_every_kind_of_security_has_an_lgd_with_its_status() -> None:
    kinds = {
        lgd_name({"collateral": Decimal(one), "guarantee": Decimal(guarantee), "counter_guarantee": Decimal(counter)})
        for one in range(1, 5)
        for guarantee in (1, 2)
        for counter in range(1, 8)
    }

    assert kinds == {name for name in TERMS.parameters if name.startswith("lgd_")}
    assert lgd_name({"collateral": Decimal(1), "guarantee": Decimal(1)}) == "lgd_none_unguaranteed"
    assert lgd_name({"collateral": Decimal(1), "guarantee": Decimal(2)}) is None


def losses(facts: dict[str, Any], coverage: Coverage | None = None) -> Losses:
    found = losses_of(
        {"undrawn": Decimal(0), "balance": facts["amount"], **facts}, coverage=coverage, terms=TERMS, on=DAY
    )
    assert isinstance(found, Losses)
    return found


def test_the_expected_loss_is_that_of_a_calculator(facts_of: FactsOf) -> None:
    found = losses(facts_of("lukedai"))
    months = 12 + 90 / (365 / 12)

    assert float(found.pd) == pytest.approx(1 - 0.98 ** (months / 18), abs=1e-9)
    assert found.lgd == Decimal("0.45")
    assert found.expected == (4_000_000 * found.pd * Decimal("0.45")).quantize(Decimal("0.01"))
    assert found.expected_low < found.expected < found.expected_high
    assert found.expected < found.stressed_low < found.stressed < found.stressed_high


def test_support_lowers_no_pd_and_no_loss_but_changes_who_bears_it(facts_of: FactsOf) -> None:
    alone, supported = losses(facts_of("lukedai")), losses(facts_of("lukedai"), LUKEDAI)

    assert replace(alone, parties=()) == replace(supported, parties=())
    bank = next(one for one in supported.parties if one.party is Party.BANK)
    assert bank.expected_without == supported.expected
    assert bank.expected_with == pytest.approx(supported.expected * Decimal("0.30"), abs=Decimal("0.01"))


@given(amount=YUAN, pd=PD, coverage=st.sampled_from([LUKEDAI, LUKEDAN, replace(LUKEDAI, covered=Decimal("0.37"))]))
def test_every_column_of_the_parties_sums_to_its_total(amount: Decimal, pd: Decimal, coverage: Coverage) -> None:
    facts = {
        "amount": amount,
        "pd": pd,
        "pd_horizon_months": Decimal(12),
        "term_months": Decimal(24),
        "collateral": Decimal(2),
        "guarantee": Decimal(2),
        "counter_guarantee": Decimal(3),
    }

    found = losses(facts, coverage)

    for column, total in (
        ("in_default", (amount * found.lgd)),
        ("expected_without", found.expected),
        ("expected_with", found.expected),
        ("stressed_without", found.stressed),
        ("stressed_with", found.stressed),
    ):
        assert abs(sum(getattr(one, column) for one in found.parties) - total) <= (
            Decimal("0.005") if column == "in_default" else 0
        )


@pytest.mark.parametrize("missing", ["pd", "pd_horizon_months", "collateral", "term_months"])
def test_losses_without_a_fact_say_which(facts_of: FactsOf, missing: str) -> None:
    facts = facts_of("lukedai", **{missing: "未知"})

    told = losses_of({"undrawn": Decimal(0), "balance": Decimal(1), **facts}, coverage=None, terms=TERMS, on=DAY)

    assert isinstance(told, str)
    assert missing in told


def test_the_terms_begin_one_day_and_are_no_default_before() -> None:
    facts = {
        name: Decimal(1) for name in ("balance", "undrawn", "pd", "pd_horizon_months", "term_months", "collateral")
    }

    told = losses_of({**facts, "guarantee": Decimal(1)}, coverage=None, terms=TERMS, on=date(2016, 12, 31))

    assert told == "当日没有有效的损失参数。"


def test_the_firm_pays_interest_less_the_subsidy(facts_of: FactsOf) -> None:
    product, facts = load_product("lukedai"), facts_of("lukedai", interest_paid="144000", premium="5000")

    cost = cost_of(facts, benefits=benefits_of(product, facts, on=DAY), guarantee=False, terms=TERMS, on=DAY)

    assert not isinstance(cost, str)
    assert [(line.name, line.without_support, line.with_support) for line in cost.lines] == [
        ("interest", Decimal("144000.00"), Decimal("144000.00")),
        ("premium", Decimal(5000), Decimal(5000)),
        ("interest_subsidy", 0, Decimal("-57600.00")),
    ]
    assert (cost.without_support, cost.with_support) == (Decimal("149000.00"), Decimal("91400.00"))
    assert (cost.rate_without, cost.rate_with) == (Decimal("0.037250"), Decimal("0.022850"))


def test_a_fee_that_is_agreed_on_a_loan_of_another_product_is_paid_with_support_and_without(facts_of: FactsOf) -> None:
    facts = facts_of("lukedai", interest_paid="144000", guarantee_fee_rate="0.008")

    cost = cost_of(facts, benefits=(), guarantee=False, terms=TERMS, on=DAY)

    assert not isinstance(cost, str)
    fee = next(line for line in cost.lines if line.name == "guarantee_fee")
    assert fee.without_support == fee.with_support == Decimal("32000.00")
    assert (cost.without_support, fee.mark) == (Decimal("176000.00"), "")


def test_a_supported_guarantee_saves_the_fee_above_its_cap(facts_of: FactsOf) -> None:
    facts = facts_of("lukedan")

    cost = cost_of(facts, benefits=(), guarantee=True, terms=TERMS, on=DAY)

    assert not isinstance(cost, str)
    fee = next(line for line in cost.lines if line.name == "guarantee_fee")
    assert (fee.without_support, fee.with_support) == (Decimal("50000.00"), Decimal("25000.00"))


def test_the_cost_of_a_guarantee_is_not_compared_where_no_fee_is_known(facts_of: FactsOf) -> None:
    before = date(2024, 7, 23)

    assert (
        cost_of(facts_of("lukedan"), benefits=(), guarantee=True, terms=TERMS, on=before)
        == "当日没有可比的市场担保费率。"
    )


@pytest.mark.parametrize(("told", "said"), [({"rate": "未知"}, "rate"), ({"term_months": "0"}, "为零")])
def test_a_cost_that_cannot_be_worked_out_says_why(facts_of: FactsOf, told: dict[str, str], said: str) -> None:
    cost = cost_of(facts_of("lukedai", **told), benefits=(), guarantee=False, terms=TERMS, on=DAY)

    assert isinstance(cost, str)
    assert said in cost


@given(amount=YUAN, rate=SHARE, months=st.integers(0, 60))
def test_interest_is_exact_to_the_fen(amount: Decimal, rate: Decimal, months: int) -> None:
    interest = interest_of(amount=amount, rate=rate, term_months=Decimal(months))

    assert abs(Fraction(interest) - Fraction(amount) * Fraction(rate) * months / 12) <= Fraction(1, 200)


def test_limits_that_are_equal_bind_together_and_what_is_asked_beyond_is_told(facts_of: FactsOf) -> None:
    product = load_product("rnd_loan")
    facts = facts_of("rnd_loan", rnd_expense="3000000", amount="4000000")

    limit = limit_of(facts, cap=cap_of(product, facts, on=DAY), loan=True, terms=TERMS, on=DAY)

    assert limit is not None
    assert [line.name for line in limit.binding_lines] == ["policy_cap", "rnd_multiple"]
    assert (limit.amount, limit.asked, limit.excess) == (Decimal("3000000.00"), Decimal(4000000), Decimal("1000000.00"))
    within = limit_of({**facts, "amount": Decimal(1)}, cap=None, loan=True, terms=TERMS, on=DAY)
    unasked = limit_of({**facts, "amount": date(2025, 1, 1)}, cap=None, loan=True, terms=TERMS, on=DAY)
    assert (within and within.excess, unasked and unasked.excess) == (0, None)


def test_the_smallest_limit_binds_and_is_named(facts_of: FactsOf) -> None:
    product, facts = load_product("lukedai"), facts_of("lukedai")

    limit = limit_of(facts, cap=cap_of(product, facts, on=DAY), loan=True, terms=TERMS, on=DAY)

    # 20,000,000 x 0.9 x 1.2 / 3 - 2,000,000 - 1,500,000
    assert {line.name: line.amount for line in limit.lines} == {
        "policy_cap": Decimal("10000000.00"),
        "working_capital_need": Decimal("3700000.00"),
        "rnd_multiple": Decimal("3000000.00"),
        "group_limit": Decimal("200000000.00"),
    }
    assert (limit.amount, limit.binding, limit.complete) == (Decimal("3000000.00"), "rnd_multiple", True)


def test_all_banks_debt_can_use_up_the_need(facts_of: FactsOf) -> None:
    limit = limit_of(facts_of("lukedai", debt_all_banks="1亿"), cap=None, loan=True, terms=TERMS, on=DAY)

    assert (limit.amount, limit.binding) == (Decimal("0.00"), "working_capital_need")


def test_a_limit_that_is_not_known_is_said_and_not_taken_for_none(facts_of: FactsOf) -> None:
    limit = limit_of(
        facts_of("lukedai", revenue="未知", working_capital_turnover="0"), cap=None, loan=True, terms=TERMS, on=DAY
    )
    need = next(line for line in limit.lines if line.name == "working_capital_need")

    assert (need.amount, limit.complete, limit.binding) == (None, False, "rnd_multiple")
    assert "revenue" in need.note


def test_what_is_no_loan_has_no_limit_but_its_own_cap(facts_of: FactsOf) -> None:
    product, facts = load_product("equity_referral"), facts_of("equity_referral")

    limit = limit_of(facts, cap=cap_of(product, facts, on=DAY), loan=False, terms=TERMS, on=DAY)

    assert limit is not None
    assert [(line.name, line.amount) for line in limit.lines] == [("policy_cap", Decimal("5000000.00"))]
    assert limit_of(facts, cap=None, loan=False, terms=TERMS, on=DAY) is None


def test_no_known_limit_is_no_limit_of_zero() -> None:
    limit = limit_of({}, cap=None, loan=True, terms=TERMS, on=DAY)

    assert (limit.amount, limit.binding) == (None, None)


def test_the_price_bears_the_banks_own_part_of_the_loss(facts_of: FactsOf) -> None:
    found = losses(facts_of("lukedai"), LUKEDAI)

    price = price_of(
        found, pd_low=Decimal("0.02"), pd_high=Decimal("0.02"), horizon_months=Decimal(12), terms=TERMS, on=DAY
    )

    assert not isinstance(price, str)
    assert price.without_support.loss_low == Decimal("0.0090")
    assert (price.with_support.loss_low, price.with_support.bank_share) == (Decimal("0.0027"), Decimal("0.3000"))
    assert price.with_support.low == Decimal("0.0027") + Decimal("0.018") + Decimal("0.008") + Decimal("0.002")
    assert price.with_support.high - price.with_support.low == Decimal("0.0060")
    assert price.mark == "〔未核实〕"


def test_the_best_rate_is_neither_the_highest_nor_the_cheapest() -> None:
    lost_at = [(Decimal(rate), Decimal(lost)) for rate, lost in (("0.04", "0"), ("0.06", "0.2"), ("0.15", "0.9"))]

    safe, risky = (
        best_quote(lost_at, pd=Decimal(pd), lgd=Decimal("0.5"), bank_share=Decimal(1), cost=Decimal("0.02"))
        for pd in ("0.001", "0.1")
    )

    assert (safe.rate, risky.rate) == (Decimal("0.06"), Decimal("0.15"))


def claim(facts: dict[str, Value], *, disbursed_on: date = date(2025, 5, 10), on: date = date(2026, 6, 1)) -> Any:
    product = load_product("lukedai")
    return settle(product, facts, principal_loss=Decimal(1_000_000), disbursed_on=disbursed_on, on=on)


def test_a_filed_bad_loan_is_shared(facts_of: FactsOf) -> None:
    settled = claim(facts_of("lukedai"))

    assert yuan(settled.parts) == {"province": "350000.00", "city": "350000.00", "bank": "300000.00"}


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"is_filed": "否"}, id="unfiled"),
        pytest.param({"is_filed": "未知"}, id="unknown whether filed"),
        pytest.param({"entry_year_at_filing": "2024"}, id="filing revoked"),
        pytest.param({"days_past_due": "90"}, id="not overdue long enough"),
    ],
)
def test_a_claim_that_does_not_meet_the_conditions_leaves_all_to_the_bank(
    facts_of: FactsOf, told: dict[str, str]
) -> None:
    settled = claim(facts_of("lukedai", **told))

    assert settled.verdict.answer is Answer.FAILED
    assert yuan(settled.parts) == {"bank": "1000000.00"}
    assert "由银行承担" in settled.note


def test_a_filing_that_still_depends_on_a_condition_pays_nothing_yet(facts_of: FactsOf) -> None:
    settled = claim(facts_of("lukedai", entry_year_at_filing="2024"), on=date(2025, 12, 31))

    assert settled.verdict.answer is Answer.CONDITIONAL
    assert yuan(settled.parts) == {"bank": "1000000.00"}


def test_the_shares_are_those_of_the_day_of_disbursement(facts_of: FactsOf) -> None:
    settled = claim(facts_of("lukedai"), disbursed_on=date(2023, 9, 27))

    assert yuan(settled.parts) == {"bank": "1000000.00"}
    assert "没有有效的分担比例" in settled.note


def order(number: str, day: date, facts: dict[str, Value], amount: str) -> Order:
    return Order(order_no=number, completed_on=day, facts={**facts, "order_amount": Decimal(amount)})


def test_voucher_orders_pay_by_themselves_until_the_years_cap(facts_of: FactsOf) -> None:
    facts = facts_of("innovation_voucher")
    orders = [
        order("c", date(2025, 1, 3), facts, "1000"),
        order("b", date(2024, 9, 1), facts, "500000"),
        order("a", date(2024, 7, 1), facts, "1000000"),
        order("d", date(2025, 2, 1), {**facts, "order_completed": Decimal(0)}, "1000"),
    ]

    done = redeem(load_product("innovation_voucher"), orders)

    assert [(one.order_no, str(one.amount)) for one in done] == [
        ("a", "400000.00"),
        ("b", "100000.00"),
        ("c", "400.00"),
        ("d", "0.00"),
    ]


def test_covered_says_who_bears_and_why_not(facts_of: FactsOf) -> None:
    told = coverage_of(load_product("lukedai"), facts_of("lukedai", covered_balance_before="未知"), on=DAY)

    assert told is not None
    assert told.coverage is None
    assert "covered_balance_before" in told.note
