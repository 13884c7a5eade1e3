"""The service says where it listens, answers, and ends with 0 when it is told to stop."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.server import address_of, public_address
from api.settings import Settings

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SCRIPT = f"""
import sys
sys.path[:0] = [{str(ROOT)!r}, {str(HERE)!r}]
import api.wiring
from conftest import FakeDesks, FakeStore, desks_of
api.wiring.open_desks = lambda settings: desks_of(FakeDesks(FakeStore()))
api.wiring.store_today = lambda settings: None
from api.cli import main
main(sys.argv[1:])
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start a service of its own process and end it with the test."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> "subprocess.Popen[str]":
        environment = {**os.environ, "LUKEPING_STATE": str(tmp_path), "PYTHONUNBUFFERED": "1"}
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, "serve", *arguments], stderr=subprocess.PIPE, text=True, env=environment
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.communicate()


def announced(process: "subprocess.Popen[str]") -> dict[str, str]:
    """Read what the service says until it says how to end it."""
    said: dict[str, str] = {}
    assert process.stderr is not None
    for line in process.stderr:
        words = line.split()
        if "Ctrl-C" in line:
            return said
        said[words[0]] = words[-1]
    raise AssertionError(f"the service never listened: {said}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_service_answers_and_ends_with_0(start: Callable[..., "subprocess.Popen[str]"], number: int) -> None:
    process = start("--port", "0")
    said = announced(process)

    with urllib.request.urlopen(f"{said['地址']}/health/live", timeout=20) as answer:
        assert json.load(answer)["status"] == "live"
    assert said["接口文档"] == f"{said['地址']}/docs"
    process.send_signal(number)

    assert process.wait(timeout=20) == 0


def test_a_real_service_says_its_own_address_whatever_host_is_asked_for(
    start: Callable[..., "subprocess.Popen[str]"],
) -> None:
    said = announced(start("--port", "0"))
    asked = urllib.request.Request(
        f"{said['地址']}/.well-known/oauth-authorization-server", headers={"Host": "relay.example"}
    )

    with urllib.request.urlopen(asked, timeout=20) as answer:
        assert json.load(answer)["issuer"] == said["地址"]


@pytest.mark.parametrize(
    ("configured", "demonstration", "expected"),
    [
        ("https://lukeping.example", False, "https://lukeping.example"),
        ("https://lukeping.example", True, "https://lukeping.example"),
        (None, True, None),
    ],
)
def test_the_address_that_tokens_name_is_the_configured_one(
    configured: str | None, demonstration: bool, expected: str | None
) -> None:
    with socket.socket() as listening:
        settings = Settings(public_url=configured)

        assert public_address(settings, listening, demonstration=demonstration) == expected


@pytest.mark.parametrize(
    ("family", "host", "shown"),
    [
        (socket.AF_INET, "127.0.0.1", "http://127.0.0.1"),
        (socket.AF_INET, "0.0.0.0", "http://127.0.0.1"),
        (socket.AF_INET6, "::", "http://[::1]"),
    ],
)
def test_an_address_is_one_that_this_machine_reaches(family: int, host: str, shown: str) -> None:
    with socket.socket(family) as listening:
        listening.bind((host, 0))

        assert address_of(listening) == f"{shown}:{listening.getsockname()[1]}"


def test_a_taken_port_is_refused(start: Callable[..., "subprocess.Popen[str]"]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        process = start("--port", str(taken.getsockname()[1]))
        _out, err = process.communicate(timeout=60)

    assert process.returncode == 2
    assert "port-taken" in err
