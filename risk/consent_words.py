"""In which words are consents asked for, moved and shown? Plain values, importable without a frame or a store."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from data.spec.access import Purpose
from data.spec.consent import Consent, ConsentStatus, Paper, Party, Permission
from data.spec.errors import Refusal
from data.spec.identifiers import Identifier
from data.spec.whose import EVERYBODYS, NOBODY, Whose


class ConsentUnknown(Refusal):
    """Nobody who asks has a consent by this id."""

    code = "consent-unknown"
    status = 404


class ConsentEnded(Refusal):
    """The move does not lead out of the state the consent is in."""

    code = "consent-state"
    status = 409


class ConsentTermsUnsound(Refusal):
    """A consent would hold too long, end before it begins, or open a category that is none."""

    code = "consent-terms-unsound"


class PaperIncomplete(Refusal):
    """A letter of authorisation is named as signed, and not which text was signed."""

    code = "consent-paper-incomplete"
    status = 422


class NotYourConsent(Refusal):
    """The one who asks may see the consent, and not make this move."""

    code = "not-your-consent"
    status = 403


class ConsentMove(StrEnum):
    """Name what can be done with a consent."""

    AUTHORISE = "authorise"
    REJECT = "reject"
    REVOKE = "revoke"


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Say who asks: the institution, whether as grantee, enterprise or bureau, and of which enterprise (its own)."""

    tenant: str
    party: Party
    subject: int | None = None

    @property
    def whose(self) -> Whose:
        """Return whose consents and objections are theirs to see; an institution without a firm has no firm's."""
        if self.party is Party.REGULATOR:
            return EVERYBODYS
        if self.party is Party.ENTERPRISE:
            return Whose(enterprise_id=NOBODY if self.subject is None else self.subject)
        return Whose(tenant=self.tenant)


@dataclass(frozen=True, kw_only=True)
class WantedConsent:
    """Say what an enterprise is to allow whom, until when, and what was signed."""

    identifier: Identifier
    grantee: str
    purposes: frozenset[Purpose]
    permissions: frozenset[Permission]
    categories: frozenset[str]
    valid_from: datetime
    valid_to: datetime
    paper: Paper
    history_from: date | None = None
    daily_limit: int | None = None


@dataclass(frozen=True, kw_only=True)
class ConsentShown:
    """Be a consent as it stands at an instant, with its firm's name and what follows of its end."""

    consent: Consent
    status: ConsentStatus
    enterprise_name: str
    identifier: Identifier
    delete_by: datetime | None
