"""Facts come from lists, books and parties as of a day, name their source, and what nobody says stays unknown."""

from datetime import date
from decimal import Decimal

import pytest

from data.spec.access import BUREAU
from risk.joint import moving
from risk.joint.facts import TracedFact
from risk.joint.permissions import Actor
from risk.joint.words import Guarantee, Role
from risk.policies.facts import FactUnknown
from risk.policies.product import load_product
from risk.policies.rule import Stage
from risk.policies.verdict import evaluate
from tests.joint.house import House, at

DAY = date(2025, 5, 12)
BOOKS = Actor(tenant=BUREAU, role=Role.OPERATOR, name="test")


def facts(house: House, number: int, on: date = DAY) -> dict[str, TracedFact]:
    with house.store.work(at=at(date(2026, 12, 1)), read_only=True) as work:
        return moving.facts_on(work, moving.read(work, number, by=BOOKS), on)


def test_each_fact_names_its_source_and_the_row_of_the_list(house: House) -> None:
    told = facts(house, house.new(DAY))

    assert told["tech_sme_entry_year"].value == Decimal(2025)
    assert told["tech_sme_entry_year"].source == "《科技型中小企业入库名单》批次B000003第2行"
    assert told["tech_sme_entry_year"].row == ("tech_sme_entry", "B000003", 2)
    assert told["amount"].source == "申请书"
    assert told["bank_is_partner"].source == "银行申报（第1步）"
    assert told["rnd_intensity"].value == Decimal("0.0750")
    assert told["founded_on"].value == date(2019, 3, 1)


@pytest.mark.parametrize(
    "name", ["kerongxin_passed_on", "rate_over_lpr", "days_past_due", "five_class", "disbursed_on", "score", "pd"]
)
def test_what_nobody_says_stays_unknown(house: House, name: str) -> None:
    assert name not in facts(house, house.new(DAY))


@pytest.mark.parametrize(("on", "known"), [(date(2025, 2, 20), False), (date(2025, 2, 21), True)])
def test_a_list_counts_from_the_day_after_it_was_known(house: House, on: date, known: bool) -> None:
    number = house.new(date(2025, 2, 1))

    assert ("tech_sme_entry_year" in facts(house, number, on)) is known


def test_a_list_that_covers_every_firm_and_does_not_know_this_one_says_no(house: House) -> None:
    told = facts(house, house.new(DAY))

    assert told["has_taishan_talent"].value == told["leads_provincial_project"].value == Decimal(0)
    assert "没有在有效期内的记录" in told["has_taishan_talent"].source


def test_an_honour_that_was_taken_back_counts_until_then(house: House) -> None:
    honour = {"honour": "innovative_sme", "level": "provincial", "listed_on": "2022-01-01"}
    row = {"key": "innovative", "happened": "2022-01-01", "known": "2022-01-05", **honour}
    house.put("honour_listing", 1, **row)
    house.put(
        "honour_listing", 1, **{**row, "known": "2025-03-01", "removed_on": "2025-03-01", "ended_on": "2025-03-01"}
    )

    lukedan = house.new(DAY, product="lukedan", guarantee=Guarantee.INDIVIDUAL)
    assert facts(house, lukedan)["is_innovative_sme"].value == Decimal(0)
    assert facts(house, lukedan, date(2025, 2, 1))["is_innovative_sme"].value == Decimal(1)


def test_loans_of_the_banks_list_count_towards_the_cap_once(house: House) -> None:
    loan = {"bank": "x", "product": "lukedai", "disbursed_on": "2025-03-01", "matures_on": "2026-03-01"}
    for number, filed, amount in (
        ("L1", "2025-03-20", 3e6),
        ("L2", "2024-12-20", 5e6),
        ("L3", None, 7e6),
        ("JJ1", "2025-04-01", 2e6),
    ):
        own = {"loan_no": number, "application_no": number, "amount": amount, "filed_on": filed, **loan}
        house.put("loan", 1, key=number, happened="2025-03-01", known="2025-04-02", **own)
    house.to_loan(house.new(DAY), DAY)

    told = facts(house, house.new(DAY))

    assert told["covered_balance_before"].value == Decimal(3_000_000)


def test_the_house_is_believed_before_what_a_party_states(house: House) -> None:
    told = facts(house, house.new(DAY, tech_sme_entry_year="2030", staff="1"))

    assert told["tech_sme_entry_year"].value == Decimal(2025)
    assert told["staff"].value == Decimal(60)


def guaranteed(house: House, **told: str) -> int:
    return house.new(DAY, product="lukedan", guarantee=Guarantee.INDIVIDUAL, **told)


def test_a_guarantors_liability_is_counted_from_the_books_until_it_states_its_own(house: House) -> None:
    share = {"bank_share": "20%", "reguarantee_share": "20%", "fund_share": "30%"}
    house.to_loan(guaranteed(house, **share), DAY)

    counted = facts(house, guaranteed(house))
    stated = facts(house, guaranteed(house, guarantor_liability="5亿"))

    assert counted["guarantor_liability"].value == Decimal("1600000.00")
    assert counted["client_liability"].value == Decimal("1600000.00")
    assert stated["guarantor_liability"].value == Decimal(500_000_000)


def test_the_same_book_under_last_years_and_this_years_rules(house: House) -> None:
    """A firm led into 鲁科贷 by its provincial project alone: a way since 2025-03-28, none in 2024."""
    led = {"project_no": "P1", "programme": "provincial_major", "level": "provincial", "role": "lead"}
    house.put("project", 2, key="P1", happened="2024-01-10", known="2024-01-20", started_on="2024-01-10", **led)
    number = house.new(date(2024, 6, 1), firm=1)
    known = {name: fact.value for name, fact in facts(house, number, date(2024, 6, 1)).items()}

    last, this = (
        evaluate(load_product("lukedai"), known, on=day, stage=Stage.APPLY) for day in (date(2024, 6, 1), DAY)
    )

    ways = [next(one for one in verdict.findings if one.condition == "has_a_way_in") for verdict in (last, this)]
    assert [one.passed for one in ways] == [False, True]
    assert ways[1].measured == "牵头省级以上科技项目"
    assert {one.condition for one in last.findings if one.passed} | {"has_a_way_in"} == {
        one.condition for one in this.findings if one.passed
    }


def test_a_submitted_application_keeps_the_verdict_of_its_day(house: House) -> None:
    led = {"project_no": "P1", "programme": "provincial_major", "level": "provincial", "role": "lead"}
    house.put("project", 2, key="P1", happened="2024-01-10", known="2024-01-20", started_on="2024-01-10", **led)
    number = house.new(date(2024, 6, 1), firm=1)
    house.move("bank", "submit", number, date(2024, 6, 1))

    kept = house.read(number).stored.moves[-1].details

    assert kept["verdict"]["on"] == "2024-06-01"
    assert kept["sources"]["leads_provincial_project"].startswith("《科技计划项目》批次")


def test_no_party_states_itself_that_a_loan_is_early_research_credit(house: House) -> None:
    with pytest.raises(FactUnknown):
        house.new(DAY, is_early_rnd_credit="是")
