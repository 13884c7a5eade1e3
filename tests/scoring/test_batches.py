"""A batch is answered item by item, each as a single request would be, whatever comes in between."""

import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from api.wiring.assessment_batches import AssessmentBatches
from data.spec.access import Purpose
from data.spec.consent import Permission
from data.spec.identifiers import with_uscc_check_digit
from data.store.audit import verify_chain
from data.store.orm import ASSESSMENT
from data.store.orm_exchange import OUTBOX_EVENT
from data.store.orm_scoring import ASSESSMENT_BATCH_ITEM
from models.refusals import ModelDamaged
from tests.consents import revoke
from tests.scoring.conftest import FIRMS, NOW, Town, entries

ROOT = Path(__file__).resolve().parents[2]
Batch = Callable[..., dict[str, object]]
UNKNOWN = with_uscc_check_digit("91370303MA3C99999")
PATH = "/v1/assessment-batches"


def places(answer: object) -> list[int]:
    return [item["position"] for item in answer.json()["items"]]  # type: ignore[attr-defined] # an answer of httpx


def test_a_batch_is_accepted_worked_and_told(town: Town, batch_of: Batch) -> None:
    town.consent(0)
    town.consent(1)

    accepted = town.ask("POST", PATH, batch_of(0, 1))
    place = accepted.headers["location"]
    queued = town.ask("GET", place)
    turns = town.work_all()
    finished = town.ask("GET", place)

    assert (accepted.status_code, accepted.headers["retry-after"]) == (202, "5")
    assert accepted.json() == queued.json()
    assert (queued.json()["state"], queued.json()["progress"]) == ("queued", 0.0)
    assert queued.json()["created_at"] == NOW.isoformat()
    assert queued.json()["expires_at"] == (NOW + timedelta(days=30)).isoformat()
    assert turns == 2
    assert (finished.json()["state"], finished.json()["progress"]) == ("finished", 1.0)
    assert finished.json()["counts"] == {"wanted": 2, "made": 2, "refused": 0, "cancelled": 0}
    assert "retry-after" not in finished.headers
    assert finished.headers["etag"] != queued.headers["etag"]


def test_the_items_are_the_assessments_that_single_requests_give(town: Town, batch_of: Batch, shelved: str) -> None:
    town.consent(0)
    town.load("tech_sme_entry", entries(), date(2025, 4, 20))
    single = town.ask("POST", "/v1/assessments", {"enterprise": {"value": FIRMS[0]}}).json()
    place = town.ask("POST", PATH, batch_of(0)).headers["location"]
    town.work_all()

    (result,) = town.ask("GET", f"{place}/results").json()["items"]
    again = town.ask("GET", result["assessment_url"]).json()

    assert isinstance(result["score"], int)
    assert {name: value for name, value in again.items() if name != "id"} == {
        name: value for name, value in single.items() if name != "id"
    }
    assert {name: result[name] for name in ("status", "code", "score", "grade", "valid_until")} == {
        name: again[name] for name in ("status", "code", "score", "grade", "valid_until")
    }


def test_each_refused_item_is_told_by_its_place_and_code_alone(town: Town, batch_of: Batch) -> None:
    town.consent(0)
    wanted = batch_of(0, 1, UNKNOWN, "not-a-code", 0, "91370303MA3C000001")

    place = town.ask("POST", PATH, wanted).headers["location"]
    town.work_all()
    errors = town.ask("GET", f"{place}/errors")

    assert [(item["position"], item["pointer"], item["code"]) for item in errors.json()["items"]] == [
        (1, "/enterprises/1", "consent-required"),
        (2, "/enterprises/2", "enterprise-unknown"),
        (3, "/enterprises/3", "identifier-malformed"),
        (4, "/enterprises/4", "enterprise-repeated"),
        (5, "/enterprises/5", "identifier-malformed"),
    ]
    assert all(item["title"] != "请求被拒绝" for item in errors.json()["items"])
    assert not [value for value in (*FIRMS, UNKNOWN, "not-a-code") if value in errors.text]
    assert town.ask("GET", place).json()["counts"] == {"wanted": 6, "made": 1, "refused": 5, "cancelled": 0}


