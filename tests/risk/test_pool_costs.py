"""What a loan costs its firm: interest, fee and premium less subsidies, each by the numbers of the loan's own day."""

from collections.abc import Mapping
from decimal import Decimal

import pandas as pd
import pytest

from risk.policies.rule import Party
from risk.pool import read_rules
from risk.pool_aims import aims_of
from risk.pool_book import Rules, at_risk, open_loans
from risk.pool_costs import LoanCost, cost_parts, costs_of, subsidies
from tests.risk.test_pool_book import DAY, NAT, ledger, rated

GUARANTEED = {"security": "guarantee", "guarantor_share": 0.8, "guarantee_fee_rate": 0.008}
LUKEDAN = {**GUARANTEED, "product": "lukedan", "guarantee_fee_rate": 0.005}


@pytest.fixture(scope="module")
def rules() -> Rules:
    return read_rules({})


def costs(rules: Rules, *loans: Mapping[str, object]) -> tuple[LoanCost, ...]:
    return costs_of(open_loans(ledger(*loans), rules, on=DAY), rules)


def lines(cost: LoanCost) -> dict[str, tuple[Decimal, Decimal]]:
    return {line.name: (line.without_support, line.with_support) for line in cost.cost.lines}


def test_the_fee_of_a_guarantee_is_paid_with_support_and_without(rules: Rules) -> None:
    (one,) = costs(rules, GUARANTEED)

    assert lines(one) == {
        "interest": (Decimal("144000.00"), Decimal("144000.00")),
        "guarantee_fee": (Decimal("32000.00"), Decimal("32000.00")),
        "interest_subsidy": (Decimal(0), Decimal("-57600.00")),
    }


def test_the_supported_guarantee_is_compared_with_what_guarantors_ask_otherwise(rules: Rules) -> None:
    (one,) = costs(rules, LUKEDAN)

    assert lines(one)["guarantee_fee"] == (Decimal("40000.00"), Decimal("20000.00"))
    assert subsidies([one]) == 0


def test_a_premium_is_subsidised_by_its_year_and_up_to_the_firms_cap_of_the_year(rules: Rules) -> None:
    insured = {"enterprise_id": 1, "filed_on": NAT, "premium": 400_000.0}
    told = costs(
        rules,
        {**insured, "disbursed_on": pd.Timestamp("2024-12-31")},
        {**insured, "disbursed_on": pd.Timestamp("2025-02-01")},
        {**insured, "disbursed_on": pd.Timestamp("2025-03-01")},
        {**insured, "disbursed_on": pd.Timestamp("2025-03-02"), "enterprise_id": 2, "renewal_of": "L0"},
        {**insured, "disbursed_on": pd.Timestamp("2025-03-03"), "enterprise_id": 3},
    )

    paid = [lines(one)["premium_subsidy"][1] for one in told]
    last_year, first, capped, renewed, other_firm = paid
    assert (last_year, first, other_firm) == (Decimal("-200000.00"),) * 3
    assert capped == Decimal("-100000.00")
    assert renewed == Decimal("-120000.00")
    assert lines(told[0])["premium"] == (Decimal("400000.00"), Decimal("400000.00"))


def test_what_cannot_be_worked_out_is_left_out_and_counted(rules: Rules) -> None:
    book = rated(rules, {}, {"rate": float("nan")}, {**GUARANTEED, "guarantee_fee_rate": float("nan")})

    aims = aims_of(book, rules, on=DAY)

    assert aims is not None
    assert aims.cost_unknown == 2
    assert aims.cost_without == pytest.approx(0.036, abs=1e-6)


def test_the_parts_sum_to_the_whole_of_filed_loans_and_of_the_others(rules: Rules) -> None:
    other = {"filed_on": NAT, "rate": 0.05, "premium": 40_000.0}
    book = rated(rules, {}, GUARANTEED, {"premium": 40_000.0}, LUKEDAN, other, {**GUARANTEED, **other})

    aims = aims_of(book, rules, on=DAY)

    assert aims is not None
    parts = {part.name: part for part in aims.cost_parts}
    assert list(parts) == ["interest", "guarantee_fee", "premium", "interest_subsidy", "premium_subsidy"]
    assert aims.cost_without == pytest.approx(0.036 + (0.008 + 0.01) / 4 + 0.01 / 4, abs=1e-6)
    assert aims.cost_with == pytest.approx(0.036 + 0.013 / 4 + 0.01 / 4 - 0.0144 * 3 / 4 - 0.005 / 4, abs=1e-6)
    assert aims.cost_unfiled == pytest.approx(0.05 + 0.008 / 2 + 0.01 - 0.005, abs=1e-6)
    assert aims.cost_with == pytest.approx(sum(part.with_support for part in aims.cost_parts))


def test_a_proposed_rate_of_subsidy_changes_the_cost(rules: Rules) -> None:
    proposed = read_rules({"lukebao": {"first_rate": Decimal(0)}, "lukedai": {"subsidy_rate": Decimal(1)}})
    loan = {"premium": 40_000.0}

    (now,), (then,) = costs(rules, loan), costs(proposed, loan)

    assert lines(now)["premium_subsidy"][1] == Decimal("-20000.00")
    assert lines(then)["premium_subsidy"][1] == 0
    assert lines(then)["interest_subsidy"][1] == Decimal("-144000.00")


def test_no_loans_have_no_parts() -> None:
    assert cost_parts((), ()) == ()


def test_a_loan_filed_as_early_research_credit_is_borne_to_nine_tenths_by_the_treasuries(rules: Rules) -> None:
    loans = open_loans(
        ledger({"is_early_rnd_credit": True}, {"is_early_rnd_credit": False}, {"is_early_rnd_credit": None}),
        rules,
        on=DAY,
    )

    early, general, untold = at_risk(loans, rules, on=DAY)

    assert early.borne == {
        Party.PROVINCE: Decimal("810000.00"),
        Party.CITY: Decimal("810000.00"),
        Party.BANK: Decimal("180000.00"),
    }
    assert general.borne == untold.borne
    assert general.borne[Party.BANK] == Decimal("540000.00")


def test_the_aims_count_early_loans_and_tell_every_partys_loss(rules: Rules) -> None:
    aims = aims_of(rated(rules, {"is_early_rnd_credit": True}, {}), rules, on=DAY)

    assert aims is not None
    assert aims.early == 1
    losses = dict(aims.losses)
    assert set(losses) == {Party.PROVINCE, Party.CITY, Party.BANK}
    assert losses[Party.BANK] == pytest.approx(aims.bank_loss_with)
    assert losses[Party.BANK] == pytest.approx(0.04 * 0.45 * 0.2)
    assert sum(losses.values()) == pytest.approx(aims.bank_loss_without)
