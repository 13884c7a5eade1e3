"""What may a door ask about the pool of loans?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from data.spec.progress import Progress
from risk.pool_report import PoolReport


@dataclass(frozen=True, kw_only=True)
class PoolWishes:
    """Say what is wanted: how many scenarios, which stress (None: all), which proposed values by PRODUCT.NAME."""

    scenarios: int
    stress: str | None
    reforms: Mapping[str, str]


class PoolDesk(Protocol):
    """Look at the pool of loans of one store; nothing is kept."""

    def now(self) -> datetime:
        """Return the instant by the store's clock."""

    def report(self, wishes: PoolWishes, *, as_of: date, at: datetime, progress: Progress) -> PoolReport:
        """Report on the pool as the bureau under its duty; raise a Refusal."""
