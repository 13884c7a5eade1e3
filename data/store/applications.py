"""Which applications are there, what was done with each, by whom, and what do the books say?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, insert, or_, select, true, update

from data.spec.access import BUREAU, Access
from data.spec.audit import AuditEvent
from data.spec.tables import TABLES
from data.store.orm import ASSESSMENT, EVIDENCE
from data.store.orm_applications import APPLICATION, APPLICATION_ENTRY, APPLICATION_MOVE, APPLICATION_SHEET
from data.store.work import Work


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Book yuan to a party: what for, and on which day."""

    kind: str
    party: str
    amount: Decimal
    booked_on: date


@dataclass(frozen=True, kw_only=True)
class BookedEntry(Entry):
    """Be an entry in the books, with the move that booked it."""

    application_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class NewMove:
    """Say what is done: by whom, on which day, to which state it leads, and what it tells and books."""

    move: str
    state: str
    tenant: str
    role: str
    actor: str
    on: date
    details: Mapping[str, Any] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MadeMove(NewMove):
    """Be a move in the history of an application."""

    version: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class StoredSheet:
    """Keep one party's sheet as it was handed in."""

    party: str
    tenant: str
    actor: str
    at: datetime
    saw_model: bool
    body: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class StoredApplication:
    """Keep an application with its whole history, the latest move last, and its books."""

    id: int
    enterprise_id: int
    product: str
    bank: str
    guarantor: str | None
    version: int
    moves: tuple[MadeMove, ...]
    sheets: tuple[StoredSheet, ...]
    entries: tuple[BookedEntry, ...]


def write_application(
    work: Work, *, enterprise_id: int, product: str, bank: str, guarantor: str | None, first: NewMove
) -> int:
    """Open an application with its first move, and return its number; the caller records the event."""
    made = work.connection.execute(
        insert(APPLICATION).values(
            enterprise_id=enterprise_id, product=product, bank=bank, guarantor=guarantor, version=1
        )
    )
    number = int((made.inserted_primary_key or (0,))[0])
    _write_move(work, number, 1, first)
    return number


def append_move(work: Work, application_id: int, new: NewMove, *, seen: int, audit: AuditEvent) -> bool:
    """Add a move to an application whose version is the one seen; False, and nothing done, where it is no longer."""
    moved = work.connection.execute(
        update(APPLICATION)
        .where(APPLICATION.c.id == application_id, APPLICATION.c.version == seen)
        .values(version=seen + 1)
    )
    if moved.rowcount != 1:
        return False
    _write_move(work, application_id, seen + 1, new)
    work.record(audit)
    return True


def _write_move(work: Work, application_id: int, version: int, new: NewMove) -> None:
    work.connection.execute(
        insert(APPLICATION_MOVE).values(
            application_id=application_id,
            version=version,
            move=new.move,
            state=new.state,
            tenant=new.tenant,
            role=new.role,
            actor=new.actor,
            made_at=work.at,
            made_on=new.on,
            details=json.dumps(new.details, ensure_ascii=False, allow_nan=False),
        )
    )
    rows = [
        {
            "application_id": application_id,
            "version": version,
            "kind": entry.kind,
            "party": entry.party,
            "amount": int(entry.amount * 100),
            "booked_on": entry.booked_on,
        }
        for entry in new.entries
    ]
    if rows:
        work.connection.execute(insert(APPLICATION_ENTRY), rows)


def hold_application(work: Work, application_id: int) -> None:
    """Let no other writer change the application or its sheets before this work ends."""
    work.connection.execute(select(APPLICATION.c.id).where(APPLICATION.c.id == application_id).with_for_update())


def write_sheet(work: Work, application_id: int, sheet: StoredSheet, *, audit: AuditEvent) -> None:
    """Keep a sheet; the database refuses a second one of the same party."""
    work.connection.execute(
        insert(APPLICATION_SHEET).values(
            application_id=application_id,
            party=sheet.party,
            tenant=sheet.tenant,
            actor=sheet.actor,
            handed_in_at=sheet.at,
            saw_model=sheet.saw_model,
            body=json.dumps(sheet.body, ensure_ascii=False, allow_nan=False),
        )
    )
    work.record(audit)


def read_application(work: Work, application_id: int, *, access: Access) -> StoredApplication | None:
    """Read an application of this tenant's; another tenant's is as if it were not there."""
    found = _read(work, _visible(access), APPLICATION.c.id == application_id)
    return found[0] if found else None


def read_related(work: Work, *, enterprise_id: int, guarantor: str | None, access: Access) -> list[StoredApplication]:
    """Read the applications of an enterprise and, where one is named, of a guarantor."""
    related = APPLICATION.c.enterprise_id == enterprise_id
    if guarantor is not None:
        related = or_(related, APPLICATION.c.guarantor == guarantor)
    return _read(work, _visible(access), related)


