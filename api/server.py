"""How does the service run: listen, say where, end well?"""

import signal
import socket
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from threading import Event, Thread
from typing import TYPE_CHECKING

import uvicorn

from api.capacity import Terms
from api.checkpointing import Checkpointing
from api.clock import Clock, clock_of, now
from api.desks import Desks
from api.log import open_log
from api.terminal.door import say
from api.wiring import open_desks, store_today
from api.worker import run_jobs
from data.spec.errors import Refusal

if TYPE_CHECKING:
    import structlog

    from api.settings import Settings

GRACE_SECONDS = 20
"""So long may requests in flight take when the service is told to stop."""


class PortTaken(Refusal):
    """Another process listens there."""

    code = "port-taken"
    status = 409


class Service(uvicorn.Server):
    """Say where the service listens once it does."""

    def __init__(self, config: uvicorn.Config, settings: "Settings", *, demonstration: bool) -> None:
        super().__init__(config)
        self._settings, self._demonstration = settings, demonstration

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, then say so."""
        await super().startup(sockets)
        if self.started and sockets:
            announce(self._settings, sockets[0], demonstration=self._demonstration)


def announce(settings: "Settings", listening: socket.socket, *, demonstration: bool) -> None:
    """Say the address, the documents' address, and where the token lies (decision 21)."""
    address = address_of(listening)
    say("鲁科评已启动" + ("（演示数据：企业与数字均为虚构）" if demonstration else ""))
    say(f"  地址      {address}")
    say(f"  接口文档  {address}/docs")
    if settings.token_file.exists():
        say(f"  演示令牌  {settings.token_file}（仅本人可读）")
    say("  按 Ctrl-C 结束")


def address_of(listening: socket.socket) -> str:
    """Return the address of a listening socket as this machine reaches it."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def public_address(settings: "Settings", listening: socket.socket, *, demonstration: bool) -> str | None:
    """Return the address that tokens and proofs must name; None takes the one each request came to.

    A real service never believes a request's Host: who relays a bank's requests under a name of his own would
    choose the audience that its assertions are checked against.
    """
    return settings.public_url or (None if demonstration else address_of(listening))


def run_service(settings: "Settings", *, host: str, port: int) -> None:
    """Listen until told to stop; Ctrl-C and SIGTERM are a normal end.

    The store is opened first, since without one there is nothing to serve; the heavy libraries and the model
    are read beside the listening service.
    """
    from api.app import create_app

    today = store_today(settings)
    log = open_log(settings.log_file)
    desks: Future[Desks] = Future()
    terms = Terms(at_once=settings.requests_at_once, deadline_seconds=settings.deadline_seconds)
    clock = clock_of(today)
    listening = _listen(host, port)
    address = public_address(settings, listening, demonstration=today is not None)
    app = create_app(desks, clock=clock, log=log, terms=terms, public_url=address)
    # Who a request comes from is the connection's own address: a header can be made up.
    config = uvicorn.Config(
        app, log_config=None, access_log=False, proxy_headers=False, timeout_graceful_shutdown=GRACE_SECONDS
    )
    # uvicorn raises the signal again once it has stopped, which would end the process by that signal.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: None)
    Thread(target=_arrive, args=(desks, settings, log), name="desks", daemon=True).start()
    stop = Event()
    # A receiver of events that is slow must hold up no batch: each has a thread of its own.
    workers = [
        Thread(target=_work, args=(stop, desks, job, clock, log), name=job.__name__, daemon=True)
        for job in (_batches, _deliveries, _endings)
    ]
    for worker in workers:
        worker.start()
    checkpoints = Checkpointing(desks, clock=clock, log=log, minutes=settings.checkpoint_minutes)
    checkpoints.start()
    with listening:
        Service(config, settings, demonstration=today is not None).run(sockets=[listening])
    stop.set()
    for worker in workers:
        worker.join(GRACE_SECONDS)
    checkpoints.end()
    say("服务已结束。")


def _arrive(desks: Future[Desks], settings: "Settings", log: "structlog.typing.FilteringBoundLogger") -> None:
    """Open the desks and load the model, so that no request waits for what all of them need."""
    try:
        opened = open_desks(settings)
        opened.health.check_ready()
        desks.set_result(opened)
    except Exception as fault:
        log.exception("fault", where="start")
        desks.set_exception(fault)


def _work(
    stop: Event,
    desks: Future[Desks],
    job: Callable[[Desks, datetime], bool],
    clock: Clock,
    log: "structlog.typing.FilteringBoundLogger",
) -> None:
    """Work in the background once the desks are there (decision 16); without desks there is nothing to work on."""
    while not desks.done():
        if stop.wait(0.2):
            return
    if desks.exception() is None:
        opened = desks.result()
        run_jobs(stop, [lambda at: job(opened, at)], clock=clock, log=log)


def _batches(desks: Desks, at: datetime) -> bool:
    """Do one unit of each kind of long work in turn."""
    return any([desks.scoring.batches.work_next(at=at), desks.back_tests.work_next(at=at)])


def _endings(desks: Desks, at: datetime) -> bool:
    """Tell of consents that have ended by their days, some at a time."""
    return desks.consents.announce_lapsed(at=at)


def _deliveries(desks: Desks, _at: datetime) -> bool:
    """Send events by real time, whatever day a demonstration has."""
    return desks.webhooks.deliver_due(at=now())


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is begun, so that a taken one is a refusal."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        # Listening at once makes a second process see the port as taken; uvicorn accepts later.
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise PortTaken(f"不能在 {host}:{port} 监听。", help="端口可能已被占用；请用 --port 换一个。") from error
    return listening
