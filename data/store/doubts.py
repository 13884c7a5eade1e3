"""Which names wait for a person, what was decided about them, and which rows hang on that?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, delete, func, insert, select, update

from data.spec.access import Access
from data.spec.audit import AuditEvent
from data.spec.table import Table
from data.store.orm import (
    BATCH,
    DOUBTFUL_NAME,
    DOUBTFUL_ROW,
    EVIDENCE,
    NAME_CANDIDATE,
    NAME_DECISION,
    NAME_MATCH,
)
from data.store.work import Work

WAITING, DECIDED = "waiting", "decided"
CHUNK = 500
"""So many keys are asked for at once."""


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Name what a list says and no rule gives to one enterprise; `version` counts the decisions about it."""

    id: int
    list: str
    names_key: str
    name: str
    former_name: str | None
    code: str
    message: str
    state: str
    version: int


@dataclass(frozen=True, kw_only=True)
class StoredCandidate:
    """Name an enterprise that may be meant, under which of its names, how alike (0 to 100), and why."""

    enterprise_id: int
    name: str
    score: float
    why: str


@dataclass(frozen=True, kw_only=True)
class NameDecision:
    """Say who decided what: an enterprise, or none (None)."""

    id: int
    doubt_id: int
    version: int
    enterprise_id: int | None
    actor: str
    decided_at: datetime


@dataclass(frozen=True, kw_only=True)
class DoubtfulRow:
    """Keep a row whose enterprise a person decides, as it was read (JSON), and which batch took it in."""

    batch_id: str
    file_row: int
    doubt_id: int
    draft: str
    taken_batch_id: str | None


def read_decisions(work: Work, list_name: str) -> dict[str, tuple[NameDecision, str]]:
    """Map names of a list, as they are remembered, to the decision that holds and the doubt it settled (its code)."""
    holds = and_(NAME_DECISION.c.doubt_id == DOUBTFUL_NAME.c.id, NAME_DECISION.c.version == DOUBTFUL_NAME.c.version)
    query = (
        select(DOUBTFUL_NAME.c.names_key, DOUBTFUL_NAME.c.code, *NAME_DECISION.c)
        .join(DOUBTFUL_NAME, holds)
        .where(DOUBTFUL_NAME.c.list == list_name, DOUBTFUL_NAME.c.state == DECIDED)
    )
    rows = work.connection.execute(query).mappings()
    return {
        row["names_key"]: (NameDecision(**{column.name: row[column.name] for column in NAME_DECISION.c}), row["code"])
        for row in rows
    }


def read_holders(work: Work, table: Table, keys: Iterable[str], *, access: Access) -> dict[str, frozenset[int]]:
    """Say which enterprises have a record of each key."""
    sql, wanted = EVIDENCE[table.name], sorted(set(keys))
    found: dict[str, set[int]] = {}
    for start in range(0, len(wanted), CHUNK):
        query = select(sql.c.record_key, sql.c.enterprise_id).where(sql.c.record_key.in_(wanted[start : start + CHUNK]))
        for key, number in work.connection.execute(query):
            found.setdefault(key, set()).add(number)
    return {key: frozenset(numbers) for key, numbers in found.items()}


def find_doubt(work: Work, doubt_id: int) -> Doubt | None:
    """Find one entry of the queue."""
    return next(iter(_doubts(work, DOUBTFUL_NAME.c.id == doubt_id)), None)


def list_doubts(work: Work, state: str | None = None) -> list[Doubt]:
    """List the queue in the order in which names were first met, of one state or all."""
    return _doubts(work, *([] if state is None else [DOUBTFUL_NAME.c.state == state]))


def _doubts(work: Work, *conditions: ColumnElement[bool]) -> list[Doubt]:
    rows = work.connection.execute(select(DOUBTFUL_NAME).where(*conditions).order_by(DOUBTFUL_NAME.c.id))
    return [Doubt(**row._mapping) for row in rows]


