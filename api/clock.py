"""What time is it? The one clock of the service."""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

Clock = Callable[[], datetime]


def now(store_today: date | None = None) -> datetime:
    """Return the instant in Asia/Shanghai; a demonstration store lends its own day (decision 12).

    The time of day is always the real one, so that instants within a demonstration still follow each other.
    """
    real = datetime.now(SHANGHAI)
    return datetime.combine(store_today, real.timetz()) if store_today else real


def clock_of(store_today: date | None) -> Clock:
    """Return the clock of a store with this today."""
    return lambda: now(store_today)
