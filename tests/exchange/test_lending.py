"""Does what banks report become labels, whole and only their own; and is feedback told in sums alone?"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select

from data.spec.access import bureau_access
from data.spec.consent import Permission
from data.store.consents import list_consents, write_consent
from data.store.orm import ASSESSMENT, AUDIT_EVENT, BATCH
from data.store.reads import read_events
from data.store.reports import read_reports
from models.labels import Outcome
from models.retraining import LENDING, label_rows, learned_from, read_rule
from risk.consent import training_access
from risk.permissions import Role
from tests.consents import revoke
from tests.exchange.conftest import FIRMS, NOW, TODAY, World, make_world
from tests.exchange.rows import loan_body


@pytest.fixture
def house(tmp_path: Any) -> Iterator[World]:
    yield from make_world(tmp_path)


def send(
    house: World, path: str, body: object, *, side: str = "a", role: Role = Role.BANK, key: str | None = None
) -> Any:
    headers = house.headers(role, side)
    return house.client.post(path, json=body, headers=headers | ({"Idempotency-Key": key} if key else {}))


def read(house: World, path: str, *, side: str = "a", role: Role = Role.BANK) -> Any:
    return house.client.get(path, headers=house.headers(role, side))


def old_loan(number: str, side: str = "a", **changes: object) -> dict[str, object]:
    """Return a loan long matured, so that its window is over."""
    dates = {"applied_on": "2022-01-05", "disbursed_on": "2022-02-01", "matures_on": "2023-01-31"}
    return {**loan_body(house_of_bodies, side, number), **dates, **changes}


class _Bodies:
    def firm(self, side: str) -> dict[str, str]:
        return {"scheme": "uscc", "value": FIRMS["ab".index(side)]}


house_of_bodies: Any = _Bodies()


def months(worst: int, *, count: int = 18) -> list[dict[str, object]]:
    """Return clean month ends from disbursement on, the last few as late as told."""
    ends = pd.date_range("2022-02-28", periods=count, freq="ME")
    return [
        {
            "month_end": str(end.date()),
            "days_past_due": worst if place >= count - 4 and worst else 0,
            "overdue_amount": "900000.00" if place >= count - 4 and worst else "0.00",
            "balance": "1000000.00",
        }
        for place, end in enumerate(ends)
    ]


def outcomes(house: World) -> dict[str, str]:
    """Label as the next training would, and return the outcome of each loan."""
    with house.store.work(at=NOW, read_only=True) as work:
        access = training_access(work, actor="test")
        events = read_events(work, [*LENDING], access=access)
    day = TODAY + timedelta(days=1)
    rows = label_rows(learned_from(events, access), card="application", as_of=day, rule=read_rule(day))
    return dict(zip(rows["own_loan"], rows["outcome"], strict=True))


def test_what_became_of_a_loan_is_the_label_of_the_next_training(house: World) -> None:
    for number, side, worst in (("GOOD", "a", 0), ("BAD", "b", 120)):
        assert send(house, "/v1/loans", old_loan(number, side), side=side).status_code == 201
        answer = send(house, f"/v1/loans/{number}/outcomes", {"months": months(worst)}, side=side)
        assert (answer.status_code, answer.json()["kept"]) == (201, 18), answer.text

    assert outcomes(house) == {"bank-a/GOOD": Outcome.PERFORMING, "bank-b/BAD": Outcome.DEFAULT}


def test_what_a_revoked_consent_covered_is_kept_and_no_longer_learned_from(house: World) -> None:
    for number, side in (("MINE", "a"), ("OTHER", "b")):
        send(house, "/v1/loans", old_loan(number, side), side=side)
        send(house, f"/v1/loans/{number}/outcomes", {"months": months(0)}, side=side)
    with house.store.work(at=NOW) as work:
        given = list_consents(work, grantee="bank-a")[0]
        revoke(work, given)
        work.commit()

    revoked = outcomes(house)
    with house.store.work(at=NOW) as work:
        write_consent(work, replace(given, id="c-again"), _audit())
        work.commit()

    assert revoked == {"bank-b/OTHER": Outcome.PERFORMING}
    assert read(house, "/v1/loans/MINE").status_code == 200
    assert set(outcomes(house)) == {"bank-a/MINE", "bank-b/OTHER"}


def test_whether_it_is_learned_from_is_a_dated_term(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    send(house, "/v1/loans", old_loan("MINE"))
    with house.store.work(at=NOW) as work:
        revoke(work, list_consents(work, grantee="bank-a")[0])
        work.commit()
    monkeypatch.setattr("risk.consent.terms", lambda at: {"labels_after_revocation": 1})

    assert set(outcomes(house)) == {"bank-a/MINE"}


def test_a_payout_reported_over_http_is_a_default(house: World) -> None:
    send(house, "/v1/loans", old_loan("L1"))
    events = [{"event": "guarantee_payout", "occurred_on": "2022-11-15", "amount": "400000.00"}]
    send(house, "/v1/loans/L1/outcomes", {"months": months(0), "events": events})

    assert outcomes(house) == {"bank-a/L1": Outcome.DEFAULT}


def test_two_banks_with_equal_numbers_for_one_firm_share_no_record(house: World) -> None:
    with house.store.work(at=NOW) as work:
        given = list_consents(work, grantee="bank-a")[0]
        audit = _audit()
        write_consent(work, replace(given, id="c-second", grantee="bank-b"), audit)
        work.commit()
    for side, amount in (("a", "1000000.00"), ("b", "2500000.00")):
        body = {**loan_body(house_of_bodies, "a", "SAME"), "amount": amount}
        assert send(house, "/v1/loans", body, side=side).status_code == 201

    assert [read(house, "/v1/loans/SAME", side=side).json()["amount"] for side in "ab"] == ["1000000.00", "2500000.00"]


def _audit() -> Any:
    from data.spec.audit import Action, AuditEvent

    return AuditEvent(tenant="bureau", actor="test", action=Action.CONSENT_GRANTED, object_id="c", at=NOW)


def test_a_month_told_again_is_a_correction_and_the_old_figure_is_kept(house: World) -> None:
    send(house, "/v1/loans", old_loan("L1"))
    month = {"month_end": "2022-06-30", "days_past_due": 0, "balance": "1000000.00"}
    send(house, "/v1/loans/L1/outcomes", {"months": [month]})
    again = send(house, "/v1/loans/L1/outcomes", {"months": [month]})
    corrected = send(house, "/v1/loans/L1/outcomes", {"months": [{**month, "days_past_due": 31}]})

    assert (again.json()["kept"], again.json()["already_known"]) == (0, 1)
    assert corrected.json()["kept"] == 1
    assert [one["days_past_due"] for one in read(house, "/v1/loans/L1").json()["months"]] == [31]
    with house.store.work(at=NOW, read_only=True) as work:
        rows = read_events(work, ["loan_month"], access=bureau_access("test", at=NOW))["loan_month"]
    assert sorted(rows["days_past_due"]) == [0.0, 31.0]


def test_a_corrected_loan_keeps_its_number_and_money_to_the_fen(house: World) -> None:
    send(house, "/v1/loans", old_loan("L1", amount="1234567.89"))
    assert read(house, "/v1/loans/L1").json()["amount"] == "1234567.89"

    send(house, "/v1/loans", old_loan("L1", amount="1234567.88"))

    assert read(house, "/v1/loans/L1").json()["amount"] == "1234567.88"
    assert len(read(house, "/v1/loans").json()["items"]) == 1


OUTCOMES = "/v1/loans/L1/outcomes"


def one_month(day: str, days_past_due: object = 0) -> dict[str, object]:
    return {"months": [{"month_end": day, "days_past_due": days_past_due}]}


PAID = {"event": "guarantee_payout", "occurred_on": "2022-11-15", "amount": "100.00"}
BACK = {"event": "recovery", "occurred_on": "2022-12-15", "amount": "100.01"}
REFUSED: dict[str, tuple[str, object, int, str]] = {
    "unknown loan": ("/v1/loans/NONE/outcomes", one_month("2022-06-30"), 404, "loan-unknown"),
    "before disbursement": (OUTCOMES, one_month("2021-06-30"), 422, "report-unsound"),
    "in the future": (OUTCOMES, one_month("2027-06-30"), 422, "report-unsound"),
    "negative days": (OUTCOMES, one_month("2022-06-30", -1), 422, "request-invalid"),
    "days as text": (OUTCOMES, one_month("2022-06-30", "1"), 422, "request-invalid"),
    "impossible day": (OUTCOMES, one_month("2022-02-30"), 422, "request-invalid"),
    "nothing told": (OUTCOMES, {}, 422, "request-invalid"),
    "recovery over loss": (OUTCOMES, {"events": [PAID, BACK]}, 422, "recovery-over-loss"),
    "finer than a fen": ("/v1/loans", old_loan("L2", amount="1.001"), 422, "request-invalid"),
    "not a number": ("/v1/loans", old_loan("L2", amount="NaN"), 422, "request-invalid"),
    "matures before it is disbursed": ("/v1/loans", old_loan("L2", matures_on="2022-01-01"), 422, "report-unsound"),
    "undrawn over amount": ("/v1/loans", old_loan("L2", undrawn="9999999999.00"), 422, "report-unsound"),
    "a rate of a usurer": ("/v1/loans", old_loan("L2", rate="0.99"), 422, "report-unsound"),
    "number with a path": ("/v1/loans", old_loan("../L2"), 422, "request-invalid"),
    "a firm that did not consent": (
        "/v1/loans", old_loan("L2", enterprise={"scheme": "uscc", "value": FIRMS[1]}), 403, "consent-required",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_an_unsound_report_is_refused_whole(house: World, name: str) -> None:
    send(house, "/v1/loans", old_loan("L1"))
    path, body, status, code = REFUSED[name]

    def kept() -> int:
        with house.store.work(at=NOW, read_only=True) as work:
            return len(work.connection.execute(select(BATCH.c.id)).all())

    before = kept()
    answer = send(house, path, body)

    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert kept() == before


def test_another_bank_finds_no_loan_and_reports_none_of_its_outcomes(house: World) -> None:
    send(house, "/v1/loans", old_loan("L1"))

    assert read(house, "/v1/loans/L1", side="b").status_code == 404
    answer = send(house, "/v1/loans/L1/outcomes", {"months": months(0)}, side="b")
    assert (answer.status_code, answer.json()["code"]) == (404, "loan-unknown")


def test_a_report_needs_the_permission_and_a_consent_that_holds(house: World) -> None:
    send(house, "/v1/loans", old_loan("L1"))
    with house.store.work(at=NOW) as work:
        given = list_consents(work, grantee="bank-a")[0]
        narrow = replace(given, version=2, permissions=given.permissions - {Permission.OUTCOME_WRITE})
        write_consent(work, narrow, _audit())
        work.commit()
    refused = send(house, "/v1/loans/L1/outcomes", {"months": months(0)})
    with house.store.work(at=NOW) as work:
        revoke(work, narrow)
        work.commit()
    revoked = send(house, "/v1/loans/L1/outcomes", {"months": months(0)})

    assert (refused.status_code, refused.json()["code"]) == (403, "permission-required")
    assert (revoked.status_code, revoked.json()["code"]) == (403, "consent-revoked")


def test_a_report_is_kept_byte_for_byte_and_replayed_as_it_was(house: World) -> None:
    body = json.dumps(old_loan("L1"), indent=3).encode()
    headers = {**house.headers(Role.BANK, "a"), "Idempotency-Key": "once", "Content-Type": "application/json"}

    first, again = (house.client.post("/v1/loans", content=body, headers=headers) for _ in range(2))

    assert first.content == again.content
    with house.store.work(at=NOW, read_only=True) as work:
        assert [one.raw for one in read_reports(work, "L1", tenant="bank-a")] == [body]
        actions = work.connection.scalars(select(AUDIT_EVENT.c.action).where(AUDIT_EVENT.c.tenant == "bank-a")).all()
    assert actions == ["loan.reported"]


def test_a_demonstrations_token_cannot_sign(house: World) -> None:
    headers = {**house.headers(Role.BANK, "a"), "Signature": "x=:YQ==:", "Signature-Input": 'x=("@method")'}

    answer = house.client.post("/v1/loans", json=old_loan("L1"), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "signature-invalid")


def assessed(house: World) -> str:
    return str(send(house, "/v1/assessments", {"enterprise": house.firm("a")}).json()["id"])


def test_feedback_is_kept_and_needs_a_code_of_its_decision(house: World) -> None:
    id = assessed(house)

    kept = send(
        house, f"/v1/assessments/{id}/feedback", {"decision": "overridden", "code": "own_rating", "words": "高一档"}
    )
    wrong = send(house, f"/v1/assessments/{id}/feedback", {"decision": "followed", "code": "own_rating"})
    other = send(house, f"/v1/assessments/{id}/feedback", {"decision": "followed", "code": "agreed"}, side="b")

    assert kept.status_code == 201, kept.text
    assert (wrong.status_code, wrong.json()["code"]) == (422, "feedback-code-unknown")
    assert (other.status_code, other.json()["code"]) == (404, "assessment-unknown")


def test_feedback_is_told_in_sum_over_twenty_firms_or_not_at_all(house: World) -> None:
    id = assessed(house)
    send(house, f"/v1/assessments/{id}/feedback", {"decision": "overridden", "code": "policy"})
    few = read(house, "/v1/feedback/summary", role=Role.BUREAU).json()
    with house.store.work(at=NOW) as work:
        from data.store.orm import ENTERPRISE
        from data.store.orm_reports import FEEDBACK

        row = work.connection.execute(select(ASSESSMENT)).mappings().first()
        for number in range(20):
            firm = work.connection.execute(ENTERPRISE.insert().values(kind="firm")).inserted_primary_key
            assert row is not None
            work.connection.execute(
                ASSESSMENT.insert().values(**{**row, "id": f"a-{number}", "enterprise_id": firm[0]})
            )
            work.connection.execute(
                FEEDBACK.insert().values(
                    id=f"f-{number}",
                    tenant="bank-b",
                    assessment_id=f"a-{number}",
                    enterprise_id=firm[0],
                    decision="followed",
                    code="agreed",
                    words="",
                    given_at=NOW,
                )
            )
        work.commit()
    many = read(house, "/v1/feedback/summary", role=Role.BUREAU).json()

    assert few == {"firms": 1, "withheld": True, "followed": 0, "overridden": 0, "codes": {}}
    assert many == {
        "firms": 21,
        "withheld": False,
        "followed": 20,
        "overridden": 1,
        "codes": {"agreed": 20, "policy": 1},
    }
    assert read(house, "/v1/feedback/summary").json()["code"] == "scope-missing"


def test_the_list_is_read_page_by_page(house: World) -> None:
    for number in range(5):
        send(house, "/v1/loans", old_loan(f"L{number}"))

    first = read(house, "/v1/loans?limit=2").json()
    second = read(house, f"/v1/loans?limit=3&cursor={first['next']}").json()

    assert [one["loan_no"] for one in first["items"] + second["items"]] == ["L0", "L1", "L2", "L3", "L4"]
