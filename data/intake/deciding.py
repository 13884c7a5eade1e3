"""What happens when a person says which enterprise a doubtful name means, or that it means none?

The rows that waited come in without their file, as batches of their own, and rows of an earlier decision about the
name are withdrawn: all of it in one transaction, or nothing.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from data.intake.batch import ZONE, BatchReport, Source, take_rows
from data.intake.doubts import frame_of_drafts
from data.intake.files import registers_names
from data.intake.list_file import ListFile
from data.intake.lists import LISTS
from data.intake.withdrawing import withdraw_standing
from data.spec.access import BUREAU, Access, Purpose, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.errors import Refusal
from data.spec.identifiers import Identifier
from data.store import Store, Work
from data.store.batches import find_batch_by_id
from data.store.doubts import (
    DECIDED,
    Doubt,
    NameDecision,
    add_decision,
    find_doubt,
    newest_recording,
    read_doubtful_rows,
    read_last_decisions,
)
from data.store.reads import Enterprise, find_enterprise, read_enterprises

INSTANT = timedelta(milliseconds=1)


class DoubtUnknown(Refusal):
    """There is no such entry in the queue of names."""

    code = "doubt-unknown"
    status = 404


class NameDecided(Refusal):
    """A person has decided about this name already."""

    code = "name-decided"
    status = 409


@dataclass(frozen=True, kw_only=True)
class DecisionReport:
    """Tell what came of a decision.

    `doubt` is the entry as it now stands: it waits again where the register has come to say otherwise.
    `enterprise` is None where no enterprise is meant; `batches` are the rows that came in; `withdrawn` counts
    the rows taken back from the enterprise decided before; `waiting` those that stay aside.
    """

    doubt: Doubt
    decision: NameDecision
    enterprise: Enterprise | None
    batches: tuple[BatchReport, ...]
    withdrawn: int
    waiting: int
    notes: tuple[str, ...] = ()


def decide_name(
    store: Store, doubt_id: int, *, enterprise: Identifier | None, at: datetime, actor: str, revise: bool = False
) -> DecisionReport:
    """Decide which enterprise a name of a list means, None for none of them, and do what follows.

    `revise` takes an earlier decision back. Raises DoubtUnknown, EnterpriseUnknown, or NameDecided: decided
    before and not to be revised, decided the same, or decided by another person meanwhile.
    """
    at = _after_all(store, at)
    access = bureau_access(actor, at=at, purpose=Purpose.INTAKE)
    with store.work(at=at) as work:
        doubt = find_doubt(work, doubt_id)
        if doubt is None:
            raise DoubtUnknown(f"待认定名称中没有编号 {doubt_id}。", help="请用 lukeping names 查看编号。")
        meant = None if enterprise is None else find_enterprise(work, enterprise, access=access)
        _check_open(work, doubt, meant, revise=revise, access=access)
        decision = _decide(work, doubt, meant, actor=actor)
        withdrawn = withdraw_standing(work, doubt, table=LISTS[doubt.list].table, actor=actor)
        today = store.today or at.astimezone(ZONE).date()
        batches = [] if meant is None else _take_waiting(work, doubt, today=today, actor=actor)
        left = read_doubtful_rows(work, doubt.id)["taken_batch_id"].isna().sum()
        after = find_doubt(work, doubt_id) or doubt
        work.commit()
    return DecisionReport(
        doubt=after,
        decision=decision,
        enterprise=meant,
        batches=tuple(batches),
        withdrawn=withdrawn,
        waiting=int(left),
        notes=_notes(LISTS[doubt.list], withdrawn),
    )


def _after_all(store: Store, at: datetime) -> datetime:
    """Return the instant, or one after everything recorded where a demonstration's clock was set back.

    What withdraws a row has to be recorded after it.
    """
    with store.work(at=at, read_only=True) as work:
        newest = newest_recording(work)
    return at if newest is None else max(at, newest + INSTANT)


def _check_open(work: Work, doubt: Doubt, meant: Enterprise | None, *, revise: bool, access: Access) -> None:
    last = read_last_decisions(work).get(doubt.id)
    if doubt.state != DECIDED or last is None:
        return
    same = last.enterprise_id == (None if meant is None else meant.id)
    if same or not revise:
        when = last.decided_at.astimezone(ZONE)
        raise NameDecided(
            f"“{doubt.name}”已由 {last.actor} 于 {when:%Y-%m-%d %H:%M} 认定为：{_said(work, last, access)}。",
            help="认定没有变化，无须重复。" if same else "如需改判，请加 --revise；原来入库的行会撤回。",
        )


def _said(work: Work, decision: NameDecision, access: Access) -> str:
    if decision.enterprise_id is None:
        return "不是库中的任何企业"
    known = read_enterprises(work, access=access)
    one = known[known["enterprise_id"] == decision.enterprise_id].to_dict("records")[0]
    return f"{one['name']}（{one['value']}）"


def _decide(work: Work, doubt: Doubt, meant: Enterprise | None, *, actor: str) -> NameDecision:
    audit = AuditEvent(
        tenant=BUREAU,
        actor=actor,
        action=Action.NAME_RECONSIDERED if doubt.version else Action.NAME_DECIDED,
        object_id=str(doubt.id),
        at=work.at,
        details={"list": doubt.list, "version": doubt.version + 1, "enterprise": None if meant is None else meant.id},
    )
    decision = add_decision(work, doubt, enterprise_id=None if meant is None else meant.id, actor=actor, audit=audit)
    if decision is None:
        raise NameDecided(f"“{doubt.name}”刚刚由另一人作了认定。", help="请重新查看 lukeping names --decided。")
    return decision


def _take_waiting(work: Work, doubt: Doubt, *, today: date, actor: str) -> list[BatchReport]:
    """Take the rows that wait in, file by file."""
    rows = read_doubtful_rows(work, doubt.id)
    waiting = rows[rows["taken_batch_id"].isna()]
    return [
        take_rows(
            work,
            _source(work, doubt, str(batch_id), number),
            frame_of_drafts(part["file_row"].tolist(), part["draft"].tolist()),
            met=dict.fromkeys(part["file_row"].tolist(), str(batch_id)),
            today=today,
            actor=actor,
        )
        for number, (batch_id, part) in enumerate(waiting.groupby("batch_id"))
    ]


def _source(work: Work, doubt: Doubt, batch_id: str, number: int) -> Source:
    declared, batch = LISTS[doubt.list], find_batch_by_id(work, batch_id)
    # The batch is a part of its file: under the file's own hash the file would count as loaded whole.
    part = f"{batch.file_sha256}:{doubt.id}:{doubt.version}:{number}"
    return Source(
        list=declared.name,
        label=declared.label,
        table=declared.table,
        file_name=batch.file_name,
        file_sha256=hashlib.sha256(part.encode()).hexdigest(),
        known_on=batch.known_on,
        checks=declared.checks,
        doubts=declared.doubts,
        registers=registers_names(declared),
        amends=declared.amends,
    )


def _notes(declared: ListFile, withdrawn: int) -> tuple[str, ...]:
    if withdrawn and registers_names(declared):
        return ("更名公告登记过的企业名称不随之收回，请核对企业名录。",)
    return ()
