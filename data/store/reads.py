"""What is known about enterprises, and to whom may it be said?"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Select, select, true

from data.spec.access import BUREAU, Access
from data.spec.errors import EnterpriseUnknown
from data.spec.identifiers import Identifier, Scheme
from data.spec.table import Table
from data.spec.tables import TABLES
from data.store.batches import QUARANTINE_COLUMNS
from data.store.frames import DAY, empty_frame, frame_of_rows, read_column, stored_columns
from data.store.names import gone_names
from data.store.orm import BATCH, ENTERPRISE, ENTERPRISE_NAME, EVIDENCE, IDENTIFIER, QUARANTINE, naive_utc
from data.store.work import Work

MANY = 500
"""From so many enterprises on a span of numbers is read and the rest left out, instead of a long IN."""


@dataclass(frozen=True)
class Enterprise:
    """Name one enterprise: its internal number, latest name, the identifier asked for, and its kind."""

    id: int
    name: str
    identifier: Identifier
    kind: str


def find_enterprise(work: Work, identifier: Identifier, *, access: Access) -> Enterprise:
    """Find the enterprise that carries an identifier.

    Who exists is public; access is asked so that no question goes unexplained. Raises EnterpriseUnknown.
    """
    row = work.connection.execute(
        select(ENTERPRISE.c.id, ENTERPRISE.c.kind)
        .join(IDENTIFIER, IDENTIFIER.c.enterprise_id == ENTERPRISE.c.id)
        .where(IDENTIFIER.c.scheme == str(identifier.scheme), IDENTIFIER.c.value == identifier.value)
    ).first()
    if row is None:
        raise EnterpriseUnknown(
            f"本库中没有标识为“{identifier}”的企业。", help="请核对代码，或先导入含有该企业的企业名录。"
        )
    names = work.connection.scalars(
        select(ENTERPRISE_NAME.c.name)
        .where(ENTERPRISE_NAME.c.enterprise_id == row.id)
        .order_by(ENTERPRISE_NAME.c.since.desc(), ENTERPRISE_NAME.c.name)
    ).all()
    gone = gone_names(work, row.id)
    name = next((name for name in names if (row.id, name) not in gone), str(identifier))
    return Enterprise(row.id, name, identifier, row.kind)


def read_enterprises(work: Work, *, access: Access) -> pd.DataFrame:
    """List every enterprise once, with its latest name and its identifier (the credit code first).

    Shapes: enterprise_id int64, name, scheme, value, kind str; in the order of enterprise_id.
    """
    identifiers = read_identifiers(work, access=access)
    identifiers["other"] = identifiers["scheme"] != Scheme.USCC
    first = identifiers.sort_values(["enterprise_id", "other", "value"]).drop_duplicates("enterprise_id")
    names = read_names(work, access=access).sort_values(["since", "name"], ascending=[True, False])
    latest = names.drop_duplicates("enterprise_id", keep="last")[["enterprise_id", "name"]]
    listed = first.merge(latest, on="enterprise_id", how="left")
    return listed[["enterprise_id", "name", "scheme", "value", "kind"]].reset_index(drop=True)


def name_enterprises(work: Work, numbers: Collection[int], *, access: Access) -> dict[int, Enterprise]:
    """Return enterprises by their internal numbers, each with its latest name and its credit code where it has one."""
    wanted = sorted(set(numbers))
    kinds = dict(
        work.connection.execute(select(ENTERPRISE.c.id, ENTERPRISE.c.kind).where(ENTERPRISE.c.id.in_(wanted))).all()
    )
    names: dict[int, str] = {}
    columns = ENTERPRISE_NAME.c
    for row in work.connection.execute(
        select(columns.enterprise_id, columns.name).where(columns.enterprise_id.in_(wanted)).order_by(columns.since)
    ):
        names[row.enterprise_id] = row.name
    found: dict[int, Enterprise] = {}
    for row in work.connection.execute(
        select(IDENTIFIER)
        .where(IDENTIFIER.c.enterprise_id.in_(wanted))
        .order_by(IDENTIFIER.c.scheme, IDENTIFIER.c.value)
    ):
        one, scheme = row.enterprise_id, Scheme(row.scheme)
        if one not in found or scheme is Scheme.USCC:
            identifier = Identifier(scheme, row.value)
            found[one] = Enterprise(one, names.get(one, str(identifier)), identifier, kinds[one])
    return found


def read_identifiers(work: Work, *, access: Access) -> pd.DataFrame:
    """List every identifier: enterprise_id, scheme, value, kind."""
    query = select(IDENTIFIER.c.enterprise_id, IDENTIFIER.c.scheme, IDENTIFIER.c.value, ENTERPRISE.c.kind).join(
        ENTERPRISE, ENTERPRISE.c.id == IDENTIFIER.c.enterprise_id
    )
    return _frame(work, query, {"enterprise_id": "int64", "scheme": "str", "value": "str", "kind": "str"})


def read_numbers(work: Work, scheme: Scheme, *, access: Access) -> dict[str, int]:
    """Map every identifier of a scheme to the enterprise's internal number."""
    query = select(IDENTIFIER.c.value, IDENTIFIER.c.enterprise_id).where(IDENTIFIER.c.scheme == str(scheme))
    return dict(_raw(work, query))


