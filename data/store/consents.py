"""Which consents are there, and which of them holds?"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Row, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from data.spec.access import Purpose
from data.spec.audit import AuditEvent
from data.spec.consent import Consent, ConsentStatus, Paper, Party, Permission, latest_versions
from data.spec.whose import Whose
from data.store.orm import CONSENT
from data.store.orm_exchange import CONSENT_END
from data.store.whose import within
from data.store.work import Work


def write_consent(work: Work, consent: Consent, audit: AuditEvent) -> None:
    """Add a version of a consent."""
    write_consents(work, [consent], audit)


def write_consents(work: Work, consents: Sequence[Consent], audit: AuditEvent) -> None:
    """Add versions of many consents, told of by one event."""
    if consents:
        work.connection.execute(insert(CONSENT), [_row(consent) for consent in consents])
    work.record(audit)


def list_consents(work: Work, *, grantee: str, enterprise_id: int | None = None) -> tuple[Consent, ...]:
    """List the last version of each consent given to a grantee, whatever its state."""
    conditions: list[ColumnElement[bool]] = [CONSENT.c.grantee == grantee]
    if enterprise_id is not None:
        conditions.append(CONSENT.c.enterprise_id == enterprise_id)
    rows = work.connection.execute(select(CONSENT).where(*conditions))
    return latest_versions(_consent(row) for row in rows)


def list_revoked(work: Work) -> frozenset[tuple[str, int]]:
    """Return the grantees and enterprises between whom a consent was revoked, whatever stands beside it."""
    columns = CONSENT.c
    rows = work.connection.execute(
        select(columns.grantee, columns.enterprise_id).where(columns.status == str(ConsentStatus.REVOKED)).distinct()
    )
    return frozenset((row.grantee, row.enterprise_id) for row in rows)


def list_unannounced(work: Work) -> tuple[Consent, ...]:
    """List the consents that await their enterprise, or whose days are over, and of whose end nobody was told yet."""
    columns = CONSENT.c
    newest = select(columns.id, func.max(columns.version).label("version")).group_by(columns.id).subquery()
    over = (columns.status == str(ConsentStatus.AUTHORISED)) & (columns.valid_to <= work.at)
    told = select(CONSENT_END.c.consent_id).where(CONSENT_END.c.consent_id == columns.id).exists()
    query = (
        select(CONSENT)
        .join(newest, (newest.c.id == columns.id) & (newest.c.version == columns.version))
        .where(over | (columns.status == str(ConsentStatus.AWAITING)), ~told)
        .order_by(columns.id)
    )
    return tuple(_consent(row) for row in work.connection.execute(query))


def note_end(work: Work, consent: Consent) -> bool:
    """Note that the end of a consent is told in this unit of work; False where another has told it."""
    insert_into = postgresql.insert if work.connection.dialect.name == "postgresql" else sqlite.insert
    noted = insert_into(CONSENT_END).values(consent_id=consent.id, tenant=consent.grantee, announced_at=work.at)
    return work.connection.execute(noted.on_conflict_do_nothing()).rowcount == 1


def find_by_id(work: Work, id: str, *, whose: Whose) -> tuple[Consent, ...]:
    """Return every version of a consent, the oldest first; nothing where it is not one of theirs."""
    query = select(CONSENT).where(CONSENT.c.id == id, _within(whose)).order_by(CONSENT.c.version)
    return tuple(_consent(row) for row in work.connection.execute(query))


def list_of(work: Work, *, whose: Whose, after: str | None, limit: int) -> tuple[Consent, ...]:
    """List the last version of their consents by id."""
    columns = CONSENT.c
    newest = select(columns.id, func.max(columns.version).label("version")).group_by(columns.id).subquery()
    query = select(CONSENT).join(newest, (newest.c.id == columns.id) & (newest.c.version == columns.version))
    query = query.where(_within(whose))
    if after is not None:
        query = query.where(columns.id > after)
    return tuple(_consent(row) for row in work.connection.execute(query.order_by(columns.id).limit(limit)))


def _within(whose: Whose) -> ColumnElement[bool]:
    return within(whose, tenant=CONSENT.c.grantee, enterprise_id=CONSENT.c.enterprise_id)


@dataclass(frozen=True, kw_only=True)
class _Details:
    """Hold what stands beside a consent's terms."""

    paper: Paper
    asked_at: datetime | None
    changed_at: datetime | None
    changed_by: Party | None
    reason: str
    supersedes: str | None
    history_from: date | None = None
    daily_limit: int | None = None

    @classmethod
    def of(cls, consent: Consent) -> "_Details":
        """Take a consent's."""
        return cls(**{field.name: getattr(consent, field.name) for field in fields(cls)})


_DETAILS = TypeAdapter(_Details)


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
        "details": _DETAILS.dump_json(_Details.of(consent)).decode(),
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
        **(vars(_DETAILS.validate_json(row.details)) if row.details else {}),
    )
