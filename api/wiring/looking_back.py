"""How do replays, bridges between two scores, and advice reach the doors?"""

from datetime import date, datetime
from typing import TypeVar

from api.problems import AssessmentUnknown
from api.wiring.acting import person
from api.wiring.champions import ShelvedChampions
from api.wiring.visits import visit
from data.spec.access import BUREAU, Purpose
from data.spec.identifiers import Identifier
from data.store import Store
from risk.advice import advise
from risk.answering import Question
from risk.change import Change, explain_change
from risk.improvement import Improvement
from risk.replay import Replay, replay

Found = TypeVar("Found")


class LookingBack:
    """Look back on the bureau's own answers, and ahead from the present one, on one store and its shelf."""

    def __init__(self, store: Store, champions: ShelvedChampions) -> None:
        self._store, self._champions = store, champions

    def replay(self, id: str, *, at: datetime) -> Replay:
        """Give an answer again and compare; raise AssessmentUnknown."""
        demonstration = self._store.demonstration
        with visit(self._store, at) as work:
            found = replay(work, id, self._champions, tenant=BUREAU, actor=person(), demonstration=demonstration)
            work.commit()
        return _there(found)

    def change(self, before_id: str, after_id: str, *, at: datetime) -> Change:
        """Bridge two answers about one enterprise; raise AssessmentUnknown, NotComparable."""
        demonstration, pair = self._store.demonstration, (before_id, after_id)
        with visit(self._store, at) as work:
            found = explain_change(
                work, *pair, self._champions, tenant=BUREAU, actor=person(), demonstration=demonstration
            )
            work.commit()
        return _there(found)

    def advise(
        self, identifier: Identifier, *, purpose: Purpose, as_of: date, at: datetime, product: str | None = None
    ) -> Improvement:
        """Work out what would help one enterprise; raise NothingToImprove."""
        question = Question(
            id="",
            identifier=identifier,
            tenant=BUREAU,
            actor=person(),
            purpose=purpose,
            as_of=as_of,
            at=at,
            demonstration=self._store.demonstration,
            product=product,
        )
        with visit(self._store, at) as work:
            found = advise(work, question, self._champions)
            work.commit()
        return found


def _there(found: Found | None) -> Found:
    if found is None:
        raise AssessmentUnknown("本库中没有科技局作出的这一份评估。", help="请核对评估编号：它写在评估一页的末尾。")
    return found
