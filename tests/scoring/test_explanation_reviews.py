"""Are reasons judged by the bureau alone, seen by the bank they were given to, and corrected where wrong?"""

from datetime import date
from typing import Any

import pytest

from data.spec.consent import Permission
from data.store.consents import list_consents
from tests.consents import revoke
from tests.scoring.conftest import FIRMS, NOW, Town, entries


@pytest.fixture
def given(town: Town, shelved: str) -> dict[str, Any]:
    """Return an assessment of the first bank's with reasons."""
    town.consent(0)
    town.load("tech_sme_entry", entries(), date(2025, 4, 20))
    answer: dict[str, Any] = town.ask("POST", "/v1/assessments", {"enterprise": {"value": FIRMS[0]}}).json()
    assert reasons(answer)
    return answer


def reasons(answer: dict[str, Any]) -> list[str]:
    return [one["feature"] for one in (*answer["reasons_for"], *answer["reasons_against"])]


def path(answer: dict[str, Any]) -> str:
    return f"/v1/assessments/{answer['id']}/explanation-reviews"


def judge(town: Town, answer: dict[str, Any], verdicts: dict[str, str], *, by: str = "bureau", key: str = "r-1") -> Any:
    told = [{"feature": feature, "verdict": verdict} for feature, verdict in verdicts.items()]
    return town.ask("POST", path(answer), {"reviewer": "R-07", "judgements": told}, by=by, key=key)


def test_the_bank_sees_how_its_reasons_stand_and_not_who_judged(town: Town, given: dict[str, Any]) -> None:
    feature = reasons(given)[0]

    made = judge(town, given, {feature: "wording_misleading"})
    seen = town.ask("GET", path(given))

    assert (made.status_code, made.json()["reviewer"], made.json()["correction_id"]) == (201, "R-07", None)
    (reason,) = seen.json()["reasons"]
    assert (reason["feature"], reason["verdict"], reason["verdict_label"]) == (
        feature,
        "wording_misleading",
        "措辞易误解",
    )
    assert (reason["correcting"], reason["reviewed_at"]) == (False, NOW.isoformat())
    assert "R-07" not in seen.text
    assert town.actions()[-1] == "reviews.read"
    events = town.ask("GET", "/v1/events").json()["items"]
    assert [(one["type"], one["object"]) for one in events][-1] == ("explanation.reviewed", given["id"])


def test_wrong_evidence_opens_one_correction_that_marks_the_assessment(town: Town, given: dict[str, Any]) -> None:
    first = judge(town, given, {reasons(given)[0]: "evidence_wrong"}).json()
    again = judge(town, given, {reasons(given)[0]: "evidence_wrong"}, key="r-2").json()

    (objection,) = town.ask("GET", "/v1/objections", by="bureau").json()["items"]
    assert first["correction_id"] == again["correction_id"] == objection["id"]
    assert (objection["object"], objection["state"]) == (given["id"], "received")
    assert any("异议处理中" in note for note in town.ask("GET", f"/v1/assessments/{given['id']}").json()["notes"])
    assert town.ask("GET", path(given)).json()["reasons"][0]["correcting"] is True


def test_a_correction_that_ended_is_followed_by_a_new_one(town: Town, given: dict[str, Any]) -> None:
    first = judge(town, given, {reasons(given)[0]: "evidence_wrong"}).json()["correction_id"]
    words = {"outcome": "upheld", "words": "已更正"}
    town.ask("POST", f"/v1/objections/{first}/answer", words, by="bureau", key="a-1", If_Match='"1"')

    again = judge(town, given, {reasons(given)[0]: "evidence_wrong"}, key="r-2").json()["correction_id"]

    assert again != first


