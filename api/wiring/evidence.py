"""How do the rows behind a value reach the doors?"""

from datetime import date, datetime

from api.desks import Institution
from api.wiring.acting import person
from api.wiring.visits import visit
from data.spec.access import BUREAU, Purpose
from data.spec.identifiers import Identifier
from data.store import Store
from risk.answering import Question
from risk.evidence import explain_assessment, explain_value
from risk.lineage import Evidence


class Tracing:
    """Trace values on one store; every reading is recorded."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of_value(
        self,
        identifier: Identifier,
        feature: str,
        *,
        purpose: Purpose,
        as_of: date,
        recorded_before: datetime | None,
        at: datetime,
    ) -> Evidence:
        """Trace a value as the bureau under its duty."""
        question = Question(
            id="",
            identifier=identifier,
            tenant=BUREAU,
            actor=person(),
            purpose=purpose,
            as_of=as_of,
            at=at,
            demonstration=self._store.demonstration,
        )
        with visit(self._store, at) as work:
            found = explain_value(work, question, feature, recorded_before=recorded_before)
            work.commit()
        return found

    def of_assessment(self, id: str, feature: str, *, institution: Institution, at: datetime) -> Evidence | None:
        """Trace a value of an assessment of the institution's own; None where it has none by this id."""
        own = institution.code
        with visit(self._store, at) as work:
            found = explain_assessment(
                work, id, feature, tenant=own, actor=own, demonstration=self._store.demonstration
            )
            work.commit()
        return found
