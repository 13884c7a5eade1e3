"""Is a pair scored by what was known before its day, for who may ask, and for nobody else and nothing more?"""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from api.wiring.back_tests import BackTests
from data.spec.access import Purpose
from data.spec.consent import Permission
from data.spec.identifiers import with_uscc_check_digit
from data.store.audit import verify_chain
from data.store.consents import list_consents
from data.store.orm import ASSESSMENT
from data.store.orm_back_tests import BACK_TEST, BACK_TEST_PAIR
from models.card import ModelCard
from models.fitted import Model
from models.refusals import ModelDamaged
from models.register import Register
from tests.consents import revoke
from tests.scoring.conftest import FIRMS, NOW, Town, entries

PATH = "/v1/back-tests"
UNKNOWN = with_uscc_check_digit("91370303MA3C99999")
FOR_THIS = frozenset({Purpose.BACK_TEST, Purpose.PRE_LOAN})
BEFORE, AFTER = "2025-04-01", "2025-06-01"
"""Days around the one on which the first firm's entry became known."""


def asked(*pairs: tuple[int | str, str], **members: object) -> dict[str, object]:
    """Ask about firms by their place in FIRMS, or by a text as it is, each on a day."""
    named = [
        {"enterprise": {"value": FIRMS[firm] if isinstance(firm, int) else firm}, "as_of": day} for firm, day in pairs
    ]
    return {"pairs": named, "basis": {"kind": "authorisation", "document_sha256": "a" * 64}, **members}


def work_all(town: Town, desk: Any = None, most: int = 50) -> int:
    for turns in range(most):
        if not (desk or town.desks.back_tests).work_next(at=NOW):
            return turns
    raise AssertionError("the worker never came to an end")


def run(town: Town, body: dict[str, object], *, key: str = "b-1") -> str:
    """Ask, let the worker work, and return the place of the back-test."""
    accepted = town.ask("POST", PATH, body, key=key)
    assert accepted.status_code == 202, accepted.text
    work_all(town)
    return str(accepted.headers["location"])


def items(town: Town, place: str, kind: str = "results") -> list[dict[str, Any]]:
    return list(town.ask("GET", f"{place}/{kind}").json()["items"])


def rows(town: Town, table: Any) -> int:
    with town.store.work(at=NOW, read_only=True) as work:
        return int(work.connection.scalar(select(func.count()).select_from(table)) or 0)


def test_a_back_test_is_accepted_worked_and_told(town: Town) -> None:
    town.consent(0, purposes=FOR_THIS)

    accepted = town.ask("POST", PATH, asked((0, BEFORE), (0, AFTER)))
    place = accepted.headers["location"]
    turns = work_all(town)
    finished = town.ask("GET", place)

    assert (accepted.status_code, accepted.headers["retry-after"]) == (202, "5")
    assert (accepted.json()["state"], accepted.json()["progress"]) == ("queued", 0.0)
    assert accepted.json()["expires_at"] == (NOW + timedelta(days=30)).isoformat()
    assert turns == 2
    assert (finished.json()["state"], finished.json()["progress"]) == ("finished", 1.0)
    assert finished.json()["counts"] == {"wanted": 2, "made": 2, "refused": 0, "cancelled": 0}
    assert "retry-after" not in finished.headers
    events = town.ask("GET", "/v1/events").json()["items"]
    assert [(one["type"], one["object"]) for one in events] == [("back-test.finished", finished.json()["id"])]


def test_a_pair_is_scored_as_an_assessment_of_that_day_would_be(town: Town, shelved: str) -> None:
    town.consent(0, purposes=FOR_THIS)
    town.load("tech_sme_entry", entries(), date(2025, 4, 20))
    singles = {
        day: town.ask(
            "POST", "/v1/assessments", {"enterprise": {"value": FIRMS[0]}, "as_of": day}, key=f"k-{day}"
        ).json()
        for day in (BEFORE, AFTER)
    }

    found = items(town, run(town, asked((0, BEFORE), (0, AFTER))))

    told = ("status", "code", "score", "grade")
    assert [[one[name] for name in told] for one in found] == [
        [singles[day][name] for name in told] for day in (BEFORE, AFTER)
    ]
    assert found[0] != found[1] | {"position": 0, "as_of": BEFORE}
    assert found[1]["pd"] == pytest.approx(singles[AFTER]["pd"])


