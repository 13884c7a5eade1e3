"""Titles, projects and listings are verified on a day, each with the row that says so; unknown is not no."""

from datetime import date
from typing import Any

import pytest

from data.spec.access import BUREAU
from data.spec.consent import ALL_CATEGORIES, Permission
from data.spec.table import Group
from data.spec.tables import TABLES
from risk.fact_items import FACT_ITEMS
from tests.scoring.conftest import FIRMS, NAMES, Town, entries

PATH = "/v1/facts"
CERTIFICATES = f"企业名称,证书编号,发证日期,有效期至\n{NAMES[0]},GR202437000001,2024-11-12,2027-11-12\n"
REVOKED = f"企业名称,证书编号,取消日期\n{NAMES[0]},GR202437000001,2025-06-01\n"
PROJECTS = (
    "统一社会信用代码,企业名称,项目编号,计划类别,项目级别,承担方式,立项日期,结题日期\n"
    f"{FIRMS[0]},{NAMES[0]},P-1,市重点研发计划,市级,牵头,2023-03-01,2025-03-01\n"
    f"{FIRMS[1]},{NAMES[1]},P-2,市重点研发计划,市级,参与,2024-03-01,\n"
)
VOUCHERS = (
    "统一社会信用代码,企业名称,订单号,服务内容,服务机构,兑付金额,下单日期\n"
    f"{FIRMS[0]},{NAMES[0]},V-1,检测,某院,1000,2024-05-01\n{FIRMS[0]},{NAMES[0]},V-2,检测,某院,1000,2025-05-01\n"
)
CONDUCT = (
    "统一社会信用代码,企业名称,信息类别,文书号,列入日期,移出日期,公示日期\n"
    f"{FIRMS[0]},{NAMES[0]},失信被执行人,D-1,2024-02-01,2024-08-01,2024-02-02\n"
)


def verify(town: Town, *items: str, place: int = 0, by: str = "bank-a", **members: object) -> Any:
    body = {"enterprise": {"value": FIRMS[place]}, "items": list(items), **members}
    return town.ask("POST", PATH, body, by=by)


def answers(answer: Any) -> dict[str, str]:
    return {fact["item"]: fact["answer"] for fact in answer.json()["facts"]}


@pytest.mark.parametrize(
    ("day", "answer"),
    [
        ("2025-04-09", "no"),
        ("2025-04-19", "no"),
        ("2025-04-20", "yes"),
        ("2025-12-30", "yes"),
        ("2025-12-31", "no"),
    ],
    ids=["before it began", "before it was known", "the day it was known", "its last day", "the day it ended"],
)
def test_an_entry_holds_from_when_it_is_known_until_it_ends(town: Town, day: str, answer: str) -> None:
    town.consent(0)
    town.load("tech_sme_entry", entries("2025-12-31"), date(2025, 4, 20))
    other = entries("2025-12-31").replace(FIRMS[0], FIRMS[1]).replace("123,2025-04-10", "124,2025-03-10")
    town.load("tech_sme_entry", other, date(2025, 4, 1))

    assert answers(verify(town, "tech_sme_entry", as_of=day)) == {"tech_sme_entry": answer}


def test_what_is_announced_ahead_does_not_hold_before_it_begins(town: Town) -> None:
    town.consent(0)
    other = entries().replace(FIRMS[0], FIRMS[1]).replace("123,2025-04-10", "124,2025-03-10")
    town.load("tech_sme_entry", other, date(2025, 3, 20))
    town.load("tech_sme_entry", entries(), date(2025, 4, 1))

    told = [answers(verify(town, "tech_sme_entry", as_of=f"2025-04-{day}")) for day in ("09", "10")]

    assert told == [{"tech_sme_entry": "no"}, {"tech_sme_entry": "yes"}]


def test_a_yes_names_number_span_and_row(town: Town) -> None:
    town.consent(0)
    town.load("tech_sme_entry", entries(), date(2025, 4, 20))

    answer = verify(town, "tech_sme_entry")

    (fact,) = answer.json()["facts"]
    assert (answer.json()["as_of"], answer.json()["enterprise"]) == ("2026-01-01", NAMES[0])
    assert (fact["answer"], fact["value"]) == ("yes", "202537030308000123")
    assert (fact["valid_from"], fact["valid_until"], fact["known_on"]) == ("2025-04-10", "2026-03-31", "2025-04-20")
    assert fact["row"] == {
        "list_label": "科技型中小企业入库名单",
        "file": "tech_sme_entry-2025-04-20.csv",
        "batch_id": fact["row"]["batch_id"],
        "file_row": 2,
    }


