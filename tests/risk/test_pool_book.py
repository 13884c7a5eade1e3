"""The open loans of a day: what is at risk, who bears it to the fen, and how a proposal or a stress changes that."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from data.spec.progress import Silent
from risk.grade import read_master_scale, typical_pd
from risk.policies.money import SharesUnsound
from risk.policies.parameters import ParameterUnknown
from risk.policies.rule import Party
from risk.pool import ReformUnknown, read_rules
from risk.pool_aims import Earlier, aims_of, bank_lines, count_bounds, grade_lines
from risk.pool_book import Rules, at_risk, open_loans, rings_of
from risk.pool_figures import STRESSES, Rated, Run, concentration, outcome, pool_of, stressed

DAY = date(2026, 1, 1)
NAT = pd.NaT
COLUMNS = {
    "loan_no": "L1",
    "application_no": "A1",
    "enterprise_id": 1,
    "bank": "甲银行",
    "product": "lukedai",
    "amount": 4_000_000.0,
    "undrawn": 0.0,
    "rate": 0.036,
    "disbursed_on": pd.Timestamp("2025-07-01"),
    "matures_on": pd.Timestamp("2026-07-01"),
    "security": "credit",
    "guarantor_share": 0.0,
    "guarantee_fee_rate": float("nan"),
    "premium": float("nan"),
    "is_early_rnd_credit": None,
    "renewal_of": None,
    "filed_on": pd.Timestamp("2025-08-01"),
    "settled_on": NAT,
}


def ledger(*loans: Mapping[str, object], months: object = (), events: object = ()) -> dict[str, pd.DataFrame]:
    rows = [{**COLUMNS, "loan_no": f"L{place}", "enterprise_id": place, **one} for place, one in enumerate(loans, 1)]
    return {
        "loan": pd.DataFrame(rows),
        "loan_month": pd.DataFrame(list(months), columns=["loan_no", "happened_on", "balance"]),  # type: ignore[call-overload]
        "loan_event": pd.DataFrame(list(events), columns=["loan_no", "event"]),  # type: ignore[call-overload]
        "loan_application": pd.DataFrame([{"application_no": "A1", "is_first_loan": True}]),
    }


@pytest.fixture(scope="module")
def rules() -> Rules:
    return read_rules({})


def rated(rules: Rules, *loans: Mapping[str, object], **given: object) -> Rated:
    risky = at_risk(open_loans(ledger(*loans), rules, on=DAY), rules, on=DAY)
    facts: dict[str, object] = {
        "pds": {one.loan.enterprise_id: Decimal("0.04") for one in risky},
        "horizon_months": Decimal(12),
        "rings": {},
        "chains": {},
        **given,
    }
    return Rated(loans=risky, **facts)  # type: ignore[arg-type]


def a_run(rules: Rules, scenarios: int = 20_000) -> Run:
    return Run(rules=rules, on=DAY, scenarios=scenarios, seed=4, progress=Silent())


def test_settled_written_off_and_paid_loans_are_not_open(rules: Rules) -> None:
    seen = ledger(
        {},
        {"settled_on": pd.Timestamp("2025-12-31")},
        {"settled_on": pd.Timestamp("2026-01-01")},
        {},
        events=[("L4", "write_off")],
    )

    assert [one.loan_no for one in open_loans(seen, rules, on=DAY)] == ["L1", "L3"]


def test_the_latest_balance_counts_and_without_a_report_what_was_drawn(rules: Rules) -> None:
    days = [pd.Timestamp("2025-11-30"), pd.Timestamp("2025-10-31")]
    seen = ledger({}, {"undrawn": 1_000_000.0}, months=[("L1", days[0], 2_500_000.01), ("L1", days[1], 3_000_000.0)])

    first, second = open_loans(seen, rules, on=DAY)

    assert first.balance == Decimal("2500000.01")
    assert second.balance == Decimal("3000000.00")
    assert at_risk((second,), rules, on=DAY)[0].exposure == Decimal("3500000.00")


def test_a_filed_loan_is_shared_by_the_product_and_others_by_guarantor_or_not_at_all(rules: Rules) -> None:
    filed, unfiled, guaranteed = at_risk(
        open_loans(
            ledger(
                {},
                {"filed_on": NAT},
                {"product": "ordinary", "filed_on": NAT, "security": "guarantee", "guarantor_share": 0.8},
            ),
            rules,
            on=DAY,
        ),
        rules,
        on=DAY,
    )

    assert filed.borne == {
        Party.PROVINCE: Decimal("630000.00"),
        Party.CITY: Decimal("630000.00"),
        Party.BANK: Decimal("540000.00"),
    }
    assert unfiled.borne == {Party.BANK: Decimal("1800000.00")}
    assert guaranteed.borne == {Party.GUARANTOR: Decimal("1440000.00"), Party.BANK: Decimal("360000.00")}


def test_a_filed_guarantee_is_shared_by_the_national_plan_with_the_banks_own_share(rules: Rules) -> None:
    loans = ledger({"product": "lukedan", "security": "guarantee", "guarantor_share": 0.7})

    (one,) = at_risk(open_loans(loans, rules, on=DAY), rules, on=DAY)

    whole = sum(one.borne.values())
    assert whole == Decimal("1800000.00")
    assert one.borne[Party.BANK] / whole == Decimal("0.3")
    assert one.borne[Party.REGUARANTOR] / whole == Decimal("0.2")
    assert one.borne[Party.PROVINCE] > 0


def test_parts_sum_to_the_loss_to_the_fen_and_the_cap_counts_what_was_filed_before(rules: Rules) -> None:
    loans = [
        {"enterprise_id": 1, "amount": 7_777_777.77, "filed_on": pd.Timestamp("2025-08-02")},
        {"enterprise_id": 1, "amount": 6_666_666.61, "filed_on": pd.Timestamp("2025-08-01")},
    ]

    later, earlier = at_risk(open_loans(ledger(*loans), rules, on=DAY), rules, on=DAY)

    for one in (later, earlier):
        assert sum(one.borne.values()) == (one.exposure * one.lgd).quantize(Decimal("0.01"))
        assert all(part >= 0 for part in one.borne.values())
    assert earlier.loan.covered_before == 0
    assert later.loan.covered_before == Decimal("6666666.61")
    assert later.borne[Party.BANK] / sum(later.borne.values()) > Decimal("0.69")


def test_a_proposal_moves_losses_between_parties_and_changes_neither_pd_nor_the_whole(rules: Rules) -> None:
    now = rated(rules, {}, {}, {"filed_on": NAT})
    proposed = read_rules({"lukedai": {"share_bank": Decimal("0.1"), "share_city": Decimal("0.55")}})
    then = replace(now, loans=at_risk(tuple(one.loan for one in now.loans), proposed, on=DAY))

    before, after = (outcome("x", "", "", one, a_run(given)) for one, given in ((now, rules), (then, proposed)))

    assert after.total.mean == pytest.approx(before.total.mean, rel=1e-12)
    assert np.array_equal(
        pool_of(now, months=None, rules=rules, on=DAY).pd, pool_of(then, months=None, rules=proposed, on=DAY).pd
    )
    borne = {one.party: one.expected_with for one in after.parties}
    filed = borne[Party.PROVINCE] / 0.35
    assert borne[Party.CITY] == pytest.approx(0.55 * filed)
    assert after.fund.mean > before.fund.mean
    assert read_rules({}).products["lukedai"].reforms == {}


def test_a_proposal_must_add_up_and_name_what_there_is(rules: Rules) -> None:
    with pytest.raises(SharesUnsound):
        at_risk(open_loans(ledger({}), rules, on=DAY), read_rules({"lukedai": {"share_bank": Decimal("0.2")}}), on=DAY)
    with pytest.raises(ReformUnknown):
        read_rules({"luke": {"share_bank": Decimal("0.2")}})
    with pytest.raises(ParameterUnknown):
        read_rules({"lukedai": {"share_banks": Decimal("0.2")}})
    assert read_rules({"pool_terms": {"fund_size": Decimal(7)}}).number("fund_size", DAY) == 7


def test_shares_of_the_parties_sum_to_one_and_support_leaves_the_whole_as_it_was(rules: Rules) -> None:
    told = outcome("x", "", "", rated(rules, {}, {}, {"filed_on": NAT}), a_run(rules))

    assert sum(one.share for one in told.parties) == pytest.approx(1)
    assert sum(one.expected_with for one in told.parties) == pytest.approx(told.total.mean)
    assert sum(one.expected_without for one in told.parties) == pytest.approx(told.total.mean)
    assert sum(told.total.shares) == pytest.approx(1)


def test_the_fund_lasts_its_size_over_a_years_expected_loss(rules: Rules) -> None:
    bare = read_rules({"credit_terms": {"stress_lgd_uplift": Decimal(0)}})

    told = outcome("x", "", "", rated(bare, {}), a_run(bare))

    assert told.yearly == pytest.approx(4_000_000 * 0.45 * 0.7 * 0.04, rel=1e-6)
    assert told.years == pytest.approx(50_000_000 / told.yearly)
    assert told.exhausted == 0
    poor = read_rules({"pool_terms": {"fund_size": Decimal(1)}})
    assert outcome("x", "", "", rated(poor, {}), a_run(poor)).exhausted == pytest.approx(0.0298, abs=0.005)
    unfiled = outcome("x", "", "", rated(bare, {"filed_on": NAT}), a_run(bare))
    assert unfiled.years is None


def test_every_stress_costs_more_and_names_whom_it_strikes(rules: Rules) -> None:
    book = rated(rules, {}, {"amount": 9_000_000.0}, {}, {}, rings={1: 5, 2: 5}, chains={3: frozenset({"陶瓷产业链"})})
    base = outcome("base", "", "", book, a_run(rules))

    told = {name: stressed(name, book, a_run(rules)) for name in STRESSES}

    assert all(one.total.mean > base.total.mean for one in told.values())
    assert told["chain"].about == "陶瓷产业链上1家企业违约概率的4倍"
    assert told["ring"].about == "2家互保企业中最大一户违约"
    assert told["ring"].total.mean > 9_000_000 * 0.45
    assert book.pds[2] == Decimal("0.04")


def test_stress_without_rings_or_chains_strikes_nobody(rules: Rules) -> None:
    book = rated(rules, {}, {}, rings={1: 5})
    base = outcome("base", "", "", book, a_run(rules))

    for name in ("chain", "ring"):
        assert stressed(name, book, a_run(rules)).total == base.total


def test_concentration_is_one_for_a_single_firm_and_rings_count_as_one(rules: Rules) -> None:
    names = {1: "一", 2: "二", 3: "三", 4: "四"}
    book = rated(rules, {}, {}, {}, {}, rings={1: 0, 2: 0})

    told = concentration("", book.loans, names, book, top=2)
    alone = concentration("", book.loans[:1], names, book, top=2)

    assert told.exposure == Decimal("16000000.00")
    assert told.hhi_firms == pytest.approx(0.25)
    assert told.hhi_groups == pytest.approx(0.375)
    assert told.even == 0.25
    assert told.top_share == pytest.approx(0.5)
    assert [(one.name, one.firms, one.share) for one in told.groups] == [("一等互保圈", 2, 0.5)]
    assert alone.hhi_firms == 1


def test_a_ring_is_a_circle_of_guarantees_in_force_and_a_chain_of_them_is_none() -> None:
    guarantees = pd.DataFrame(
        [
            (1, "B", NAT),
            (2, "C", NAT),
            (3, "A", NAT),
            (3, "D", NAT),
            (4, "E", pd.Timestamp("2025-01-01")),
            (5, "D", NAT),
            (5, "?", NAT),
        ],
        columns=["enterprise_id", "guaranteed", "ended_on"],
    ).assign(ended_on=lambda rows: pd.to_datetime(rows["ended_on"]))

    found = rings_of(guarantees, {"A": 1, "B": 2, "C": 3, "D": 4, "E": 5}, on=DAY)

    assert set(found) == {1, 2, 3}
    assert len(set(found.values())) == 1
    assert rings_of(guarantees.iloc[:0], {}, on=DAY) == {}


def test_the_firms_cost_falls_by_the_subsidy_once_a_firm(rules: Rules) -> None:
    once = aims_of(rated(rules, {}), rules, on=DAY)
    twice = aims_of(rated(rules, {"enterprise_id": 1}, {"enterprise_id": 1}), rules, on=DAY)

    assert once is not None
    assert twice is not None
    assert once.cost_without == pytest.approx(0.036, abs=1e-6)
    assert once.cost_with == pytest.approx(0.036 * 0.6, abs=1e-6)
    assert twice.subsidy == once.subsidy
    assert once.bank_loss_without == pytest.approx(0.04 * 0.45)
    assert once.bank_loss_with == pytest.approx(0.04 * 0.45 * 0.3)
    assert once.bank_rate_without - once.bank_rate_with == pytest.approx(0.04 * 0.45 * 0.7)
    assert (once.first_loans, once.credit_loans) == (1.0, 1.0)
    assert aims_of(rated(rules, {"filed_on": NAT}), rules, on=DAY) is None


def test_banks_and_grades_are_told_what_was_expected_and_what_came(rules: Rules) -> None:
    book = rated(rules, {}, {"bank": "乙银行", "filed_on": NAT}, {"bank": "乙银行"})
    loans = tuple(one.loan for one in book.loans)
    earlier = Earlier(
        loans=loans,
        pds={1: Decimal("0.5"), 2: Decimal("0.1")},
        grades={2: "B", 1: "C"},
        horizon_months=Decimal(12),
        defaulted={2, 3},
    )

    lines = {line.bank: line for line in bank_lines(book, earlier)}

    assert (lines["甲银行"].expected_defaults, lines["甲银行"].actual_defaults) == (0.5, 0)
    assert (lines["乙银行"].firms_before, lines["乙银行"].actual_defaults) == (1, 1)
    assert lines["乙银行"].expected_loss_with < lines["乙银行"].expected_loss
    assert [(one.grade, one.filed, one.unfiled, one.unfiled_defaults) for one in grade_lines(earlier)] == [
        ("B", 0, 1, 1),
        ("C", 1, 0, 0),
    ]


def test_count_bounds_are_those_of_the_binomial() -> None:
    from scipy.stats import binom

    assert count_bounds([0.05] * 70) == (int(binom.ppf(0.025, 70, 0.05)), int(binom.ppf(0.975, 70, 0.05)))


def test_the_pd_of_a_grade_lies_inside_it_and_grows_from_grade_to_grade() -> None:
    scale = read_master_scale(DAY)
    typical = [typical_pd(grade.code, scale) for grade in scale]

    assert typical == sorted(typical)
    assert all(pd < grade.below for pd, grade in zip(typical, scale, strict=True))
    assert typical[0] == pytest.approx(0.0025 / 2**0.5)
