"""Moves beside the straight way: revised, returned, recommended, revoked, cured; and shares of their own day."""

from datetime import date
from decimal import Decimal

import pytest

from data.spec.errors import Refusal
from data.store.consents import list_consents
from risk import consent
from risk.joint import terms
from risk.joint.application import Application
from risk.joint.moving import GuarantorWithoutConsent
from risk.joint.states import State
from risk.joint.words import Book, Guarantee
from risk.policies.rule import Party
from tests.consents import revoke
from tests.joint.house import House, at
from tests.joint.test_refusals import explained, refused

DAY, LENT, FILED, LATE = date(2025, 4, 20), date(2025, 5, 12), date(2025, 6, 10), date(2026, 2, 1)


def test_a_draft_is_revised_and_keeps_what_it_said_before(house: House) -> None:
    number = house.new(DAY)

    made = house.move("bank", "revise", number, DAY, amount="150万", purpose="设备更新")

    assert made.asked.amount == Decimal(1_500_000)
    assert made.asked.purpose == "设备更新"
    assert made.asked.told == {"bank_is_partner": Decimal(1)}
    assert made.stored.moves[0].details["loan"]["amount"] == "2000000"
    with pytest.raises(Refusal, match="没有名为“amont”的事实"):
        house.move("bank", "revise", number, DAY, amont="1")


def test_an_application_is_returned_with_a_reason_and_submitted_anew(house: House) -> None:
    number = house.new(DAY)
    house.move("bank", "submit", number, DAY)
    with pytest.raises(Refusal, match="还缺：原因"):
        house.move("reviewer", "return", number, DAY)

    house.move("reviewer", "return", number, DAY, words="用途说明过于笼统")
    house.move("bank", "revise", number, DAY, purpose="中试线扩建及设备")

    assert house.move("bank", "submit", number, DAY).state is State.SUBMITTED


def test_where_the_terms_ask_for_the_district_the_evaluation_waits_for_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed = terms._file()
    monkeypatch.setattr(terms, "_file", lambda: agreed.reform({"requires_district": Decimal(1)}))
    number = house.new(DAY)
    house.move("bank", "submit", number, DAY)
    with pytest.raises(Refusal, match="不能“开始评价”"):
        house.begin(number, DAY)

    house.move("district", "recommend", number, DAY)

    assert house.begin(number, DAY).state is State.UNDER_EVALUATION


def test_a_revoked_filing_covers_nothing(house: House) -> None:
    number = house.new(DAY)
    house.to_loan(number, LENT)
    house.move("operator", "file", number, FILED)
    house.move("operator", "revoke_filing", number, FILED, words="年内未取得入库编号")
    overdue(house, number, LATE)

    with pytest.raises(Refusal, match="未备案的贷款不予补偿"):
        claim(house, number, "100万")


def test_an_overdue_loan_that_is_paid_is_watched_again(house: House) -> None:
    number = house.new(DAY)
    house.to_loan(number, LENT)
    house.move("operator", "file", number, FILED)
    overdue(house, number, LATE)

    assert house.move("bank", "cure", number, LATE).state is State.WATCHED


@pytest.mark.parametrize(
    ("who", "what", "told", "code"),
    [
        (
            "bank",
            "report_overdue",
            {"days_past_due": "91", "five_class": "次级", "balance": "200.01万"},
            "amount-too-great",
        ),
        ("bank", "report_overdue", {"days_past_due": "91", "balance": "100万"}, "told-missing"),
        ("bank", "settle", {"interest_paid": "1", "settled_on": "2025-05-11"}, "day-out-of-order"),
        ("bank", "settle", {}, "told-missing"),
    ],
)
def test_what_a_bank_reports_must_be_possible(
    house: House, who: str, what: str, told: dict[str, str], code: str
) -> None:
    number = house.new(DAY)
    house.to_loan(number, LENT)

    assert refused(house, lambda: house.move(who, what, number, FILED, **told)).code == code


@pytest.mark.parametrize("amount", ["0", "1600000.01"])
def test_a_payout_stays_within_the_guarantee(house: House, amount: str) -> None:
    number = house.new(DAY, product="lukedan", guarantee=Guarantee.INDIVIDUAL, bank_share="20%")
    house.to_loan(number, LENT)
    overdue(house, number, LATE, balance="200万")

    assert refused(house, lambda: house.move("guarantor", "pay_out", number, LATE, payout=amount)).code == (
        "amount-too-great"
    )


def overdue(house: House, number: int, on: date, balance: str = "100万") -> None:
    house.move("bank", "report_overdue", number, on, days_past_due="120", five_class="可疑", balance=balance)


def claim(house: House, number: int, loss: str) -> Application:
    return house.move(
        "bank", "claim", number, LATE, attachments=("催收函=a.pdf",), principal_loss=loss, recovery_started="是"
    )


def test_a_refused_claim_is_overdue_again_and_books_nothing(house: House) -> None:
    number = house.new(DAY)
    house.to_loan(number, LENT)
    house.move("operator", "file", number, FILED)
    overdue(house, number, LATE)
    claim(house, number, "100万")

    made = house.move("operator", "refuse_claim", number, LATE, words="证据不足")

    assert made.state is State.OVERDUE
    assert made.booked(Book.LOSS) == made.booked(Book.BORNE) == 0


