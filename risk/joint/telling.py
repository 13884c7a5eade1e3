"""How is an application, and what was opened of it, told to one of its parties? (See risk.joint.told.)

Functions take `work` and never commit; every reading is on the audit log.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from data.spec.access import BUREAU, Purpose
from data.spec.audit import Action
from data.store.applications import BookedEntry, MadeMove, StoredSheet
from data.store.work import Work
from risk import consent
from risk.joint.application import FIRST, Application
from risk.joint.conclusion import concluded
from risk.joint.evaluating import awaited, opened, submitted_verdict
from risk.joint.moving import event, read, read_all
from risk.joint.opening import POLICY_SAYS, Notches, Opening
from risk.joint.permissions import Actor, may
from risk.joint.sheets import marks_of
from risk.joint.states import MOVES, STATE_LABELS, Move, State, possible
from risk.joint.support import support_from
from risk.joint.terms import Terms
from risk.joint.told import ToldApplication, ToldEntry, ToldOpening, ToldSheet, ToldStep
from risk.joint.words import BOOK_LABELS, SHEET_LABELS, SHEET_OF, Book, Sheet
from risk.policies.verdict import Finding

FOR_ALL = ("words", "sheet", "dimension", "conclusion", "suggestion", "expires_on")
FOR_OWN = ("code", "label", "feedback", "override")
"""Of what a step tells: what every party reads, and what its own institution and the bureau read as well.

Why a bank decided as it did is its own: of that others read nothing.
"""

HAND_IN = "sheet"
"""What is possible beside moves: to hand in the own sheet."""


def read_application(work: Work, number: int, *, by: Actor) -> ToldApplication:
    """Return an application of the institution's own; raise ApplicationUnknown."""
    application = read(work, number, by=by)
    work.record(event(work, number, by, Action.APPLICATION_READ))
    return tell_application(application, by, terms=Terms(work.at.date()))


def list_applications(work: Work, *, by: Actor, after: str | None, limit: int) -> list[ToldApplication]:
    """Return the institution's applications with numbers after the one given, in the order of their numbers."""
    found = [one for one in read_all(work, by=by) if after is None or one.number > after][:limit]
    for one in found:
        work.record(event(work, one.stored.id, by, Action.APPLICATION_READ))
    terms = Terms(work.at.date())
    return [tell_application(one, by, terms=terms) for one in found]


def read_opening(work: Work, number: int, *, by: Actor) -> ToldOpening:
    """Return what was opened: of the firm, and so only under its consent or the bureau's duty.

    Raises ApplicationUnknown, SheetsSealed, ConsentRequired, ConsentExpired, ConsentRevoked.
    """
    application = read(work, number, by=by)
    found = opened(application)
    consent.authorise(
        work,
        application.enterprise.identifier,
        tenant=by.tenant,
        actor=by.name,
        purpose=Purpose.JOINT_EVALUATION,
        at=work.at,
    )
    work.record(event(work, number, by, Action.SHEETS_READ))
    return tell_opening(application, found, by)


def tell_application(application: Application, by: Actor, *, terms: Terms) -> ToldApplication:
    """Tell an application to one of its parties. Pure."""
    stored, asked = application.stored, application.asked
    made = application.last(Move.CONCLUDE)
    return ToldApplication(
        number=application.number,
        version=stored.version,
        enterprise=application.enterprise.name,
        product=stored.product,
        product_label=application.product.label,
        bank=stored.bank,
        guarantor=stored.guarantor,
        guarantee=asked.guarantee,
        purpose=asked.purpose,
        facts={name: str(value) for name, value in {**asked.loan, **asked.told}.items()},
        state=application.state,
        state_label=STATE_LABELS[application.state],
        possible=possible_for(application, by, terms=terms),
        awaited=awaited(application),
        is_open=application.is_open,
        conclusion=None if made is None else concluded(application),
        conditions=_conditions(application, by),
        steps=tuple(_step(one, by) for one in stored.moves),
        entries=tuple(_entry(one) for one in stored.entries if _concerns(one, by)),
    )


