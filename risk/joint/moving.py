"""How is an application opened, read and moved on, by one person at a time?

Functions take `work` and never commit. A move says which version its maker saw.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from pydantic import TypeAdapter

from data.spec.access import BUREAU, Access, Purpose, bureau_access
from data.spec.audit import Action, AuditEvent
from data.spec.errors import DayInFuture, Refusal
from data.spec.events import EventType, ExchangeEvent
from data.store import applications as store
from data.store.applications import NewMove, StoredApplication
from data.store.assessments import read_assessment
from data.store.consents import list_consents
from data.store.institutions import find_institution
from data.store.reads import Enterprise, name_enterprises, read_events
from data.store.work import Work
from risk import consent
from risk.assessment import Assessment
from risk.joint.application import (
    FIRST,
    Application,
    ApplicationUnknown,
    Asked,
    asked_record,
    number_of,
    read_asked,
)
from risk.joint.case import Case, DayOutOfOrder, Prepared
from risk.joint.facts import READS, Traced, facts_of
from risk.joint.permissions import Actor, check_may
from risk.joint.preparing import PREPARE
from risk.joint.states import MOVES, Move, State, check_possible
from risk.joint.terms import Terms
from risk.joint.told import Wanted
from risk.joint.words import ROLE_LABELS, Guarantee, Role
from risk.policies.product import load_product
from risk.severe_warnings import ending_for
from risk.validity import Ending


class ApplicationChanged(Refusal):
    """Somebody else made a move since this person looked."""

    code = "application-changed"
    status = 409


class PartyUnknown(Refusal):
    """A bank or guarantor named in an application is none."""

    code = "party-unknown"


class GuarantorWithoutConsent(Refusal):
    """The enterprise has not consented to the guarantor that the application names."""

    code = "guarantor-without-consent"
    status = 403


@dataclass(frozen=True, kw_only=True)
class Order:
    """Say which move is wanted of which application, and what it tells; `seen` is the version its maker looked at."""

    application: int
    move: Move
    told: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[str, ...] = ()
    seen: int | None = None


def access_of(by: Actor, *, at: datetime) -> Access:
    """Read the house's own books as the actor's institution; evidence is read by consent or duty elsewhere."""
    access = bureau_access(by.name, at=at, purpose=Purpose.JOINT_EVALUATION)
    return replace(access, tenant=by.tenant)


def open_application(work: Work, wanted: Wanted, *, by: Actor, on: date) -> Application:
    """Open an application as a draft; raise a Refusal where bank, guarantor, product or terms cannot be.

    The firm must have consented to the bank's taking part in a joint evaluation.
    """
    check_may(by.role, Move.SUBMIT)
    _check_come(work, on)
    product = load_product(wanted.product)
    enterprise, _ = consent.authorise(
        work, wanted.identifier, tenant=by.tenant, actor=by.name, purpose=Purpose.JOINT_EVALUATION, at=work.at
    )
    guarantor = _guarantor(work, wanted, enterprise)
    asked: Asked = read_asked(product, wanted.texts, guarantee=wanted.guarantee, purpose=wanted.purpose)
    first = NewMove(
        move=FIRST,
        state=State.DRAFT,
        tenant=by.tenant,
        role=by.role,
        actor=by.name,
        on=on,
        details=asked_record(asked),
    )
    number = store.write_application(
        work, enterprise_id=enterprise.id, product=product.code, bank=by.tenant, guarantor=guarantor, first=first
    )
    work.record(event(work, number, by, Action.APPLICATION_OPENED))
    made = read(work, number, by=by)
    _announce(work, made)
    return made


def _guarantor(work: Work, wanted: Wanted, enterprise: Enterprise) -> str | None:
    if wanted.guarantee is Guarantee.NONE:
        if wanted.guarantor:
            raise PartyUnknown("无担保的申请不填担保机构。", help="有担保时请选 individual 或 bulk。")
        return None
    found = find_institution(work, wanted.guarantor or "")
    if found is None or found.kind != Role.GUARANTOR:
        raise PartyUnknown(f"没有代码为“{wanted.guarantor or ''}”的担保机构。", help="请填写已登记的担保机构代码。")
    given = list_consents(work, grantee=found.code, enterprise_id=enterprise.id)
    if not consent.can_ask(given, purpose=Purpose.JOINT_EVALUATION, at=work.at):
        raise GuarantorWithoutConsent(
            f"企业没有授权{found.name}参与联合评价。", help="请企业向该担保机构签署授权书后再申请。"
        )
    return found.code


def read(work: Work, application: int, *, by: Actor) -> Application:
    """Return an application that concerns the actor's institution; raise ApplicationUnknown."""
    stored = store.read_application(work, application, access=access_of(by, at=work.at))
    if stored is None:
        raise ApplicationUnknown(
            f"没有编号为{number_of(application)}的申请。", help="用 lukeping application list 查看。"
        )
    return Application(stored=stored, enterprise=_named(work, [stored.enterprise_id], by)[stored.enterprise_id])


def read_all(work: Work, *, by: Actor) -> list[Application]:
    """Return every application that concerns the actor's institution, in the order of their numbers."""
    return _with_enterprises(work, store.read_applications(work, access=access_of(by, at=work.at)), by)


def related(work: Work, application: Application) -> list[Application]:
    """Return the house's applications of the same enterprise or the same guarantor, this one among them."""
    house = Actor(tenant=BUREAU, role=Role.OPERATOR, name="system")
    stored = application.stored
    with work.under_duty():
        found = store.read_related(
            work,
            enterprise_id=stored.enterprise_id,
            guarantor=stored.guarantor,
            access=access_of(house, at=work.at),
        )
    return _with_enterprises(work, found, house)