def read_applications(work: Work, *, access: Access) -> list[StoredApplication]:
    """Read every application that concerns the tenant, in the order of their numbers."""
    return _read(work, _visible(access))


def _read(work: Work, *mine: ColumnElement[bool]) -> list[StoredApplication]:
    heads = work.connection.execute(select(APPLICATION).where(*mine).order_by(APPLICATION.c.id)).all()
    if not heads:
        return []
    numbers = select(APPLICATION.c.id).where(*mine)
    moves, sheets, entries = _moves(work, numbers), _sheets(work, numbers), _entries(work, numbers)
    return [
        StoredApplication(
            id=head.id,
            enterprise_id=head.enterprise_id,
            product=head.product,
            bank=head.bank,
            guarantor=head.guarantor,
            version=head.version,
            moves=tuple(moves.get(head.id, ())),
            sheets=tuple(sheets.get(head.id, ())),
            entries=tuple(entries.get(head.id, ())),
        )
        for head in heads
    ]


def _visible(access: Access) -> ColumnElement[bool]:
    if access.tenant == BUREAU:
        return true()
    return or_(APPLICATION.c.bank == access.tenant, APPLICATION.c.guarantor == access.tenant)


def _moves(work: Work, numbers: Any) -> dict[int, list[MadeMove]]:
    rows = work.connection.execute(
        select(APPLICATION_MOVE)
        .where(APPLICATION_MOVE.c.application_id.in_(numbers))
        .order_by(APPLICATION_MOVE.c.application_id, APPLICATION_MOVE.c.version)
    )
    found: dict[int, list[MadeMove]] = {}
    for row in rows:
        made = MadeMove(
            move=row.move,
            state=row.state,
            tenant=row.tenant,
            role=row.role,
            actor=row.actor,
            on=row.made_on,
            details=json.loads(row.details),
            version=row.version,
            at=row.made_at,
        )
        found.setdefault(row.application_id, []).append(made)
    return found


def _sheets(work: Work, numbers: Any) -> dict[int, list[StoredSheet]]:
    rows = work.connection.execute(
        select(APPLICATION_SHEET)
        .where(APPLICATION_SHEET.c.application_id.in_(numbers))
        .order_by(APPLICATION_SHEET.c.application_id, APPLICATION_SHEET.c.party)
    )
    found: dict[int, list[StoredSheet]] = {}
    for row in rows:
        sheet = StoredSheet(
            party=row.party,
            tenant=row.tenant,
            actor=row.actor,
            at=row.handed_in_at,
            saw_model=row.saw_model,
            body=json.loads(row.body),
        )
        found.setdefault(row.application_id, []).append(sheet)
    return found


def _entries(work: Work, numbers: Any) -> dict[int, list[BookedEntry]]:
    rows = work.connection.execute(
        select(APPLICATION_ENTRY)
        .where(APPLICATION_ENTRY.c.application_id.in_(numbers))
        .order_by(APPLICATION_ENTRY.c.id)
    )
    found: dict[int, list[BookedEntry]] = {}
    for row in rows:
        entry = BookedEntry(
            kind=row.kind,
            party=row.party,
            amount=Decimal(row.amount).scaleb(-2),
            booked_on=row.booked_on,
            application_id=row.application_id,
            version=row.version,
        )
        found.setdefault(row.application_id, []).append(entry)
    return found


def sum_entries(work: Work, *, kind: str, since: date, until: date, party: str | None = None) -> Decimal:
    """Return the sum of the whole house's entries of a kind booked in [since, until), in yuan, added up row by row."""
    columns = APPLICATION_ENTRY.c
    mine = [columns.kind == kind, columns.booked_on >= since, columns.booked_on < until]
    mine += [columns.party == party] if party is not None else []
    fen = sum(amount for (amount,) in work.connection.execute(select(columns.amount).where(*mine)))
    return Decimal(fen).scaleb(-2)


def was_assessed_for(
    work: Work, enterprise_id: int, *, tenant: str, except_id: str | None, before: datetime, access: Access
) -> bool:
    """Tell whether the tenant was given an assessment of the enterprise before the instant, one excepted."""
    columns = ASSESSMENT.c
    ids = work.connection.scalars(
        select(columns.id).where(
            columns.tenant == tenant, columns.enterprise_id == enterprise_id, columns.made_at < before
        )
    )
    return any(id != except_id for id in ids)


def has_row(work: Work, enterprise_id: int, *, table: str, batch_id: str, file_row: int, access: Access) -> bool:
    """Tell whether a row of evidence is about the enterprise, and open to whoever asks."""
    rows = EVIDENCE[table].c
    owner = work.connection.scalar(
        select(rows.owner).where(
            rows.enterprise_id == enterprise_id, rows.batch_id == batch_id, rows.file_row == file_row
        )
    )
    opened = access.tenant == BUREAU or access.categories is None or owner == access.tenant
    return owner is not None and (opened or _group_of(table) in (access.categories or ()))


def _group_of(table: str) -> str:
    return TABLES[table].group
