"""Which desks around scores stand on one store?"""

from datetime import datetime
from pathlib import Path

from api.scoring_desk import ScoringDesks
from api.wiring.assessment_batches import AssessmentBatches
from api.wiring.enterprises import Enterprises
from api.wiring.models import Shelf
from api.wiring.rates import StoredRates
from api.wiring.visits import visit
from data.store import Store
from risk.answering import Champions
from risk.endings import read_validity
from risk.validity import Validity


class Validities:
    """Tell whether assessments of one store still hold."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, id: str, *, tenant: str, at: datetime) -> Validity | None:
        """Say how an assessment of this tenant's own stands, and record the reading."""
        with visit(self._store, at) as work:
            found = read_validity(work, id, tenant=tenant)
            work.commit()
        return found


def scoring_on(store: Store, champions: Champions, shelf: Path) -> ScoringDesks:
    """Put the desks around scores on an open store and a shelf of models."""
    return ScoringDesks(
        batches=AssessmentBatches(store, champions),
        validity=Validities(store),
        enterprises=Enterprises(store),
        models=Shelf(shelf),
        rates=StoredRates(store),
    )
