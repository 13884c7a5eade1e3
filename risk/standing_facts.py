"""Does an enterprise hold a title, lead a project, stand on a list on a day, and which row says so (资质核验)?

No score is needed. A day counts whole: what became known on it is known, and a state holds in [from, until).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from data.spec.access import Access
from data.spec.audit import Action, AuditEvent
from data.spec.missing import MISSING_LABELS, Missing
from data.spec.table import Absence
from data.spec.tables import TABLES
from data.spec.versions import latest_known
from data.store.deliveries import Delivery, read_deliveries
from data.store.enterprise_events import read_enterprise_events
from data.store.reads import Enterprise, read_batches
from data.store.work import Work
from risk.answering import Question
from risk.consent import authorise_indicators
from risk.fact_items import FACT_ITEMS, FactItem
from risk.found import FactAnswer, SourceRow, VerifiedFact

NEXT = pd.Timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Verified:
    """Name the enterprise and hold the answers about it, in the order asked."""

    enterprise: Enterprise
    facts: tuple[VerifiedFact, ...]


def verify_facts(work: Work, question: Question, items: Sequence[str]) -> Verified:
    """Answer each item about the enterprise on the question's day, and record the reading; never commits.

    Raises EnterpriseUnknown, DayInFuture, ConsentRequired, ConsentExpired, ConsentRevoked, PermissionRequired.
    """
    question.check_day()
    enterprise, access = authorise_indicators(
        work,
        question.identifier,
        tenant=question.tenant,
        actor=question.actor,
        purpose=question.purpose,
        at=work.at,
        as_of=question.as_of,
    )
    seen = _look(work, enterprise, access, items, question.as_of)
    work.record(
        AuditEvent(
            tenant=access.tenant,
            actor=access.actor,
            action=Action.FACTS_VERIFIED,
            object_id=f"enterprise-{enterprise.id}",
            at=work.at,
            details={"items": ",".join(items), "as_of": question.as_of.isoformat()},
        )
    )
    return Verified(enterprise=enterprise, facts=tuple(seen.answer(name, FACT_ITEMS[name]) for name in items))


def _look(work: Work, enterprise: Enterprise, access: Access, items: Sequence[str], day: date) -> "Seen":
    wanted = {FACT_ITEMS[name].table for name in items}
    open_ = [name for name in sorted(wanted) if access.categories is None or TABLES[name].group in access.categories]
    events = read_enterprise_events(work, enterprise.id, access=access, tables=open_)
    following = (pd.Timestamp(day) + NEXT).date()
    delivered = read_deliveries(work, before=following, recorded_before=None)
    batches = read_batches(work)
    files = zip(batches["id"], batches["source"], batches["file_name"], strict=True)
    return Seen(
        events={name: events[name] for name in open_},
        delivered=_newest(delivered),
        files={str(id): (str(source), str(file)) for id, source, file in files},
        day=day,
    )


def _newest(delivered: Mapping[str, Delivery]) -> dict[str, date]:
    newest: dict[str, date] = {}
    for one in delivered.values():
        newest[one.table] = max(one.known_on, newest.get(one.table, one.known_on))
    return newest


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Hold what may be seen of one enterprise: rows by table, how far each table's lists have come, and the files.

    Shapes: events as `data.store.reads.read_events`; a table that may not be read is absent.
    """

    events: Mapping[str, pd.DataFrame]
    delivered: Mapping[str, date]
    files: Mapping[str, tuple[str, str]]
    day: date

    def answer(self, name: str, item: FactItem) -> VerifiedFact:
        """Answer one item; unknown where its list may not be read, never came, or says nothing of firms it omits."""
        missing = self._missing(item)
        rows = [] if missing is Missing.NOT_AUTHORISED else self._holding(item)
        if rows:
            return self._yes(name, item, rows)
        if missing is not None:
            return self._unknown(name, item, missing)
        listed = TABLES[item.table].label
        return VerifiedFact(
            item=name,
            label=item.label,
            answer=FactAnswer.NO,
            sentence=f"《{listed}》（最新至{self.delivered[item.table]}）在{self.day}没有符合的记录。",
            list_label=listed,
            known_on=self.delivered[item.table],
        )

    def _missing(self, item: FactItem) -> Missing | None:
        if item.table not in self.events:
            return Missing.NOT_AUTHORISED
        if item.table not in self.delivered or TABLES[item.table].absence is not Absence.ZERO:
            return Missing.SOURCE_DOES_NOT_KNOW
        return None

    def _holding(self, item: FactItem) -> list[dict[str, Any]]:
        """Return the records that hold on the day, the one that holds longest first."""
        day = pd.Timestamp(self.day).as_unit("s")
        rows = latest_known(self.events[item.table], day + NEXT)
        rows = rows[rows["happened_on"] <= day]
        if not item.counted:
            rows = rows[rows["ended_on"].isna() | (rows["ended_on"] > day)]
        for column, words in item.where.items():
            rows = rows[rows[column].isin(words)]
        rows = rows.sort_values(["ended_on", "happened_on"], ascending=False, na_position="first", kind="stable")
        return [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]

    def _yes(self, name: str, item: FactItem, rows: Sequence[Mapping[str, Any]]) -> VerifiedFact:
        row, table = rows[0], TABLES[item.table]
        words = table.columns[item.value].choices or {}
        told = str(row[item.value])
        since, until = _day(row["happened_on"]), _day(row["ended_on"])
        counted = f"，共{len(rows)}条" if len(rows) > 1 else ""
        source, file = self.files[str(row["batch_id"])]
        return VerifiedFact(
            item=name,
            label=item.label,
            answer=FactAnswer.YES,
            sentence=f"《{table.label}》有符合的记录：{words.get(told, told)}{counted}。",
            value=Decimal(len(rows)) if item.counted else words.get(told, told),
            valid_from=since,
            valid_until=until,
            list_label=table.label,
            known_on=_day(row["known_on"]),
            row=SourceRow(list_label=source, file=file, batch_id=str(row["batch_id"]), file_row=int(row["file_row"])),
        )

    def _unknown(self, name: str, item: FactItem, missing: Missing) -> VerifiedFact:
        listed = TABLES[item.table].label
        reason = "库中没有这份名单" if item.table not in self.delivered else MISSING_LABELS[missing]
        reason = MISSING_LABELS[missing] if missing is Missing.NOT_AUTHORISED else reason
        return VerifiedFact(
            item=name,
            label=item.label,
            answer=FactAnswer.UNKNOWN,
            sentence=f"《{listed}》：{reason}；未知不等于没有。",
            list_label=listed,
            missing=str(missing),
        )


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else value.date()
