"""Which borrowers give cause for concern, who is told, and what was done about it (贷后预警)?

Warnings follow from the evidence each time they are asked for; only what people did about them is stored.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from data.spec.access import BUREAU, Access, Purpose, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.consent import Consent, Permission
from data.spec.errors import DayInFuture, Refusal
from data.spec.events import EventType, ExchangeEvent
from data.spec.identifiers import Scheme
from data.spec.progress import Progress, Silent
from data.spec.tables.conduct import conduct_record, guarantee
from data.spec.tables.lending import loan
from data.spec.versions import latest_known
from data.store.batches import batches_known
from data.store.consents import list_consents
from data.store.outbox_reads import announced
from data.store.reads import Enterprise, name_enterprises, read_batches, read_events, read_numbers
from data.store.warnings import StoredAcknowledgement, read_acknowledgements, write_acknowledgement
from data.store.work import Work
from features.tables.guarantee_graph import DISTRESS
from risk.assessment import Source
from risk.consent import find_holding
from risk.warning_report import SEVERITY_LABELS, Acknowledged, Outcome, RiskWarning, Told, ToldWarning, WatchReport
from risk.warning_rules import RULES, WATCHED_TABLES, WarningRule, exposed, find_signals, read_warning_limits

DUTY, OWN, CONSENT = "履职", "本行报送", "企业授权"
BUREAU_NAME = "市科技局"


class WarningUnknown(Refusal):
    """No warning has this number."""

    code = "warning-unknown"
    status = 404


class SinceMisplaced(Refusal):
    """The first day asked for is not before the day of the question."""

    code = "since-misplaced"


@dataclass(frozen=True, kw_only=True)
class Watched:
    """Hold what the evidence says by a day: who owes, the signals about them, and the ring of guarantees.

    Shapes: signals as `find_signals`, of firms that owed something on the day of the signal and still do; owed and
    guarantees the latest known rows, `guaranteed` the internal number of the firm, NaN for one that is not known.
    """

    day: pd.Timestamp
    owed: pd.DataFrame
    signals: pd.DataFrame
    guarantees: pd.DataFrame
    distressed: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class _Looked:
    """Hold what was read once for all warnings."""

    watched: Watched
    firms: Mapping[int, Enterprise]
    files: Mapping[str, str]
    consents: Mapping[tuple[str, int], Consent | None]
    names: Mapping[str, str]
    done: Mapping[str, StoredAcknowledgement]


def list_warnings(  # noqa: PLR0913 # Who asks, of which days, and the two ways to narrow the list.
    work: Work,
    *,
    as_of: date,
    since: date,
    demonstration: bool,
    access: Access,
    progress: Progress,
    batch_id: str | None = None,
    only: str | None = None,
) -> WatchReport:
    """Return the warnings about borrowers that became known in [since, as_of), the latest and gravest first.

    A borrower owes something on the day of the warning and on `as_of`; `batch_id` keeps what the rows of one batch
    told, `only` the one of a number. Raises DayInFuture, SinceMisplaced.
    """
    if as_of > access.at.date():
        raise DayInFuture(f"{as_of}还没有到来，本库的今天是{access.at.date()}。", help="请改用今天或更早的日期。")
    if since >= as_of:
        raise SinceMisplaced(f"起始日{since}不早于评估日{as_of}。", help="请把 --since 写得更早。")
    watched = watch(work, as_of=as_of, access=access, progress=progress)
    found = watched.signals[watched.signals["known_on"] >= pd.Timestamp(since)]
    if batch_id is not None:
        found = found[found["batch_id"] == batch_id]
    if only is not None:
        found = found[_numbered(work, found, access=access) == only.strip().upper()]
    looked = _look(work, watched, found, access=access)
    told = [_warning(row, RULES[str(row["rule"])], looked) for row in found.to_dict("records")]
    return WatchReport(
        as_of=as_of,
        since=since,
        demonstration=demonstration,
        borrowers=int(watched.owed["enterprise_id"].nunique()),
        warnings=tuple(sorted(told, key=order_of)),
    )


def watch(work: Work, *, as_of: date, access: Access, progress: Progress) -> Watched:
    """Look at every borrower by what was known before a day; remembered for as long as no batch comes in.

    The bureau watches: access opens everything, whosever warnings are then told.
    """

    def look() -> Watched:
        progress.stage("读取证据")
        events = read_events(work, [*WATCHED_TABLES, loan.name], access=access)
        progress.stage("查找预警", 1)
        found = _watched(events, read_numbers(work, Scheme.USCC, access=access), as_of)
        progress.advance()
        return found

    return work.recall(("watched", as_of, access.categories, batches_known(work)), look)


def _watched(events: Mapping[str, pd.DataFrame], numbers: Mapping[str, int], as_of: date) -> Watched:
    day = pd.Timestamp(as_of)
    loans = latest_known(events[loan.name], day)
    owed = _open(loans, as_of)
    found = find_signals(events, read_warning_limits(as_of), as_of=as_of)
    conduct = latest_known(events[conduct_record.name], day)
    held = conduct[conduct["kind"].isin(DISTRESS) & ~(conduct["removed_on"] <= day)]
    ring = latest_known(events[guarantee.name], day)
    return Watched(
        day=day,
        owed=owed,
        signals=found[exposed(loans, found) & found["enterprise_id"].isin(set(owed["enterprise_id"]))],
        guarantees=ring.assign(guaranteed=ring["guaranteed"].map(numbers)),
        distressed=frozenset(held["enterprise_id"]),
    )


def order_of(warning: RiskWarning) -> tuple[int, int, str]:
    """Return what warnings are ordered by: the latest first, of a day the gravest."""
    return -warning.known_on.toordinal(), -warning.severity, warning.id


def acknowledge(work: Work, warning: RiskWarning, *, outcome: Outcome, note: str, access: Access) -> RiskWarning:
    """Keep what the institution did about a warning; what it did before stays in the record. Never commits."""
    done = StoredAcknowledgement(
        warning_id=warning.id,
        tenant=access.tenant,
        actor=access.actor,
        outcome=str(outcome),
        note=note,
        recorded_at=access.at,
    )
    audit = AuditEvent(
        tenant=access.tenant,
        actor=access.actor,
        action=Action.WARNING_ACKNOWLEDGED,
        object_id=warning.id,
        at=access.at,
        details={"rule": warning.rule, "outcome": str(outcome)},
    )
    write_acknowledgement(work, done, audit=audit)
    return replace(warning, acknowledged=_acknowledged(done))


def warnings_told(report: WatchReport, institution: str) -> tuple[ToldWarning, ...]:
    """Return the warnings that an institution is told, each with its own ground and rows and nobody else's. Pure."""
    return tuple(
        ToldWarning(warning=one, ground=told.ground, evidence=told.evidence)
        for one in report.warnings
        for told in one.told
        if told.institution == institution
    )