def test_what_became_known_later_changes_nothing(town: Town, shelved: str) -> None:
    town.consent(0, purposes=FOR_THIS)
    before = items(town, run(town, asked((0, AFTER)), key="b-1"))

    town.load("tech_sme_entry", entries(), date(2025, 6, 1))
    same_day = items(town, run(town, asked((0, AFTER)), key="b-2"))
    town.load("tech_sme_entry", entries("2026-04-30"), date(2025, 5, 31))
    known = items(town, run(town, asked((0, AFTER)), key="b-3"))

    assert same_day == before
    assert known != before


def test_an_answer_holds_a_score_and_no_reason(town: Town, shelved: str) -> None:
    town.consent(0, purposes=FOR_THIS)
    town.load("tech_sme_entry", entries(), date(2025, 4, 20))

    (found,) = items(town, run(town, asked((0, AFTER))))

    assert set(found) == {
        "position", "as_of", "readable", "status", "status_label", "code", "score", "grade", "pd", "model",
        "trained_on", "unseen",
    }  # fmt: skip
    assert found["model"] == shelved
    assert rows(town, ASSESSMENT) == 0


def test_a_day_the_model_was_trained_on_is_told_as_seen(town: Town, trained: tuple[Model, ModelCard]) -> None:
    town.consent(0, purposes=FOR_THIS)
    town.load("tech_sme_entry", entries(), date(2025, 4, 20))
    model, card = trained
    days = (date(2024, 1, 1), date(2025, 5, 1))
    dated = card.model_copy(update={"name": "dated", "purpose": card.purpose.model_copy(update={"as_of_days": days})})
    register = Register(town.settings.shelf)
    register.shelve(model, dated)
    register.promote("application", "dated", by="test", at=NOW, reason="test")

    found = items(town, run(town, asked((0, "2025-05-01"), (0, "2025-05-02"))))

    assert [(one["status"], one["unseen"]) for one in found] == [("scored", False), ("scored", True)]


def test_the_model_of_then_is_the_one_that_answered_on_the_day(town: Town, shelved: str) -> None:
    town.consent(0, purposes=FOR_THIS)
    town.load("tech_sme_entry", entries(), date(2025, 4, 20))

    place = run(town, asked((0, "2025-12-31"), (0, "2026-01-01"), model="then"))

    assert [(one["position"], one["code"]) for one in items(town, place, "errors")] == [(0, "no-model-then")]
    assert [(one["position"], one["model"]) for one in items(town, place)] == [(1, shelved)]


def test_of_two_models_each_day_has_its_own(town: Town, trained: tuple[Model, ModelCard]) -> None:
    town.consent(0, purposes=FOR_THIS)
    town.load("tech_sme_entry", entries(), date(2025, 4, 20))
    register = Register(town.settings.shelf)
    for name, days_ago in (("first", 30), ("second", 10)):
        register.shelve(trained[0], trained[1].model_copy(update={"name": name}))
        register.promote("application", name, by="test", at=NOW - timedelta(days=days_ago), reason="test")
    days = ("2025-12-02", "2025-12-21", "2025-12-22")

    then = items(town, run(town, asked(*((0, day) for day in days), model="then"), key="b-1"))
    present = items(town, run(town, asked(*((0, day) for day in days)), key="b-2"))

    assert [one["model"] for one in then] == ["first", "first", "second"]
    assert [one["model"] for one in present] == ["second"] * 3


def test_each_pair_needs_a_consent_for_this_purpose(town: Town) -> None:
    town.consent(0)
    town.consent(1, purposes=FOR_THIS, permissions=frozenset({Permission.OUTCOME_WRITE}))
    town.consent(2, grantee="bank-b", purposes=FOR_THIS)
    town.consent(3, purposes=FOR_THIS)

    place = run(town, asked(*((firm, AFTER) for firm in range(4))))

    assert [(one["position"], one["code"]) for one in items(town, place, "errors")] == [
        (0, "consent-required"),
        (1, "permission-required"),
        (2, "consent-required"),
    ]
    assert [one["position"] for one in items(town, place)] == [3]
    assert town.ask("GET", place).json()["state"] == "finished"