def _with_enterprises(work: Work, found: Sequence[StoredApplication], by: Actor) -> list[Application]:
    named = _named(work, [one.enterprise_id for one in found], by)
    return [Application(stored=one, enterprise=named[one.enterprise_id]) for one in found]


def _named(work: Work, enterprises: Sequence[int], by: Actor) -> dict[int, Enterprise]:
    return name_enterprises(work, enterprises, access=access_of(by, at=work.at))


def make_move(work: Work, order: Order, *, by: Actor, on: date) -> Application:
    """Make a move that is no part of an evaluation; raise a Refusal, and nothing is done.

    Checked in this order: that the application is the institution's, who may, which version was seen, whether the
    state allows it, then the move's own conditions.
    """
    application = begin_move(work, order, by=by, on=on)
    assessment = assessment_of(work, application, order.told.get("assessment"))
    case = Case(
        application=application,
        by=by,
        on=on,
        told=order.told,
        attachments=order.attachments,
        facts=lambda day: facts_on(work, application, day),
        assessment=assessment,
        ending=_ending(work, application, assessment) if order.move is Move.FILE else None,
    )
    return finish_move(work, application, order.move, PREPARE[order.move](case), by=by, on=on)


def _ending(work: Work, application: Application, assessment: Assessment | None) -> Ending | None:
    access = bureau_access("system", at=work.at, purpose=Purpose.JOINT_EVALUATION)
    enterprise = application.stored.enterprise_id
    return None if assessment is None else ending_for(work, enterprise, assessment, access=access)


def begin_move(work: Work, order: Order, *, by: Actor, on: date) -> Application:
    """Return the application where the actor may make the move on it now; raise a Refusal."""
    _check_come(work, on)
    application = read(work, order.application, by=by)
    check_may(by.role, order.move)
    if order.seen is not None and order.seen != application.stored.version:
        raise changed(application, order.seen)
    check_possible(application.state, order.move, needs_district=Terms(on).needs_district)
    last = application.stored.moves[-1]
    if on < last.on:
        raise DayOutOfOrder(f"办理日{on}早于上一步的{last.on}。", help="各步按日期先后办理。")
    return application


def _check_come(work: Work, on: date) -> None:
    if on > work.at.date():
        raise DayInFuture(f"{on}还没有到来，本库的今天是{work.at.date()}。", help="请改用今天或更早的日期。")


def finish_move(
    work: Work, application: Application, move: Move, prepared: Prepared, *, by: Actor, on: date
) -> Application:
    """Keep a move that was prepared; raise ApplicationChanged where another one came first."""
    rule = MOVES[move]
    new = NewMove(
        move=move,
        state=rule.to or application.state,
        tenant=by.tenant,
        role=by.role,
        actor=by.name,
        on=on,
        details=prepared.details,
        entries=prepared.entries,
    )
    told = event(work, application.stored.id, by, rule.action)
    if not store.append_move(work, application.stored.id, new, seen=application.stored.version, audit=told):
        raise changed(read(work, application.stored.id, by=by), application.stored.version)
    made = read(work, application.stored.id, by=by)
    _announce(work, made)
    return made


def _announce(work: Work, application: Application) -> None:
    """Tell every party that there is a step to look at, and nothing of it."""
    stored = application.stored
    for tenant in (BUREAU, stored.bank, *((stored.guarantor,) if stored.guarantor else ())):
        work.announce(
            ExchangeEvent(tenant=tenant, type=EventType.APPLICATION_MOVED, object_id=application.number, at=work.at)
        )


def changed(application: Application, seen: int) -> ApplicationChanged:
    """Say what happened since a version was seen."""
    since = [made for made in application.stored.moves if made.version > max(seen, 1)]
    if not since:
        return ApplicationChanged(
            f"{application.number}还没有第{seen}步，现在是第{application.stored.version}步。", help="请重新查看。"
        )
    said = "；".join(
        f"第{made.version}步由{ROLE_LABELS[Role(made.role)]}于{made.on}“{MOVES[Move(made.move)].label}”"
        for made in since
    )
    return ApplicationChanged(f"您查看之后，{application.number}已有变动：{said}。", help="请重新查看后再办理。")


def facts_on(work: Work, application: Application, day: date) -> Traced:
    """Return the facts of an application on a day, read from the lists, under the bureau's duty, and from the books."""
    access = bureau_access("system", at=work.at, purpose=Purpose.JOINT_EVALUATION)
    return facts_of(
        application,
        on=day,
        events=read_events(work, READS, access=access, enterprises=[application.stored.enterprise_id]),
        others=related(work, application),
        assessment=assessment_of(work, application, None),
    )


def assessment_of(work: Work, application: Application, id: str | None) -> Assessment | None:
    """Return the bureau's assessment that an evaluation rests on, or one named instead; None where there is none."""
    begun = application.last(Move.FILE, Move.BEGIN)
    wanted = id or (begun.details.get("assessment_id") if begun else None)
    if wanted is None:
        return None
    access = bureau_access("system", at=work.at, purpose=Purpose.JOINT_EVALUATION)
    with work.under_duty():
        stored = read_assessment(work, wanted, access=access)
    if stored is None or stored.enterprise_id != application.stored.enterprise_id:
        raise ApplicationUnknown(f"没有编号为{wanted}、关于该企业的评估。", help="请先由科技局评估。")
    return TypeAdapter(Assessment).validate_python(stored.body)


def event(work: Work, application: int, by: Actor, action: Action, **details: str | int | None) -> AuditEvent:
    """Say who did what to which application."""
    return AuditEvent(
        tenant=by.tenant,
        actor=by.name,
        action=action,
        object_id=number_of(application),
        at=work.at,
        details={"role": str(by.role), **details},
    )