def announce_warnings(work: Work) -> int:
    """Tell institutions, each once, of the warnings of the last days that concern them; return how many there were.

    The bureau raises the warnings itself and is not told. Never commits.
    """
    today = work.at.date()
    since = today - timedelta(days=int(read_warning_limits(today)["announced_days"]))
    access = bureau_access(BUREAU, at=work.at, purpose=Purpose.MONITORING)
    report = list_warnings(work, as_of=today, since=since, demonstration=False, access=access, progress=Silent())
    said = announced(work, EventType.WARNING_RAISED, [one.id for one in report.warnings])
    new = [one for one in report.warnings if one.id not in said]
    for one in new:
        for told in one.told:
            if told.institution != BUREAU:
                work.announce(
                    ExchangeEvent(tenant=told.institution, type=EventType.WARNING_RAISED, object_id=one.id, at=work.at)
                )
    return len(new)


def warning_of(report: WatchReport, id: str) -> RiskWarning:
    """Return a warning of a report by its number; raise WarningUnknown."""
    for one in report.warnings:
        if one.id == id.strip().upper():
            return one
    raise WarningUnknown(f"没有编号为“{id}”的预警。", help="编号见 lukeping watch；较早的请加 --since。")


def _open(loans: pd.DataFrame, as_of: date) -> pd.DataFrame:
    day = pd.Timestamp(as_of)
    return loans[(loans["disbursed_on"] < day) & ~(loans["settled_on"] < day)]


def _look(work: Work, watched: Watched, found: pd.DataFrame, *, access: Access) -> _Looked:
    batches = read_batches(work)
    firms = set(found["enterprise_id"])
    owed = watched.owed[watched.owed["enterprise_id"].isin(firms) & (watched.owed["owner"] != BUREAU)]
    pairs = owed[["owner", "enterprise_id"]].drop_duplicates().itertuples(index=False, name=None)
    given = {(bank, firm): _monitored(work, bank, int(firm), at=access.at) for bank, firm in pairs}
    named = watched.owed.drop_duplicates("owner")
    return _Looked(
        watched=watched,
        firms=name_enterprises(work, [int(firm) for firm in firms], access=access),
        files=dict(zip(batches["id"], batches["file_name"], strict=True)),
        consents=given,
        names=dict(zip(named["owner"], named["bank"], strict=True)),
        done=read_acknowledgements(work, tenant=access.tenant),
    )