def read_named(work: Work, *, access: Access) -> frozenset[int]:
    """Say which enterprises have a name."""
    pairs = _raw(work, select(ENTERPRISE_NAME.c.enterprise_id, ENTERPRISE_NAME.c.name))
    gone = gone_names(work)
    return frozenset(number for number, name in pairs if (number, name) not in gone)


def read_names(work: Work, *, access: Access) -> pd.DataFrame:
    """List every name an enterprise has or had, by batches that count: enterprise_id, name, normalised, since."""
    columns = ENTERPRISE_NAME.c
    query = select(columns.enterprise_id, columns.name, columns.normalised, columns.since).order_by(
        columns.enterprise_id, columns.since, columns.name
    )
    names = _frame(work, query, {"enterprise_id": "int64", "name": "str", "normalised": "str", "since": DAY})
    gone = gone_names(work)
    if not gone:
        return names
    pairs = zip(names["enterprise_id"].tolist(), names["name"], strict=True)
    return names[[pair not in gone for pair in pairs]].reset_index(drop=True)


def read_lives(work: Work, *, access: Access, enterprises: Collection[int]) -> pd.DataFrame:
    """Say when enterprises were founded and deregistered, and who took them over, as the register last tells.

    Shapes: enterprise_id int64, founded_on and deregistered_on datetime64[s], successor str, a code; one row per
        enterprise registered.
    """
    register = EVIDENCE["enterprise_registration"].c
    columns = (register.enterprise_id, register.founded_on, register.deregistered_on, register.successor)
    about = _about(TABLES["enterprise_registration"], enterprises)
    query = select(*columns).where(about, register.withdrawn.is_(False)).order_by(register.known_on, register.row_id)
    wanted = {"enterprise_id": "int64", "founded_on": DAY, "deregistered_on": DAY, "successor": "str"}
    frame = _frame(work, query, wanted)
    return _only(frame, enterprises).drop_duplicates("enterprise_id", keep="last").reset_index(drop=True)


def read_events(
    work: Work,
    tables: Iterable[str],
    *,
    access: Access,
    enterprises: Collection[int] | None = None,
    recorded_before: datetime | None = None,
) -> dict[str, pd.DataFrame]:
    """Read the rows of the tables named that access opens, every version of them.

    Shapes: one frame per table with the common columns and the table's own (dtypes in `data.store.frames`);
        a table of which nothing is known is there, empty.
    """
    instants = _recorded_instants(work)
    events = {}
    for name in tables:
        table = TABLES[name]
        query = _query(table, access, recorded_before).where(_about(table, enterprises))
        events[name] = _only(frame_of_rows(table, _raw(work, query), instants), enterprises)
    return events