def test_a_firm_whose_consent_says_less_is_refused_alone(town: Town, batch_of: Batch) -> None:
    town.consent(0, history_from=NOW.date() - timedelta(days=10))
    town.consent(1, daily_limit=1)
    town.consent(2)
    before = (NOW.date() - timedelta(days=20)).isoformat()

    town.ask("POST", "/v1/assessments", {"enterprise": {"value": FIRMS[1]}}, key="single")
    place = town.ask("POST", PATH, batch_of(0, 1, 2, as_of=before)).headers["location"]
    town.work_all()

    assert [(one["position"], one["code"]) for one in town.ask("GET", f"{place}/errors").json()["items"]] == [
        (0, "consent-history"),
        (1, "consent-used-up"),
    ]
    told = town.ask("GET", place).json()
    assert (told["state"], told["counts"]) == ("finished", {"wanted": 3, "made": 1, "refused": 2, "cancelled": 0})


def test_a_day_before_any_rule_is_refused_firm_by_firm(town: Town, batch_of: Batch) -> None:
    town.consent(0)

    place = town.ask("POST", PATH, batch_of(0, as_of="0613-05-26")).headers["location"]
    town.work_all()

    assert [one["code"] for one in town.ask("GET", f"{place}/errors").json()["items"]] == ["not-in-force"]
    assert town.ask("GET", place).json()["state"] == "finished"


def test_nothing_of_what_was_sent_stays_once_it_is_settled(town: Town, batch_of: Batch) -> None:
    town.consent(0)
    town.ask("POST", PATH, batch_of(0, 1, "not-a-code"))
    town.work_all()

    with town.store.work(at=NOW, read_only=True) as work:
        assert set(work.connection.scalars(select(ASSESSMENT_BATCH_ITEM.c.identifier))) == {None}


def test_a_batch_of_nothing_that_can_be_asked_ends_at_once(town: Town, batch_of: Batch) -> None:
    accepted = town.ask("POST", PATH, batch_of("not-a-code"))

    assert (accepted.status_code, accepted.json()["state"]) == (202, "finished")
    assert town.work_all() == 0


def test_a_replay_is_the_same_batch_and_another_body_is_refused(town: Town, batch_of: Batch) -> None:
    first, again = town.ask("POST", PATH, batch_of(0)), town.ask("POST", PATH, batch_of(0))
    other = town.ask("POST", PATH, batch_of(1))

    assert (first.content, first.headers["location"]) == (again.content, again.headers["location"])
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert town.work_all() == 1


def test_a_batch_goes_on_where_it_was_after_a_restart(town: Town, batch_of: Batch) -> None:
    for place in range(4):
        town.consent(place)
    place = town.ask("POST", PATH, batch_of(0, 1, 2, 3)).headers["location"]
    town.desks.scoring.batches.work_next(at=NOW)
    before = town.ask("GET", f"{place}/results").json()["items"]

    again = AssessmentBatches(town.opened(), _NobodysModels())
    turns = sum(again.work_next(at=NOW) for _ in range(10))

    after = town.ask("GET", f"{place}/results").json()["items"]
    assert turns == 3
    assert after[:1] == before
    assert [item["position"] for item in after] == [0, 1, 2, 3]
    assert len({item["assessment_id"] for item in after}) == 4


def test_a_worker_that_is_killed_loses_nothing_and_answers_nothing_twice(town: Town, batch_of: Batch) -> None:
    for place in range(4):
        town.consent(place)
    place = town.ask("POST", PATH, batch_of(0, 1, 2, 3)).headers["location"]
    arguments = [sys.executable, "-c", WORKER, town.settings.database_url, NOW.isoformat()]
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "worked\n"
        worker.kill()
    town.work_all()

    assert town.ask("GET", place).json()["counts"] == {"wanted": 4, "made": 4, "refused": 0, "cancelled": 0}
    with town.store.work(at=NOW, read_only=True) as work:
        made = work.connection.scalars(select(ASSESSMENT.c.id)).all()
        assert verify_chain(work.connection, "bank-a") is None
    told = [item["assessment_id"] for item in town.ask("GET", f"{place}/results").json()["items"]]
    assert sorted(made) == sorted(told)
    assert town.actions().count("assessment.made") == 4


