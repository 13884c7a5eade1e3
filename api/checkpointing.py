"""When does the running service anchor its audit log? At its start, every few minutes, and at its end."""

from concurrent.futures import Future
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import structlog

    from api.clock import Clock
    from api.desks import Desks


class Checkpointing:
    """Take checkpoints beside the service; a failed one is logged and the next is tried in its time."""

    def __init__(
        self, desks: "Future[Desks]", *, clock: "Clock", log: "structlog.typing.FilteringBoundLogger", minutes: float
    ) -> None:
        self._desks, self._clock, self._log, self._seconds = desks, clock, log, minutes * 60
        self._ended = Event()
        self._thread = Thread(target=self._run, name="checkpoints", daemon=True)

    def start(self) -> None:
        """Begin; the first checkpoint is taken once the desks are there."""
        self._thread.start()

    def end(self) -> None:
        """Take a last checkpoint of what the service did, where its desks ever arrived."""
        self._ended.set()
        if self._desks.done():
            self._thread.join()

    def _run(self) -> None:
        if self._desks.exception() is not None:  # Waits for the desks; what kept them away is logged already.
            return
        self._take()
        while not self._ended.wait(self._seconds):
            self._take()
        self._take()

    def _take(self) -> None:
        try:
            self._desks.result().audit.take_if_grown(at=self._clock())
        except Exception:
            self._log.exception("fault", where="checkpoint")