def test_a_list_that_never_came_says_nothing(town: Town) -> None:
    town.consent(0)

    (fact,) = verify(town, "tech_sme_entry").json()["facts"]

    assert (fact["answer"], fact["missing"], fact["row"]) == ("unknown", "source_does_not_know", None)
    assert "没有这份名单" in fact["sentence"]


def test_a_no_says_how_far_its_list_has_come(town: Town) -> None:
    town.consent(1)
    town.load("tech_sme_entry", entries(), date(2025, 4, 20))

    (fact,) = verify(town, "tech_sme_entry", place=1).json()["facts"]

    assert (fact["answer"], fact["known_on"], fact["value"], fact["row"]) == ("no", "2025-04-20", None, None)


def test_a_certificate_that_was_taken_back_holds_no_longer_once_that_is_known(town: Town) -> None:
    town.consent(0)
    town.load("high_tech_certificate", CERTIFICATES, date(2024, 11, 28))
    town.load("high_tech_revocation", REVOKED, date(2025, 7, 1))

    days = ("2024-12-01", "2025-06-30", "2025-07-01", "2026-01-01")
    told = [answers(verify(town, "high_tech_certificate", as_of=day))["high_tech_certificate"] for day in days]

    assert told == ["yes", "yes", "no", "no"]


def test_roles_counts_and_listings_are_told_apart(town: Town) -> None:
    town.consent(0)
    town.consent(1)
    town.load("project", PROJECTS.replace("2025-03-01", ""), date(2024, 4, 1))
    town.load("project", PROJECTS, date(2025, 3, 20))
    town.load("innovation_voucher", VOUCHERS, date(2025, 6, 1))
    town.load("conduct_record", CONDUCT.replace("2024-08-01", ""), date(2024, 2, 2))
    town.load("conduct_record", CONDUCT.replace("2024-02-02", "2024-08-05"), date(2024, 8, 5))

    lead = verify(town, "project_lead", "project", "innovation_voucher", "dishonesty", as_of="2024-06-01")
    later = verify(town, "project_lead", "innovation_voucher", "dishonesty", as_of="2025-12-01")
    partner = verify(town, "project_lead", "project", place=1)

    assert answers(lead) == {
        "project_lead": "yes",
        "project": "yes",
        "innovation_voucher": "unknown",
        "dishonesty": "yes",
    }
    assert answers(later) == {"project_lead": "no", "innovation_voucher": "yes", "dishonesty": "no"}
    assert later.json()["facts"][1]["value"] == "2"
    assert answers(partner) == {"project_lead": "no", "project": "yes"}


def test_a_category_that_was_not_consented_is_unknown_and_never_no(town: Town) -> None:
    town.load("tech_sme_entry", entries(), date(2025, 4, 20))
    town.consent(0, categories=ALL_CATEGORIES - {Group.QUALIFICATIONS})

    (fact,) = verify(town, "tech_sme_entry").json()["facts"]

    assert (fact["answer"], fact["missing"], fact["value"]) == ("unknown", "not_authorised", None)
    assert answers(verify(town, "tech_sme_entry", by=BUREAU)) == {"tech_sme_entry": "yes"}


def test_the_gate_stands_before_every_fact(town: Town) -> None:
    without = verify(town, "tech_sme_entry")
    town.consent(1, permissions=frozenset({Permission.SCORE_READ}))
    score_only = verify(town, "tech_sme_entry", place=1)
    future = verify(town, "tech_sme_entry", place=1, as_of="2026-01-02")

    assert [(one.status_code, one.json()["code"]) for one in (without, score_only, future)] == [
        (403, "consent-required"),
        (403, "permission-required"),
        (422, "day-in-future"),
    ]
    assert town.actions() == []


def test_a_verification_is_recorded_with_its_items(town: Town) -> None:
    town.consent(0)
    verify(town, "tech_sme_entry", "dishonesty")

    assert town.actions() == ["facts.verified"]


@pytest.mark.parametrize(
    ("items", "pointer"),
    [([], "/items"), (["secret_item"], "/items/0"), ("tech_sme_entry", "/items"), ([7], "/items/0"), (None, "/items")],
)
def test_hostile_items_are_refused_and_not_given_back(town: Town, items: object, pointer: str) -> None:
    answer = town.ask("POST", PATH, {"enterprise": {"value": FIRMS[0]}, "items": items})

    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert "secret_item" not in answer.text


def test_every_item_names_columns_and_words_of_its_table() -> None:
    for name, item in FACT_ITEMS.items():
        columns = TABLES[item.table].columns
        assert item.value in columns, name
        for column, words in item.where.items():
            assert set(words) <= set(columns[column].choices or {}), name
        assert item.counted is not TABLES[item.table].is_state, name


def test_every_item_can_be_asked_of_an_empty_store(town: Town) -> None:
    town.consent(0)

    assert set(answers(verify(town, *FACT_ITEMS)).values()) == {"unknown"}
