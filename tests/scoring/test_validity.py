"""An assessment holds until its day, a later one, or the end of what it rests on; whoever has it may learn that."""

from datetime import date, timedelta
from typing import Any

import pytest

from data.spec.access import BUREAU
from data.spec.dated import NotInForce
from risk import endings
from risk.limits import read_scoring_limits
from risk.validity import Ending
from tests.consents import revoke
from tests.scoring.conftest import FIRMS, NOW, TODAY, Town


def assess(town: Town, *, key: str = "k-1", by: str = "bank-a", **members: object) -> str:
    answer = town.ask("POST", "/v1/assessments", {"enterprise": {"value": FIRMS[0]}, **members}, key=key, by=by)
    assert answer.status_code == 201
    return str(answer.json()["id"])


def validity(town: Town, id: str, *, by: str = "bank-a") -> Any:
    return town.ask("GET", f"/v1/assessments/{id}/validity", by=by)


def status(answer: Any) -> tuple[str, str | None]:
    return answer.json()["status"], answer.json()["code"]


def test_an_assessment_holds_through_its_last_day_and_not_a_day_longer(town: Town) -> None:
    town.consent(0)
    id = assess(town)

    told = []
    for days in (0, 90, 91):
        town.now = NOW + timedelta(days=days)
        told.append(status(validity(town, id)))

    assert told == [("valid", None), ("valid", None), ("expired", "assessment-expired")]


def test_the_days_it_holds_are_a_dated_value_of_the_day_it_was_made(town: Town) -> None:
    town.consent(0)
    town.consent(0, "bank-b")
    town.now = NOW + timedelta(days=3)

    told = validity(town, assess(town, as_of="2025-01-01")).json()["valid_until"]

    assert told == (TODAY + timedelta(days=3 + read_scoring_limits(TODAY).valid_days)).isoformat() == "2026-04-04"
    with pytest.raises(NotInForce):
        read_scoring_limits(date(1989, 12, 31))


def test_a_later_one_for_the_same_purpose_takes_its_place(town: Town) -> None:
    town.consent(0)
    town.consent(0, "bank-b")
    first = assess(town)
    town.now = NOW + timedelta(minutes=1)
    assess(town, key="k-2", purpose="monitoring")
    assess(town, key="k-3", by="bank-b")
    alone = status(validity(town, first))
    town.now = NOW + timedelta(minutes=2)
    second = assess(town, key="k-4")

    answer = validity(town, first)

    assert alone == ("valid", None)
    assert status(answer) == ("superseded", "assessment-superseded")
    assert answer.json()["superseded_by"] == second
    assert status(validity(town, second)) == ("valid", None)


def test_the_end_of_the_consent_withdraws_it_and_may_still_be_learnt(town: Town) -> None:
    given = town.consent(0)
    id = assess(town)
    with town.store.work(at=NOW) as work:
        revoke(work, given)
        work.commit()

    answer = validity(town, id)

    assert town.ask("GET", f"/v1/assessments/{id}").status_code == 403
    assert status(answer) == ("withdrawn", "consent-revoked")
    assert answer.json()["reason"]
    assert FIRMS[0] not in answer.text


def test_a_consent_that_ends_by_its_day_withdraws_it_before_its_own(town: Town) -> None:
    town.consent(0, valid_to=NOW + timedelta(days=10))
    id = assess(town)
    town.now = NOW + timedelta(days=10)

    assert status(validity(town, id)) == ("withdrawn", "consent-expired")


def test_the_bureau_needs_no_consent_for_its_own_to_hold(town: Town) -> None:
    id = assess(town, by=BUREAU)

    assert status(validity(town, id, by=BUREAU)) == ("valid", None)


def test_whatever_else_ends_an_assessment_is_asked_in_one_place(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.consent(0)
    id = assess(town)
    severe = Ending(code="severe-warning", reason="贷后出现严重预警。", ended_on=TODAY)
    monkeypatch.setattr(endings, "ENDINGS", (*endings.ENDINGS, lambda work, given: severe))

    answer = validity(town, id)

    assert status(answer) == ("withdrawn", "severe-warning")
    assert answer.json()["ended_on"] == "2026-01-01"


def test_anothers_assessment_does_not_exist(town: Town) -> None:
    town.consent(0)
    id = assess(town)

    other, none = validity(town, id, by="bank-b"), validity(town, "none", by="bank-b")

    assert (
        (other.status_code, other.json()["code"])
        == (none.status_code, none.json()["code"])
        == (404, "assessment-unknown")
    )


def test_each_reading_is_recorded(town: Town) -> None:
    town.consent(0)
    validity(town, assess(town))

    assert town.actions() == ["assessment.made", "validity.read"]
