"""Bad input is a finding with its document or a refusal that helps, and nothing is half done."""

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from data.spec.errors import DayInFuture, Refusal
from data.store.orm import AUDIT_EVENT, METADATA
from risk.joint import moving
from risk.joint.application import Application, parse_number
from risk.joint.case import ConditionsNotMet
from risk.joint.evaluating import submitted_verdict
from risk.joint.moving import ApplicationChanged, Order
from risk.joint.states import Move, MoveNotPossible, State
from risk.joint.words import Book, Guarantee
from risk.policies.verdict import Finding, Outcome
from tests.joint.house import PEOPLE, House, at

DAY, LENT, FILED = date(2025, 4, 20), date(2025, 5, 12), date(2025, 6, 10)


def counts(house: House) -> dict[str, int]:
    """Count the rows of every table."""
    with house.store.work(at=at(date(2030, 1, 1)), read_only=True) as work:
        return {
            name: work.connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in METADATA.tables.items()
        }


def refused(house: House, act: Callable[[], object], kind: type[Refusal] = Refusal) -> Refusal:
    """Return the refusal of an act, and see that it left nothing behind."""
    before = counts(house)
    with pytest.raises(kind) as caught:
        act()
    assert counts(house) == before
    assert caught.value.help
    return caught.value


def finding(application: Application, name: str) -> Finding:
    verdict = submitted_verdict(application)
    assert verdict is not None
    return next(one for one in verdict.findings if one.condition == name)


def test_an_amount_over_the_cap_is_found_with_its_document_and_only_the_room_is_filed(house: House) -> None:
    house.to_loan(house.new(DAY, amount="300万"), LENT)
    house.move("operator", "file", 1, FILED)
    number = house.new(FILED, amount="800万")

    found = finding(house.move("bank", "submit", number, FILED), "within_covered_cap")

    assert found.outcome is Outcome.FAILED
    assert "7,000,000.00元可纳入补偿" in found.note
    assert "鲁科字〔2021〕33号" in found.reference


def test_what_is_over_the_cap_is_lent_but_not_filed(house: House) -> None:
    house.to_loan(house.new(DAY, amount="300万"), LENT)
    house.move("operator", "file", 1, FILED)
    number = house.new(FILED, amount="800万")
    house.move("bank", "submit", number, FILED)
    house.begin(number, FILED)
    expert = {"name": "专家甲", "field": "陶瓷", "signed_on": "2025-06-01", "opinion": "可行"}
    marks = {"创新能力": "60", "成长性": "60", "偿债能力": "50", "经营稳定": "50", "信用记录": "50", "产业契合": "60"}
    house.hand_in("bank", number, FILED, marks=marks)
    house.hand_in("reviewer", number, FILED, expert=expert, marks=marks)
    explained(house, number, FILED)
    told = {"conclusion": "conditional", "code": "condition_met", "words": "超出部分由银行自担"}
    house.move("reviewer", "propose_override", number, FILED, **told)
    house.move("second reviewer", "conclude", number, FILED, **told)
    house.move("bank", "approve", number, FILED, code="within_policy", words="x")
    house.move("bank", "disburse", number, FILED, loan_no="J2")

    filed = house.move("operator", "file", number, FILED)

    assert filed.booked(Book.DISBURSED) == Decimal(8_000_000)
    assert filed.booked(Book.FILED) == Decimal(7_000_000)


def explained(house: House, number: int, on: date) -> None:
    from risk.joint.evaluating import unexplained

    makers = {"bank": "bank", "bureau": "reviewer", "guarantor": "guarantor"}
    for sheet, dimension in unexplained(house.read(number)):
        house.move(makers[sheet], "explain", number, on, dimension=str(dimension), code="field_visit", words="x")


def test_a_prohibited_purpose_is_found_and_the_loan_is_not_recommended(house: House) -> None:
    from risk.joint.evaluating import opened

    number = house.new(DAY, loan_use="转贷")
    application = house.to_evaluation(number, LENT)
    assert finding(application, "use_is_permitted").outcome is Outcome.FAILED
    assert "鲁科字〔2023〕154号" in finding(application, "use_is_permitted").reference
    house.hand_in("bank", number, LENT)
    house.hand_in("reviewer", number, LENT)

    opening = opened(house.read(number))

    assert opening.suggestion == "not_recommended"
    assert any("用途不在禁止之列" in reason for reason in opening.reasons)


def test_a_loan_that_was_not_recommended_is_not_filed(house: House) -> None:
    number = house.new(DAY, loan_use="转贷")
    house.to_loan(number, LENT)

    assert refused(house, lambda: house.move("operator", "file", number, FILED)).code == "not-recommended"


@pytest.mark.parametrize(("day", "in_time"), [(date(2025, 8, 12), True), (date(2025, 8, 13), False)])
def test_a_filing_late_by_a_day_is_refused_with_the_last_day(house: House, day: date, in_time: bool) -> None:
    number = house.new(DAY)
    house.to_loan(number, LENT)
    with house.store.work(at=at(day)) as work:
        fresh = house.assess(work, 1, day, grade="BBB", values={}).id
        work.commit()

    def file() -> Application:
        return house.move("operator", "file", number, day, assessment=fresh)

    if in_time:
        assert file().state is State.FILED
    else:
        told = refused(house, file, ConditionsNotMet)
        assert "2025-05-12至2025-08-12" in told.message
        assert "鲁科字〔2016〕173号" in told.message


