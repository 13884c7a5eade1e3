"""How do consents reach the store?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from api.wiring.visits import RememberingVisit, visit
from data.spec.consent import Consent, Paper
from data.store import Store
from risk import consent_lapses, consent_life
from risk.consent_words import Asking, ConsentMove, ConsentShown, WantedConsent


class StoreConsentVisit(RememberingVisit):
    """Work on consents in one unit of work."""

    def register(self, wanted: WantedConsent, *, id: str, by: Asking) -> ConsentShown:
        """Keep a new consent."""
        return self._shown(consent_life.register(self._work, wanted, id=id, by=by), by)

    def renew(self, id: str, *, new_id: str, valid_to: datetime, paper: Paper, by: Asking) -> ConsentShown:
        """Register one that takes another's place."""
        made = consent_life.renew(self._work, id, new_id=new_id, valid_to=valid_to, paper=paper, by=by)
        return self._shown(made, by)

    def move(self, id: str, wanted: ConsentMove, *, by: Asking, reason: str) -> ConsentShown:
        """Make a move."""
        return self._shown(consent_life.move(self._work, id, wanted, by=by, reason=reason), by)

    def read(self, id: str, *, by: Asking) -> ConsentShown:
        """Read a consent, and record that."""
        found = consent_life.read(self._work, id, by=by)
        consent_life.note_reading(self._work, id, by=by)
        return self._shown(found, by)

    def history(self, id: str, *, by: Asking) -> Sequence[Consent]:
        """Read every version, and record that."""
        found = consent_life.history(self._work, id, by=by)
        consent_life.note_reading(self._work, id, by=by)
        return found

    def list_all(self, *, by: Asking, after: str | None, limit: int) -> Sequence[ConsentShown]:
        """List consents, and record that."""
        found = consent_life.list_consents(self._work, by=by, after=after, limit=limit)
        consent_life.note_reading(self._work, "list", by=by)
        return consent_life.show(self._work, found, by=by)

    def _shown(self, consent: Consent, by: Asking) -> ConsentShown:
        return consent_life.show(self._work, (consent,), by=by)[0]


class Consents:
    """Keep consents on one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @contextmanager
    def visit(self, *, at: datetime) -> Iterator[StoreConsentVisit]:
        """Open the unit of work of one request."""
        with visit(self._store, at) as work:
            yield StoreConsentVisit(work)

    def announce_lapsed(self, *, at: datetime) -> bool:
        """Tell of the consents that have ended by their days; the store is written to only where there is one."""
        with self._store.work(at=at, read_only=True) as work:
            if not consent_lapses.waits_to_be_told(work):
                return False
        with self._store.work(at=at) as work:
            told = consent_lapses.announce_lapsed(work)
            work.commit()
        return told > 0
