"""A quota that never ends: what it refuses would otherwise never be asked."""

from datetime import datetime

from risk.exchange_limits import read_limits
from risk.quotas import Allowance, Quota, take


class Unlimited:
    """Admit every request as if it were a client's first."""

    def admit(self, client: str, quota: Quota, *, now: datetime) -> Allowance:
        limit = read_limits(now.date())[quota]
        return Allowance(quota=quota, limit=limit, taking=take(0, limit, now=1), abnormal_seconds=0)

    def note_miss(self, client: str, *, tenant: str, at: datetime, now: datetime) -> None:
        return
