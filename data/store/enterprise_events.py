"""What is known of one enterprise, read in as few trips as there are tables that know it?"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, bindparam, exists, false, literal, select, true, union_all
from sqlalchemy.sql.selectable import CompoundSelect

from data.spec.access import BUREAU, Access
from data.spec.tables import TABLES
from data.store.frames import STORED_COMMON, RawTable, stored_columns
from data.store.orm import BATCH, EVIDENCE, naive_utc
from data.store.work import Work


class EnterpriseEvents(Mapping[str, pd.DataFrame]):
    """Be the frames of `read_events` for one enterprise, each made when asked for; the engine asks for columns."""

    def __init__(self, tables: Mapping[str, RawTable]) -> None:
        self._tables = tables
        self._frames: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._frames:
            self._frames[name] = self._tables[name].frame()
        return self._frames[name]

    def __contains__(self, name: object) -> bool:
        return name in self._tables

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    @property
    def last_recorded_at(self) -> datetime | None:
        """Return the instant of the latest row, None where there is none."""
        latest = [table.column("recorded_at").max() for table in self._tables.values() if len(table)]
        return max(latest).item().replace(tzinfo=UTC) if latest else None

    def columns(self, name: str) -> RawTable:
        """Return the rows of one table, column by column."""
        return self._tables[name]


def read_enterprise_events(
    work: Work,
    enterprise: int,
    *,
    access: Access,
    tables: Iterable[str] | None = None,
    recorded_before: datetime | None = None,
) -> EnterpriseEvents:
    """Read the rows of one enterprise, every version of them, in the tables named or in all that access opens.

    Shapes: as `data.store.reads.read_events`.
    """
    opened_to = access.categories
    everything = (name for name, table in TABLES.items() if opened_to is None or table.group in opened_to)
    names = tuple(everything if tables is None else tables)
    opened = tuple(_is_open(name, access) for name in names)
    asked = {"enterprise": enterprise, "tenant": access.tenant}
    knowing = {name for (name,) in _rows(work, _knowing(names, opened), asked)}
    if recorded_before is not None:
        asked["before"] = recorded_before
    rows = {
        name: _rows(work, _query(name, open_, recorded_before is not None), asked) if name in knowing else []
        for name, open_ in zip(names, opened, strict=True)
    }
    instants = _instants(work, {row[_BATCH_PLACE] for found in rows.values() for row in found})
    return EnterpriseEvents({name: RawTable(TABLES[name], rows[name], instants) for name in names})


def _rows(work: Work, query: Any, asked: Mapping[str, object]) -> list[tuple[Any, ...]]:
    return list(work.connection.execute(query, dict(asked)).cursor.fetchall())


def _instants(work: Work, batches: Collection[str]) -> dict[str, object]:
    if not batches:
        return {}
    return {id: naive_utc(at) for id, at in work.connection.execute(_BATCHES, {"batches": sorted(batches)})}


_BATCHES = select(BATCH.c.id, BATCH.c.recorded_at).where(BATCH.c.id.in_(bindparam("batches", expanding=True)))
_BATCH_PLACE = STORED_COMMON.index("batch_id")


def _is_open(name: str, access: Access) -> bool:
    return access.tenant == BUREAU or access.categories is None or TABLES[name].group in access.categories


def _own(name: str, open_: bool) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    rows = EVIDENCE[name].c
    return rows.enterprise_id == bindparam("enterprise"), true() if open_ else rows.owner == bindparam("tenant")


@cache
def _knowing(names: tuple[str, ...], opened: tuple[bool, ...]) -> CompoundSelect[tuple[str]]:
    """Ask which tables have a row of the enterprise at all; the statement is built once."""
    pairs = zip(names, opened, strict=True)
    return union_all(
        *(select(literal(name)).where(exists().where(*_own(name, open_))) for name, open_ in pairs),
        select(literal("")).where(false()),
    )


@cache
def _query(name: str, open_: bool, replaying: bool) -> Select[Any]:
    sql = EVIDENCE[name]
    query = select(*(sql.c[column] for column in stored_columns(TABLES[name]))).where(*_own(name, open_))
    if replaying:
        query = query.where(sql.c.batch_id.in_(select(BATCH.c.id).where(BATCH.c.recorded_at < bindparam("before"))))
    return query.order_by(sql.c.row_id)
