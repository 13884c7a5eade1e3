"""What may a door ask of consents?"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from api.remembering import Remembering
from data.spec.consent import Consent, Paper
from risk.consent_words import Asking, ConsentMove, ConsentShown, WantedConsent


class ConsentVisit(Remembering, Protocol):
    """Work on consents in one transaction; every reading is recorded."""

    def register(self, wanted: WantedConsent, *, id: str, by: Asking) -> ConsentShown:
        """Keep a new consent; raise a Refusal."""

    def renew(self, id: str, *, new_id: str, valid_to: datetime, paper: Paper, by: Asking) -> ConsentShown:
        """Register one that takes another's place; raise a Refusal."""

    def move(self, id: str, wanted: ConsentMove, *, by: Asking, reason: str) -> ConsentShown:
        """Make a move; raise a Refusal."""

    def read(self, id: str, *, by: Asking) -> ConsentShown:
        """Read a consent as it stands; raise ConsentUnknown."""

    def history(self, id: str, *, by: Asking) -> Sequence[Consent]:
        """Read every version; raise ConsentUnknown."""

    def list_all(self, *, by: Asking, after: str | None, limit: int) -> Sequence[ConsentShown]:
        """List the consents that are theirs to see."""


class ConsentDesk(Protocol):
    """Keep consents."""

    def visit(self, *, at: datetime) -> AbstractContextManager[ConsentVisit]:
        """Open the unit of work of one request."""

    def announce_lapsed(self, *, at: datetime) -> bool:
        """Tell grantees of consents that have ended by their days, each once; tell whether there were any."""
