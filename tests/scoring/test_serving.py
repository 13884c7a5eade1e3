"""The service works batches by itself, also those that it finds half done when it starts."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.scoring.conftest import NOW, Town

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 120


@pytest.fixture
def serve(town: Town) -> Iterator[Callable[[], "subprocess.Popen[str]"]]:
    """Start the service in a process of its own, on the town's store, and end it with the test."""
    started: list[subprocess.Popen[str]] = []

    def start() -> "subprocess.Popen[str]":
        environment = {**os.environ, "LUKEPING_STATE": str(town.folder), "PYTHONUNBUFFERED": "1"}
        arguments = [sys.executable, "-m", "api.cli", "serve", "--port", "0"]
        process = subprocess.Popen(arguments, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def address_of(process: "subprocess.Popen[str]") -> str:
    assert process.stderr is not None
    for line in process.stderr:
        if "地址" in line:
            return line.split()[-1]
    raise AssertionError("the service never listened")


def until(found: Callable[[], Any], wanted: Callable[[Any], bool]) -> Any:
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        if wanted(told := found()):
            return told
        time.sleep(0.2)
    raise AssertionError(told)


def test_a_batch_half_done_before_the_start_is_finished_by_the_service(
    town: Town, batch_of: Callable[..., dict[str, object]], serve: Callable[[], "subprocess.Popen[str]"]
) -> None:
    for place in range(3):
        town.consent(place)
    place = town.ask("POST", "/v1/assessment-batches", batch_of(0, 1, 2)).headers["location"]
    town.desks.scoring.batches.work_next(at=NOW)
    served = serve()
    address = address_of(served)

    def told() -> Any:
        asked = urllib.request.Request(
            f"{address}{place}", headers={"Authorization": f"Bearer {town.tokens['bank-a']}"}
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:
            return json.load(answer)

    finished = until(told, lambda told: told["state"] != "queued" and told["state"] != "running")
    served.send_signal(signal.SIGTERM)

    assert finished["state"] == "finished"
    assert finished["counts"] == {"wanted": 3, "made": 3, "refused": 0, "cancelled": 0}
    assert served.wait(timeout=60) == 0