def test_a_pair_whose_consent_says_less_is_refused_alone(town: Town) -> None:
    town.consent(0, purposes=FOR_THIS, history_from=date(2025, 5, 1))

    place = run(town, asked((0, BEFORE), (0, AFTER), (0, "0613-05-26")))

    assert [(one["position"], one["code"]) for one in items(town, place, "errors")] == [
        (0, "consent-history"),
        (2, "consent-history"),
    ]
    assert [one["position"] for one in items(town, place)] == [1]
    assert town.ask("GET", place).json()["state"] == "finished"


def test_a_day_before_any_rule_is_refused_pair_by_pair(town: Town) -> None:
    town.consent(0, purposes=FOR_THIS)

    place = run(town, asked((0, "0613-05-26"), (0, AFTER)))

    assert [(one["position"], one["code"]) for one in items(town, place, "errors")] == [(0, "not-in-force")]
    assert [one["position"] for one in items(town, place)] == [1]


@pytest.mark.parametrize(
    ("terms", "readable"),
    [
        ({"permissions": frozenset({Permission.OUTCOME_WRITE})}, [False, False]),
        ({"history_from": date.fromisoformat(AFTER)}, [False, True]),
        ({}, [True, True]),
    ],
    ids=["reports alone", "later days alone", "the same again"],
)
def test_scores_are_read_by_the_consent_in_force_now(town: Town, terms: dict[str, Any], readable: list[bool]) -> None:
    whole = town.consent(0, purposes=FOR_THIS)
    place = run(town, asked((0, BEFORE), (0, AFTER)))
    with town.store.work(at=NOW) as work:
        revoke(work, whole)
        work.commit()
    town.consent(0, id="narrow", purposes=FOR_THIS, **terms)

    found = items(town, place)

    assert [one["readable"] for one in found] == readable
    assert [one["status"] is not None for one in found] == readable


def test_a_consent_taken_back_blanks_the_score_at_once(town: Town) -> None:
    town.consent(0, purposes=FOR_THIS)
    place = run(town, asked((0, AFTER)))
    before = items(town, place)
    with town.store.work(at=NOW) as work:
        revoke(work, list_consents(work, grantee="bank-a")[0])
        work.commit()

    (after,) = items(town, place)

    assert before[0]["readable"]
    assert {name for name, value in after.items() if value not in (None, "")} == {
        "position", "as_of", "readable", "status_label",
    }  # fmt: skip
    assert (after["readable"], after["status_label"]) == (False, "企业授权已止，不能读取")


def test_each_refused_pair_is_told_by_its_place_and_code_alone(town: Town) -> None:
    town.consent(0, purposes=FOR_THIS)
    wanted = asked((0, AFTER), (UNKNOWN, AFTER), ("not-a-code", AFTER), (0, AFTER), (0, "2026-01-02"), (0, BEFORE))

    place = run(town, wanted)
    errors = town.ask("GET", f"{place}/errors")

    assert [(one["position"], one["pointer"], one["code"]) for one in errors.json()["items"]] == [
        (1, "/pairs/1", "enterprise-unknown"),
        (2, "/pairs/2", "identifier-malformed"),
        (3, "/pairs/3", "pair-repeated"),
        (4, "/pairs/4", "day-in-future"),
    ]
    assert all(one["title"] != "请求被拒绝" for one in errors.json()["items"])
    assert not [value for value in (*FIRMS, UNKNOWN, "not-a-code") if value in errors.text]
    assert [one["position"] for one in items(town, place)] == [0, 5]
    with town.store.work(at=NOW, read_only=True) as work:
        assert set(work.connection.scalars(select(BACK_TEST_PAIR.c.identifier))) == {None}


def test_another_bank_is_told_what_is_told_of_nothing(town: Town) -> None:
    town.consent(0, purposes=FOR_THIS)
    place = run(town, asked((0, AFTER)))

    for path in ("", "/results", "/errors"):
        strangers = town.ask("GET", f"{place}{path}", by="bank-b")
        nothing = town.ask("GET", f"{PATH}/019b0000-0000-7000-8000-000000000000{path}", by="bank-b")
        assert strangers.status_code == 404
        assert {**strangers.json(), "interaction_id": ""} == {**nothing.json(), "interaction_id": ""}
    assert town.ask("POST", PATH, asked((0, AFTER)), by="bureau").json()["code"] == "scope-missing"