def test_cover_follows_what_was_filed_that_year_though_the_loss_comes_in_another(house: House) -> None:
    first = house.new(DAY, amount="300万")
    house.to_loan(first, LENT)
    house.move("operator", "file", first, FILED)
    number = house.new(FILED, amount="800万")
    lend_over_the_cap(house, number)
    house.move("operator", "file", number, FILED)
    overdue(house, number, LATE, balance="80万")
    claim(house, number, "80万")

    paid = house.move("operator", "compensate", number, LATE)

    assert paid.booked(Book.BORNE, party=Party.PROVINCE) == Decimal("245000.00")
    assert paid.booked(Book.BORNE, party=Party.BANK) == Decimal("310000.00")


def lend_over_the_cap(house: House, number: int) -> None:
    expert = {"name": "专家甲", "field": "陶瓷", "signed_on": "2025-06-01", "opinion": "可行"}
    decided = {"conclusion": "conditional", "code": "condition_met", "words": "超出部分由银行自担"}
    house.to_evaluation(number, FILED)
    house.hand_in("bank", number, FILED)
    house.hand_in("reviewer", number, FILED, expert=expert)
    explained(house, number, FILED)
    house.move("reviewer", "propose_override", number, FILED, **decided)
    house.move("second reviewer", "conclude", number, FILED, **decided)
    house.move("bank", "approve", number, FILED, code="within_policy", words="x")
    house.move("bank", "disburse", number, FILED, loan_no="J2")


def test_a_firm_without_room_under_the_cap_has_nothing_filed(house: House) -> None:
    first = house.new(DAY, amount="1000万", firm=0)
    expert = {"name": "专家甲", "field": "陶瓷", "signed_on": "2025-04-01", "opinion": "可行"}
    house.to_evaluation(first, LENT)
    house.hand_in("bank", first, LENT)
    house.hand_in("reviewer", first, LENT, expert=expert)
    explained(house, first, LENT)
    house.move("reviewer", "conclude", first, LENT, conclusion=suggestion(house, first), words="x")
    house.move("bank", "approve", first, LENT, code="within_policy", words="x")
    house.move("bank", "disburse", first, LENT, loan_no="J1")
    house.move("operator", "file", first, FILED)
    number = house.new(FILED, amount="100万")
    house.to_evaluation(number, FILED)
    house.hand_in("bank", number, FILED)
    house.hand_in("reviewer", number, FILED)
    explained(house, number, FILED)
    house.move("reviewer", "conclude", number, FILED, conclusion="conditional", code="condition_met", words="x")
    house.move("bank", "approve", number, FILED, code="within_policy", words="x")
    house.move("bank", "disburse", number, FILED, loan_no="J2")

    with pytest.raises(Refusal, match="没有可纳入补偿的额度"):
        house.move("operator", "file", number, FILED)


def suggestion(house: House, number: int) -> str:
    from risk.joint.evaluating import opened

    return str(opened(house.read(number)).suggestion)


@pytest.mark.parametrize(("known", "government"), [("2026-01-20", "900000.00"), ("2025-05-01", "700000.00")])
def test_shares_rest_on_what_was_known_of_the_firm_when_the_loan_was_made(
    house: House, known: str, government: str
) -> None:
    """An early firm's R&D credit loan is shared 90 to 10; that it has grown since does not change it."""
    young = {"name": "演示", "founded_on": "2022-01-01", "staff": 60}
    house.put("enterprise_registration", 1, key="", happened="2022-01-01", known="2022-01-10", **young)
    research = {"year": "2024-12-31", "basis": "accounting", "rnd_expense": 5_000_000.0}
    house.put("rnd_year", 1, key="2024accounting", happened="2024-12-31", known="2025-04-10", **research)
    grown = {"year": "2024-12-31", "revenue": 90_000_000.0, "total_cost": 18_000_000.0, "assets": 90_000_000.0}
    house.put("annual_report", 1, key="2024", happened="2024-12-31", known=known, **grown)
    number = house.new(DAY, loan_use="研发")
    house.to_loan(number, LENT)
    house.move("operator", "file", number, FILED)
    overdue(house, number, LATE)
    claim(house, number, "100万")

    paid = house.move("operator", "compensate", number, LATE)

    assert paid.booked(Book.COMPENSATED) == Decimal(government)


def test_a_loan_made_while_the_firm_was_overdue_elsewhere_is_pointed_out_and_filed(house: House) -> None:
    month = {"loan_no": "X", "month_end": "2025-04-30", "days_past_due": 12, "five_class": "mention", "balance": 1.0}
    house.put("loan_month", 1, key="X2025-04", happened="2025-04-30", known="2025-05-05", **month)
    number = house.new(DAY)
    house.to_loan(number, LENT)

    filed = house.move("operator", "file", number, FILED)

    watch = {one["condition"]: one for one in filed.stored.moves[-1].details["watch"]["findings"]}
    assert filed.state is State.FILED
    assert watch["normal_at_disbursement"]["outcome"] == "failed"
    assert watch["normal_at_disbursement"]["measured"] == "关注"


def test_no_guarantor_takes_part_without_the_firms_consent(house: House) -> None:
    with house.store.work(at=at(DAY)) as work:
        (given,) = list_consents(work, grantee="guarantor-a", enterprise_id=1)
        revoke(work, given)
        work.commit()

    with pytest.raises(GuarantorWithoutConsent):
        house.new(DAY, guarantee=Guarantee.INDIVIDUAL)


def test_a_party_whose_consent_was_taken_back_hands_in_no_sheet(house: House) -> None:
    number = house.new(DAY)
    house.to_evaluation(number, DAY)
    with house.store.work(at=at(DAY)) as work:
        (given,) = list_consents(work, grantee="bank-a", enterprise_id=1)
        revoke(work, given)
        work.commit()

    with pytest.raises(consent.ConsentRevoked):
        house.hand_in("bank", number, DAY)
