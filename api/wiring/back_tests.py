"""How do back-tests reach the doors and the worker?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from api.problems import StoreBusy
from api.wiring.visits import RememberingVisit, visit
from data.spec.back_tests import BackTest, BackTestWish, Pair
from data.store import Store
from risk import back_tests
from risk.back_test_words import PairResult
from risk.back_tests import ModelsInTime


class StoreBackTestVisit(RememberingVisit):
    """Ask for and read back-tests in one unit of work."""

    def open_back_test(
        self, id: str, named: Sequence[tuple[str, date]], wish: BackTestWish, *, tenant: str
    ) -> BackTest:
        """Keep a back-test of these pairs."""
        try:
            return back_tests.open_back_test(self._work, id, named, wish, tenant=tenant)
        except IntegrityError as error:  # Another instance made the institution's first quota meanwhile.
            raise StoreBusy("存储暂时无法处理请求。", help="请稍后用同一个幂等键重发。") from error

    def read_back_test(self, id: str, *, tenant: str, to_change: bool = False) -> BackTest | None:
        """Return a back-test of this tenant's own."""
        return back_tests.read_back_test(self._work, id, tenant=tenant, to_change=to_change)

    def cancel_back_test(self, test: BackTest) -> BackTest:
        """Let nothing more become of what waits."""
        return back_tests.cancel_back_test(self._work, test)

    def read_results(self, test: BackTest, *, after: int, limit: int) -> Sequence[PairResult]:
        """Return scores beyond a position, and record the reading."""
        return back_tests.read_results(self._work, test, after=after, limit=limit)

    def read_errors(self, test: BackTest, *, after: int, limit: int) -> Sequence[Pair]:
        """Return refused pairs beyond a position."""
        return back_tests.read_errors(self._work, test, after=after, limit=limit)


class BackTests:
    """Work back-tests on one store."""

    def __init__(self, store: Store, models: ModelsInTime) -> None:
        self._store, self._models = store, models

    @contextmanager
    def visit(self, *, at: datetime) -> Iterator[StoreBackTestVisit]:
        """Open the unit of work of one request."""
        with visit(self._store, at) as work:
            yield StoreBackTestVisit(work)

    def work_next(self, *, at: datetime) -> bool:
        """Work the pair whose turn it is, in a unit of its own; False where none waits.

        That it is tried is kept first, without waiting for a disk: it need only outlive this process.
        """
        with self._store.work(at=at, durable=False) as work:
            turn = back_tests.TURNS.take(work)
            work.commit()
        if turn is None:
            return False
        with self._store.work(at=at) as work:
            back_tests.work_turn(work, turn, self._models, demonstration=self._store.demonstration)
            work.commit()
        return True