def possible_for(application: Application, by: Actor, *, terms: Terms) -> tuple[str, ...]:
    """Return what someone may do next: while sheets are sealed hand in the own one, and no more of an evaluation."""
    moves = possible(application.state, needs_district=terms.needs_district)
    mine = [move for move in moves if may(by.role, move) and move is not Move.OPEN]
    if application.state is not State.UNDER_EVALUATION or application.is_open:
        return tuple(mine)
    handing = SHEET_OF.get(by.role) in awaited(application)
    return (*((HAND_IN,) if handing else ()), *(move for move in mine if move is Move.WITHDRAW))


def _conditions(application: Application, by: Actor) -> tuple[Finding, ...]:
    """Return how the product's conditions stood when it was submitted; what was measured is the bureau's to read."""
    verdict = submitted_verdict(application)
    findings = () if verdict is None else verdict.findings
    return findings if by.tenant == BUREAU else tuple(replace(one, measured="", note="") for one in findings)


def _step(made: MadeMove, by: Actor) -> ToldStep:
    own, decided = by.tenant in (BUREAU, made.tenant), made.move in (Move.APPROVE, Move.DECLINE)
    shown = (*FOR_ALL, *FOR_OWN) if own else () if decided else FOR_ALL
    return ToldStep(
        version=made.version,
        move=made.move,
        label="新申请" if made.move == FIRST else MOVES[Move(made.move)].label,
        state=made.state,
        institution=made.tenant,
        role=made.role,
        on=made.on,
        at=made.at,
        details={name: str(made.details[name]) for name in shown if made.details.get(name)},
    )


def _concerns(entry: BookedEntry, by: Actor) -> bool:
    return by.tenant in (BUREAU, entry.party) or entry.kind == Book.DISBURSED


def _entry(entry: BookedEntry) -> ToldEntry:
    kind = Book(entry.kind)
    return ToldEntry(
        kind=kind, label=BOOK_LABELS[kind], party=entry.party, amount=entry.amount, booked_on=entry.booked_on
    )


def tell_opening(application: Application, found: Opening, by: Actor) -> ToldOpening:
    """Tell what was opened to one of the parties. Pure."""
    made, model, duty = application.last(Move.OPEN), found.model, by.tenant == BUREAU
    kept = made.details.get("support") if made is not None else None
    notches = {one.sheet: one for one in found.notches}
    return ToldOpening(
        number=application.number,
        status=model.status,
        grade=model.grade,
        place=model.place,
        places=model.places,
        score=model.score,
        message=model.message if duty else "",
        sheets=tuple(_sheet(one, notches) for one in application.stored.sheets),
        references=found.references,
        gaps=found.gaps,
        composites=found.composites,
        composite=found.composite,
        disagreement=found.disagreement,
        moved=found.moved,
        grade_after=found.grade_after,
        suggestion=found.suggestion,
        reasons=found.reasons if duty else (*_as_flags(application, by), *_of_the_sheets(found.reasons)),
        conditions=_conditions(application, by),
        support=support_from(kept) if kept else None,
    )


def _as_flags(application: Application, by: Actor) -> Iterable[str]:
    """Return which conditions stand in the way, and by which document."""
    return (
        f"{POLICY_SAYS[one.outcome]}{one.label}（{one.reference}）"
        for one in _conditions(application, by)
        if one.outcome in POLICY_SAYS
    )


def _of_the_sheets(reasons: Iterable[str]) -> Iterable[str]:
    """Return the reasons that do not say what the lists hold of the firm."""
    return (one for one in reasons if not one.startswith(tuple(POLICY_SAYS.values())))


def _sheet(kept: StoredSheet, notches: Mapping[Sheet, Notches]) -> ToldSheet:
    sheet, expert = Sheet(kept.party), kept.body["expert"] or {}
    moved = notches[sheet]
    return ToldSheet(
        sheet=sheet,
        label=SHEET_LABELS[sheet],
        at=kept.at,
        marks=marks_of(kept.body),
        words=kept.body["words"],
        notches_wanted=moved.wanted,
        notches_allowed=moved.allowed,
        cited=len(moved.citations),
        counted_by_model=sum(1 for one in moved.citations if one.counted_by_model),
        saw_model=kept.saw_model,
        expert_field=expert.get("field"),
        expert_opinion=expert.get("opinion"),
    )