def read_versions(work: Work, name: str, keys: pd.DataFrame, *, access: Access) -> pd.DataFrame:
    """Read every version of certain records of a table, in the order in which they were recorded.

    Shapes: keys has enterprise_id and record_key; the answer is a frame as `read_events` gives it.
    """
    table, sql = TABLES[name], EVIDENCE[name]
    met = keys[keys["enterprise_id"] > 0]
    if met.empty:
        return empty_frame(table)
    about = _about(table, set(met["enterprise_id"].tolist()))
    visible = _visible(table, access)
    found = _raw(work, select(sql.c.row_id, sql.c.enterprise_id, sql.c.record_key).where(visible, about))
    wanted = set(zip(met["enterprise_id"].tolist(), met["record_key"].tolist(), strict=True))
    ids = sorted(row for row, enterprise, key in found if (enterprise, key) in wanted)
    query = _query(table, access, None)
    rows = [
        row
        for start in range(0, len(ids), MANY)
        for row in _raw(work, query.where(sql.c.row_id.in_(ids[start : start + MANY])))
    ]
    return frame_of_rows(table, rows, _recorded_instants(work))


def _query(table: Table, access: Access, recorded_before: datetime | None) -> Select[tuple[object, ...]]:
    sql = EVIDENCE[table.name]
    query = select(*(sql.c[name] for name in stored_columns(table))).where(_visible(table, access))
    if recorded_before is not None:
        recorded = select(BATCH.c.id).where(BATCH.c.recorded_at < recorded_before)
        query = query.where(sql.c.batch_id.in_(recorded))
    return query.order_by(sql.c.row_id)


def _visible(table: Table, access: Access) -> ColumnElement[bool]:
    opened = access.categories is None or table.group in access.categories
    if access.tenant == BUREAU or opened:
        return true()
    return EVIDENCE[table.name].c.owner == access.tenant


def _about(table: Table, enterprises: Collection[int] | None) -> ColumnElement[bool]:
    number = EVIDENCE[table.name].c.enterprise_id
    if enterprises is None:
        return true()
    if len(enterprises) < MANY:
        return number.in_([int(one) for one in enterprises])
    return number.between(int(min(enterprises)), int(max(enterprises)))


def _only(frame: pd.DataFrame, enterprises: Collection[int] | None) -> pd.DataFrame:
    if enterprises is None or len(enterprises) < MANY:
        return frame
    wanted = np.fromiter(enterprises, dtype="int64", count=len(enterprises))
    return frame[frame["enterprise_id"].isin(wanted)].reset_index(drop=True)


def _recorded_instants(work: Work) -> dict[str, object]:
    rows = work.connection.execute(select(BATCH.c.id, BATCH.c.recorded_at))
    return {row.id: naive_utc(row.recorded_at) for row in rows}


def read_batches(work: Work) -> pd.DataFrame:
    """List the batches in the order in which they were recorded."""
    rows = work.connection.execute(select(BATCH).order_by(BATCH.c.id)).all()
    return pd.DataFrame([tuple(row) for row in rows], columns=[column.name for column in BATCH.columns])


def read_quarantine(work: Work, batch_id: str | None = None) -> pd.DataFrame:
    """List rows that were set aside, of one batch or of all.

    Shapes: batch_id, file_row, code, message, raw (a JSON object of header and cell), columns (a JSON list of
        the bad cells' headers) and suggestion; the last two None where they were not kept.
    """
    columns = [QUARANTINE.c[name] for name in QUARANTINE_COLUMNS]
    query = select(*columns).order_by(QUARANTINE.c.batch_id, QUARANTINE.c.file_row, QUARANTINE.c.id)
    if batch_id is not None:
        query = query.where(QUARANTINE.c.batch_id == batch_id)
    rows = work.connection.execute(query).all()
    return pd.DataFrame([tuple(row) for row in rows], columns=[column.name for column in columns])


def _raw(work: Work, query: Select[Any]) -> Sequence[tuple[Any, ...]]:
    # The driver's own rows: making and converting the toolkit's costs more than the reading.
    rows: Sequence[tuple[Any, ...]] = work.connection.execute(query).cursor.fetchall()
    return rows


def _frame(work: Work, query: Select[Any], wanted: dict[str, str]) -> pd.DataFrame:
    rows = _raw(work, query)
    columns = zip(*rows, strict=True) if rows else ((),) * len(wanted)
    pairs = zip(wanted.items(), columns, strict=True)
    return pd.DataFrame({name: pd.Series(read_column(values, dtype), dtype=dtype) for (name, dtype), values in pairs})