def read_candidates(work: Work, doubt_ids: Sequence[int]) -> dict[int, list[StoredCandidate]]:
    """Give each entry's candidates, the nearest first."""
    columns = NAME_CANDIDATE.c
    query = select(NAME_CANDIDATE).order_by(columns.doubt_id, columns.score.desc(), columns.enterprise_id)
    wanted, found = set(doubt_ids), {one: list[StoredCandidate]() for one in doubt_ids}
    for row in work.connection.execute(query).mappings():
        if row["doubt_id"] in wanted:
            said = {name: row[name] for name in ("enterprise_id", "name", "score", "why")}
            found[row["doubt_id"]].append(StoredCandidate(**said))
    return found


def read_last_decisions(work: Work) -> dict[int, NameDecision]:
    """Give the last decision about each entry that has one, whether or not it still holds."""
    rows = work.connection.execute(select(NAME_DECISION).order_by(NAME_DECISION.c.version))
    return {row.doubt_id: NameDecision(**row._mapping) for row in rows}


def read_doubtful_rows(work: Work, doubt_id: int | None = None) -> pd.DataFrame:
    """List rows that hang on decisions, of one entry or all.

    Shapes: doubt_id, batch_id (where the row was met), file_row, draft, taken_batch_id, file_name.
    """
    columns = [DOUBTFUL_ROW.c[name] for name in ("doubt_id", "batch_id", "file_row", "draft", "taken_batch_id")]
    query: Select[Any] = select(*columns, BATCH.c.file_name).join(BATCH, BATCH.c.id == DOUBTFUL_ROW.c.batch_id)
    if doubt_id is not None:
        query = query.where(DOUBTFUL_ROW.c.doubt_id == doubt_id)
    rows = work.connection.execute(query.order_by(DOUBTFUL_ROW.c.batch_id, DOUBTFUL_ROW.c.file_row)).all()
    names = ["doubt_id", "batch_id", "file_row", "draft", "taken_batch_id", "file_name"]
    return pd.DataFrame([tuple(row) for row in rows], columns=names)


def read_rows_in_doubt(work: Work, list_name: str, file_sha256: str) -> dict[int, str]:
    """Say of a file's rows that wait in which batch they were first met: file row -> batch."""
    query = (
        select(DOUBTFUL_ROW.c.file_row, DOUBTFUL_ROW.c.batch_id)
        .join(BATCH, BATCH.c.id == DOUBTFUL_ROW.c.batch_id)
        .where(BATCH.c.file_sha256 == file_sha256, BATCH.c.list == list_name, DOUBTFUL_ROW.c.taken_batch_id.is_(None))
    )
    return {row.file_row: row.batch_id for row in work.connection.execute(query)}


def remember_doubt(work: Work, *, list_name: str, names_key: str, said: Sequence[str], code: str, message: str) -> int:
    """Put a name into the queue, or find it there; a decision that no longer fits is asked for again."""
    here = (DOUBTFUL_NAME.c.list == list_name, DOUBTFUL_NAME.c.names_key == names_key)
    told = {"code": code, "message": message, "state": WAITING}
    found: int | None = work.connection.scalar(select(DOUBTFUL_NAME.c.id).where(*here))
    if found is not None:
        work.connection.execute(update(DOUBTFUL_NAME).where(*here).values(**told))
        return found
    former = said[1] if len(said) > 1 else None
    values = told | {"list": list_name, "names_key": names_key, "name": said[0], "former_name": former, "version": 0}
    key = work.connection.execute(insert(DOUBTFUL_NAME).values(**values)).inserted_primary_key
    return int(key[0]) if key else 0


def write_candidates(work: Work, doubt_id: int, candidates: Iterable[StoredCandidate]) -> None:
    """Replace an entry's candidates."""
    work.connection.execute(delete(NAME_CANDIDATE).where(NAME_CANDIDATE.c.doubt_id == doubt_id))
    rows = [{"doubt_id": doubt_id} | asdict(one) for one in candidates]
    if rows:
        work.connection.execute(insert(NAME_CANDIDATE), rows)