def test_a_score_that_is_no_longer_valid_supports_no_filing(house: House) -> None:
    number = house.new(DAY)
    house.to_loan(number, LENT)

    told = refused(house, lambda: house.move("operator", "file", number, date(2025, 8, 11)))

    assert told.code == "assessment-expired"
    assert "2025-08-10" in told.message


def test_a_score_that_a_severe_warning_has_ended_supports_no_filing_and_a_new_one_does(house: House) -> None:
    number = house.new(DAY)
    house.to_loan(number, LENT)
    record = {"kind": "enforcement", "case_no": "1", "listed_on": "2025-05-20", "amount": 500_000.0}
    house.put("conduct_record", 1, key="enforcement1", happened="2025-05-20", known="2025-06-01", **record)

    told = refused(house, lambda: house.move("operator", "file", number, date(2025, 6, 10)))

    assert told.code == "assessment-ended"
    assert "被列为被执行人" in told.message
    with house.store.work(at=at(date(2025, 6, 9))) as work:
        again = house.assess(work, 1, date(2025, 6, 9), grade="BBB", values={})
        work.commit()
    assert house.move("operator", "file", number, date(2025, 6, 10), assessment=again.id).is_filed


def test_a_filing_of_a_day_before_the_warning_stands(house: House) -> None:
    number = house.new(DAY)
    house.to_loan(number, LENT)
    record = {"kind": "enforcement", "case_no": "1", "listed_on": "2025-06-08", "amount": 500_000.0}
    house.put("conduct_record", 1, key="enforcement1", happened="2025-06-08", known="2025-06-09", **record)

    assert house.move("operator", "file", number, date(2025, 6, 10), filed_on="2025-06-08").is_filed


def test_an_entry_that_has_expired_on_the_day_of_filing_opens_no_way(house: House) -> None:
    number = house.new(date(2025, 12, 1))
    house.to_loan(number, date(2025, 12, 20))

    told = refused(house, lambda: house.move("operator", "file", number, date(2026, 1, 10)), ConditionsNotMet)

    assert "入库编号为2025年度，当日无效" in told.message
    assert "鲁科字〔2025〕29号" in told.message


def test_an_entry_known_only_on_the_day_is_not_known_before_it(house: House) -> None:
    early = house.new(date(2025, 2, 20))

    found = finding(house.move("bank", "submit", early, date(2025, 2, 20)), "has_a_way_in")

    assert found.outcome is Outcome.FAILED


def test_a_guarantor_over_its_limit_is_found_with_the_article(house: House) -> None:
    number = house.new(
        DAY,
        product="lukedan",
        guarantee=Guarantee.INDIVIDUAL,
        bank_share="20%",
        guarantor_net_assets="1000万",
        affiliates_liability="0",
    )

    application = house.move("bank", "submit", number, DAY)

    found = finding(application, "single_client_within_limit")
    assert found.outcome is Outcome.FAILED
    assert found.reference == "国务院令683号第16条"


def test_a_claim_on_an_unfiled_loan_is_refused_with_the_document(house: House) -> None:
    number = house.new(DAY)
    house.to_loan(number, LENT)
    house.move("bank", "report_overdue", number, FILED, days_past_due="120", five_class="可疑", balance="100万")

    told = refused(
        house,
        lambda: house.move(
            "bank", "claim", number, FILED, attachments=("a=b",), principal_loss="100万", recovery_started="是"
        ),
        ConditionsNotMet,
    )

    assert "未备案的贷款不予补偿" in told.message
    assert "鲁科字〔2016〕173号" in told.message


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"principal_loss": "100万"}, "conditions-not-met"),
        ({"principal_loss": "100万", "recovery_started": "是"}, "evidence-needed"),
        ({"principal_loss": "1000000.01", "recovery_started": "是"}, "amount-too-great"),
        ({"principal_loss": "0", "recovery_started": "是"}, "amount-too-great"),
        ({"principal_loss": "0.001", "recovery_started": "是"}, "fact-malformed"),
        ({"principal_loss": "-1", "recovery_started": "是"}, "fact-malformed"),
        ({"principal_loss": "NaN", "recovery_started": "是"}, "fact-malformed"),
        ({"recovery_started": "是"}, "told-missing"),
        ({"principal_los": "1", "recovery_started": "是"}, "fact-unknown"),
    ],
)
def test_a_claim_that_cannot_be_met_is_refused(house: House, told: dict[str, str], code: str) -> None:
    number = house.new(DAY)
    house.to_loan(number, LENT)
    house.move("operator", "file", number, FILED)
    house.move("bank", "report_overdue", number, FILED, days_past_due="120", five_class="可疑", balance="100万")

    assert refused(house, lambda: house.move("bank", "claim", number, FILED, **told)).code == code


