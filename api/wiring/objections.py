"""How do objections reach the store?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from api.objection_desk import ObjectionShown
from api.wiring.visits import RememberingVisit, visit
from data.spec.consent import Party
from data.store import Store
from data.store.objections import Objection
from risk import objections
from risk.consent_words import Asking
from risk.objection_words import NotYourObjection, ObjectionKind, ObjectionState


class StoreObjectionVisit(RememberingVisit):
    """Work on objections in one unit of work."""

    def object_to(self, kind: ObjectionKind, object_id: str, words: str, *, id: str, by: Asking) -> ObjectionShown:
        """Take an objection; the bureau's own corrections come of its reviews, not by this door."""
        if by.party is Party.REGULATOR:
            raise NotYourObjection("异议由企业或机构提出。", help="科技局答复异议；核查中的更正随解释复核提出。")
        return self._shown(objections.object_to(self._work, kind, object_id, words, id=id, by=by))

    def answer(self, id: str, *, upheld: bool, words: str, by: Asking) -> ObjectionShown:
        """Answer one."""
        return self._shown(objections.answer(self._work, id, upheld=upheld, words=words, by=by))

    def withdraw(self, id: str, *, by: Asking) -> ObjectionShown:
        """Take one back."""
        return self._shown(objections.withdraw(self._work, id, by=by))

    def read(self, id: str, *, by: Asking) -> ObjectionShown:
        """Read one, and record that."""
        found = objections.read(self._work, id, by=by)
        objections.note_reading(self._work, id, by=by)
        return self._shown(found)

    def list_all(self, *, by: Asking, after: str | None, limit: int) -> Sequence[ObjectionShown]:
        """List objections, and record that."""
        found = objections.list_all(self._work, by=by, after=after, limit=limit)
        objections.note_reading(self._work, "list", by=by)
        return [self._shown(one) for one in found]

    def _shown(self, one: Objection) -> ObjectionShown:
        first = min(one.verify_by, one.answer_by)
        return ObjectionShown(
            id=one.id,
            version=one.version,
            kind=one.kind,
            object=one.object,
            words=one.words,
            state=one.state,
            answer=one.answer,
            received_at=one.received_at,
            verify_by=one.verify_by,
            answer_by=one.answer_by,
            overdue=one.state == ObjectionState.RECEIVED and first < self._work.at.date(),
        )


class Objections:
    """Keep objections on one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @contextmanager
    def visit(self, *, at: datetime) -> Iterator[StoreObjectionVisit]:
        """Open the unit of work of one request."""
        with visit(self._store, at) as work:
            yield StoreObjectionVisit(work)