def _monitored(work: Work, bank: str, firm: int, *, at: datetime) -> Consent | None:
    given = list_consents(work, grantee=bank, enterprise_id=firm)
    return find_holding(given, purpose=Purpose.MONITORING, at=at, permission=Permission.MONITORING)


def _warning(row: Mapping[Any, Any], rule: WarningRule, looked: _Looked) -> RiskWarning:
    firm = int(row["enterprise_id"])
    named = looked.firms[firm]
    identifier = str(named.identifier)
    told, withheld = _told(row, rule, looked)
    id = _id(rule.name, identifier, str(row["key"]))
    done = looked.done.get(id)
    return RiskWarning(
        id=id,
        rule=rule.name,
        label=rule.label,
        severity=int(row["severity"]),
        severity_label=SEVERITY_LABELS[int(row["severity"])],
        enterprise_name=named.name,
        identifier=identifier,
        happened_on=row["happened_on"].date(),
        known_on=row["known_on"].date(),
        sentence=_sentence(rule, row["value"]),
        bare=rule.bare,
        told=told,
        withheld=withheld,
        acknowledged=None if done is None else _acknowledged(done),
    )


def _id(*parts: str) -> str:
    """Return a number that the same event always bears."""
    return "W" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:10].upper()


def _numbered(work: Work, found: pd.DataFrame, *, access: Access) -> "pd.Series[str]":
    """Return the number of each signal's warning."""
    firms = name_enterprises(work, [int(firm) for firm in set(found["enterprise_id"])], access=access)
    parts = zip(found["rule"], found["enterprise_id"], found["key"], strict=True)
    numbers = [_id(RULES[str(rule)].name, str(firms[int(firm)].identifier), str(key)) for rule, firm, key in parts]
    return pd.Series(numbers, index=found.index, dtype="str")


def _sentence(rule: WarningRule, value: float) -> str:
    if not rule.say or (pd.isna(value) and "{value" in rule.say):
        return rule.label
    said = f"{value:,.2f}元" if rule.say == "{value}" else rule.say.format(value=value)
    return f"{rule.label}：{said}"


def _told(row: Mapping[Any, Any], rule: WarningRule, looked: _Looked) -> tuple[tuple[Told, ...], int]:
    """Return whom a warning is told to: the bureau, and the firm's banks as far as they may know.

    A bank knows what it reported itself, and what the firm's consent to monitoring opens.
    """
    firm = int(row["enterprise_id"])
    banks = sorted(set(looked.watched.owed.loc[looked.watched.owed["enterprise_id"] == firm, "owner"]) - {BUREAU})
    rows = _behind(firm, looked) if rule.bare else [row]
    told = [Told(institution=BUREAU, name=BUREAU_NAME, ground=DUTY, evidence=_evidence(rows, rule, looked, BUREAU))]
    for bank in banks:
        own = any(one["owner"] == bank for one in rows)
        consent = looked.consents[bank, firm]
        opened = consent is not None and rule.table.group in consent.categories
        if own or opened:
            ground = OWN if own else CONSENT
            evidence = _evidence(rows, rule, looked, bank)
            told.append(Told(institution=bank, name=looked.names[bank], ground=ground, evidence=evidence))
    return tuple(told), len(banks) + 1 - len(told)


def _behind(firm: int, looked: _Looked) -> list[Mapping[Any, Any]]:
    """Return the guarantees that tie a firm to others in distress."""
    rows = looked.watched.guarantees
    other = rows["guaranteed"]
    given = (rows["enterprise_id"] == firm) & other.isin(looked.watched.distressed)
    taken = (other == firm) & rows["enterprise_id"].isin(looked.watched.distressed)
    return list(rows[(given | taken) & ~(rows["ended_on"] <= looked.watched.day)].to_dict("records"))


def _evidence(rows: Iterable[Mapping[Any, Any]], rule: WarningRule, looked: _Looked, reader: str) -> tuple[Source, ...]:
    """Return the rows that a reader may see: of a bare flag those it reported itself, else all."""
    table = guarantee if rule.bare else rule.table
    return tuple(
        Source(
            list_label=table.label,
            file=looked.files.get(str(row["batch_id"]), ""),
            batch_id=str(row["batch_id"]),
            file_row=int(row["file_row"]),
            known_on=row["known_on"].date(),
        )
        for row in rows
        if not rule.bare or row["owner"] == reader
    )


def _acknowledged(done: StoredAcknowledgement) -> Acknowledged:
    at: datetime = done.recorded_at
    return Acknowledged(outcome=Outcome(done.outcome), note=done.note, by=done.actor, at=at)
