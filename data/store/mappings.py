"""What was a header of a source confirmed to mean, and when was that forgotten?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select

from data.spec.audit import AuditEvent
from data.store.orm import HEADER_MAPPING
from data.store.work import Work


@dataclass(frozen=True, kw_only=True)
class HeaderMapping:
    """Say what a header of one list from one source means; no meaning forgets what was said before.

    `source` names the office that sends the files, "" for any; `meaning` a column or a role of the list.
    """

    list: str
    source: str
    header: str
    meaning: str | None
    actor: str


def read_mappings(work: Work) -> list[HeaderMapping]:
    """List what holds now: of each list, source and header the last record, unless that one forgets."""
    rows = work.connection.execute(select(HEADER_MAPPING).order_by(HEADER_MAPPING.c.id)).all()
    last = {(row.list, row.source, row.header): row for row in rows}
    return [
        HeaderMapping(list=row.list, source=row.source, header=row.header, meaning=row.meaning, actor=row.actor)
        for _, row in sorted(last.items())
        if row.meaning is not None
    ]


def write_mappings(work: Work, mappings: Sequence[HeaderMapping], *, audit: AuditEvent) -> None:
    """Add records; none that stands is ever changed."""
    for one in mappings:
        work.connection.execute(
            insert(HEADER_MAPPING).values(
                list=one.list,
                source=one.source,
                header=one.header,
                meaning=one.meaning,
                actor=one.actor,
                recorded_at=work.at,
            )
        )
    work.record(audit)
