"""Desks around scores that keep nothing: every client has its whole quota."""

from datetime import datetime
from typing import Any, cast

from api.scoring_desk import ScoringDesks
from risk.quotas import Allowance, Limit, Quota, Taking

LIMIT = Limit(requests=600, seconds=60)


class OpenRates:
    """Give every client what it asks."""

    def admit(self, client: str, quota: Quota, *, now: datetime) -> Allowance:
        taking = Taking(granted=True, full_at=0, remaining=599, seconds_to_one=0, seconds_to_full=1)
        return Allowance(quota=quota, limit=LIMIT, taking=taking)

    def note_miss(self, client: str, *, tenant: str, at: datetime, now: datetime) -> None:
        return None


class NoBatches:
    """Have nothing for the worker to do."""

    def work_next(self, *, at: datetime) -> bool:
        return False


def fake_scoring() -> ScoringDesks:
    """Return desks of which only the quotas answer; the others are tested on a real store."""
    none = cast(Any, None)
    return ScoringDesks(batches=cast(Any, NoBatches()), validity=none, enterprises=none, models=none, rates=OpenRates())
