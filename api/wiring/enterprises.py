"""How do enterprises that may be asked about, and facts about them, reach the doors?"""

from datetime import date, datetime

from api.wiring.visits import visit
from data.spec.access import Purpose
from data.spec.identifiers import Identifier
from data.store import Store
from risk.answering import Question
from risk.enterprise_search import search_by_identifier, search_by_name
from risk.found import FoundEnterprise, VerifiedFact
from risk.standing_facts import verify_facts


class Enterprises:
    """Search and verify on one store; every reading is recorded."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def search_identifier(self, identifier: Identifier, *, tenant: str, at: datetime) -> tuple[FoundEnterprise, ...]:
        """Find the enterprise of this identifier, where the tenant may ask about it."""
        with visit(self._store, at) as work:
            found = search_by_identifier(work, identifier, tenant=tenant)
            work.commit()
        return found

    def search_name(self, fragment: str, *, tenant: str, at: datetime) -> tuple[FoundEnterprise, ...]:
        """Find enterprises by part of a name or by initials, among those the tenant may ask about."""
        with visit(self._store, at) as work:
            found = search_by_name(work, fragment, tenant=tenant)
            work.commit()
        return found

    def verify_facts(
        self,
        identifier: Identifier,
        *,
        tenant: str,
        purpose: Purpose,
        as_of: date,
        items: tuple[str, ...],
        at: datetime,
    ) -> tuple[str, tuple[VerifiedFact, ...]]:
        """Answer items about an enterprise on a day; return its name and the answers."""
        question = Question(
            id="",
            identifier=identifier,
            tenant=tenant,
            actor=tenant,
            purpose=purpose,
            as_of=as_of,
            at=at,
            demonstration=self._store.demonstration,
        )
        with visit(self._store, at) as work:
            verified = verify_facts(work, question, items)
            work.commit()
        return verified.enterprise.name, verified.facts
