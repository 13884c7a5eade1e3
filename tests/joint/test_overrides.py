"""Overrides are counted by direction and person, beside how the loans ended."""

from datetime import date
from decimal import Decimal

from risk.joint import moving
from risk.joint.evaluating import opened
from risk.joint.overrides import Overrides, count_overrides
from risk.joint.words import Conclusion
from tests.joint.house import PEOPLE, House, at
from tests.joint.test_refusals import explained

DAY, LATE = date(2025, 5, 12), date(2025, 9, 1)


def counted(house: House, since: date = date(2025, 5, 1), until: date = date(2025, 6, 1)) -> Overrides:
    with house.store.work(at=at(date(2026, 1, 1)), read_only=True) as work:
        return count_overrides(moving.read_all(work, by=PEOPLE["operator"]), since=since, until=until)


def override(house: House, who: str, conclusion: Conclusion) -> int:
    number = house.new(DAY)
    house.to_evaluation(number, DAY, grade="BBB")
    house.hand_in("bank", number, DAY)
    house.hand_in("reviewer", number, DAY)
    explained(house, number, DAY)
    assert opened(house.read(number)).suggestion is not conclusion
    house.move(who, "conclude", number, DAY, conclusion=str(conclusion), code="risk_unseen", words="主要客户停产")
    return number


def test_overrides_are_counted_by_person_and_direction_and_followed_to_their_end(house: House) -> None:
    kept = house.new(date(2025, 5, 1))
    house.to_loan(kept, DAY, grade="BBB")
    other = override(house, "second reviewer", Conclusion.NOT_RECOMMENDED)
    house.move("bank", "approve", other, DAY, code="own_rating", words="本行评级较好")
    house.move("bank", "disburse", other, DAY, loan_no="J2")
    house.move("bank", "report_overdue", other, LATE, days_past_due="5", five_class="关注", balance="100万")

    told = counted(house)

    assert (told.whole.concluded, told.whole.up, told.whole.down) == (2, 0, 1)
    assert {one.who: one.share for one in told.people} == {
        "reviewer": Decimal("0.0000"),
        "second reviewer": Decimal("1.0000"),
    }
    assert told.alarm
    assert told.against_advice == 1
    assert [(one.grade, one.overridden, one.loans, one.overdue) for one in told.outcomes] == [
        ("BBB", False, 1, 0),
        ("BBB", True, 1, 1),
    ]


def test_a_month_without_conclusions_raises_no_alarm(house: House) -> None:
    override(house, "reviewer", Conclusion.NOT_RECOMMENDED)

    told = counted(house, date(2025, 6, 1), date(2025, 7, 1))

    assert told.whole.concluded == 0
    assert not told.alarm
