"""How does the pool of loans reach the doors?"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from api.clock import now
from api.pool_desk import PoolWishes
from api.wiring.acting import as_bureau, person
from api.wiring.champions import ShelvedChampions
from api.wiring.policies import proposed_number
from data.spec.access import BUREAU, Purpose
from data.spec.identifiers import Identifier, Scheme
from data.spec.progress import Progress
from data.store import Store
from risk.answering import Question
from risk.policies.parameters import ParameterMalformed
from risk.pool import PoolQuestion, note_report, report_pool
from risk.pool_report import PoolReport

NOBODY = Identifier(Scheme.USCC, "")
"""The pool is asked about as a whole."""


class PoolOffice:
    """Look at the pool of one store with the models of its shelf."""

    def __init__(self, store: Store, champions: ShelvedChampions) -> None:
        self._store, self._champions = store, champions

    def now(self) -> datetime:
        """Return the instant by the store's clock."""
        return now(self._store.today)

    def report(self, wishes: PoolWishes, *, as_of: date, at: datetime, progress: Progress) -> PoolReport:
        """Report on the pool as the bureau under its duty, and record it; raise a Refusal."""
        question = PoolQuestion(
            ask=self._question(as_of=as_of, at=at),
            scenarios=wishes.scenarios,
            stress=wishes.stress,
            reforms=by_product(wishes.reforms),
        )
        access = as_bureau(at, purpose=Purpose.MONITORING)
        with self._store.work(at=at, read_only=True) as work:
            found = report_pool(work, question, self._champions, access=access, progress=progress)
        # The long reading holds up no writer; what it came to is recorded before anybody sees it.
        with self._store.work(at=at) as work:
            note_report(work, found, access=access)
            work.commit()
        return found

    def _question(self, *, as_of: date, at: datetime) -> Question:
        return Question(
            id="",
            identifier=NOBODY,
            tenant=BUREAU,
            actor=person(),
            purpose=Purpose.MONITORING,
            as_of=as_of,
            at=at,
            demonstration=self._store.demonstration,
        )


def by_product(reforms: Mapping[str, str]) -> dict[str, dict[str, Decimal | None]]:
    """Sort PRODUCT.NAME: value by product; raise ParameterMalformed."""
    sorted_: dict[str, dict[str, Decimal | None]] = {}
    for name, text in reforms.items():
        product, dot, parameter = name.partition(".")
        if not dot or not product or not parameter:
            raise ParameterMalformed(f"“{name}”没有写明产品。", help="例：lukedai.share_bank=0.2")
        sorted_.setdefault(product, {})[parameter] = proposed_number(parameter, text.strip())
    return sorted_