def write_doubtful_rows(work: Work, rows: Sequence[DoubtfulRow]) -> None:
    """Keep rows that hang on a decision."""
    if rows:
        work.connection.execute(insert(DOUBTFUL_ROW), [asdict(row) for row in rows])


def mark_taken(work: Work, rows: Mapping[int, str], taken_batch_id: str | None) -> None:
    """Say that rows (file row -> batch where they were first met) were taken in by a batch, or wait again."""
    for file_row, batch_id in rows.items():
        here = (DOUBTFUL_ROW.c.batch_id == batch_id, DOUBTFUL_ROW.c.file_row == file_row)
        work.connection.execute(update(DOUBTFUL_ROW).where(*here).values(taken_batch_id=taken_batch_id))


def write_matches(work: Work, rows: Sequence[Mapping[str, object]]) -> None:
    """Keep on what basis rows were given to their enterprises: the columns of `name_match`."""
    if rows:
        work.connection.execute(insert(NAME_MATCH), list(rows))


def read_matches(work: Work, batch_id: str) -> pd.DataFrame:
    """List on what basis a batch's rows were given to enterprises, where it was not the very name.

    Shapes: file_row, enterprise_id, name, basis, decision_id.
    """
    columns = [NAME_MATCH.c[name] for name in ("file_row", "enterprise_id", "name", "basis", "decision_id")]
    rows = work.connection.execute(select(*columns).where(NAME_MATCH.c.batch_id == batch_id)).all()
    return pd.DataFrame([tuple(row) for row in rows], columns=[column.name for column in columns])


def read_standing(work: Work, doubt_id: int) -> pd.DataFrame:
    """List the rows that stand by a decision about an entry: batch_id, file_row, enterprise_id."""
    taken = and_(
        DOUBTFUL_ROW.c.taken_batch_id == NAME_MATCH.c.batch_id, DOUBTFUL_ROW.c.file_row == NAME_MATCH.c.file_row
    )
    columns = [NAME_MATCH.c[name] for name in ("batch_id", "file_row", "enterprise_id")]
    query = (
        select(*columns, DOUBTFUL_ROW.c.batch_id.label("met_batch_id"))
        .join(DOUBTFUL_ROW, taken)
        .where(DOUBTFUL_ROW.c.doubt_id == doubt_id, NAME_MATCH.c.decision_id.is_not(None))
    )
    rows = work.connection.execute(query).all()
    return pd.DataFrame([tuple(row) for row in rows], columns=["batch_id", "file_row", "enterprise_id", "met_batch_id"])


def add_decision(
    work: Work, doubt: Doubt, *, enterprise_id: int | None, actor: str, audit: AuditEvent
) -> NameDecision | None:
    """Decide about an entry as it was read; None where another decision was taken since."""
    version = doubt.version + 1
    unchanged = (DOUBTFUL_NAME.c.id == doubt.id, DOUBTFUL_NAME.c.version == doubt.version)
    changed = work.connection.execute(update(DOUBTFUL_NAME).where(*unchanged).values(state=DECIDED, version=version))
    if changed.rowcount != 1:
        return None
    said = {"doubt_id": doubt.id, "version": version, "enterprise_id": enterprise_id, "actor": actor}
    key = work.connection.execute(insert(NAME_DECISION).values(**said, decided_at=work.at)).inserted_primary_key
    work.record(audit)
    return NameDecision(id=int(key[0]) if key else 0, **said, decided_at=work.at)  # type: ignore[arg-type] # as inserted


def newest_recording(work: Work) -> datetime | None:
    """Return the instant of the newest batch."""
    newest: datetime | None = work.connection.scalar(select(func.max(BATCH.c.recorded_at)))
    return newest
