"""Which institutions take part, and whose token is this?"""

from dataclasses import dataclass

from sqlalchemy import insert, select

from data.spec.audit import AuditEvent
from data.store.orm import INSTITUTION, TOKEN
from data.store.work import Work


@dataclass(frozen=True)
class Institution:
    """Name a bank, a guarantor or the bureau."""

    code: str
    name: str
    kind: str


def write_institution(
    work: Work, code: str, name: str, *, kind: str, token_hash: str, audit: AuditEvent
) -> Institution:
    """Add a token to an institution, and the institution itself where it is new; only the hash is kept."""
    if find_institution(work, code) is None:
        add_institution(work, code, name, kind=kind)
    work.connection.execute(insert(TOKEN).values(token_hash=token_hash, institution=code, issued_at=work.at))
    work.record(audit)
    return Institution(code, name, kind)


def add_institution(work: Work, code: str, name: str, *, kind: str) -> Institution:
    """Add an institution that is new; who lets it ask records that."""
    work.connection.execute(insert(INSTITUTION).values(code=code, name=name, kind=kind))
    return Institution(code, name, kind)


def find_institution(work: Work, code: str) -> Institution | None:
    """Find an institution by its code."""
    row = work.connection.execute(select(INSTITUTION).where(INSTITUTION.c.code == code)).first()
    return None if row is None else Institution(row.code, row.name, row.kind)


def find_institution_by_token(work: Work, token_hash: str) -> Institution | None:
    """Find whose token has this hash."""
    row = work.connection.execute(
        select(INSTITUTION)
        .join(TOKEN, TOKEN.c.institution == INSTITUTION.c.code)
        .where(TOKEN.c.token_hash == token_hash)
    ).first()
    return None if row is None else Institution(row.code, row.name, row.kind)


def list_institutions(work: Work) -> list[Institution]:
    """List the institutions by code."""
    rows = work.connection.execute(select(INSTITUTION).order_by(INSTITUTION.c.code))
    return [Institution(row.code, row.name, row.kind) for row in rows]
