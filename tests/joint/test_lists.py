"""The lists that the bureau sends on come to what the books say, to the fen."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text

from api.reports.official_lists import write_list
from data.spec.errors import Refusal
from data.store.orm import AUDIT_EVENT
from risk.joint import lists
from risk.joint.lists import BooksDisagree, ListKind, OfficialList
from risk.joint.permissions import NotYourMove
from risk.joint.words import Guarantee
from tests.joint.house import PEOPLE, House, at
from tests.joint.test_story import BACK, FILED, LENT, PAID, defaulted

NEW_YEAR, AFTER = date(2025, 1, 1), date(2027, 1, 1)


def drawn(house: House, kind: ListKind, since: date = NEW_YEAR, until: date = AFTER) -> OfficialList:
    with house.store.work(at=at(AFTER)) as work:
        made = lists.list_for(work, kind, since=since, until=until, by=PEOPLE["operator"])
        work.commit()
    return made


def total(made: OfficialList, title: str, sheet: int = 0) -> Decimal:
    page = made.sheets[sheet]
    return next(one.listed for one in page.totals if page.titles[one.column] == title)


def recovered(house: House) -> int:
    number = defaulted(house)
    house.move("operator", "compensate", number, PAID)
    house.move("bank", "recover", number, BACK, recovered="300000.01", recovery_cost="12345.67")
    return number


def test_the_months_filing_list_holds_what_was_filed_in_the_month_and_no_more(house: House) -> None:
    defaulted(house)

    june = drawn(house, ListKind.FILING, date(2025, 6, 1), date(2025, 7, 1))

    assert total(june, "备案金额") == Decimal("2000000.00")
    assert len(june.sheets[0].rows) == 1
    assert len(drawn(house, ListKind.FILING, date(2025, 5, 1), FILED).sheets[0].rows) == 0


def test_every_list_comes_to_the_books(house: House) -> None:
    recovered(house)

    claims, recovery = drawn(house, ListKind.CLAIM), drawn(house, ListKind.RECOVERY)

    assert total(claims, "本金损失") == Decimal("1234567.89")
    assert total(claims, "拨付补偿") == Decimal("864197.52")
    assert total(claims, "省财政") + total(claims, "市财政") + total(claims, "银行") == Decimal("1234567.89")
    assert total(recovery, "返还总额") == Decimal("287654.34")
    assert [row[-2:] for row in claims.sheets[2].rows] == [("催收函", "催收函.pdf"), ("起诉状", "起诉状.pdf")]


def test_a_list_that_differs_from_the_books_is_not_given_out(house: House) -> None:
    recovered(house)
    with house.store.work(at=at(AFTER)) as work:
        work.connection.execute(text("update application_entry set version = 99 where kind = 'loss'"))
        work.commit()

    with pytest.raises(BooksDisagree, match=r"本金损失”合计0\.00元，台账为1,234,567\.89元"):
        drawn(house, ListKind.CLAIM)


def test_a_claim_that_waits_is_listed_and_not_counted(house: House) -> None:
    defaulted(house)

    made = drawn(house, ListKind.CLAIM)

    assert len(made.sheets[0].rows) == 0
    assert len(made.sheets[1].rows) == 1
    assert len(made.sheets[2].rows) == 2


def test_a_settled_loan_stands_in_the_subsidy_list_with_forty_per_cent_of_its_interest(house: House) -> None:
    number = house.new(date(2025, 4, 20))
    house.to_loan(number, LENT)
    house.move("operator", "file", number, FILED)
    house.move("bank", "settle", number, date(2026, 5, 12), interest_paid="72000.01")
    house.move("operator", "subsidise", number, date(2026, 6, 1), has_other_subsidy="否")

    made = drawn(house, ListKind.SUBSIDY)

    assert total(made, "贴息金额") == Decimal("28800.00")
    with pytest.raises(Refusal, match="未享受过鲁科贷贴息"):
        house.move("operator", "subsidise", number, date(2026, 6, 2), has_other_subsidy="否")
    assert total(drawn(house, ListKind.SUBSIDY), "贴息金额") == Decimal("28800.00")


def test_the_reguarantors_bill_is_its_share_of_what_was_lost(house: House) -> None:
    terms = {"bank_share": "20%", "reguarantee_share": "20%", "fund_share": "30%"}
    number = house.new(date(2025, 4, 20), product="lukedan", guarantee=Guarantee.INDIVIDUAL, **terms)
    house.to_loan(number, LENT)
    house.move("operator", "file", number, FILED)
    house.move("bank", "report_overdue", number, FILED, days_past_due="95", five_class="次级", balance="1000000.01")
    house.move("guarantor", "pay_out", number, FILED, payout="800000.01")
    house.move("guarantor", "claim", number, FILED, attachments=("代偿凭证=a.pdf",), principal_loss="1000000.01")
    house.move("operator", "compensate", number, PAID)

    made = drawn(house, ListKind.REGUARANTEE)

    assert total(made, "应付总额", 1) == Decimal("500000.00") + Decimal("0.01")
    assert made.sheets[2].rows[0][1:] == ("guarantor-a", "2025", "100.00%", "5.00%", "超过")


def test_lists_are_the_bureaus(house: House) -> None:
    with house.store.work(at=at(AFTER)) as work, pytest.raises(NotYourMove):
        lists.list_for(work, ListKind.CLAIM, since=NEW_YEAR, until=AFTER, by=PEOPLE["bank"])


def test_a_list_given_out_is_recorded(house: House) -> None:
    drawn(house, ListKind.FILING)

    with house.store.work(at=at(AFTER), read_only=True) as work:
        told = [row.action for row in work.connection.execute(AUDIT_EVENT.select())]
    assert told.count("books.listed") == 1


def test_the_workbook_says_the_total_and_takes_no_name_for_a_formula(house: House, tmp_path: Path) -> None:
    recovered(house)
    made = drawn(house, ListKind.RECOVERY)
    page = made.sheets[0]
    row = (*page.rows[0][:2], "=1+1", *page.rows[0][3:])
    named = replace(made, sheets=(replace(page, rows=(row,)),))

    write_list(named, tmp_path / "a.xlsx", demonstration=True, at=at(AFTER))

    read = CalamineWorkbook.from_path(str(tmp_path / "a.xlsx")).get_sheet_by_index(0).to_python()
    titles = read[2]
    assert "演示数据" in str(read[0][0])
    assert read[3][2] == "=1+1"
    assert read[4][0] == "合计"
    assert read[4][titles.index("返还总额")] == pytest.approx(287654.34, abs=1e-9)
    assert "合计已与台账逐分核对一致。" in str(read[-1][0])