def test_every_request_pair_and_reading_is_recorded(town: Town) -> None:
    town.consent(0, purposes=FOR_THIS)
    place = run(town, asked((0, BEFORE), (0, AFTER)))
    items(town, place)

    assert town.actions() == ["backtest.requested", "pair.scored", "pair.scored", "backtest.read"]
    with town.store.work(at=NOW, read_only=True) as work:
        assert verify_chain(work.connection, "bank-a") is None
        kept = work.connection.execute(select(BACK_TEST)).mappings().one()
    assert (kept["basis_kind"], kept["basis_sha256"]) == ("authorisation", "a" * 64)


def test_the_largest_back_test_is_taken_and_uses_the_quota_up(town: Town) -> None:
    days = [str(date(2024, 1, 1) + timedelta(days=place)) for place in range(500)]
    pairs = [
        {"enterprise": {"value": with_uscc_check_digit(f"91370303MA3D{firm:05d}")}, "as_of": day}
        for firm in range(20)
        for day in days
    ]
    body = asked() | {"pairs": pairs}
    headers = {"Authorization": f"Bearer {town.tokens['bank-a']}", "Content-Type": "application/json"}

    def send(told: object, key: str) -> Any:
        raw = json.dumps(told, separators=(",", ":")).encode()
        return town.client.post(PATH, content=raw, headers={**headers, "Idempotency-Key": key})

    taken, replayed = send(body, "b-1"), send(body, "b-1")
    beyond = send(asked((0, AFTER)), "b-2")
    other = town.ask("POST", PATH, asked((0, AFTER)), by="bank-b", key="b-3")

    assert (taken.status_code, taken.json()["counts"]["wanted"]) == (202, 10_000), taken.text[:300]
    assert replayed.content == taken.content
    assert (beyond.status_code, beyond.json()["code"]) == (429, "back-test-quota-exceeded")
    assert other.status_code == 202
    assert rows(town, BACK_TEST) == 2


def test_the_quota_comes_back_with_the_days(town: Town) -> None:
    town.ask("POST", PATH, asked(*((UNKNOWN, str(date(2020, 1, 1) + timedelta(days=day))) for day in range(2_000))))
    many = asked(*((UNKNOWN, str(date(2010, 1, 1) + timedelta(days=day))) for day in range(3_000)))
    answers = [town.ask("POST", PATH, many, key=f"b-{turn}") for turn in range(3)]
    wait = timedelta(seconds=int(answers[-1].headers["retry-after"]))
    town.now = NOW + wait - timedelta(seconds=1)
    early = town.ask("POST", PATH, many, key="b-8").status_code
    town.now = NOW + wait

    later = town.ask("POST", PATH, many, key="b-9").status_code

    assert [one.status_code for one in answers] == [202, 202, 429]
    assert wait == timedelta(days=3)  # 2,000 are left of 10,000 in 30 days, and 1,000 lack.
    assert (early, later) == (429, 202)