def test_the_last_judgement_counts(town: Town, given: dict[str, Any]) -> None:
    feature = reasons(given)[0]
    judge(town, given, {feature: "evidence_wrong"})
    judge(town, given, {feature: "confirmed"}, key="r-2")

    assert [one["verdict"] for one in town.ask("GET", path(given)).json()["reasons"]] == ["confirmed"]
    summary = town.ask("GET", "/v1/explanation-reviews/summary", by="bureau").json()
    assert (summary["assessments"], summary["reasons"], summary["doubted"]) == (1, 1, {})
    assert summary["verdicts"] == {"confirmed": 1, "evidence_wrong": 0, "wording_misleading": 0, "incomplete": 0}


def test_the_summary_names_the_features_that_are_doubted(town: Town, given: dict[str, Any]) -> None:
    feature = reasons(given)[0]
    judge(town, given, {feature: "incomplete"})

    assert town.ask("GET", "/v1/explanation-reviews/summary", by="bureau").json()["doubted"] == {feature: 1}
    assert town.ask("GET", "/v1/explanation-reviews/summary").json()["code"] == "scope-missing"


def test_a_bank_judges_no_reasons(town: Town, given: dict[str, Any]) -> None:
    refused = judge(town, given, {reasons(given)[0]: "confirmed"}, by="bank-a")

    assert (refused.status_code, refused.json()["code"]) == (403, "scope-missing")


def test_another_bank_is_told_what_is_told_of_nothing(town: Town, given: dict[str, Any]) -> None:
    judge(town, given, {reasons(given)[0]: "confirmed"})

    strangers = town.ask("GET", path(given), by="bank-b")
    nothing = town.ask("GET", path({"id": "019b0000-0000-7000-8000-000000000000"}), by="bank-b")

    assert strangers.status_code == 404
    assert {**strangers.json(), "interaction_id": ""} == {**nothing.json(), "interaction_id": ""}


def test_reading_needs_a_consent_to_read_explanations_that_holds(town: Town, given: dict[str, Any]) -> None:
    narrow = town.consent(1, permissions=frozenset({Permission.SCORE_READ}))
    other = town.ask("POST", "/v1/assessments", {"enterprise": {"value": FIRMS[1]}}, key="k-2").json()
    assert narrow.enterprise_id == town.number(1)
    assert town.ask("GET", path(other)).json()["code"] == "permission-required"

    holding = town.ask("GET", path(given))
    with town.store.work(at=NOW) as work:
        revoke(work, list_consents(work, grantee="bank-a", enterprise_id=town.number(0))[0])
        work.commit()

    assert holding.status_code == 200
    assert town.ask("GET", path(given)).json()["code"] == "consent-revoked"


@pytest.mark.parametrize("case", ["no reason of it", "twice", "one of them wrong"])
def test_a_review_is_kept_whole_or_not_at_all(town: Town, given: dict[str, Any], case: str) -> None:
    feature = reasons(given)[0]
    bodies = {
        "no reason of it": ["not_a_feature"],
        "twice": [feature, feature],
        "one of them wrong": [feature, "not_a_feature"],
    }
    told = [{"feature": one, "verdict": "evidence_wrong"} for one in bodies[case]]

    refused = town.ask("POST", path(given), {"reviewer": "R-07", "judgements": told}, by="bureau")

    assert (refused.status_code, refused.json()["code"]) == (422, "reason-not-given")
    assert town.ask("GET", path(given)).json()["reasons"] == []
    assert town.ask("GET", "/v1/objections", by="bureau").json()["items"] == []


def test_a_replay_judges_once(town: Town, given: dict[str, Any]) -> None:
    first, again = (judge(town, given, {reasons(given)[0]: "confirmed"}) for _ in range(2))
    other = judge(town, given, {reasons(given)[0]: "incomplete"})

    assert first.content == again.content
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert town.actions("bureau").count("explanation.reviewed") == 1


def test_a_reviewers_name_is_no_staff_number(town: Town, given: dict[str, Any]) -> None:
    told = [{"feature": reasons(given)[0], "verdict": "confirmed"}]

    refused = town.ask("POST", path(given), {"reviewer": "某某", "judgements": told}, by="bureau")

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/reviewer")
