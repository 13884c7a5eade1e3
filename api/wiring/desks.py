"""Which desks stand on one store?"""

from datetime import date
from typing import TYPE_CHECKING

from api.clock import now
from api.desks import Desks, Institution
from api.oauth.keys import keep_signing_keys
from api.secret import keep_secret
from api.wiring.assessing import Assessing
from api.wiring.auditing import Auditing
from api.wiring.back_tests import BackTests
from api.wiring.catalogue import DeclaredCatalogue
from api.wiring.champions import ShelvedChampions
from api.wiring.clients import Clients
from api.wiring.consents import Consents
from api.wiring.evaluation import OutsideEvaluation
from api.wiring.events import Events
from api.wiring.evidence import Tracing
from api.wiring.health import Doctor
from api.wiring.intake import Intake
from api.wiring.joint import JointWork
from api.wiring.lending import Lending
from api.wiring.looking_back import LookingBack
from api.wiring.names import NameQueue
from api.wiring.objections import Objections
from api.wiring.policies import Policies
from api.wiring.reviews import Reviews
from api.wiring.scoring import scoring_on
from api.wiring.sources import SourceWatch
from api.wiring.stores import open_store
from api.wiring.training import Training
from api.wiring.warnings import Warnings
from api.wiring.webhooks import Webhooks
from data.store import Store
from data.store.institutions import find_institution_by_token

if TYPE_CHECKING:
    from api.settings import Settings


class Institutions:
    """Know institutions by their tokens."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find_by_token(self, token_hash: str) -> Institution | None:
        """Find whose token this is, in a reading that never waits for a writer; only demonstrations have them."""
        if not self._store.demonstration:
            return None
        with self._store.work(at=now(self._store.today), read_only=True) as work:
            found = find_institution_by_token(work, token_hash)
        return None if found is None else Institution(code=found.code, name=found.name, kind=found.kind)


def desks_on(settings: "Settings") -> Desks:
    """Open the store and put every desk on it."""
    return desks_of(open_store(settings), settings)


def desks_of(store: Store, settings: "Settings") -> Desks:
    """Put every desk on an open store."""
    today: date | None = store.today
    champions = ShelvedChampions(settings.shelf)
    return Desks(
        today=today,
        secret=keep_secret(settings.secret_file),
        signing=keep_signing_keys(settings.signing_key_file),
        clients=Clients(store),
        institutions=Institutions(store),
        assessments=Assessing(store, champions),
        evidence=Tracing(store),
        looking_back=LookingBack(store, champions),
        sources=SourceWatch(store),
        catalogue=DeclaredCatalogue(settings.shelf),
        health=Doctor(settings, store=store, champions=champions),
        intake=Intake(store),
        names=NameQueue(store),
        training=Training(store, settings.shelf),
        evaluation=OutsideEvaluation(),
        policies=Policies(),
        lending=Lending(store),
        joint=JointWork(store, champions),
        warnings=Warnings(store),
        consents=Consents(store),
        events=Events(store),
        objections=Objections(store),
        reviews=Reviews(store),
        back_tests=BackTests(store, champions),
        webhooks=Webhooks(store, keep_secret(settings.secret_file)),
        scoring=scoring_on(store, champions, settings.shelf),
        audit=Auditing(store, settings),
        sandbox=store.sandbox,
    )