HOSTILE: dict[str, dict[str, object]] = {
    "a label": {"pairs": [{"enterprise": {"value": FIRMS[0]}, "as_of": AFTER, "defaulted": True}]},
    "an impossible day": {"pairs": [{"enterprise": {"value": FIRMS[0]}, "as_of": "2025-02-30"}]},
    "a day as a number": {"pairs": [{"enterprise": {"value": FIRMS[0]}, "as_of": 20250601}]},
    "no day": {"pairs": [{"enterprise": {"value": FIRMS[0]}}]},
    "nothing": {"pairs": []},
    "one too many": {"pairs": [{"enterprise": {"value": "x"}, "as_of": AFTER}] * 10_001},
    "no basis": {"basis": None},
    "a basis of no kind": {"basis": {"kind": "because", "document_sha256": "a" * 64}},
    "a document without a hash": {"basis": {"kind": "contract", "document_sha256": "授权书.pdf"}},
    "another card": {"card": "startup"},
    "another model": {"model": "mine"},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_back_test_is_refused_whole(town: Town, name: str) -> None:
    raw = json.dumps({**asked((0, AFTER)), **HOSTILE[name]}, separators=(",", ":")).encode()
    headers = {
        "Authorization": f"Bearer {town.tokens['bank-a']}",
        "Idempotency-Key": "b-1",
        "Content-Type": "application/json",
    }

    refused = town.client.post(PATH, content=raw, headers=headers)

    assert (refused.status_code, refused.json()["code"]) == (422, "request-invalid")
    assert rows(town, BACK_TEST) == 0


class _Ending:
    """End the process, as it were, whenever a model is asked for."""

    def champion(self, card: str) -> None:
        raise RuntimeError("gone")

    champion_on = champion  # type: ignore[assignment] # a day more is never looked at.


class _Damaged:
    def champion(self, card: str) -> None:
        raise ModelDamaged("damaged", help="")

    champion_on = champion  # type: ignore[assignment] # a day more is never looked at.


def test_a_pair_that_ends_the_process_is_refused_after_its_last_try(town: Town) -> None:
    town.consent(0, purposes=FOR_THIS)
    place = town.ask("POST", PATH, asked((0, AFTER), (UNKNOWN, AFTER))).headers["location"]
    desk = BackTests(town.store, _Ending())  # type: ignore[arg-type] # models enough for this.
    for _ in range(3):
        with pytest.raises(RuntimeError, match="gone"):
            desk.work_next(at=NOW)

    work_all(town, desk)

    assert [(one["position"], one["code"]) for one in items(town, place, "errors")] == [
        (0, "fault"),
        (1, "enterprise-unknown"),
    ]
    assert town.ask("GET", place).json()["state"] == "finished"


def test_a_service_without_a_sound_model_fails_the_whole(town: Town) -> None:
    town.consent(0, purposes=FOR_THIS)
    place = town.ask("POST", PATH, asked((0, BEFORE), (0, AFTER))).headers["location"]
    desk = BackTests(town.store, _Damaged())  # type: ignore[arg-type] # models enough for this.
    for _ in range(2):
        with pytest.raises(ModelDamaged):
            desk.work_next(at=NOW)

    work_all(town, desk)

    failed = town.ask("GET", place).json()
    assert (failed["state"], failed["counts"]) == (
        "failed",
        {"wanted": 2, "made": 0, "refused": 0, "cancelled": 2},
    )


def test_results_are_read_page_by_page_while_more_come(town: Town) -> None:
    town.consent(0, purposes=FOR_THIS)
    place = town.ask("POST", PATH, asked((0, BEFORE), (0, AFTER), (0, "2025-07-01"))).headers["location"]
    town.desks.back_tests.work_next(at=NOW)
    first = town.ask("GET", f"{place}/results?limit=1").json()
    work_all(town)

    rest = town.ask("GET", f"{place}/results?limit=5&cursor={first['next']}").json()

    assert [one["position"] for one in first["items"] + rest["items"]] == [0, 1, 2]
    assert rest["next"] is None


def test_a_cancelled_back_test_keeps_its_scores_and_gives_no_more(town: Town) -> None:
    for firm in range(2):
        town.consent(firm, purposes=FOR_THIS)
    place = town.ask("POST", PATH, asked((0, AFTER), (1, AFTER))).headers["location"]
    town.desks.back_tests.work_next(at=NOW)
    stale, bare = town.ask("DELETE", place, If_Match='"1"'), town.ask("DELETE", place)
    tag = town.ask("GET", place).headers["etag"]

    cancelled = town.ask("DELETE", place, If_Match=tag)
    again = town.ask("DELETE", place, If_Match=cancelled.headers["etag"])

    assert [(one.status_code, one.json()["code"]) for one in (stale, bare)] == [
        (412, "version-stale"),
        (428, "if-match-missing"),
    ]
    assert cancelled.json()["state"] == "cancelled"
    assert cancelled.json()["counts"] == {"wanted": 2, "made": 1, "refused": 0, "cancelled": 1}
    assert (again.status_code, again.json()["code"]) == (409, "back-test-ended")
    assert not town.desks.back_tests.work_next(at=NOW)
    assert [one["position"] for one in items(town, place)] == [0]
    assert "backtest.cancelled" in town.actions()
