"""How does a file's batch come in: rows, identities, what was set aside, and who loaded it, all or nothing?"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Table as SqlTable
from sqlalchemy import func, insert, select

from data.spec.audit import AuditEvent
from data.spec.identifiers import Scheme
from data.spec.tables import TABLES
from data.store.frames import rows_of_frame, stored_columns
from data.store.orm import BATCH, ENTERPRISE, EVIDENCE, IDENTIFIER, QUARANTINE
from data.store.work import Work

QUARANTINE_COLUMNS = ("batch_id", "file_row", "code", "message", "raw", "columns", "suggestion")


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Say which file came in when, and what became of its rows."""

    id: str
    list: str
    source: str
    file_name: str
    file_sha256: str
    recorded_at: datetime
    known_on: date | None
    rows_read: int
    kept: int
    already_known: int
    repeated: int
    skipped: int
    quarantined: int


@dataclass(frozen=True, kw_only=True)
class QuarantinedRow:
    """Set one row aside: where it stands, why, and what it said (JSON); which headers' cells, and what would help."""

    file_row: int
    code: str
    message: str
    raw: str
    columns: tuple[str, ...] = ()
    suggestion: str = ""


def batches_known(work: Work) -> tuple[int, str | None]:
    """Return how many batches there are, and the last: no batch is ever changed, and so neither is what they tell."""
    count, last = work.connection.execute(select(func.count(), func.max(BATCH.c.id))).one()
    return int(count), last


def next_batch_id(work: Work) -> str:
    """Number the next batch; two writers that draw the same number cannot both keep it.

    The number is drawn from the store itself, so that the same files give the same batches.
    """
    count = work.connection.scalar(select(func.count()).select_from(BATCH))
    return f"B{(count or 0) + 1:06d}"


def find_batch(work: Work, *, list: str, file_sha256: str, known_on: date | None) -> Batch | None:
    """Find the last batch of the very same file, read as the same list with the same day given."""
    query = (
        select(BATCH)
        .where(
            BATCH.c.file_sha256 == file_sha256, BATCH.c.list == list, BATCH.c.known_on.is_not_distinct_from(known_on)
        )
        .order_by(BATCH.c.id.desc())
    )
    row = work.connection.execute(query).first()
    return None if row is None else Batch(**row._mapping)


def find_batch_by_id(work: Work, batch_id: str) -> Batch:
    """Find a batch that is there."""
    return Batch(**work.connection.execute(select(BATCH).where(BATCH.c.id == batch_id)).one()._mapping)


def write_batch(
    work: Work,
    batch: Batch,
    evidence: Mapping[str, pd.DataFrame],
    quarantine: Sequence[QuarantinedRow],
    *,
    audit: AuditEvent,
) -> None:
    """Write a batch with its rows per table and what was set aside.

    Shapes: each frame has the table's own columns and the common ones, recorded_at apart.
    """
    work.connection.execute(insert(BATCH).values(**asdict(batch)))
    for name, frame in evidence.items():
        insert_many(work, EVIDENCE[name], stored_columns(TABLES[name]), rows_of_frame(TABLES[name], frame))
    rows = [
        (
            *(batch.id, row.file_row, row.code, row.message, row.raw),
            *(json.dumps(row.columns, ensure_ascii=False), row.suggestion),
        )
        for row in quarantine
    ]
    insert_many(work, QUARANTINE, QUARANTINE_COLUMNS, rows)
    work.record(audit)


def add_enterprises(work: Work, scheme: Scheme, kinds: Mapping[str, str]) -> dict[str, int]:
    """Number enterprises not met before, given as identifier -> kind; return identifier -> number."""
    first = (work.connection.scalar(select(func.max(ENTERPRISE.c.id))) or 0) + 1
    numbers = {value: first + place for place, value in enumerate(kinds)}
    insert_many(work, ENTERPRISE, ("id", "kind"), [(numbers[value], kind) for value, kind in kinds.items()])
    rows = [(str(scheme), value, number) for value, number in numbers.items()]
    insert_many(work, IDENTIFIER, ("scheme", "value", "enterprise_id"), rows)
    return numbers


def insert_many(
    work: Work,
    table: SqlTable,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    *,
    unless_there: bool = False,
) -> None:
    """Insert rows; with `unless_there` one whose key stands already is left as it is."""
    # The driver's own executemany with tuples: three times as fast as rows of named parameters.
    if not rows:
        return
    place = "?" if work.connection.dialect.paramstyle == "qmark" else "%s"
    quoted = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join([place] * len(columns))
    unless = " ON CONFLICT DO NOTHING" if unless_there else ""
    work.connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({quoted}) VALUES ({places}){unless}', rows)
