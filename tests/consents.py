"""How does a firm take a consent back, in a test?"""

from data.spec.access import BUREAU
from data.spec.consent import Consent, Party
from data.store import Work
from risk.consent_life import move
from risk.consent_words import Asking, ConsentMove


def revoke(work: Work, consent: Consent) -> Consent:
    """Take a consent back in the firm's name; never commits."""
    return move(work, consent.id, ConsentMove.REVOKE, by=Asking(tenant=BUREAU, party=Party.REGULATOR))
