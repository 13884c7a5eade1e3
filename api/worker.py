"""Who does what no request waits for? A thread of the service that works in short units, one after another."""

import time
from collections.abc import Callable, Sequence
from threading import Event
from typing import TYPE_CHECKING

from api.clock import Clock

if TYPE_CHECKING:
    from datetime import datetime

    import structlog

    Job = Callable[["datetime"], bool]

IDLE_SECONDS = 1.0
"""So long the worker rests where nothing waits, or after a fault."""
LEAST_REST_SECONDS = 0.02


def run_jobs(stop: Event, jobs: "Sequence[Job]", *, clock: Clock, log: "structlog.typing.FilteringBoundLogger") -> None:
    """Do one unit of each job in turn until told to stop; a job says whether it found something to do.

    Between two units the worker rests as long as the last one took: requests that write come in between. A fault is
    logged and ends nothing: what was begun is tried again.
    """
    while not stop.is_set():
        began = time.monotonic()
        worked = [_unit(job, clock, log) for job in jobs]
        took = time.monotonic() - began
        stop.wait(max(took, LEAST_REST_SECONDS) if any(worked) else IDLE_SECONDS)


def _unit(job: "Job", clock: Clock, log: "structlog.typing.FilteringBoundLogger") -> bool:
    try:
        return job(clock())
    except Exception:
        log.exception("fault", where="worker")
        return False
