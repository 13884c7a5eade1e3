"""Which refusals does a back-test know, and what does one get of it? Plain values, importable without a store."""

from dataclasses import dataclass
from datetime import date

from data.spec.back_tests import PairScore
from data.spec.errors import Refusal

PAIR_REPEATED = "pair-repeated"
NO_MODEL_THEN = "no-model-then"


class BackTestUnknown(Refusal):
    """The institution has no back-test by this id, or not any more; whether another has is not said."""

    code = "back-test-unknown"
    status = 404


class BackTestEnded(Refusal):
    """The back-test has ended, so that nothing is left to cancel."""

    code = "back-test-ended"
    status = 409


class BackTestQuotaExceeded(Refusal):
    """The institution has asked for as many pairs as it may; so many seconds later this many may be had."""

    code = "back-test-quota-exceeded"
    status = 429

    def __init__(self, message: str, *, help: str = "", wait_seconds: int) -> None:
        super().__init__(message, help=help)
        self.wait_seconds = wait_seconds


@dataclass(frozen=True, kw_only=True)
class PairResult:
    """Give one answered pair by its place in the request; without a consent that holds now, no score."""

    position: int
    as_of: date
    score: PairScore | None