@pytest.mark.parametrize(
    ("move", "told", "code"),
    [
        ("disburse", {}, "told-missing"),
        ("disburse", {"loan_no": "J", "disbursed": "200.01万"}, "amount-too-great"),
        ("disburse", {"loan_no": "J", "disbursed": "0"}, "amount-too-great"),
        ("disburse", {"loan_no": "J", "disbursed_on": "2025-05-13"}, "day-in-future"),
        ("disburse", {"loan_no": "J", "disbursed_on": "2025-05-13", "matures_on": "2026-05-13"}, "day-in-future"),
        ("disburse", {"loan_no": "J", "matures_on": "2025-05-12"}, "day-out-of-order"),
        ("disburse", {"loan_no": "J", "disbursed_on": "2025-05-11"}, "day-out-of-order"),
        ("disburse", {"loan_no": "J", "disbursed_on": "5月12日"}, "fact-malformed"),
    ],
)
def test_a_disbursement_that_cannot_be_is_refused(house: House, move: str, told: dict[str, str], code: str) -> None:
    number = house.new(DAY)
    house.to_conclusion(number, LENT)
    house.move("bank", "approve", number, LENT, code="within_policy", words="x")

    assert refused(house, lambda: house.move("bank", move, number, LENT, **told)).code == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": ""}, "terms-missing"),
        ({"amount": "0"}, "terms-missing"),
        ({"amount": "-1"}, "fact-malformed"),
        ({"amount": "二百万"}, "fact-malformed"),
        ({"rate": "36"}, "fact-malformed"),
        ({"loan_use": "炒股"}, "fact-malformed"),
        ({"amont": "1"}, "fact-unknown"),
        ({"product": "lukedia"}, "product-unknown"),
    ],
)
def test_an_application_that_cannot_be_is_not_opened(house: House, changes: dict[str, Any], code: str) -> None:
    assert refused(house, lambda: house.new(DAY, **changes)).code == code


def test_a_move_from_the_wrong_state_says_which_are_possible(house: House) -> None:
    number = house.new(DAY)

    told = refused(house, lambda: house.move("operator", "file", number, DAY), MoveNotPossible)

    assert "“草稿”，不能“备案”" in told.message
    assert "提交（submit，银行）" in told.help


def test_the_second_of_two_who_act_at_once_is_told_what_happened(house: House) -> None:
    number = house.new(DAY)
    house.move("bank", "submit", number, DAY, seen=1)

    told = refused(house, lambda: house.move("bank", "withdraw", number, DAY, seen=1), ApplicationChanged)

    assert "第2步由银行于2025-04-20“提交”" in told.message
    assert house.read(number).state is State.SUBMITTED


def test_of_two_threads_that_act_at_once_one_wins_and_nothing_is_half_done(house: House) -> None:
    number = house.new(DAY)
    outcomes: list[str] = []

    def act(what: str) -> None:
        try:
            house.move("bank", what, number, DAY, seen=1)
            outcomes.append("done")
        except ApplicationChanged as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=act, args=(what,)) for what in ("submit", "withdraw")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["application-changed", "done"]
    assert len(house.read(number).stored.moves) == 2


def test_no_move_is_made_on_a_day_to_come_or_before_the_last(house: House) -> None:
    number = house.new(DAY)
    house.move("bank", "submit", number, LENT)

    assert refused(house, lambda: house.move("bank", "withdraw", number, DAY)).code == "day-out-of-order"
    with house.store.work(at=at(LENT)) as work, pytest.raises(DayInFuture):
        moving.make_move(work, Order(application=number, move=Move.WITHDRAW), by=PEOPLE["bank"], on=date(2025, 5, 13))


@pytest.mark.parametrize("text", ["SQ", "SQ-1", "", "SQ１", "x" * 30, "9" * 40])
def test_a_number_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="不是申请编号"):
        parse_number(text)


def test_more_is_never_given_back_than_was_borne(house: House) -> None:
    from tests.joint.test_story import BACK, PAID, defaulted

    number = defaulted(house, loss="100000")
    house.move("operator", "compensate", number, PAID)
    house.move("bank", "recover", number, BACK, recovered="99999.99")

    told = refused(house, lambda: house.move("bank", "recover", number, BACK, recovered="0.02"))

    assert told.code == "recovery-exceeds-loss"
    assert house.move("bank", "recover", number, BACK, recovered="0.01").booked(Book.RETURNED) == Decimal(100_000)


def test_every_move_leaves_one_audit_entry_and_no_amount_in_it(house: House) -> None:
    before = counts(house)["audit_event"]
    number = house.new(DAY)
    house.move("bank", "submit", number, DAY)

    with house.store.work(at=at(LENT), read_only=True) as work:
        rows = work.connection.execute(select(AUDIT_EVENT).order_by(AUDIT_EVENT.c.at)).all()
    told = [row for row in rows if row.object == "SQ000001"]
    assert [row.action for row in told] == ["application.opened", "application.submitted"]
    assert len(rows) == before + 2
    assert all("2000000" not in row.payload_canonical for row in told)
