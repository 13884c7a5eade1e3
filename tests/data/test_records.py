"""Are assessments, answers, institutions and consents kept for whom they are meant?"""

import json
from datetime import UTC, datetime

import pytest

from data.spec.access import Access, ConsentBasis, Purpose
from data.spec.audit import Action, AuditEvent
from data.spec.consent import Consent, ConsentStatus, Permission
from data.spec.identifiers import Scheme
from data.store import Store, Work
from data.store.assessments import read_assessment, write_assessment
from data.store.batches import add_enterprises
from data.store.consents import list_consents, write_consent
from data.store.idempotency import StoredAnswer, find_answer, remember_answer
from data.store.institutions import find_institution_by_token, list_institutions, write_institution

AT = datetime(2026, 1, 1, 8, tzinfo=UTC)


def event(tenant: str = "bureau") -> AuditEvent:
    return AuditEvent(tenant=tenant, actor="test", action=Action.ASSESSMENT_MADE, object_id="x", at=AT)


def bank(tenant: str = "bank-a") -> Access:
    return Access(tenant=tenant, actor="clerk", purpose=Purpose.PRE_LOAN, basis=ConsentBasis("C1", 1), at=AT)


def seed(work: Work) -> int:
    return add_enterprises(work, Scheme.USCC, {"91370303MA00000007": "enterprise"})["91370303MA00000007"]


def test_an_assessment_is_another_tenants_secret(store: Store) -> None:
    with store.work(at=AT) as work:
        number = seed(work)
        body = {"score": 612.0, "grade": "B", "理由": ["研发"]}
        write_assessment(
            work, id="A1", enterprise_id=number, access=bank(), made_at=AT, body=body, audit=event("bank-a")
        )
        work.commit()

    with store.work(at=AT) as work:
        own = read_assessment(work, "A1", access=bank())
        assert own is not None
        assert (own.body, own.consent_id, own.consent_version, own.made_at) == (body, "C1", 1, AT)
        assert read_assessment(work, "A1", access=bank("bank-b")) is None
        assert read_assessment(work, "A2", access=bank()) is None


def test_an_answer_is_remembered_per_tenant_route_and_key(store: Store) -> None:
    answer = StoredAnswer("f", 201, json.dumps({"id": "A1"}))
    with store.work(at=AT) as work:
        remember_answer(work, "bank-a", "/v1/assessments", "k", answer=answer)

        assert find_answer(work, "bank-a", "/v1/assessments", "k") == answer
        assert find_answer(work, "bank-b", "/v1/assessments", "k") is None
        with pytest.raises(Exception, match="UNIQUE"):
            remember_answer(work, "bank-a", "/v1/assessments", "k", answer=answer)


def test_an_institution_is_found_by_any_of_its_tokens(store: Store) -> None:
    with store.work(at=AT) as work:
        for token in ("h1", "h2"):
            write_institution(work, "bank-a", "演示银行", kind="bank", token_hash=token, audit=event())

        found = find_institution_by_token(work, "h2")
        assert found is not None
        assert (found.code, found.name, found.kind) == ("bank-a", "演示银行", "bank")
        assert find_institution_by_token(work, "h3") is None
        assert list_institutions(work) == [found]


def consent(enterprise_id: int, **changes: object) -> Consent:
    given: dict[str, object] = {"id": "C1", "version": 1, "enterprise_id": enterprise_id, "grantee": "bank-a"}
    given |= {"purposes": frozenset({Purpose.PRE_LOAN}), "categories": frozenset({"rnd"})}
    given |= {"permissions": frozenset({Permission.SCORE_READ}), "valid_from": AT, "valid_to": AT.replace(year=2027)}
    return Consent(**(given | changes))  # type: ignore[arg-type]


def test_a_consent_is_listed_to_its_grantee_alone_as_it_was_written(store: Store) -> None:
    with store.work(at=AT) as work:
        number = seed(work)
        write_consent(work, consent(number), event())

        assert list_consents(work, grantee="bank-a") == (consent(number),)
        assert list_consents(work, grantee="bank-a", enterprise_id=number + 1) == ()
        assert list_consents(work, grantee="bank-b") == ()


def test_every_consent_is_listed_in_its_last_version_whatever_its_state(store: Store) -> None:
    with store.work(at=AT) as work:
        number = seed(work)
        revoked = consent(number, version=2, status=ConsentStatus.REVOKED)
        for given in (consent(number), revoked, consent(number, id="C2")):
            write_consent(work, given, event())

        assert list_consents(work, grantee="bank-a") == (revoked, consent(number, id="C2"))
        assert list_consents(work, grantee="bank-a", enterprise_id=number + 1) == ()


@pytest.mark.parametrize(
    "changes", [{"valid_to": AT}, {"valid_from": AT.replace(tzinfo=None)}], ids=["ends at once", "no time zone"]
)
def test_a_consent_that_says_no_span_of_time_cannot_be_made(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="consent"):
        consent(1, **changes)


def test_reading_under_a_consent_names_it_and_opens_its_categories() -> None:
    access = consent(1, version=3).access("clerk", purpose=Purpose.PRE_LOAN, at=AT)

    assert access.basis == ConsentBasis("C1", 3)
    assert (access.tenant, access.categories) == ("bank-a", frozenset({"rnd"}))
