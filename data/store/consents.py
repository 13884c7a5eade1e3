"""Which consents are there, and which of them holds?"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, insert, select

from data.spec.access import Purpose
from data.spec.audit import AuditEvent
from data.spec.consent import Consent, ConsentStatus, Permission, latest_versions
from data.store.orm import CONSENT
from data.store.work import Work


def write_consent(work: Work, consent: Consent, audit: AuditEvent) -> None:
    """Add a version of a consent."""
    write_consents(work, [consent], audit)


def write_consents(work: Work, consents: Sequence[Consent], audit: AuditEvent) -> None:
    """Add versions of many consents, told of by one event."""
    if consents:
        work.connection.execute(insert(CONSENT), [_row(consent) for consent in consents])
    work.record(audit)


def find_consent(work: Work, *, enterprise_id: int, grantee: str, purpose: Purpose, at: datetime) -> Consent | None:
    """Find a consent in force for the purpose at the instant; of several the one that holds longest."""
    given = list_consents(work, grantee=grantee, enterprise_id=enterprise_id)
    holding = [consent for consent in given if purpose in consent.purposes and consent.is_in_force(at)]
    return max(holding, key=lambda consent: (consent.valid_to, consent.id), default=None)


def find_consents(work: Work, *, grantee: str, purpose: Purpose, at: datetime) -> dict[int, Consent]:
    """Find, for every enterprise that consented, the consent that `find_consent` would find."""
    found: dict[int, Consent] = {}
    given = list_consents(work, grantee=grantee)
    for consent in sorted(given, key=lambda consent: (consent.valid_to, consent.id)):
        if purpose in consent.purposes and consent.is_in_force(at):
            found[consent.enterprise_id] = consent
    return found


def list_consents(work: Work, *, grantee: str, enterprise_id: int | None = None) -> tuple[Consent, ...]:
    """List the last version of each consent given to a grantee, whatever its state."""
    conditions: list[ColumnElement[bool]] = [CONSENT.c.grantee == grantee]
    if enterprise_id is not None:
        conditions.append(CONSENT.c.enterprise_id == enterprise_id)
    rows = work.connection.execute(select(CONSENT).where(*conditions))
    return latest_versions(_consent(row) for row in rows)


def _row(consent: Consent) -> dict[str, object]:
    return {
        "id": consent.id,
        "version": consent.version,
        "enterprise_id": consent.enterprise_id,
        "grantee": consent.grantee,
        "purposes": _texts(consent.purposes),
        "categories": _texts(consent.categories),
        "permissions": _texts(consent.permissions),
        "valid_from": consent.valid_from,
        "valid_to": consent.valid_to,
        "status": str(consent.status),
    }


def _texts(values: Iterable[str]) -> str:
    return json.dumps(sorted(str(value) for value in values))


def _consent(row: Row[tuple[object, ...]]) -> Consent:
    return Consent(
        id=row.id,
        version=row.version,
        enterprise_id=row.enterprise_id,
        grantee=row.grantee,
        purposes=frozenset(Purpose(value) for value in json.loads(row.purposes)),
        categories=frozenset(json.loads(row.categories)),
        permissions=frozenset(Permission(value) for value in json.loads(row.permissions)),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        status=ConsentStatus(row.status),
    )
