"""How do applications, sheets and lists reach the doors?"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from api.application_desk import Acting, Shown, WantedMove
from api.assessment_id import new_id
from api.reports.official_lists import write_list
from api.reports.pdf import pdf_of
from api.terminal.door import rewritten
from api.wiring.acting import person
from data.spec.access import BUREAU, Purpose
from data.spec.errors import InstitutionUnknown, Refusal
from data.store import Store, Work
from data.store.institutions import find_institution, list_institutions
from risk.answering import Champions, Question
from risk.assess import assess
from risk.joint import evaluating, moving
from risk.joint.application import Application, ApplicationUnknown, parse_number
from risk.joint.evaluating import HandedIn
from risk.joint.lists import OfficialList, list_for, parse_kind
from risk.joint.moving import Order
from risk.joint.permissions import Actor, capacity
from risk.joint.signoff import SignOff, issue_sign_off
from risk.joint.states import MOVES, Move, parse_move
from risk.joint.telling import HAND_IN, possible_for
from risk.joint.terms import Terms
from risk.joint.told import Wanted
from risk.joint.words import ROLE_LABELS, Role


class RoleUnknown(Refusal):
    """No capacity has this name."""

    code = "role-unknown"


class Applications:
    """Work on the applications of one store."""

    def __init__(self, store: Store, champions: Champions, *, fonts: Path | None = None) -> None:
        self._store, self._champions, self._fonts = store, champions, fonts

    def new(self, wanted: Wanted, *, acting: Acting, on: date | None, at: datetime) -> Shown:
        """Open an application as a draft."""
        with self._store.work(at=at) as work:
            by = actor_of(work, acting)
            made = moving.open_application(work, wanted, by=by, on=on or at.date())
            work.commit()
            return self._shown(made, by, at)

    def move(self, wanted: WantedMove, *, acting: Acting, on: date | None, at: datetime) -> Shown:
        """Make a move."""
        number, _, seen = wanted.number.partition("@")
        order = Order(
            application=parse_number(number),
            move=parse_move(wanted.move),
            told=wanted.told,
            attachments=wanted.attachments,
            seen=_seen(seen),
        )
        day = on or at.date()
        with self._store.work(at=at) as work:
            by = actor_of(work, acting)
            made = carry_out(
                work, order, by=by, on=day, champions=self._champions, demonstration=self._store.demonstration
            )
            work.commit()
            return self._shown(made, by, at)

    def hand_in(
        self, number: str, sheet: Mapping[str, object], *, acting: Acting, on: date | None, at: datetime
    ) -> HandedIn:
        """Hand in a sheet."""
        with self._store.work(at=at) as work:
            by = actor_of(work, acting)
            done = evaluating.hand_in(work, parse_number(number), sheet, by=by, on=on or at.date())
            work.commit()
        return done

    def show(self, number: str, *, acting: Acting, at: datetime) -> Shown:
        """Show an application."""
        with self._store.work(at=at, read_only=True) as work:
            by = actor_of(work, acting)
            return self._shown(moving.read(work, parse_number(number), by=by), by, at)

    def opened(self, number: str, *, acting: Acting, at: datetime) -> Shown:
        """Show an application whose sheets are open."""
        shown = self.show(number, acting=acting, at=at)
        evaluating.opened(shown.application)
        return shown

    def list_all(self, *, acting: Acting, at: datetime) -> Sequence[Application]:
        """List the institution's applications."""
        with self._store.work(at=at, read_only=True) as work:
            return moving.read_all(work, by=actor_of(work, acting))

    def draw_up(
        self, kind: str, *, since: date, until: date, folder: Path, acting: Acting, at: datetime
    ) -> tuple[OfficialList, Path]:
        """Draw up a list, and keep that it was given out only when its workbook is written."""
        wanted = parse_kind(kind)
        with self._store.work(at=at) as work:
            made = list_for(work, wanted, since=since, until=until, by=actor_of(work, acting))
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{made.label}_{since}_{until}.xlsx"
            with rewritten(path) as partial:
                write_list(made, partial, demonstration=self._store.demonstration, at=at)
            work.commit()
        return made, path

    def sign_off(self, number: str, *, path: Path | None, acting: Acting, at: datetime) -> tuple[SignOff, Path]:
        """Write the sign-off sheet, and keep that it was given out only when it is written."""
        with self._store.work(at=at) as work:
            by = actor_of(work, acting)
            made = issue_sign_off(work, parse_number(number), by=by, demonstration=self._store.demonstration)
            content = pdf_of(made.document, fonts=self._fonts, at=made.at)
            out = path or Path(f"联合评价会签单_{made.number}.pdf")
            out.parent.mkdir(parents=True, exist_ok=True)
            with rewritten(out) as partial:
                partial.write_bytes(content)
            work.commit()
        return made, out

    def _shown(self, application: Application, by: Actor, at: datetime) -> Shown:
        return Shown(
            application=application,
            sheets=evaluating.sheets_seen(application, by),
            opening=evaluating.opened(application) if application.is_open else None,
            possible=_possible(application, by, Terms(at.date())),
            awaited=evaluating.awaited(application),
            demonstration=self._store.demonstration,
        )


