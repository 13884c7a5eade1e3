"""Is an objection taken, marked, answered in its legal days, and ended for good?"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from risk.objection_words import OPEN_NOTE, CalendarEnded
from risk.objections import working_days_after
from risk.permissions import Role
from tests.exchange.conftest import World, make_world


@pytest.fixture
def house(tmp_path: Any) -> Iterator[World]:
    yield from make_world(tmp_path)


def call(
    house: World, method: str, path: str, role: Role, side: str = "a", seen: int | None = None, **sent: Any
) -> Any:
    headers = house.headers(role, side) | ({} if seen is None else {"If-Match": f'"{seen}"'})
    return house.client.request(method, path, headers=headers, **sent)


def assessed(house: World) -> str:
    answer = call(house, "POST", "/v1/assessments", Role.BANK, json={"enterprise": house.firm("a")})
    return str(answer.json()["id"])


def objected(house: World, id: str, role: Role = Role.ENTERPRISE, side: str = "a") -> Any:
    body = {"kind": "assessment", "object": id, "words": "专利年费已按期缴纳。"}
    return call(house, "POST", "/v1/objections", role, side, json=body)


# 2026-01-01 to 03 is the New Year holiday, 01-04 a Sunday that is worked.
@pytest.mark.parametrize(
    ("day", "count", "later"),
    [
        (date(2025, 12, 31), 1, date(2026, 1, 4)),
        (date(2026, 1, 1), 3, date(2026, 1, 6)),
        (date(2026, 1, 5), 3, date(2026, 1, 8)),
        (date(2026, 1, 9), 1, date(2026, 1, 12)),
        (date(2026, 1, 9), 0, date(2026, 1, 9)),
    ],
)
def test_working_days_follow_the_state_councils_calendar(day: date, count: int, later: date) -> None:
    assert working_days_after(day, count) == later


def test_a_calendar_that_does_not_reach_is_said_to_end() -> None:
    with pytest.raises(CalendarEnded):
        working_days_after(date(2099, 12, 30), 3)


def test_an_enterprise_objects_and_its_days_are_told(house: World) -> None:
    answer = objected(house, assessed(house))

    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["verify_by"], told["answer_by"], told["overdue"]) == ("2026-01-06", "2026-01-21", False)
    assert answer.headers["location"] == f"/v1/objections/{told['id']}"


def test_a_disputed_assessment_says_so_until_it_is_answered(house: World) -> None:
    id = assessed(house)
    objection = objected(house, id).json()

    during = call(house, "GET", f"/v1/assessments/{id}", Role.BANK).json()["notes"]
    answered = call(
        house, "POST", f"/v1/objections/{objection['id']}/answer", Role.BUREAU, seen=1,
        json={"outcome": "upheld", "words": "经核实，名单已更正。"},
    )  # fmt: skip
    after = call(house, "GET", f"/v1/assessments/{id}", Role.BANK).json()["notes"]

    assert OPEN_NOTE in during
    assert answered.json()["state"] == "upheld"
    assert OPEN_NOTE not in after
    events = call(house, "GET", "/v1/events", Role.ENTERPRISE)
    assert events.status_code == 403
    assert (
        call(house, "GET", f"/v1/objections/{objection['id']}", Role.ENTERPRISE).json()["answer"]
        == "经核实，名单已更正。"
    )


def test_only_the_bureau_answers_and_only_who_objected_takes_back(house: World) -> None:
    objection = objected(house, assessed(house)).json()["id"]
    place = f"/v1/objections/{objection}"
    told = {"outcome": "upheld", "words": "是"}

    assert (
        call(house, "POST", f"{place}/answer", Role.ENTERPRISE, seen=1, json=told).json()["code"]
        == "not-your-objection"
    )
    assert call(house, "DELETE", place, Role.BUREAU, seen=1).json()["code"] == "not-your-objection"
    assert call(house, "DELETE", place, Role.ENTERPRISE, seen=1).json()["state"] == "withdrawn"
    assert call(house, "POST", f"{place}/answer", Role.BUREAU, seen=2, json=told).json()["code"] == "objection-ended"


@pytest.mark.parametrize(
    ("role", "side", "status"),
    [
        (Role.ENTERPRISE, "a", 201),
        (Role.ENTERPRISE, "b", 404),
        (Role.BANK, "a", 201),
        (Role.BANK, "b", 404),
        (Role.BUREAU, "a", 403),
    ],
)
def test_nobody_objects_to_what_is_not_about_them(house: World, role: Role, side: str, status: int) -> None:
    answer = objected(house, assessed(house), role, side)

    assert answer.status_code == status
    codes = {404: "objected-unknown", 403: "not-your-objection"}
    assert status == 201 or answer.json()["code"] == codes[status]


def test_a_consent_may_be_objected_to(house: World) -> None:
    body = {"kind": "consent", "object": "c-bank-a", "words": "授权书并非本企业签署。"}

    assert call(house, "POST", "/v1/objections", Role.ENTERPRISE, json=body).status_code == 201
    assert call(house, "POST", "/v1/objections", Role.ENTERPRISE, "b", json=body).status_code == 404
