"""What comes beyond the service's room, or takes too long, is told to come again; the rest goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from threading import Event, Thread
from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from api.capacity import Capacity, Terms
from api.worker import run_jobs
from tests.scoring.conftest import NOW, Town


class Slow:
    """Answer when told to, and count what is in hand."""

    def __init__(self) -> None:
        self.go, self.most, self.now, self.finished = asyncio.Event(), 0, 0, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            if "fault" in scope["path"]:
                raise ValueError("a fault")
            if scope["path"].startswith("/v1/slow"):
                await self.go.wait()
            await PlainTextResponse(Request(scope).url.path)(scope, receive, send)
        finally:
            self.now -= 1
            self.finished += 1


def run(terms: Terms, story: Callable[[Slow, httpx2.AsyncClient], Awaitable[Any]]) -> Any:
    async def told() -> Any:
        slow = Slow()
        transport = httpx2.ASGITransport(app=Capacity(slow, terms))
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
            return await story(slow, client)

    return asyncio.run(told())


def test_what_comes_beyond_the_room_is_refused_and_what_is_in_hand_goes_on() -> None:
    async def story(slow: Slow, client: httpx2.AsyncClient) -> tuple[list[int], int, list[Any]]:
        first = [asyncio.create_task(client.get(f"/v1/slow/{place}")) for place in range(3)]
        while slow.now < 3:
            await asyncio.sleep(0)
        beyond = [await client.get("/v1/quick") for _ in range(4)]
        health = await client.get("/health/live")
        slow.go.set()
        done = await asyncio.gather(*first)
        after = await client.get("/v1/quick")
        return [one.status_code for one in (health, *done, after)], slow.most, beyond

    well, most, beyond = run(Terms(at_once=3), story)

    assert well == [200] * 5
    assert most == 4  # Three under /v1, and the health check, which is never turned away.
    assert [(one.status_code, one.json()["code"], one.headers["retry-after"]) for one in beyond] == [
        (503, "temporary-reduced-capacity", "2")
    ] * 4


def test_an_answer_that_is_late_is_given_up_and_holds_its_place_until_it_ends() -> None:
    async def story(slow: Slow, client: httpx2.AsyncClient) -> list[Any]:
        late = await client.get("/v1/slow/1")
        full = await client.get("/v1/quick")
        slow.go.set()
        while not slow.finished:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        return [late, full, await client.get("/v1/quick")]

    late, full, again = run(Terms(at_once=1, deadline_seconds=0.05), story)

    assert [(one.status_code, one.json()["code"]) for one in (late, full)] == [(503, "temporary-reduced-capacity")] * 2
    assert again.status_code == 200


def test_a_fault_within_passes_on_and_frees_its_place() -> None:
    async def story(slow: Slow, client: httpx2.AsyncClient) -> int:
        for _ in range(3):
            with pytest.raises(ValueError, match="a fault"):
                await client.get("/v1/fault")
        return int((await client.get("/v1/quick")).status_code)

    assert run(Terms(at_once=1), story) == 200


def test_the_service_itself_has_room_by_its_terms(town: Town) -> None:
    none = town.instance(Terms(at_once=0))
    headers = {"Authorization": f"Bearer {town.tokens['bank-a']}"}

    answer, health = none.get("/v1/catalogue", headers=headers), none.get("/health/live")

    assert (answer.status_code, answer.json()["code"]) == (503, "temporary-reduced-capacity")
    assert answer.headers["x-fapi-interaction-id"] == answer.json()["interaction_id"]
    assert health.status_code == 200


def test_the_worker_goes_on_after_a_fault_and_ends_when_told(town: Town) -> None:
    stop, done = Event(), []

    def faulty(at: object) -> bool:
        raise ValueError("a fault")

    def counting(at: object) -> bool:
        done.append(at)
        if len(done) == 3:
            stop.set()
        return True

    from api.log import open_log

    log = open_log(town.folder / "worker.log")
    worker = Thread(target=run_jobs, args=(stop, [faulty, counting]), kwargs={"clock": lambda: NOW, "log": log})
    worker.start()
    worker.join(30)

    assert not worker.is_alive()
    assert done == [NOW] * 3
    assert (town.folder / "worker.log").read_text(encoding="utf-8").count("ValueError") >= 3


def test_the_worker_of_a_running_service_works_a_batch_beside_single_requests(town: Town) -> None:
    town.consent(0)
    town.consent(1)
    body = {"enterprises": [{"value": value} for value in _codes()]}
    place = town.ask("POST", "/v1/assessment-batches", body).headers["location"]
    stop, log = Event(), _log(town)
    jobs = [lambda at: town.desks.scoring.batches.work_next(at=at)]
    worker = Thread(target=run_jobs, args=(stop, jobs), kwargs={"clock": lambda: NOW, "log": log})
    worker.start()
    single = [
        town.ask("POST", "/v1/assessments", {"enterprise": {"value": _codes()[0]}}, key=f"s-{turn}").status_code
        for turn in range(5)
    ]
    while town.ask("GET", place).json()["state"] not in ("finished", "failed"):
        stop.wait(0.05)
    stop.set()
    worker.join(30)

    assert single == [201] * 5
    assert town.ask("GET", place).json()["counts"] == {"wanted": 2, "made": 2, "refused": 0, "cancelled": 0}


def _codes() -> list[str]:
    from tests.scoring.conftest import FIRMS

    return list(FIRMS[:2])


def _log(town: Town) -> Any:
    from api.log import open_log

    return open_log(town.folder / "worker.log")
