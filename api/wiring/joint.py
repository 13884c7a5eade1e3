"""How do joint evaluations reach the exchange?"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from api.joint_desk import Ordered
from api.wiring.applications import carry_out
from api.wiring.visits import RememberingVisit, visit
from data.store import Store, Work
from risk.answering import Champions
from risk.joint import evaluating, moving, telling
from risk.joint.application import Application, parse_number
from risk.joint.moving import Order
from risk.joint.permissions import Actor
from risk.joint.terms import Terms
from risk.joint.told import ToldApplication, ToldOpening, Wanted


class StoreJointVisit(RememberingVisit):
    """Work on applications in one unit of work."""

    def __init__(self, work: Work, champions: Champions, *, demonstration: bool) -> None:
        super().__init__(work)
        self._champions, self._demonstration = champions, demonstration

    def open(self, wanted: Wanted, *, by: Actor, on: date) -> ToldApplication:
        """Open an application as a draft."""
        return self._told(moving.open_application(self._work, wanted, by=by, on=on), by)

    def read(self, number: str, *, by: Actor) -> ToldApplication:
        """Read an application of the institution's own."""
        return telling.read_application(self._work, parse_number(number), by=by)

    def list_all(self, *, by: Actor, after: str | None, limit: int) -> Sequence[ToldApplication]:
        """List the institution's own applications."""
        return telling.list_applications(self._work, by=by, after=after, limit=limit)

    def move(self, number: str, ordered: Ordered, *, by: Actor) -> ToldApplication:
        """Make a move."""
        order = Order(
            application=parse_number(number), move=ordered.move, told=ordered.told, attachments=ordered.attachments
        )
        made = carry_out(
            self._work, order, by=by, on=ordered.on, champions=self._champions, demonstration=self._demonstration
        )
        return self._told(made, by)

    def hand_in(self, number: str, sheet: Mapping[str, object], *, by: Actor, on: date) -> ToldApplication:
        """Hand in the party's sheet."""
        done = evaluating.hand_in(self._work, parse_number(number), sheet, by=by, on=on)
        return self._told(done.application, by)

    def read_opening(self, number: str, *, by: Actor) -> ToldOpening:
        """Read what was opened."""
        return telling.read_opening(self._work, parse_number(number), by=by)

    def _told(self, application: Application, by: Actor) -> ToldApplication:
        return telling.tell_application(application, by, terms=Terms(self._work.at.date()))


class JointWork:
    """Evaluate together, on one store."""

    def __init__(self, store: Store, champions: Champions) -> None:
        self._store, self._champions = store, champions

    @contextmanager
    def visit(self, *, at: datetime) -> Iterator[StoreJointVisit]:
        """Open the unit of work of one request."""
        with visit(self._store, at) as work:
            yield StoreJointVisit(work, self._champions, demonstration=self._store.demonstration)