def carry_out(
    work: Work, order: Order, *, by: Actor, on: date, champions: Champions, demonstration: bool
) -> Application:
    """Make any move of the table; a begun evaluation rests on an assessment made now, by the bureau, and kept sealed.

    Raises a Refusal, and nothing is kept.
    """
    makers = {
        Move.EXPLAIN: evaluating.explain,
        Move.PROPOSE_OVERRIDE: evaluating.propose,
        Move.CONCLUDE: evaluating.conclude,
    }
    if order.move is Move.BEGIN:
        application = moving.begin_move(work, order, by=by, on=on)
        question = _question(application, work.at, on, demonstration=demonstration)
        answer = assess(work, question, champions)
        return evaluating.begin(work, order, by=by, on=on, assessment=answer)
    if order.move is Move.OPEN:
        raise evaluating.SheetsSealed(
            "评价表在最后一份交齐时自动同时开启。", help="用 lukeping application open 查看。"
        )
    return makers.get(order.move, moving.make_move)(work, order, by=by, on=on)


def _question(application: Application, at: datetime, on: date, *, demonstration: bool) -> Question:
    return Question(
        id=new_id(at),
        identifier=application.enterprise.identifier,
        tenant=BUREAU,
        actor="joint evaluation",
        purpose=Purpose.JOINT_EVALUATION,
        as_of=on,
        at=at,
        demonstration=demonstration,
        product=application.ledger_product,
    )


def _seen(text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit()):
        raise ApplicationUnknown(f"“@{text}”不是步数。", help="写成 SQ000001@5：您查看时是第5步。")
    return int(text) if text else None


def _possible(application: Application, by: Actor, terms: Terms) -> tuple[str, ...]:
    """Say what someone may do next."""
    named = {HAND_IN: "交评价表", **{str(move): rule.label for move, rule in MOVES.items()}}
    return tuple(f"{one}（{named[one]}）" for one in possible_for(application, by, terms=terms))


def actor_of(work: Work, acting: Acting) -> Actor:
    """Return who acts; raise InstitutionUnknown, RoleUnknown, NotYourMove."""
    found = find_institution(work, acting.institution)
    if found is None:
        listed = "、".join(f"{one.code}（{one.name}）" for one in list_institutions(work))
        raise InstitutionUnknown(f"没有代码为“{acting.institution}”的机构。", help=f"已登记的有：{listed}。")
    named = {
        word: role for role, label in ROLE_LABELS.items() for word in (role.value, label, label.removeprefix("科技局"))
    }
    if acting.role is not None and acting.role not in named:
        listed = "、".join(f"{role}（{label}）" for role, label in ROLE_LABELS.items())
        raise RoleUnknown(f"没有名为“{acting.role}”的身份。", help=f"可用的有：{listed}。")
    role: Role = capacity(found.kind, named[acting.role] if acting.role else None)
    name = f"{person()}:{acting.person}" if acting.person else person()
    return Actor(tenant=found.code, role=role, name=name)
