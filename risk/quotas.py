"""How much may a client ask of the exchange, and how much has it left?

A token bucket, told by one number: the instant at which the bucket will be full again. A request moves it on by one
token's time and is refused where it would lie further ahead than a whole bucket takes to fill. Whole microseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from data.spec.errors import Refusal
from risk.permissions import Scope

SECOND = 1_000_000
"""Microseconds."""


class Quota(StrEnum):
    """Name one kind of request that is counted by itself; `miss` counts what was asked in vain."""

    SCORE = "score"
    READ = "read"
    WRITE = "write"
    WHAT_IF = "what_if"
    MISS = "miss"


class QuotaExceeded(Refusal):
    """The client has asked more than its quota allows for now."""

    code = "quota-exceeded"
    status = 429


class AbnormalUsage(Refusal):
    """The client has asked too often for what it may not have, or what there is not."""

    code = "abnormal-usage-detected"
    status = 429


class ReducedCapacity(Refusal):
    """The service takes fewer requests than usual for now."""

    code = "temporary-reduced-capacity"
    status = 503


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Allow so many requests in so many seconds; as many may come at once."""

    requests: int
    seconds: int

    @property
    def interval(self) -> int:
        """Return the microseconds in which one token comes back, rounded up: never more than the quota."""
        return -(-self.seconds * SECOND // self.requests)

    @property
    def span(self) -> int:
        """Return the microseconds in which an empty bucket fills."""
        return self.interval * self.requests


@dataclass(frozen=True, kw_only=True)
class Taking:
    """Say whether a token was had, how many are left, and the seconds until one and until all are back."""

    granted: bool
    full_at: int
    remaining: int
    seconds_to_one: int
    seconds_to_full: int


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """Say what a client was given: its quota, the limit, what was taken, and whether its use is abnormal."""

    quota: Quota
    limit: Limit
    taking: Taking
    abnormal_seconds: int = 0
    """So many seconds until a client that asked too much in vain may go on; 0 for any other."""


def take(full_at: int, limit: Limit, *, now: int, tokens: int = 1) -> Taking:
    """Take tokens from a bucket that is full again at `full_at`; one that cannot give them is left as it was.

    Instants in microseconds of the epoch. A clock that was set back never counts for more than an empty bucket.
    """
    ahead = min(max(full_at - now, 0), limit.span)
    wanted = ahead + tokens * limit.interval
    granted = wanted <= limit.span
    ahead = wanted if granted else ahead
    lacking = max(ahead + limit.interval - limit.span, 0)
    return Taking(
        granted=granted,
        full_at=now + ahead,
        remaining=(limit.span - ahead) // limit.interval,
        seconds_to_one=_seconds(lacking),
        seconds_to_full=_seconds(ahead),
    )


def _seconds(microseconds: int) -> int:
    return -(-microseconds // SECOND)


_OF_SCOPE: Mapping[Scope, Quota] = {Scope.ASSESSMENTS_WRITE: Quota.SCORE, Scope.POLICIES_TRY: Quota.WHAT_IF}


def quota_of(scope: Scope) -> Quota:
    """Return the quota from which a request of this scope takes."""
    return _OF_SCOPE.get(scope, Quota.WRITE if scope.endswith(":write") else Quota.READ)