WORKER = """
import sys
from datetime import datetime
from api.wiring.assessment_batches import AssessmentBatches
from data.store import Store

class Nobody:
    def champion(self, card):
        return None

batches = AssessmentBatches(Store.open(sys.argv[1]), Nobody())
while batches.work_next(at=datetime.fromisoformat(sys.argv[2])):
    print("worked", flush=True)
"""


def test_an_item_interrupted_in_its_work_is_assessed_once(
    town: Town, batch_of: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.consent(0)
    place = town.ask("POST", PATH, batch_of(0)).headers["location"]
    with monkeypatch.context() as dying:
        dying.setattr("data.store.work.append_events", _die)
        with pytest.raises(KeyboardInterrupt):
            town.desks.scoring.batches.work_next(at=NOW)
    town.work_all()

    with town.store.work(at=NOW, read_only=True) as work:
        made = work.connection.scalars(select(ASSESSMENT.c.id)).all()
    assert made == [item["assessment_id"] for item in town.ask("GET", f"{place}/results").json()["items"]]


def _die(*_: object) -> None:
    # The first unit notes the attempt and records nothing; the second dies as its audit entry is written.
    if _[1]:
        raise KeyboardInterrupt


def test_an_item_that_ends_the_process_every_time_is_refused_and_the_rest_answered(
    town: Town, batch_of: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.consent(0)
    town.consent(1)
    place = town.ask("POST", PATH, batch_of(0, 1)).headers["location"]
    with monkeypatch.context() as dying:
        dying.setattr("risk.assessment_batches.assess", _interrupted)
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                town.desks.scoring.batches.work_next(at=NOW)
    town.work_all()

    assert [item["code"] for item in town.ask("GET", f"{place}/errors").json()["items"]] == ["fault"]
    assert places(town.ask("GET", f"{place}/results")) == [1]


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_batch_that_the_service_cannot_answer_fails_and_keeps_what_was_made(
    town: Town, batch_of: Batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in range(3):
        town.consent(place)
    place = town.ask("POST", PATH, batch_of(0, 1, 2)).headers["location"]
    town.desks.scoring.batches.work_next(at=NOW)
    with monkeypatch.context() as broken:
        broken.setattr("risk.assessment_batches.assess", _damaged)
        for _ in range(2):
            with pytest.raises(ModelDamaged):
                town.desks.scoring.batches.work_next(at=NOW)
        town.desks.scoring.batches.work_next(at=NOW)

    told = town.ask("GET", place).json()
    assert (told["state"], told["counts"]) == ("failed", {"wanted": 3, "made": 1, "refused": 0, "cancelled": 2})
    assert town.work_all() == 0


def _damaged(*_: object) -> None:
    raise ModelDamaged("模型文件损坏。")


def test_a_cancelled_batch_keeps_its_answers_and_gives_no_more(town: Town, batch_of: Batch) -> None:
    town.consent(0)
    town.consent(1)
    place = town.ask("POST", PATH, batch_of(0, 1)).headers["location"]
    town.desks.scoring.batches.work_next(at=NOW)
    stale = town.ask("DELETE", place, If_Match='"1"')
    bare = town.ask("DELETE", place)
    tag = town.ask("GET", place).headers["etag"]

    cancelled = town.ask("DELETE", place, If_Match=tag)
    again = town.ask("DELETE", place, If_Match=cancelled.headers["etag"])

    assert [(one.status_code, one.json()["code"]) for one in (stale, bare)] == [
        (412, "version-stale"),
        (428, "if-match-missing"),
    ]
    assert cancelled.json()["state"] == "cancelled"
    assert cancelled.json()["counts"] == {"wanted": 2, "made": 1, "refused": 0, "cancelled": 1}
    assert (again.status_code, again.json()["code"]) == (409, "assessment-batch-ended")
    assert town.work_all() == 0
    assert places(town.ask("GET", f"{place}/results")) == [0]


def test_an_item_cancelled_between_its_turn_and_its_work_is_left_alone(town: Town, batch_of: Batch) -> None:
    from risk.assessment_batches import TURNS, work_turn

    town.consent(0)
    place = town.ask("POST", PATH, batch_of(0)).headers["location"]
    with town.store.work(at=NOW) as work:
        turn = TURNS.take(work)
        work.commit()
    assert turn is not None
    town.ask("DELETE", place, If_Match=town.ask("GET", place).headers["etag"])
    with town.store.work(at=NOW) as work:
        work_turn(work, turn, _NobodysModels(), assessment_id="late", demonstration=True)
        work.commit()

    assert town.ask("GET", place).json()["counts"]["made"] == 0
    assert "assessment.made" not in town.actions()


class _NobodysModels:
    def champion(self, card: str) -> None:
        return None


def test_batches_take_turns_so_that_none_waits_for_a_whole_other(town: Town, batch_of: Batch) -> None:
    for place in range(4):
        town.consent(place)
        town.consent(place, "bank-b")
    own = town.ask("POST", PATH, batch_of(0, 1, 2, 3)).headers["location"]
    other = town.ask("POST", PATH, batch_of(0, 1, 2, 3), by="bank-b").headers["location"]
    for second in range(4):
        town.desks.scoring.batches.work_next(at=NOW + timedelta(seconds=second))

    assert town.ask("GET", own).json()["counts"]["made"] == 2
    assert town.ask("GET", other, by="bank-b").json()["counts"]["made"] == 2


def test_another_banks_batch_does_not_exist(town: Town, batch_of: Batch) -> None:
    town.consent(0)
    place = town.ask("POST", PATH, batch_of(0)).headers["location"]
    absent = f"{PATH}/no-such-batch"

    for suffix in ("", "/results", "/errors"):
        other, none = town.ask("GET", place + suffix, by="bank-b"), town.ask("GET", absent + suffix, by="bank-b")
        assert (other.status_code, other.json()["code"]) == (404, "assessment-batch-unknown")
        assert _said(other) == _said(none)
    cancelled = town.ask("DELETE", place, by="bank-b", If_Match='"1"')
    assert (cancelled.status_code, town.ask("GET", place).json()["state"]) == (404, "queued")


def _said(answer: object) -> dict[str, object]:
    told = answer.json()  # type: ignore[attr-defined] # an answer of httpx
    return {name: value for name, value in told.items() if name != "interaction_id"}


def test_a_revoked_consent_closes_the_very_next_reading_of_the_results(town: Town, batch_of: Batch) -> None:
    kept, ended = town.consent(0), town.consent(1)
    place = town.ask("POST", PATH, batch_of(0, 1)).headers["location"]
    town.work_all()
    with town.store.work(at=NOW) as work:
        revoke(work, ended)
        work.commit()

    items = town.ask("GET", f"{place}/results").json()["items"]

    assert kept.id != ended.id
    assert [item["readable"] for item in items] == [True, False]
    assert [items[1][name] for name in ("status", "score", "grade", "code", "valid_until")] == [None] * 5


NARROWED = {
    "reports alone": ({"permissions": frozenset({Permission.OUTCOME_WRITE})}, "permission-required"),
    "another purpose": ({"purposes": frozenset({Purpose.MONITORING})}, "consent-revoked"),
    "from tomorrow's history on": ({"history_from": NOW.date() + timedelta(days=1)}, "consent-history"),
}


@pytest.mark.parametrize(("terms", "code"), NARROWED.values(), ids=NARROWED.keys())
def test_a_result_is_read_as_its_assessment_is_by_the_consent_in_force_now(
    town: Town, batch_of: Batch, terms: dict[str, object], code: str
) -> None:
    whole = town.consent(0)
    place = town.ask("POST", PATH, batch_of(0)).headers["location"]
    town.work_all()
    (before,) = town.ask("GET", f"{place}/results").json()["items"]
    with town.store.work(at=NOW) as work:
        revoke(work, whole)
        work.commit()
    town.consent(0, id="narrow", **terms)

    (after,) = town.ask("GET", f"{place}/results").json()["items"]
    single = town.ask("GET", before["assessment_url"])

    assert (before["readable"], after["readable"]) == (True, False)
    assert [after[name] for name in ("status", "score", "grade", "code", "valid_until")] == [None] * 5
    assert (single.status_code, single.json()["code"]) == (403, code)


def test_the_log_tells_of_the_request_of_each_assessment_and_of_each_reading(town: Town, batch_of: Batch) -> None:
    town.consent(0)
    town.consent(1)
    place = town.ask("POST", PATH, batch_of(0, 1)).headers["location"]
    town.work_all()
    town.ask("GET", f"{place}/results")

    assert town.actions() == [
        "assessmentbatch.requested",
        "assessment.made",
        "assessment.made",
        "results.read",
    ]


def test_the_end_of_a_batch_is_announced_once(town: Town, batch_of: Batch) -> None:
    place = town.ask("POST", PATH, batch_of(0)).headers["location"]
    town.work_all()

    with town.store.work(at=NOW, read_only=True) as work:
        told = work.connection.execute(select(OUTBOX_EVENT.c.tenant, OUTBOX_EVENT.c.type, OUTBOX_EVENT.c.object)).all()
    assert [tuple(one) for one in told] == [("bank-a", "assessment-batch.finished", place.rsplit("/", 1)[1])]


def test_results_are_read_page_by_page_while_the_batch_goes_on(town: Town, batch_of: Batch) -> None:
    for place in range(4):
        town.consent(place)
    place = town.ask("POST", PATH, batch_of(3, 1, 0, 2)).headers["location"]
    for _ in range(2):
        town.desks.scoring.batches.work_next(at=NOW)
    first = town.ask("GET", f"{place}/results?limit=2")
    town.work_all()
    second = town.ask("GET", f"{place}/results?limit=2&cursor={first.json()['next']}")
    third = town.ask("GET", f"{place}/results?limit=2&cursor={second.json()['next']}")
    lent = town.ask("GET", f"{place}/errors?cursor={first.json()['next']}")

    assert [places(first), places(second), places(third)] == [[0, 1], [2, 3], []]
    assert (lent.status_code, lent.json()["code"]) == (400, "cursor-invalid")


def test_a_batch_is_gone_when_its_days_are_over(town: Town, batch_of: Batch) -> None:
    place = town.ask("POST", PATH, batch_of(0)).headers["location"]
    town.now = NOW + timedelta(days=30)

    assert town.ask("GET", place).status_code == 404
    town.now = NOW + timedelta(days=30) - timedelta(seconds=1)
    assert town.ask("GET", place).status_code == 200


HOSTILE: dict[str, tuple[object, str | None]] = {
    "no member": ({}, "/enterprises"),
    "an empty list": ({"enterprises": []}, "/enterprises"),
    "too many": ({"enterprises": [{"value": FIRMS[0]}] * 1001}, "/enterprises"),
    "not a list": ({"enterprises": {"value": FIRMS[0]}}, "/enterprises"),
    "a number for a code": ({"enterprises": [{"value": 913703030000000000}]}, "/enterprises/0/value"),
    "a control character": ({"enterprises": [{"value": "9137\u0000"}]}, "/enterprises/0/value"),
    "a member too many": ({"enterprises": [{"value": FIRMS[0], "secret": "x"}]}, "/enterprises/0/*"),
    "an impossible day": ({"enterprises": [{"value": FIRMS[0]}], "as_of": "2025-02-30"}, "/as_of"),
    "another purpose": ({"enterprises": [{"value": FIRMS[0]}], "purpose": "training"}, "/purpose"),
    "an array": ([], ""),
}


@pytest.mark.parametrize(("body", "pointer"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_body_is_refused_whole_and_keeps_nothing(town: Town, body: object, pointer: str) -> None:
    answer = town.ask("POST", PATH, body)

    assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")
    assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]
    assert "secret" not in answer.text
    assert town.work_all() == 0
    assert town.actions() == []


def test_a_day_to_come_is_refused(town: Town, batch_of: Batch) -> None:
    answer = town.ask("POST", PATH, batch_of(0, as_of="2026-01-02"))

    assert (answer.status_code, answer.json()["code"]) == (422, "day-in-future")
