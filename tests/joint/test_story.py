"""An application's whole life: sheets, loan, filing, overdue, claim, compensation, recovery and its return."""

from datetime import date
from decimal import Decimal

from data.store.audit import verify_chain
from risk.joint.books import open_by
from risk.joint.states import State
from risk.joint.telling import tell_application
from risk.joint.words import Book, Guarantee
from risk.policies.rule import Party
from tests.joint.house import PEOPLE, House, at

LENT, FILED, LATE, PAID, BACK = (
    date(2025, 5, 12),
    date(2025, 6, 10),
    date(2025, 11, 20),
    date(2025, 12, 20),
    date(2026, 3, 1),
)


def defaulted(house: House, *, loss: str = "1234567.89") -> int:
    """Bring a loan of the first firm to its claim."""
    number = house.new(date(2025, 4, 20))
    house.to_loan(number, LENT)
    house.move("operator", "file", number, FILED)
    house.move("bank", "watch", number, FILED)
    house.move("bank", "report_overdue", number, LATE, days_past_due="120", five_class="可疑", balance="1500000")
    house.move(
        "bank",
        "claim",
        number,
        LATE,
        attachments=("催收函=催收函.pdf", "起诉状=起诉状.pdf"),
        principal_loss=loss,
        recovery_started="是",
    )
    return number


def test_a_loan_is_lent_filed_lost_shared_and_recovered_to_the_fen(house: House) -> None:
    number = defaulted(house)
    paid = house.move("operator", "compensate", number, PAID)

    borne = {party: paid.booked(Book.BORNE, party=party) for party in (Party.PROVINCE, Party.CITY, Party.BANK)}
    assert borne == {
        Party.PROVINCE: Decimal("432098.76"),
        Party.CITY: Decimal("432098.76"),
        Party.BANK: Decimal("370370.37"),
    }
    assert sum(borne.values()) == paid.booked(Book.LOSS) == Decimal("1234567.89")
    assert paid.booked(Book.COMPENSATED) == borne[Party.PROVINCE] + borne[Party.CITY]

    first = house.move("bank", "recover", number, BACK, recovered="300000.01", recovery_cost="12345.67")
    assert first.booked(Book.RETURNED) == Decimal("287654.34")
    assert first.booked(Book.RETURNED, party=Party.PROVINCE) == Decimal("100679.02")

    left = sum(open_by(first).values())
    last = house.move("bank", "recover", number, BACK, recovered=str(left))
    assert last.state is State.RECOVERED
    assert set(open_by(last).values()) == {Decimal("0.00")}


def test_every_step_stands_in_the_history_and_in_the_audit_chain(house: House) -> None:
    number = defaulted(house)

    made = house.read(number).stored.moves
    assert [one.version for one in made] == list(range(1, len(made) + 1))
    assert [one.move for one in made if one.move != "explain"] == [
        *("new", "submit", "begin", "open", "conclude", "approve", "disburse", "file", "watch"),
        *("report_overdue", "claim"),
    ]
    with house.store.work(at=at(BACK), read_only=True) as work:
        assert verify_chain(work.connection, "bureau") is None
        assert verify_chain(work.connection, "bank-a") is None


def test_a_guaranteed_loan_is_paid_out_by_the_guarantor_and_shared_as_the_plan_says(house: House) -> None:
    terms = {
        "guarantor_in_system": "是",
        "counter_guarantee": "无",
        "guarantee_fee_rate": "0.5%",
        "bank_share": "20%",
        "reguarantee_share": "20%",
        "fund_share": "30%",
        "guarantor_net_assets": "2亿",
        "affiliates_liability": "0",
        "is_for_controller": "否",
    }
    number = house.new(date(2025, 4, 20), product="lukedan", guarantee=Guarantee.INDIVIDUAL, **terms)
    house.to_loan(number, LENT)
    house.move("operator", "file", number, FILED)
    house.move("bank", "report_overdue", number, LATE, days_past_due="95", five_class="次级", balance="1000000")
    house.move("guarantor", "pay_out", number, LATE, payout="800000")
    house.move("guarantor", "claim", number, LATE, attachments=("代偿凭证=a.pdf",), principal_loss="1000000")
    paid = house.move("operator", "compensate", number, PAID)

    lines = {who: tell_application(paid, PEOPLE[who], terms=paid.terms()).entries for who in ("bank", "guarantor")}
    assert {(one.kind, one.party) for one in lines["guarantor"]} >= {
        (Book.PAYOUT, "guarantor"),
        (Book.DISBURSED, "bank"),
    }
    for who, told in lines.items():
        assert {one.party for one in told if one.kind is not Book.DISBURSED} == {who}
    assert len(tell_application(paid, PEOPLE["operator"], terms=paid.terms()).entries) == len(paid.stored.entries)
    parts = {party: paid.booked(Book.BORNE, party=party) for party in Party}
    assert parts[Party.BANK] == Decimal("200000")
    assert parts[Party.REGUARANTOR] == Decimal("200000")
    assert parts[Party.NATIONAL_FUND] == Decimal("300000")
    assert parts[Party.GUARANTOR] + parts[Party.PROVINCE] == Decimal("300000")
    assert sum(parts.values()) == Decimal("1000000")
