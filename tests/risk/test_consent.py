"""No answer without a consent in force that names the purpose; the refusal says which of three reasons."""

from datetime import UTC, datetime

import pytest

from data.spec.access import Purpose
from data.spec.consent import ALL_CATEGORIES, Consent, ConsentStatus, Permission
from data.spec.errors import Refusal
from risk.consent import can_ask, check_consent


def consent(
    status: ConsentStatus = ConsentStatus.AUTHORISED,
    *,
    start: int = 1,
    end: int = 12,
    purpose: Purpose = Purpose.PRE_LOAN,
    id: str = "C1",
) -> Consent:
    return Consent(
        id=id,
        version=1,
        enterprise_id=7,
        grantee="bank-a",
        purposes=frozenset({purpose}),
        categories=ALL_CATEGORIES,
        permissions=frozenset(Permission),
        valid_from=datetime(2025, start, 1, tzinfo=UTC),
        valid_to=datetime(2025, end, 1, tzinfo=UTC),
        status=status,
    )


REFUSED = {
    "none was given": ((), "consent-required"),
    "another purpose": ((consent(purpose=Purpose.MONITORING),), "consent-required"),
    "not yet in force": ((consent(start=7),), "consent-required"),
    "awaiting": ((consent(ConsentStatus.AWAITING),), "consent-required"),
    "rejected": ((consent(ConsentStatus.REJECTED),), "consent-required"),
    "ended yesterday": ((consent(end=5),), "consent-expired"),
    "ends at this very instant": ((consent(end=6),), "consent-expired"),
    "taken back": ((consent(ConsentStatus.REVOKED),), "consent-revoked"),
}
AT = datetime(2025, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(("given", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_a_question_without_a_consent_in_force_is_refused(given: tuple[Consent, ...], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_consent(given, purpose=Purpose.PRE_LOAN, at=AT)

    assert refused.value.code == code
    assert refused.value.status == 403
    assert refused.value.help
    assert not can_ask(given, purpose=Purpose.PRE_LOAN, at=AT)


@pytest.mark.parametrize("start", [1, 6], ids=["long before", "at this very instant"])
def test_a_consent_in_force_opens_the_door(start: int) -> None:
    assert check_consent((consent(start=start),), purpose=Purpose.PRE_LOAN, at=AT).id == "C1"


def test_of_several_the_one_that_holds_longest_counts() -> None:
    given = (consent(end=7), consent(end=11, id="C2"), consent(ConsentStatus.REVOKED, id="C3"))

    assert check_consent(given, purpose=Purpose.PRE_LOAN, at=AT).id == "C2"
