"""How does a desk open a unit of work, and what does every unit of a request remember?"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.exc import IntegrityError, OperationalError

from api.desks import RememberedAnswer
from api.problems import IdempotencyKeyInFlight, StoreBusy
from data.store import Store, Work
from data.store.idempotency import StoredAnswer, find_answer, remember_answer


@contextmanager
def visit(store: Store, at: datetime) -> Iterator[Work]:
    """Open a unit of work; raise StoreBusy where the store cannot take it."""
    try:
        with store.work(at=at) as work:
            yield work
    except OperationalError as error:
        raise StoreBusy("存储暂时无法处理请求。", help="请稍后用同一个幂等键重发。") from error


class RememberingVisit:
    """Do the work of one request in one unit of work, and remember what was answered."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def find_answer(self, *, tenant: str, route: str, key: str) -> RememberedAnswer | None:
        """Find what was answered under this key before."""
        found = find_answer(self._work, tenant, route, key)
        if found is None:
            return None
        return RememberedAnswer(fingerprint=found.fingerprint, status=found.status, body=found.body)

    def remember_answer(self, *, tenant: str, route: str, key: str, answer: RememberedAnswer) -> None:
        """Keep the answer beside what it answers; another writer's key is a refusal."""
        stored = StoredAnswer(fingerprint=answer.fingerprint, status=answer.status, body=answer.body)
        try:
            remember_answer(self._work, tenant, route, key, answer=stored)
        except IntegrityError as error:
            raise IdempotencyKeyInFlight("同一幂等键的请求正在处理。", help="请稍候用同一个键重发。") from error

    def commit(self) -> None:
        """Keep everything done so far."""
        self._work.commit()
