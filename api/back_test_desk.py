"""What may a door ask of back-tests?"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from api.remembering import Remembering
from data.spec.back_tests import BackTest, BackTestWish, Pair
from risk.back_test_words import PairResult


class BackTestVisit(Remembering, Protocol):
    """Ask for and read back-tests of one tenant in one transaction."""

    def open_back_test(
        self, id: str, named: Sequence[tuple[str, date]], wish: BackTestWish, *, tenant: str
    ) -> BackTest:
        """Keep a back-test of these pairs; raise a Refusal."""

    def read_back_test(self, id: str, *, tenant: str, to_change: bool = False) -> BackTest | None:
        """Return a back-test of this tenant's own, `to_change` it kept from others; None where it has none."""

    def cancel_back_test(self, test: BackTest) -> BackTest:
        """Let nothing more become of what waits; raise BackTestEnded."""

    def read_results(self, test: BackTest, *, after: int, limit: int) -> Sequence[PairResult]:
        """Return scores beyond a position, and record the reading."""

    def read_errors(self, test: BackTest, *, after: int, limit: int) -> Sequence[Pair]:
        """Return refused pairs beyond a position."""


class BackTestDesk(Protocol):
    """Score past days, one pair after another."""

    def visit(self, *, at: datetime) -> AbstractContextManager[BackTestVisit]:
        """Open the unit of work of one request."""

    def work_next(self, *, at: datetime) -> bool:
        """Work the pair whose turn it is; False where none waits."""
